"""One engine step becomes rows: state, user tasks, timers, messages, children, decisions and events, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from bpmn.engine import runner
from bpmn.engine.compiler import ProcessDefinition
from bpmn.engine.ports import EngineError, EngineResult, OpenTask, Outcome, Timer, Values
from webapp.accounts.models import User
from webapp.accounts.places import reaches
from webapp.accounts.queries import candidate_scope
from webapp.core import faults
from webapp.core.db import changed_rows, db, table_of
from webapp.core.permissions import Permission
from webapp.deadlines import services as deadlines
from webapp.events.services import record
from webapp.processes import handlers
from webapp.processes.editions import active_edition, content_of
from webapp.processes.errors import DiagramFault, ProcessMoved
from webapp.processes.models import NO_DUE, OPEN, WITHDRAWN, DecisionRecord, Message, ProcessInstance, TimerRow, UserTask


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom and which place a process instance is about."""

    jurisdiction_id: int | None = None
    town_id: int | None = None
    grid_id: int | None = None
    employer_id: int | None = None
    employer_name: str | None = None
    case_id: int | None = None
    case_no: str | None = None

    @classmethod
    def of(cls, instance: ProcessInstance) -> Subject:
        return cls(**{name: getattr(instance, name) for name in cls.__slots__})


class Host:
    """Our side of service tasks: notes the children to start; the engine stays free of I/O."""

    def __init__(self) -> None:
        self.children: list[str] = []

    def call(self, operation: str, params: Values) -> Values:
        if operation != "start_child":
            raise EngineError(f"unknown operation {operation}")
        self.children.append(str(params["process"]))
        return {"process": str(params["process"])}


def run(verb: Callable[..., EngineResult], *args: Any, host: Host, now: datetime) -> EngineResult:
    """Call the engine; what it refuses becomes a sentence. Raises DiagramFault."""
    try:
        return verb(*args, host=host, now=now)
    except EngineError as error:
        raise DiagramFault(reason=str(error)) from error


def new_instance(
    key: str,
    *,
    edition_id: int,
    subject: Subject,
    actor_id: int | None,
    at: datetime,
    parent_id: int | None = None,
    values_digest: str | None = None,
) -> ProcessInstance:
    """A row for an instance whose first step is about to be stored. ``values_digest``: of what its starter said."""
    places = {name: getattr(subject, name) for name in Subject.__slots__}
    instance = ProcessInstance(
        edition_id=edition_id, process_key=key, parent_id=parent_id, state=b"", version=0, awaits={}, has_timers=False,
        outcome=Outcome.RUNNING, started_by_id=actor_id, started_at=at, **places,
    )  # fmt: skip
    db.session.add(instance)
    db.session.flush([instance])
    told = {"instance_id": instance.id, "process": key, "parent_id": parent_id, "values": values_digest}
    record(stream_of(instance), "process.started", actor_id=actor_id, at=at, **told)
    for handler in handlers.on_started:
        handler(instance, at)
    return instance


def store(
    instance: ProcessInstance, result: EngineResult, *, host: Host, actor_id: int | None, at: datetime, completed: UserTask | None = None
) -> list[UserTask]:
    """Write everything the step changed; returns the user tasks it opened. Raises ProcessMoved."""
    _write_state(instance, result, at=at)
    faults.reach("after_update")
    if completed is not None:
        _span_clocks(instance, completed, actor_id=actor_id, at=at)
    _withdraw(instance, result, actor_id=actor_id, at=at)
    opened = [_open(instance, task, at=at) for task in result.opened]
    _store_opened(instance, opened, result, at=at)
    _sync_timers(instance, result.timers)
    _store_decisions(instance, result, at=at)
    for key in host.children:
        _start_child(instance, key, result.data, actor_id=actor_id, at=at)
    if result.outcome is not Outcome.RUNNING:
        _end(instance, result, actor_id=actor_id, at=at)
    return opened + _deliver_stored(instance, at=at)


def deliver(instance: ProcessInstance, message: Message, *, at: datetime) -> list[UserTask]:
    """Hand over a message the locked instance waits for."""
    host = Host()
    definition = _definition(instance)
    result = run(runner.deliver, definition, instance.state, message.name, message.payload, host=host, now=at)
    message.delivered_at = at
    record(
        stream_of(instance), "message.delivered", actor_id=None, at=at, instance_id=instance.id, message_id=message.id, message=message.name
    )
    return store(instance, result, host=host, actor_id=None, at=at)


def stream_of(row: ProcessInstance | UserTask) -> str:
    if row.case_id is not None:
        return f"case:{row.case_id}"
    return f"instance:{row.id if isinstance(row, ProcessInstance) else row.instance_id}"


