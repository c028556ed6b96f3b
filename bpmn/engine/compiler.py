"""Diagrams and decisions become process definitions: specs for the engine, plain facts for the host."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from bpmn.engine.decisions import Decision, compile_decision
from bpmn.engine.ports import Artifact, DecisionTaken
from bpmn.engine.timers import adopt
from bpmn.engine.xml import BPMN, SPIFF, DiagramRefused, parse_xml

# What SpiffWorkflow's parser raises for diagrams it does not expect, beside its own exceptions.
_PARSER_FAULTS = (SpiffWorkflowException, TypeError, ValueError, AttributeError, LookupError, NotImplementedError, RecursionError)


@dataclass(frozen=True, slots=True)
class ElementInfo:
    """One element of a diagram as people see it."""

    id: str
    kind: str  # local name: userTask, exclusiveGateway
    name: str
    name_en: str
    role: str | None
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProcessDefinition:
    """One process, ready to run. ``spec`` and ``subprocess_specs`` are shared: nobody changes them."""

    key: str
    name: str
    name_en: str
    properties: Mapping[str, str]
    start_form: str | None
    start_properties: Mapping[str, str]
    start_role: str | None
    elements: Mapping[str, ElementInfo]
    diagram: bytes
    version: str
    spec: Any = field(repr=False)
    subprocess_specs: Mapping[str, Any] = field(repr=False)
    called: Mapping[str, Mapping[str, ElementInfo]] = field(repr=False)  # process key -> elements, of the processes it calls
    owners: Mapping[str, str] = field(repr=False)  # id of a sub-process -> key of the process it stands in

    def owner(self, spec: str) -> str:
        """Key of the process a spec belongs to. ``spec``: a process or a sub-process."""
        return self.owners.get(spec, spec)

    def element(self, process: str, element: str) -> ElementInfo:
        """An element of this process, of a sub-process in it, or of a called process; ids are unique only within one process."""
        owner = self.owner(process)
        return (self.elements if owner == self.key else self.called[owner])[element]


class _Parser(SpiffBpmnParser):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """SpiffWorkflow's parser with our decision tables: its own know only one hit policy and hang on some cells."""

    def __init__(self, decisions: Mapping[str, Artifact]) -> None:
        super().__init__(validator=VALIDATOR)
        self._decisions = decisions

    def get_engine(self, decision_ref: str, node: Any) -> DecisionOfTask:
        if decision_ref not in self._decisions:
            raise DiagramRefused(f"there is no decision {decision_ref}")
        return DecisionOfTask(compile_decision(self._decisions[decision_ref].content))


class DecisionOfTask:
    """What a business rule task asks; the host of the step hears what was decided."""

    def __init__(self, decision: Decision) -> None:
        self._decision = decision

    def result(self, task: Any) -> dict[str, Any]:
        work = task.workflow.script_engine.environment.work
        outputs = self._decision.evaluate(task.data, work=work)
        considered = self._decision.considered(task.data, work=work)
        task.workflow.top_workflow.decisions_taken.append(DecisionTaken(task.task_spec.bpmn_id, self._decision.key, considered, outputs))
        for name in self._decision.outputs:  # SpiffWorkflow merges: an earlier round's list would cut this one's
            task.data.pop(name, None)
        return dict(outputs)


