"""One engine step becomes rows: state, user tasks, timers, messages, children, decisions and events, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from bpmn.engine import runner
from bpmn.engine.compiler import ProcessDefinition
from bpmn.engine.ports import EngineError, EngineResult, Outcome, Timer, Values
from webapp.accounts.models import User
from webapp.accounts.places import reaches
from webapp.core import faults
from webapp.core.db import add_together, autoflushing, changed_rows, db, table_of
from webapp.core.permissions import Permission
from webapp.deadlines import services as deadlines
from webapp.events.services import begin_streams, record
from webapp.processes import handlers, task_rows
from webapp.processes.editions import active_edition, content_of
from webapp.processes.errors import DiagramFault, ProcessMoved
from webapp.processes.handlers import Completing
from webapp.processes.models import DecisionRecord, Message, ProcessInstance, TimerRow, UserTask
from webapp.processes.subjects import Subject, stream_of


@dataclass(frozen=True, slots=True)
class Opening:
    """One instance to open. ``values``: first routing variables; ``digest``: SHA-256 of what its starter said on the start form."""

    subject: Subject
    values: Values
    digest: str | None = None
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    instance: ProcessInstance
    tasks: list[UserTask]


class Host:
    """Our side of service tasks: notes the children to start, and asks the features that answer ``handlers.operations``."""

    def __init__(self, subject: Subject, at: datetime) -> None:
        self.children: list[str] = []
        self._subject, self._at = subject, at

    def call(self, operation: str, params: Values) -> Values:
        if operation == "start_child":
            self.children.append(str(params["process"]))
            return {"process": str(params["process"])}
        if operation not in handlers.operations:
            raise EngineError(f"unknown operation {operation}")
        return handlers.operations[operation](self._subject, params, self._at)


def run(verb: Callable[..., EngineResult], *args: Any, host: Host, now: datetime) -> EngineResult:
    """Call the engine; what it refuses becomes a sentence. Raises DiagramFault."""
    try:
        return verb(*args, host=host, now=now)
    except EngineError as error:
        raise DiagramFault(reason=str(error)) from error


def open_instances(key: str, openings: Sequence[Opening], *, edition_id: int, actor_id: int | None, at: datetime) -> list[Opened]:
    """Start ``key`` once per opening and store all of it; opening one is a list of one. Raises UnknownProcess, DiagramFault."""
    definition = content_of(edition_id).process(key)
    begun = [_begin(definition, opening, edition_id=edition_id, actor_id=actor_id, at=at) for opening in openings]
    add_together([one.instance for one in begun])
    begin_streams(stream_of(one.instance) for one in begun if one.instance.case_id is None)
    for one in begun:
        _tell_started(one, actor_id=actor_id, at=at)
    opened = task_rows.open_tasks([(one.instance, one.result) for one in begun], at=at)
    return [
        Opened(one.instance, tasks + _store_rest(one.instance, one.result, host=one.host, actor_id=actor_id, at=at))
        for one, tasks in zip(begun, opened, strict=True)
    ]


def store(
    instance: ProcessInstance, result: EngineResult, *, host: Host, actor_id: int | None, at: datetime, completed: Completing | None = None
) -> list[UserTask]:
    """Write everything the step changed; returns the user tasks it opened. Raises ProcessMoved."""
    _write_state(instance, result, at=at)
    faults.reach("after_update")
    if completed is not None:
        _span_clocks(instance, completed, actor_id=actor_id, at=at)
    task_rows.withdraw(instance, result, actor_id=actor_id, at=at)
    (opened,) = task_rows.open_tasks([(instance, result)], at=at)
    _tell_stage(instance, opened, before=completed.task.stage if completed else None)
    if completed is not None:
        _tell_completed(completed)
    return opened + _store_rest(instance, result, host=host, actor_id=actor_id, at=at)


def deliver(instance: ProcessInstance, message: Message, *, at: datetime) -> list[UserTask]:
    """Hand over a message the locked instance waits for."""
    host = Host(Subject.of(instance), at)
    definition = _definition(instance)
    result = run(runner.deliver, definition, instance.state, message.name, message.payload, host=host, now=at)
    message.delivered_at = at
    record(
        stream_of(instance), "message.delivered", actor_id=None, at=at, instance_id=instance.id, message_id=message.id, message=message.name
    )
    return store(instance, result, host=host, actor_id=None, at=at)


def _tell_completed(completed: Completing) -> None:
    """Before the instance may end: what a task made belongs to the way, not behind its end."""
    with autoflushing():
        for handler in handlers.on_completed:
            handler(completed)


def _tell_stage(instance: ProcessInstance, opened: Sequence[UserTask], *, before: str | None) -> None:
    if opened and instance.parent_id is None and opened[-1].stage != before:
        for handler in handlers.on_stage:
            handler(instance, opened[-1].stage)


def may_supervise(user: User, task: UserTask) -> bool:
    """Whether the user supervises the place of the task."""
    return reaches(user, Permission.SUPERVISE, task)


def _definition(instance: ProcessInstance) -> ProcessDefinition:
    return content_of(instance.edition_id).process(instance.process_key)


@dataclass(frozen=True, slots=True)
class _Begun:
    """An instance whose first step has run and is not stored yet."""

    opening: Opening
    host: Host
    result: EngineResult
    instance: ProcessInstance


def _begin(definition: ProcessDefinition, opening: Opening, *, edition_id: int, actor_id: int | None, at: datetime) -> _Begun:
    host = Host(opening.subject, at)
    result = run(runner.start, definition, opening.values, host=host, now=at)
    instance = ProcessInstance(
        edition_id=edition_id, process_key=definition.key, parent_id=opening.parent_id, started_by_id=actor_id, started_at=at,
        version=1, has_timers=False, **opening.subject.columns(), **_changes(result, at=at),
    )  # fmt: skip
    return _Begun(opening, host, result, instance)


def _tell_started(begun: _Begun, *, actor_id: int | None, at: datetime) -> None:
    instance, opening = begun.instance, begun.opening
    told = {"instance_id": instance.id, "process": instance.process_key, "parent_id": opening.parent_id, "values": opening.digest}
    record(stream_of(instance), "process.started", actor_id=actor_id, at=at, **told)
    for handler in handlers.on_started:
        handler(instance, at)


def _store_rest(instance: ProcessInstance, result: EngineResult, *, host: Host, actor_id: int | None, at: datetime) -> list[UserTask]:
    """What few steps have: timers, decisions, children, an end, an answer that came early. Returns the tasks that the answer opened."""
    _sync_timers(instance, result.timers)
    _store_decisions(instance, result, at=at)
    for key in host.children:
        _start_child(instance, key, result.data, actor_id=actor_id, at=at)
    if result.outcome is not Outcome.RUNNING:
        _end(instance, result, actor_id=actor_id, at=at)
    return _deliver_stored(instance, at=at)


def _changes(result: EngineResult, *, at: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"state": result.state, "outcome": result.outcome.value}
    changes["awaits"] = {message.name: message.element for message in result.messages}
    if result.outcome is not Outcome.RUNNING:
        changes |= {"ended_at": at, "end_element": result.end_elements[-1] if result.end_elements else result.error_code}
    return changes


def _write_state(instance: ProcessInstance, result: EngineResult, *, at: datetime) -> None:
    changes = _changes(result, at=at) | {"version": instance.version + 1}
    instances = table_of(ProcessInstance)
    statement = update(instances).where(instances.c.id == instance.id, instances.c.version == instance.version)
    if changed_rows(statement.values(**changes)) != 1:
        raise ProcessMoved
    for name, value in changes.items():
        set_committed_value(instance, name, value)


def _span_clocks(instance: ProcessInstance, completed: Completing, *, actor_id: int | None, at: datetime) -> None:
    """Clocks that span tasks start and stop with the completion of the tasks that name them."""
    owner: dict[str, Any] = {
        "case_id": instance.case_id,
        "instance_id": instance.id,
        "stream": stream_of(instance),
        "actor_id": actor_id,
        "at": at,
    }
    for code in task_rows.codes_in(completed.properties.get("closes")):
        deadlines.close_spanning(code, **owner, evidence=f"task:{completed.task.id}")
    started_at = _counted_from(completed)
    for code in task_rows.codes_in(completed.properties.get("opens")):
        deadlines.open_spanning(code, **owner, started_at=started_at, jurisdiction_id=instance.jurisdiction_id)


def _counted_from(completed: Completing) -> datetime | None:
    """The day that the form names as the one on which the clocks began: of the fields in ``counts_from`` the first that was answered."""
    names = task_rows.codes_in(completed.properties.get("counts_from"))
    said = next((completed.values[name] for name in names if completed.values.get(name)), None)
    return deadlines.instant_of(said) if said else None


def _sync_timers(instance: ProcessInstance, timers: tuple[Timer, ...]) -> None:
    """Timers are few: the rows are written anew whenever the instance has or had one."""
    if not timers and not instance.has_timers:
        return
    rows_of = table_of(TimerRow)
    changed_rows(delete(rows_of).where(rows_of.c.instance_id == instance.id))
    rows = [{"instance_id": instance.id, "engine_task_id": t.id, "element": t.element, "due_at": t.due_at} for t in timers]
    if rows:
        db.session.execute(insert(TimerRow), rows)
    instance.has_timers = bool(timers)


def _store_decisions(instance: ProcessInstance, result: EngineResult, *, at: datetime) -> None:
    for taken in result.decisions:
        row = DecisionRecord(
            instance_id=instance.id,
            element=taken.element,
            decision=taken.decision,
            inputs=dict(taken.inputs),
            outputs=dict(taken.outputs),
            taken_at=at,
        )
        db.session.add(row)
        outputs = dict(taken.outputs)
        record(
            stream_of(instance), "decision.taken", actor_id=None, at=at, instance_id=instance.id, decision=taken.decision, outputs=outputs
        )


def _start_child(parent: ProcessInstance, key: str, values: Values, *, actor_id: int | None, at: datetime) -> None:
    """A child follows the edition that is active now, which may be newer than its parent's."""
    edition = active_edition()
    opening = Opening(Subject.of(parent), values, parent_id=parent.id)
    open_instances(key, [opening], edition_id=edition.id, actor_id=actor_id, at=at)


