"""How long the check of an edition takes that holds a diagram of 100 elements: what an administrator waits for after a save."""

from __future__ import annotations

import hashlib
import time
from statistics import median

from benchmarks.figures import quantile
from benchmarks.goals import Verdict
from bpmn.engine.lint.child import check_in_child, prepare
from bpmn.engine.ports import Artifact
from webapp.diagrams import blanks
from webapp.processes.files import shipped

ELEMENTS = 100
ROUNDS = 15
PAUSE_S = 1.0
TASK = (
    '<bpmn:userTask id="step_{n}" name="环节{n}"><bpmn:documentation>Step {n}</bpmn:documentation><bpmn:extensionElements>'
    '<spiffworkflow:properties><spiffworkflow:property name="form" value="verification" /></spiffworkflow:properties>'
    "</bpmn:extensionElements><bpmn:incoming>flow_{n}</bpmn:incoming><bpmn:outgoing>{next}</bpmn:outgoing></bpmn:userTask>"
    '<bpmn:sequenceFlow id="flow_{n}" sourceRef="{before}" targetRef="step_{n}" />'
)
SHAPE = '<bpmndi:BPMNShape id="step_{n}_di" bpmnElement="step_{n}"><dc:Bounds x="{x}" y="130" width="120" height="80" /></bpmndi:BPMNShape>'


def verdicts() -> list[Verdict]:
    """One line. The first check, which reads the modules from the disk, does not count."""
    files = [*shipped(), diagram(ELEMENTS)]
    assert not [problem for problem in check_in_child(files) if problem.severity == "error"]
    found = [_milliseconds(files) for _ in range(ROUNDS)]
    figure = f"check of an edition with a diagram of {ELEMENTS} elements"
    p95 = quantile(found, 0.95)
    return [Verdict(14, figure, "", "", 1, median(found), p95, f"{len(files)} files, in a process of its own", p95, "ms", 300.0)]


def diagram(elements: int) -> Artifact:
    """A chain of user tasks, sound and drawn, with as many flow nodes as wanted."""
    content = blanks.content("bpmn", "long_way", name_zh="长流程", name_en="Long way").decode()
    numbers = range(1, elements - 2)
    last = numbers[-1]
    tasks = [
        TASK.format(n=n, next="to_done" if n == last else f"flow_{n + 1}", before=f"step_{n - 1}" if n > 1 else "handle") for n in numbers
    ]
    for old, new in (
        ('<bpmn:sequenceFlow id="to_done" sourceRef="handle"', f'{"".join(tasks)}<bpmn:sequenceFlow id="to_done" sourceRef="step_{last}"'),
        ("<bpmn:outgoing>to_done</bpmn:outgoing>", "<bpmn:outgoing>flow_1</bpmn:outgoing>"),
        ("<bpmn:flowNodeRef>done<", "".join(f"<bpmn:flowNodeRef>step_{n}</bpmn:flowNodeRef>" for n in numbers) + "<bpmn:flowNodeRef>done<"),
        ("<bpmndi:BPMNEdge", "".join(SHAPE.format(n=n, x=700 + 160 * n) for n in numbers) + "<bpmndi:BPMNEdge"),
    ):
        content = content.replace(old, new, 1)
    data = content.encode()
    return Artifact("bpmn", "long_way", data, hashlib.sha256(data).hexdigest())


def _milliseconds(files: list[Artifact]) -> float:
    """As in the editor: the page and each save have the next process started while the author works on."""
    prepare()
    time.sleep(PAUSE_S)
    began = time.perf_counter()
    check_in_child(files)
    return (time.perf_counter() - began) * 1000
