"""Open and end legal clocks. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, case, insert, literal, select, update

from webapp.core.clock import LEGAL_ZONE, legal_day
from webapp.core.db import db, table_of
from webapp.deadlines import duties
from webapp.deadlines.errors import StartsLater
from webapp.deadlines.models import Deadline
from webapp.deadlines.reckoning import Pause, Reckoned, Term, reckon
from webapp.events.services import record
from webapp.rules.models import TimeLimit
from webapp.rules.queries import time_limit, working_days


@dataclass(frozen=True, slots=True)
class Due:
    """A clock that starts at ``started_at``, and when it will be over."""

    limit: TimeLimit
    started_at: datetime
    reckoned: Reckoned

    @property
    def due_at(self) -> datetime:
        return self.reckoned.due_at

    @property
    def is_provisional(self) -> bool:
        return self.reckoned.is_provisional


def due_for(code: str, at: datetime, *, jurisdiction_id: int | None = None) -> Due:
    """Count the limit in force on the start date, the jurisdiction's own first. Raises UnknownTimeLimit."""
    limit = time_limit(code, on=legal_day(at), jurisdiction_id=jurisdiction_id)
    return Due(limit, at, reckon_limit(limit, at))


def reckon_limit(limit: TimeLimit, started_at: datetime, steps: Iterable[Pause | Term] = ()) -> Reckoned:
    target = None if limit.target_value is None else Term(limit.target_value, limit.target_unit or limit.unit)
    return reckon(started_at, Term(limit.value, limit.unit), steps, rolls=limit.rolls, days=working_days(), target=target)


def instant_of(said: date | datetime | str) -> datetime:
    """The instant that a clock counts from: a day begins with its first moment, hours without a zone are Shanghai's.

    Raises ValueError for a text that is neither an ISO day nor an ISO instant.
    """
    found = datetime.fromisoformat(said) if isinstance(said, str) else said
    if not isinstance(found, datetime):
        found = datetime.combine(found, time())
    return found if found.tzinfo else found.replace(tzinfo=LEGAL_ZONE)


def nearest_running(codes: Iterable[str], *, case_id: int | None, instance_id: int) -> datetime | None:
    """The earliest due instant of the running clocks that span tasks and carry one of these codes; suspended ones have none."""
    running = [running_spanning(code, case_id=case_id, instance_id=instance_id) for code in codes]
    return min((clock.due_at for clock in running if clock is not None and not clock.is_suspended), default=None)


@dataclass(frozen=True, slots=True)
class TaskClock:
    """The clock of a user task that was just opened. ``stream``: of its case or instance; ``role`` and ``scope``: who owes it."""

    due: Due
    task_id: int
    instance_id: int
    case_id: int | None
    stream: str
    role: str | None = None
    scope: str = "*"
    jurisdiction_id: int | None = None
    town_id: int | None = None
    grid_id: int | None = None


def open_for_tasks(clocks: Sequence[TaskClock], *, at: datetime) -> None:
    """Start the clocks of user tasks. Claiming, releasing or returning a task never restarts its clock."""
    if clocks:
        db.session.execute(insert(table_of(Deadline)), [_task_row(clock) for clock in clocks])
    for clock in clocks:
        _tell_opened(clock.due, stream=clock.stream, actor_id=None, at=at)


def open_spanning(
    code: str,
    *,
    case_id: int | None,
    instance_id: int,
    stream: str,
    actor_id: int | None,
    at: datetime,
    started_at: datetime | None = None,
    jurisdiction_id: int | None = None,
) -> None:
    """Start a clock that spans tasks; one that runs already goes on.

    ``started_at``: when the event was that starts it, if that was before ``at``. Raises UnknownTimeLimit, StartsLater.
    """
    started_at = started_at or at
    if started_at > at:
        raise StartsLater(code=code, on=legal_day(started_at).isoformat())
    if running_spanning(code, case_id=case_id, instance_id=instance_id) is None:
        due = due_for(code, started_at, jurisdiction_id=jurisdiction_id)
        clock = Deadline(case_id=case_id, instance_id=instance_id, jurisdiction_id=jurisdiction_id, **_columns(due))
        db.session.add(clock)
        db.session.flush([clock])  # the task that this step opens may be the one that closes it
        _tell_opened(due, stream=stream, actor_id=actor_id, at=at)


