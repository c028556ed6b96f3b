"""Open and end legal clocks. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, insert, literal, select, update

from webapp.core.clock import legal_day
from webapp.core.db import db, table_of
from webapp.deadlines.models import Deadline
from webapp.events.services import record
from webapp.rules import counting
from webapp.rules.models import TimeLimit
from webapp.rules.queries import time_limit, working_days


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock that starts now will be over, as ``counting.Counted`` says it."""

    limit: TimeLimit
    due_at: datetime
    is_provisional: bool


def due_for(code: str, at: datetime) -> Due:
    """Count the limit in force on the start date. Raises UnknownTimeLimit."""
    limit = time_limit(code, on=legal_day(at))
    counted = counting.count(at, limit.value, limit.unit, rolls=limit.rolls, days=working_days())
    return Due(limit, counted.due_at, counted.is_provisional)


def nearest_running(codes: Iterable[str], *, case_id: int | None, instance_id: int) -> datetime | None:
    """The earliest due instant of the running clocks that span tasks and carry one of these codes."""
    running = [_running_spanning(code, case_id, instance_id) for code in codes]
    return min((clock.due_at for clock in running if clock is not None), default=None)


@dataclass(frozen=True, slots=True)
class TaskClock:
    """The clock of a user task that was just opened. ``stream``: of its case or instance."""

    due: Due
    task_id: int
    instance_id: int
    case_id: int | None
    stream: str


def open_for_tasks(clocks: Sequence[TaskClock], *, at: datetime) -> None:
    """Start the clocks of user tasks. Claiming, releasing or returning a task never restarts its clock."""
    if clocks:
        db.session.execute(insert(table_of(Deadline)), [_task_row(clock, at) for clock in clocks])
    for clock in clocks:
        _tell_opened(clock.due, stream=clock.stream, actor_id=None, at=at)


def open_spanning(code: str, *, case_id: int | None, instance_id: int, stream: str, actor_id: int | None, at: datetime) -> None:
    """Start a clock that spans tasks; one that runs already goes on. Raises UnknownTimeLimit."""
    if _running_spanning(code, case_id, instance_id) is None:
        due = due_for(code, at)
        db.session.add(Deadline(case_id=case_id, instance_id=instance_id, **_columns(due, at)))
        _tell_opened(due, stream=stream, actor_id=actor_id, at=at)


def close_spanning(code: str, *, case_id: int | None, instance_id: int, stream: str, actor_id: int | None, at: datetime) -> None:
    """Stop the clock if it runs."""
    running = _running_spanning(code, case_id, instance_id)
    if running is not None:
        _end(running, _judged(running, at), stream=stream, actor_id=actor_id, at=at)


def close_for_task(task_id: int, *, stream: str, actor_id: int | None, at: datetime) -> None:
    """The task was completed: its clock is met, or late."""
    _end_of_task(task_id, case((Deadline.due_at < at, "late"), else_="met"), stream=stream, actor_id=actor_id, at=at)


def drop_for_task(task_id: int, *, stream: str, actor_id: int | None, at: datetime) -> None:
    """The task was withdrawn: nobody owes it any more."""
    _end_of_task(task_id, literal("dropped"), stream=stream, actor_id=actor_id, at=at)


def drop_spanning(instance_id: int, *, stream: str, actor_id: int | None, at: datetime) -> None:
    """The instance has ended: what its tasks opened and nobody closed is owed no more."""
    running = select(Deadline).where(Deadline.instance_id == instance_id, Deadline.task_id.is_(None), Deadline.ended_at.is_(None))
    for deadline in db.session.scalars(running):
        _end(deadline, "dropped", stream=stream, actor_id=actor_id, at=at)


def _task_row(clock: TaskClock, at: datetime) -> dict[str, Any]:
    return {"task_id": clock.task_id, "instance_id": clock.instance_id, "case_id": clock.case_id, **_columns(clock.due, at)}


def _columns(due: Due, at: datetime) -> dict[str, Any]:
    limit = {"code": due.limit.code, "time_limit_id": due.limit.id}
    return {**limit, "started_at": at, "due_at": due.due_at, "is_provisional": due.is_provisional}


def _tell_opened(due: Due, *, stream: str, actor_id: int | None, at: datetime) -> None:
    record(stream, "deadline.opened", actor_id=actor_id, at=at, code=due.limit.code, due_at=due.due_at.isoformat())


def _end_of_task(task_id: int, ending: ColumnElement[str], *, stream: str, actor_id: int | None, at: datetime) -> None:
    """One statement: the completion of every task with a clock comes through here."""
    clocks = table_of(Deadline)
    running = update(clocks).where(clocks.c.task_id == task_id, clocks.c.ended_at.is_(None))
    for code, ended in db.session.execute(running.values(ended_at=at, ending=ending).returning(clocks.c.code, clocks.c.ending)):
        record(stream, f"deadline.{ended}", actor_id=actor_id, at=at, code=code)


def _end(deadline: Deadline, ending: str, *, stream: str, actor_id: int | None, at: datetime) -> None:
    deadline.ended_at, deadline.ending = at, ending
    record(stream, f"deadline.{ending}", actor_id=actor_id, at=at, code=deadline.code)


def _judged(deadline: Deadline, at: datetime) -> str:
    return "late" if at > deadline.due_at else "met"


def _running_spanning(code: str, case_id: int | None, instance_id: int) -> Deadline | None:
    """A clock that spans tasks belongs to the case, or to the instance where there is no case."""
    owner = Deadline.case_id == case_id if case_id is not None else Deadline.instance_id == instance_id
    running = select(Deadline).where(owner, Deadline.code == code, Deadline.task_id.is_(None), Deadline.ended_at.is_(None))
    return next(
        (clock for clock in db.session.scalars(running.order_by(Deadline.id)) if clock.is_open), None
    )  # ended in this step: not yet written