class CompiledEdition:
    """All processes of an edition; each is compiled when first asked for."""

    def __init__(self, artifacts: Iterable[Artifact]) -> None:
        self._files = tuple(artifacts)
        self._compiled: dict[str, ProcessDefinition] = {}
        self._lock = threading.Lock()  # the XSD validator keeps its last error
        self.version = hashlib.sha256("".join(sorted(file.hash for file in self._files if file.kind != "form")).encode()).hexdigest()

    def process(self, key: str) -> ProcessDefinition:
        """Raises DiagramRefused."""
        with self._lock:
            if key not in self._compiled:
                self._compiled[key] = self._compile(key)
            return self._compiled[key]

    def _compile(self, key: str) -> ProcessDefinition:
        parser = _Parser({file.key: file for file in self._files if file.kind == "dmn"})
        diagrams = {file.key: file for file in self._files if file.kind == "bpmn"}
        if key not in diagrams:
            raise DiagramRefused(f"there is no process {key}")
        roots = _with_called(key, diagrams)
        try:
            for name, root in roots.items():
                parser.add_bpmn_xml(root, filename=name)
            spec = parser.get_spec(key)
            subprocess_specs = parser.get_subprocess_specs(key)
        except _PARSER_FAULTS as error:
            raise DiagramRefused(str(error) or type(error).__name__) from error
        for one in (spec, *subprocess_specs.values()):
            adopt(one)
        return _definition(key, roots, diagram=diagrams[key].content, version=self.version, spec=spec, subprocess_specs=subprocess_specs)


def compile_edition(artifacts: Iterable[Artifact]) -> CompiledEdition:
    return CompiledEdition(artifacts)


def _with_called(key: str, diagrams: Mapping[str, Artifact]) -> dict[str, Any]:
    """Roots of the diagram and of those it calls; the drafts beside them stay unread, so that a broken one stops nobody."""
    roots: dict[str, Any] = {}
    wanted = [key]
    for name in wanted:
        if name in diagrams and name not in roots:
            roots[name] = parse_xml(diagrams[name].content)
            wanted += [node.get("calledElement", "") for node in roots[name].iter(f"{BPMN}callActivity")]
    return roots


def _definition(
    key: str, roots: Mapping[str, Any], *, diagram: bytes, version: str, spec: Any, subprocess_specs: Mapping[str, Any]
) -> ProcessDefinition:
    process = next((node for node in roots[key].iter(f"{BPMN}process") if node.get("id") == key), None)
    if process is None:
        raise DiagramRefused(f"the file of {key} holds another process")
    by_process = {name: _elements(root) for name, root in roots.items()}
    elements = by_process.pop(key)
    owners = {inner.get("id"): name for name, root in roots.items() for inner in root.iter(f"{BPMN}subProcess", f"{BPMN}transaction")}
    start = next((elements[node.get("id")] for node in process.iterchildren(f"{BPMN}startEvent")), None)
    own = properties_of(process)
    return ProcessDefinition(
        key=key, name=process.get("name", key), name_en=own.get("name_en") or documentation(process) or key, properties=own,
        start_form=start.properties.get("form") if start else None, start_properties=start.properties if start else {},
        start_role=start.role if start else None, elements=elements,
        diagram=diagram, version=version, spec=spec, subprocess_specs=subprocess_specs, called=by_process, owners=owners,
    )  # fmt: skip


def _elements(root: Any) -> dict[str, ElementInfo]:
    """Everything with an id; the innermost lane gives the role."""
    roles = {
        ref.text.strip(): lane.get("id") for lane in root.iter(f"{BPMN}lane") for ref in lane.findall(f"{BPMN}flowNodeRef") if ref.text
    }
    nodes = [node for node in root.iter() if isinstance(node.tag, str) and node.tag.startswith(BPMN) and node.get("id")]
    found = {node.get("id"): _element(node, roles) for node in nodes}
    for inner in root.iter(f"{BPMN}subProcess"):  # what stands in a sub-process belongs to the sub-process's lane
        role = roles.get(inner.get("id"))
        found |= {node.get("id"): replace(found[node.get("id")], role=role) for node in inner.iter() if node.get("id") in found and role}
    return found


def _element(node: Any, roles: Mapping[str, str]) -> ElementInfo:
    own = properties_of(node)
    name = node.get("name", "")
    return ElementInfo(
        id=node.get("id"), kind=etree.QName(node).localname, name=name, name_en=own.get("name_en") or documentation(node) or name,
        role=roles.get(node.get("id")), properties=own,
    )  # fmt: skip


def properties_of(node: Any) -> dict[str, str]:
    path = f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"
    return {found.get("name", ""): found.get("value", "") for found in node.findall(path)}


def documentation(node: Any) -> str:
    return (node.findtext(f"{BPMN}documentation") or "").strip()
