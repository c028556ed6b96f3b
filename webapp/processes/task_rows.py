"""User task rows: what a step opened and withdrew, with their clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bpmn.engine.ports import EngineResult, OpenTask, Values
from webapp.accounts.queries import candidate_scope
from webapp.core.db import add_together, db
from webapp.deadlines import services as deadlines
from webapp.deadlines.services import Due, TaskClock
from webapp.events.services import record
from webapp.processes.models import NO_DUE, OPEN, WITHDRAWN, ProcessInstance, UserTask
from webapp.processes.returned import clock_before
from webapp.processes.subjects import Subject, stream_of

Stepped = tuple[ProcessInstance, EngineResult]


def open_tasks(stepped: Sequence[Stepped], *, at: datetime) -> list[list[UserTask]]:
    """Rows and clocks of the user tasks that each step opened, in the same order; one statement for all rows.

    A task is due with the nearest clock bound to it: its own, or one that spans tasks and that it closes.
    """
    reckoned = _Reckoned(at)
    opened = [(instance, task, reckoned.due(task, result.data, instance)) for instance, result in stepped for task in result.opened]
    rows = [_row(instance, element, due, at=at) for instance, element, due in opened]
    add_together(rows)
    clocks = [_clock(row, due) for row, (_, _, due) in zip(rows, opened, strict=True) if due is not None]
    deadlines.open_for_tasks(clocks, at=at)
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
    """The codes of a property that takes several: deadlines, rules."""
    return (text or "").replace(",", " ").split()


class _Reckoned:
    """Clocks of one step, each counted once: a launch opens thousands that are the same."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._dues: dict[tuple[str, datetime, int | None], Due] = {}

    def due(self, task: OpenTask, data: Values, instance: ProcessInstance) -> Due | None:
        """The clock of the task: that of its earlier run after a return, else from the day in the variable ``counts_from``, or now."""
        code = task.properties.get("deadline")
        if not code:
            return None
        if instance.was_returned:
            is_again, before = clock_before(instance, task.process, task.element, code=code, at=self._at)
            if is_again:
                return before
        said = data.get(task.properties.get("counts_from", ""))
        key = (code, deadlines.instant_of(said) if said else self._at, instance.jurisdiction_id)
        if key not in self._dues:
            self._dues[key] = deadlines.due_for(code, key[1], jurisdiction_id=instance.jurisdiction_id)
        return self._dues[key]


def _clock(row: UserTask, due: Due) -> TaskClock:
    return TaskClock(
        due, task_id=row.id, instance_id=row.instance_id, case_id=row.case_id, stream=stream_of(row), role=row.role, scope=row.scope,
        jurisdiction_id=row.jurisdiction_id, town_id=row.town_id, grid_id=row.grid_id,
    )  # fmt: skip


def _row(instance: ProcessInstance, task: OpenTask, due: Due | None, *, at: datetime) -> UserTask:
    role = task.role or "ADMIN"
    subject = Subject.of(instance)
    scope, body_id = candidate_scope(role, jurisdiction_id=subject.jurisdiction_id, town_id=subject.town_id, grid_id=subject.grid_id)
    due_at = _due_at(instance, task, due)
    return UserTask(
        instance_id=instance.id, engine_task_id=task.id, process_key=task.process, element=task.element, name=task.name,
        name_en=task.name_en, form_key=task.properties.get("form"), stage=task.properties.get("stage"), role=role, scope=scope,
        organisation_id=body_id, priority=0, state=OPEN, version=1, opened_at=at, due_at=due_at, order_at=due_at or NO_DUE,
        **subject.columns(),
    )  # fmt: skip


def _due_at(instance: ProcessInstance, task: OpenTask, own: Due | None) -> datetime | None:
    is_first_step = instance.parent_id is None and instance.version == 1  # no clock of it can run yet
    closes = [] if is_first_step else codes_in(task.properties.get("closes"))
    spanning = deadlines.nearest_running(closes, case_id=instance.case_id, instance_id=instance.id) if closes else None
    return min((found for found in (own and own.due_at, spanning) if found), default=None)
