"""Only sound diagrams are published; what runs keeps the edition it started with."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bpmn.engine.ports import Artifact
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.processes import editions, files, services
from webapp.processes.errors import EditionRefused, UnknownProcess
from webapp.processes.models import ArtifactFile, Edition

WORK = Path(__file__).parents[2] / "diagrams" / "work.bpmn"


def work(*changes: tuple[str, str]) -> Artifact:
    """The three-step diagram with some text replaced."""
    content = WORK.read_text()
    for old, new in changes:
        assert old in content, old
        content = content.replace(old, new)
    return Artifact("bpmn", "work", content.encode(), hashlib.sha256(content.encode()).hexdigest())


def publish(*artifacts: Artifact) -> Edition:
    at = clock.now()
    with transaction():
        edition = editions.publish(artifacts, note="test", actor_id=None, at=at)
        editions.activate(edition, actor_id=None, at=at)
    return edition


LIES = {
    "doctype": [('<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>')],
    "duplicate id": [('<bpmn:userTask id="verify"', '<bpmn:userTask id="discover"')],
    "reserved id": [('id="low"', 'id="End"'), ('targetRef="low"', 'targetRef="End"'), ("<bpmn:flowNodeRef>low<", "<bpmn:flowNodeRef>End<")],
    "forbidden expression": [("score = int(first) + int(second)", "score = __import__('os').getpid()")],
    "cycle without wait": [('sourceRef="is_high" targetRef="low"', 'sourceRef="is_high" targetRef="score_it"')],
    "unsupported element": [("bpmn:scriptTask", "bpmn:complexGateway")],
    "condition on a task's flow": [
        (
            '<bpmn:sequenceFlow id="f2" sourceRef="discover" targetRef="verify" />',
            '<bpmn:sequenceFlow id="f2" sourceRef="discover" targetRef="verify"><bpmn:conditionExpression '
            'xsi:type="bpmn:tFormalExpression">1 == 2</bpmn:conditionExpression></bpmn:sequenceFlow>',
        )
    ],
    "unknown time limit": [
        (
            "<bpmn:documentation>Verify</bpmn:documentation>",
            "<bpmn:documentation>Verify</bpmn:documentation><bpmn:extensionElements><spiffworkflow:properties>"
            '<spiffworkflow:property name="deadline" value="SOON" /></spiffworkflow:properties></bpmn:extensionElements>',
        )
    ],
    "broken xml": [("</bpmn:process>", "")],
}


@pytest.mark.parametrize("lie", LIES)
def test_a_diagram_that_lies_is_refused_in_words_and_nothing_is_stored(app: Any, lie: str) -> None:
    before = [db.session.scalar(select(func.count()).select_from(model)) for model in (Edition, ArtifactFile)]
    with pytest.raises(EditionRefused) as refused:
        publish(work(*LIES[lie]))
    sentences = [sentence for found in refused.value.errors.values() for sentence in found]
    assert sentences
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in sentence) for sentence in sentences), "in the user's language"
    assert before == [db.session.scalar(select(func.count()).select_from(model)) for model in (Edition, ArtifactFile)]


def test_fifty_megabytes_are_refused_before_they_are_read(app: Any) -> None:
    huge = b" " * (50 * 1024 * 1024)
    with pytest.raises(EditionRefused):
        publish(Artifact("bpmn", "work", huge, hashlib.sha256(huge).hexdigest()))


def test_the_same_files_are_the_same_edition(app: Any) -> None:
    first = publish(work())
    assert publish(work()).id == first.id


def test_a_new_case_follows_the_new_edition_and_a_running_one_keeps_its_own(app: Any, cast: Any, employer: Any) -> None:
    publish(work())
    at = clock.now()
    with transaction():
        old = start_process("work", values={}, employer_id=employer.id, actor=cast.ping, at=at, locale="zh")
    publish(work(('name="核实"', 'name="复核"')))
    with transaction():
        new = start_process("work", values={}, employer_id=employer.id, actor=cast.ping, at=at, locale="zh")
        names = []
        for started in (old, new):
            done = services.complete(started.opened[0], values={"first": 1, "second": 1}, version=None, actor=cast.ping, at=at, locale="zh")
            names.append(done.opened[0].name)
    assert names == ["核实", "复核"]


def test_an_unknown_process_is_named(app: Any) -> None:
    with pytest.raises(UnknownProcess, match="nothing"):
        editions.definition(editions.active_edition(), "nothing")


def test_files_of_other_kinds_are_refused(app: Any, tmp_path: Path) -> None:
    other = tmp_path / "x.exe"
    other.write_text("x")
    with pytest.raises(files.UnreadableFile, match=r"x\.exe"):
        files.read([other])
    with pytest.raises(files.UnreadableFile):
        files.read([tmp_path / "missing.bpmn"])