def _end(instance: ProcessInstance, result: EngineResult, *, actor_id: int | None, at: datetime) -> None:
    end = instance.end_element or result.outcome.value
    record(stream_of(instance), "process.ended", actor_id=actor_id, at=at, instance_id=instance.id, process=instance.process_key, end=end)
    deadlines.drop_spanning(instance.id, stream=stream_of(instance), actor_id=actor_id, at=at)
    for handler in handlers.on_ended:
        handler(instance, at)
    if instance.parent_id is not None:
        _tell_parent(instance, {**result.data, "outcome": end}, at=at)


def _tell_parent(child: ProcessInstance, payload: Values, *, at: datetime) -> None:
    """Store the answer; the outbox delivers it in a transaction of its own, so that a fault in the parent never refuses the child."""
    assert child.parent_id is not None
    message = Message(
        instance_id=child.parent_id, name=f"{child.process_key}.ended", source_id=child.id, payload=dict(payload), stored_at=at
    )
    db.session.add(message)
    db.session.flush([message])
    record(
        stream_of(child), "message.stored", actor_id=None, at=at, instance_id=child.parent_id, message_id=message.id, message=message.name
    )


def _deliver_stored(instance: ProcessInstance, *, at: datetime) -> list[UserTask]:
    """A message may have come before the instance waited for it."""
    if not instance.awaits or not instance.is_running:
        return []
    waiting = select(Message).where(Message.instance_id == instance.id, Message.delivered_at.is_(None), Message.name.in_(instance.awaits))
    message = db.session.scalars(waiting.order_by(Message.id).limit(1)).one_or_none()
    return deliver(instance, message, at=at) if message else []