def close_spanning(
    code: str, *, case_id: int | None, instance_id: int, stream: str, actor_id: int | None, at: datetime, evidence: str | None = None
) -> None:
    """Stop the clock if it runs. ``evidence``: what shows that it was done ("task:12", "document:3")."""
    running = running_spanning(code, case_id=case_id, instance_id=instance_id)
    if running is not None:
        _end(running, "late" if running.is_overdue(at) else "met", stream=stream, actor_id=actor_id, at=at, evidence=evidence)


def close_for_task(task_id: int, *, stream: str, actor_id: int | None, at: datetime) -> None:
    """The task was completed: its clock is met, or late."""
    late = and_(Deadline.due_at < at, Deadline.suspended_at.is_(None))
    _end_of_task(task_id, case((late, "late"), else_="met"), stream=stream, actor_id=actor_id, at=at)


def drop_for_task(task_id: int, *, stream: str, actor_id: int | None, at: datetime) -> None:
    """The task was withdrawn: nobody owes it any more."""
    _end_of_task(task_id, literal("dropped"), stream=stream, actor_id=actor_id, at=at)


def drop_spanning(instance_id: int, *, stream: str, actor_id: int | None, at: datetime) -> None:
    """The instance has ended: what its tasks opened and nobody closed is owed no more."""
    running = select(Deadline).where(Deadline.instance_id == instance_id, Deadline.task_id.is_(None), Deadline.ended_at.is_(None))
    for deadline in db.session.scalars(running):
        _end(deadline, "dropped", stream=stream, actor_id=actor_id, at=at)


def running_spanning(code: str, *, case_id: int | None, instance_id: int) -> Deadline | None:
    """The open clock that spans tasks: it belongs to the case, or to the instance where there is no case."""
    owner = Deadline.case_id == case_id if case_id is not None else Deadline.instance_id == instance_id
    running = select(Deadline).where(owner, Deadline.code == code, Deadline.task_id.is_(None), Deadline.ended_at.is_(None))
    return next(
        (clock for clock in db.session.scalars(running.order_by(Deadline.id)) if clock.is_open), None
    )  # ended in this step: not yet written


def _task_row(clock: TaskClock) -> dict[str, Any]:
    letter = clock.scope[:1]
    return {
        "task_id": clock.task_id, "instance_id": clock.instance_id, "case_id": clock.case_id, "role": clock.role, "scope": clock.scope,
        "jurisdiction_id": clock.jurisdiction_id, "town_id": clock.town_id if letter in "tg" else None,
        "grid_id": clock.grid_id if letter == "g" else None, **_columns(clock.due),
    }  # fmt: skip


def _columns(due: Due) -> dict[str, Any]:
    counted = due.reckoned
    return {
        "code": due.limit.code, "time_limit_id": due.limit.id, "started_at": due.started_at, "target_at": counted.target_at,
        "due_at": counted.due_at, "remind_at": counted.remind_at, "is_provisional": counted.is_provisional,
    }  # fmt: skip


def _tell_opened(due: Due, *, stream: str, actor_id: int | None, at: datetime) -> None:
    record(stream, "deadline.opened", actor_id=actor_id, at=at, code=due.limit.code, due_at=due.due_at.isoformat())


def _end_of_task(task_id: int, ending: ColumnElement[str], *, stream: str, actor_id: int | None, at: datetime) -> None:
    """One statement: the completion of every task with a clock comes through here."""
    clocks = table_of(Deadline)
    running = update(clocks).where(clocks.c.task_id == task_id, clocks.c.ended_at.is_(None))
    kept = [clocks.c[name] for name in duties.KEPT]
    ended = db.session.execute(running.values(ended_at=at, ending=ending).returning(*kept)).mappings().all()
    for row in ended:
        record(stream, f"deadline.{row['ending']}", actor_id=actor_id, at=at, code=row["code"])
    duties.keep_performed(ended, evidence=None, actor_id=actor_id, at=at)


def _end(deadline: Deadline, ending: str, *, stream: str, actor_id: int | None, at: datetime, evidence: str | None = None) -> None:
    deadline.ended_at, deadline.ending = at, ending
    record(stream, f"deadline.{ending}", actor_id=actor_id, at=at, code=deadline.code)
    db.session.flush([deadline])  # its number, if it was opened in this step
    duties.keep_performed([duties.row_of(deadline)], evidence=evidence, actor_id=actor_id, at=at)
