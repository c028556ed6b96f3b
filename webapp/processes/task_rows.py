"""User task rows: what a step opened and withdrew, with their clocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from bpmn.engine.ports import EngineResult, OpenTask
from webapp.accounts.queries import candidate_scope
from webapp.core.db import add_together, db
from webapp.deadlines import services as deadlines
from webapp.deadlines.services import Due, TaskClock
from webapp.events.services import record
from webapp.processes.models import NO_DUE, OPEN, WITHDRAWN, ProcessInstance, UserTask
from webapp.processes.subjects import Subject, stream_of

Stepped = tuple[ProcessInstance, EngineResult]


def open_tasks(stepped: Sequence[Stepped], *, at: datetime) -> list[list[UserTask]]:
    """Rows and clocks of the user tasks that each step opened, in the same order; one statement for all rows.

    A task is due with the nearest clock bound to it: its own, or one that spans tasks and that it closes.
    """
    elements = [(instance, element) for instance, result in stepped for element in result.opened]
    dues = _dues((element for _, element in elements), at)
    rows = [_row(instance, element, dues, at=at) for instance, element in elements]
    add_together(rows)
    clocked = [(row, dues.get(element.properties.get("deadline"))) for row, (_, element) in zip(rows, elements, strict=True)]
    deadlines.open_for_tasks([_clock(row, due) for row, due in clocked if due is not None], at=at)
    remaining = iter(rows)
    return [[next(remaining) for _ in result.opened] for _, result in stepped]


def withdraw(instance: ProcessInstance, result: EngineResult, *, actor_id: int | None, at: datetime) -> None:
    """A boundary event or an end took tasks away from their people."""
    if not result.withdrawn:
        return
    gone = UserTask.engine_task_id.in_(result.withdrawn)
    for task in db.session.scalars(select(UserTask).where(UserTask.instance_id == instance.id, gone, UserTask.state == OPEN)):
        task.state, task.ended_at, task.version = WITHDRAWN, at, task.version + 1
        record(stream_of(task), "task.withdrawn", actor_id=actor_id, at=at, task_id=task.id, element=task.element)
        deadlines.drop_for_task(task.id, stream=stream_of(task), actor_id=actor_id, at=at)


def codes_in(text: str | None) -> list[str]:
    """The deadline codes of a property that takes several."""
    return (text or "").replace(",", " ").split()


def _dues(elements: Iterable[OpenTask], at: datetime) -> dict[str | None, Due]:
    codes = {element.properties.get("deadline") for element in elements}
    return {code: deadlines.due_for(code, at) for code in codes if code}


def _clock(row: UserTask, due: Due) -> TaskClock:
    return TaskClock(due, task_id=row.id, instance_id=row.instance_id, case_id=row.case_id, stream=stream_of(row))


def _row(instance: ProcessInstance, task: OpenTask, dues: dict[str | None, Due], *, at: datetime) -> UserTask:
    role = task.role or "ADMIN"
    subject = Subject.of(instance)
    scope, body_id = candidate_scope(role, jurisdiction_id=subject.jurisdiction_id, town_id=subject.town_id, grid_id=subject.grid_id)
    due_at = _due_at(instance, task, dues)
    return UserTask(
        instance_id=instance.id, engine_task_id=task.id, process_key=task.process, element=task.element, name=task.name,
        name_en=task.name_en, form_key=task.properties.get("form"), role=role, scope=scope, organisation_id=body_id,
        priority=0, state=OPEN, version=1, opened_at=at, due_at=due_at, order_at=due_at or NO_DUE, **subject.columns(),
    )  # fmt: skip


def _due_at(instance: ProcessInstance, task: OpenTask, dues: dict[str | None, Due]) -> datetime | None:
    own = dues.get(task.properties.get("deadline"))
    closes = codes_in(task.properties.get("closes"))
    spanning = deadlines.nearest_running(closes, case_id=instance.case_id, instance_id=instance.id) if closes else None
    return min((found for found in (own and own.due_at, spanning) if found), default=None)
