"""What stands beside the form of a task: its clocks, and the steps before and after it in the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from webapp.core.db import db
from webapp.deadlines.models import Deadline
from webapp.processes.models import UserTask
from webapp.processes.returned import latest_steps, steps_named


@dataclass(frozen=True, slots=True)
class Beside:
    """The tasks of the case that were opened just before and just after, and the steps that this one may be returned to."""

    before: UserTask | None
    after: UserTask | None
    steps_back: list[UserTask]


def clocks_beside(task: UserTask, *, reads_case: bool) -> list[Deadline]:
    """Running clocks, the nearest first: those of the case, or only the task's own."""
    own = Deadline.task_id == task.id
    where = or_(own, Deadline.case_id == task.case_id) if reads_case and task.case_id is not None else own
    running = db.session.scalars(select(Deadline).where(where, Deadline.ended_at.is_(None)))
    return sorted(running, key=lambda clock: (clock.is_suspended, clock.due_at, clock.id))


def clock_shown(task: UserTask, clocks: Sequence[Deadline]) -> Deadline | None:
    """The clock whose day the task shows: one bound to it, else one of its case that is due then."""
    same_day = [clock for clock in clocks if task.due_at is not None and clock.due_at == task.due_at]
    return next((clock for clock in same_day if clock.task_id == task.id), same_day[0] if same_day else None)


def beside(task: UserTask, *, reads_case: bool) -> Beside:
    """One query for all of it, none for a task without a case that returns to nothing."""
    ids = _ids_around(task) if reads_case and task.case_id is not None else None
    steps = steps_named(task)
    wanted = [part for part in (ids, steps) if part is not None]
    if not wanted:
        return Beside(None, None, [])
    found = db.session.scalars(select(UserTask).where(or_(*wanted)).order_by(UserTask.id)).all()
    around = [one for one in found if one.case_id == task.case_id] if ids is not None else []
    before = max((one for one in around if one.id < task.id), key=lambda one: one.id, default=None)
    after = min((one for one in around if one.id > task.id), key=lambda one: one.id, default=None)
    return Beside(before, after, latest_steps(task, found))


def _ids_around(task: UserTask) -> ColumnElement[bool]:
    before = select(func.max(UserTask.id)).where(UserTask.case_id == task.case_id, UserTask.id < task.id)
    after = select(func.min(UserTask.id)).where(UserTask.case_id == task.case_id, UserTask.id > task.id)
    return UserTask.id.in_([before.scalar_subquery(), after.scalar_subquery()])
