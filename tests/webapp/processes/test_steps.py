"""One engine step becomes rows: timers, withdrawn tasks, children and their answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bpmn.engine.ports import Artifact
from tests.bpmn.engine.building import child, message, process, timer
from webapp.cases.services import Started, start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.events import outbox, verify
from webapp.events.models import Event
from webapp.processes import editions, services
from webapp.processes.models import Edition, Message, ProcessInstance, TimerRow, UserTask
from webapp.processes.sweeps import message_sweep, stuck_sweep, timer_sweep

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATE = process(
    "late",
    {
        "begun": "startEvent", "answer": "userTask",
        "due": f'boundaryEvent attachedToRef="answer" cancelActivity="true"|{timer("timeDuration", chr(34) + "P3D" + chr(34))}',
        "urge": "userTask", "done": "endEvent", "urged": "endEvent",
    },
    [("begun", "answer"), ("answer", "done"), ("due", "urge"), ("urge", "urged")],
)  # fmt: skip
LEG = process("leg", {"opened": "startEvent", "handle": "userTask", "handled": "endEvent"}, [("opened", "handle"), ("handle", "handled")])
PARENT = process(
    "parent",
    {
        "begun": "startEvent", "ask": f"serviceTask|{child('leg')}", "first": "userTask",
        "wait": f"intermediateCatchEvent|{message('msg', 'leg')}", "judge": 'exclusiveGateway default="judge_broken"', "done": "endEvent",
        "broken": "scriptTask|<bpmn:script>x = 1 / zero</bpmn:script>", "never": "endEvent",
    },
    [
        ("begun", "ask"), ("ask", "first"), ("first", "wait"), ("wait", "judge"), ("judge", "done", "leg['outcome'] == 'handled' and zero"),
        ("judge", "broken"), ("broken", "never"),
    ],
    extra='<bpmn:message id="msg" name="leg.ended" />',
)  # fmt: skip


def deploy(*artifacts: Artifact) -> None:
    """Put an edition in place without the diagram check, which these small diagrams do not need."""
    with transaction():
        edition: Edition = editions._store(list(artifacts), artifacts[0].hash, note="test", actor_id=None, at=AT)
        editions.activate(edition, actor_id=None, at=AT)


def begin(cast: Any, key: str, **values: Any) -> Started:
    with transaction():
        return start_process(key, values=values, employer_id=None, actor=cast.admin, at=AT, locale="zh")


def finish(cast: Any, element: str, at: datetime = AT) -> None:
    with transaction():
        task = db.session.scalars(select(UserTask).where(UserTask.element == element, UserTask.state == 0)).one()
        services.complete(task, values={}, version=None, actor=cast.admin, at=at, locale="zh")


def open_elements() -> list[str]:
    db.session.expire_all()
    return sorted(db.session.scalars(select(UserTask.element).where(UserTask.state == 0)))


def test_a_due_timer_withdraws_the_task_it_guards_once(app: Any, cast: Any) -> None:
    deploy(LATE)
    begin(cast, "late")
    with clock.moved_to(AT + timedelta(days=2)):
        assert timer_sweep() == 0
    with clock.moved_to(AT + timedelta(days=3)):
        assert timer_sweep() == 1
        assert timer_sweep() == 0
    assert open_elements() == ["urge"]
    assert db.session.scalars(select(TimerRow)).all() == []
    names = list(db.session.scalars(select(Event.name).order_by(Event.id)))
    assert names.count("timer.fired") == names.count("task.withdrawn") == 1
    assert list(verify.problems()) == []


def test_a_timer_is_gone_when_its_task_is_done(app: Any, cast: Any) -> None:
    deploy(LATE)
    begin(cast, "late")
    finish(cast, "answer")
    with clock.moved_to(AT + timedelta(days=30)):
        assert timer_sweep() == 0
    assert open_elements() == []


def test_an_answer_that_comes_early_is_kept_until_it_is_awaited(app: Any, cast: Any) -> None:
    deploy(PARENT, LEG)
    begin(cast, "parent", zero=1)
    finish(cast, "handle")
    assert db.session.scalars(select(Message)).one().delivered_at is None
    finish(cast, "first")
    assert db.session.scalars(select(Message)).one().delivered_at is not None
    ends = dict(db.session.execute(select(ProcessInstance.process_key, ProcessInstance.end_element)).all())
    assert ends == {"parent": "done", "leg": "handled"}


def test_an_awaited_answer_is_delivered_right_after_the_commit(app: Any, cast: Any) -> None:
    deploy(PARENT, LEG)
    begin(cast, "parent", zero=1)
    finish(cast, "first")
    assert db.session.scalars(select(ProcessInstance.awaits).where(ProcessInstance.process_key == "parent")).one() == {"leg.ended": "wait"}
    finish(cast, "handle")
    assert open_elements() == []


def test_a_fault_in_the_parent_does_not_refuse_the_childs_answer(app: Any, cast: Any, caplog: pytest.LogCaptureFixture) -> None:
    deploy(PARENT, LEG)
    begin(cast, "parent", zero=0)
    finish(cast, "first")
    finish(cast, "handle")
    states = dict(db.session.execute(select(ProcessInstance.process_key, ProcessInstance.outcome)).all())
    assert states == {"parent": "running", "leg": "completed"}
    assert db.session.scalars(select(Message)).one().delivered_at is None
    assert message_sweep() == 0
    assert "could not be delivered" in caplog.text


def test_an_effect_lost_by_a_crash_is_found_by_the_sweeps(app: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(PARENT, LEG)
    begin(cast, "parent", zero=1)
    finish(cast, "first")
    monkeypatch.setattr(outbox, "after_commit", lambda work: None)
    finish(cast, "handle")
    assert db.session.scalars(select(Message)).one().delivered_at is None
    assert outbox.deliver_due(now=clock.now()) == 1
    assert message_sweep() == 0
    assert db.session.scalars(select(Message)).one().delivered_at is not None


def test_an_instance_that_waits_for_nothing_is_reported(app: Any, cast: Any, caplog: pytest.LogCaptureFixture) -> None:
    deploy(LATE)
    started = begin(cast, "late")
    assert stuck_sweep() == 0
    with transaction():
        db.session.get_one(UserTask, started.opened[0].id).state = 2
        db.session.get_one(ProcessInstance, started.instance.id).has_timers = False
    assert stuck_sweep() == 1
    assert "waits for nothing" in caplog.text