def may_supervise(user: User, task: UserTask) -> bool:
    """Whether the user supervises the place of the task."""
    return reaches(user, Permission.SUPERVISE, task)


def _definition(instance: ProcessInstance) -> ProcessDefinition:
    return content_of(instance.edition_id).process(instance.process_key)


def _write_state(instance: ProcessInstance, result: EngineResult, *, at: datetime) -> None:
    changes: dict[str, Any] = {"state": result.state, "outcome": result.outcome.value, "version": instance.version + 1}
    changes["awaits"] = {message.name: message.element for message in result.messages}
    if result.outcome is not Outcome.RUNNING:
        changes |= {"ended_at": at, "end_element": result.end_elements[-1] if result.end_elements else result.error_code}
    instances = table_of(ProcessInstance)
    statement = update(instances).where(instances.c.id == instance.id, instances.c.version == instance.version)
    if changed_rows(statement.values(**changes)) != 1:
        raise ProcessMoved
    for name, value in changes.items():
        set_committed_value(instance, name, value)


def _span_clocks(instance: ProcessInstance, task: UserTask, *, actor_id: int | None, at: datetime) -> None:
    """Clocks that span tasks start and stop with the completion of the tasks that name them."""
    properties = _definition(instance).element(task.process_key, task.element).properties
    for code in _codes(properties.get("closes")):
        deadlines.close_spanning(
            code, case_id=instance.case_id, instance_id=instance.id, stream=stream_of(instance), actor_id=actor_id, at=at
        )
    for code in _codes(properties.get("opens")):
        deadlines.open_spanning(
            code, case_id=instance.case_id, instance_id=instance.id, stream=stream_of(instance), actor_id=actor_id, at=at
        )


def _codes(text: str | None) -> list[str]:
    return (text or "").replace(",", " ").split()


def _withdraw(instance: ProcessInstance, result: EngineResult, *, actor_id: int | None, at: datetime) -> None:
    if not result.withdrawn:
        return
    gone = UserTask.engine_task_id.in_(result.withdrawn)
    for task in db.session.scalars(select(UserTask).where(UserTask.instance_id == instance.id, gone, UserTask.state == OPEN)):
        task.state, task.ended_at, task.version = WITHDRAWN, at, task.version + 1
        record(stream_of(task), "task.withdrawn", actor_id=actor_id, at=at, task_id=task.id, element=task.element)
        deadlines.drop_for_task(task.id, stream=stream_of(task), actor_id=actor_id, at=at)


def _open(instance: ProcessInstance, task: OpenTask, *, at: datetime) -> UserTask:
    role = task.role or "ADMIN"
    scope, organisation_id = candidate_scope(
        role, jurisdiction_id=instance.jurisdiction_id, town_id=instance.town_id, grid_id=instance.grid_id
    )
    places = {name: getattr(instance, name) for name in Subject.__slots__}
    return UserTask(
        instance_id=instance.id, engine_task_id=task.id, process_key=task.process, element=task.element, name=task.name,
        name_en=task.name_en, form_key=task.properties.get("form"), role=role, scope=scope, organisation_id=organisation_id,
        priority=0, state=OPEN, version=1, opened_at=at, order_at=NO_DUE, **places,
    )  # fmt: skip


def _store_opened(instance: ProcessInstance, opened: list[UserTask], result: EngineResult, *, at: datetime) -> None:
    """A task is due with the nearest clock bound to it: its own, or one that spans tasks and that it closes."""
    codes = [task.properties.get("deadline") for task in result.opened]
    own = [deadlines.due_for(code, at) if code else None for code in codes]
    for task, element, due in zip(opened, result.opened, own, strict=True):
        closes = _codes(element.properties.get("closes"))
        spanning = deadlines.nearest_running(closes, case_id=instance.case_id, instance_id=instance.id) if closes else None
        task.due_at = min((found for found in (due and due.due_at, spanning) if found), default=None)
        task.order_at = task.due_at or NO_DUE
    db.session.add_all(opened)
    db.session.flush()
    stream = stream_of(instance)
    for task, due in zip(opened, own, strict=True):
        if due is not None:
            deadlines.open_for_task(due, task_id=task.id, instance_id=instance.id, case_id=instance.case_id, stream=stream, at=at)


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
    definition = content_of(edition.id).process(key)
    host = Host()
    result = run(runner.start, definition, values, host=host, now=at)
    child = new_instance(key, edition_id=edition.id, subject=Subject.of(parent), actor_id=actor_id, at=at, parent_id=parent.id)
    store(child, result, host=host, actor_id=actor_id, at=at)


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
