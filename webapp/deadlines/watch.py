"""Find the clocks that are nearly over, or over, and tell it once each. In batches; callers hold the transaction.

Nothing here waits: a record or clock that somebody works on at this moment is left to the next round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, insert, literal, select, tuple_, update

from webapp.core.db import UtcDateTime, db, table_of
from webapp.deadlines import duties
from webapp.deadlines.duties import Row
from webapp.deadlines.models import Deadline, Escalation
from webapp.events.services import lock_free_streams, record
from webapp.rules.models import TimeLimit

Place = tuple[datetime, int]  # in the order of a round: the instant and the id
on_told: list[Callable[[Sequence[Row], str, datetime], None]] = []  # (clocks, event, at): features above tell their people


@dataclass(frozen=True, slots=True)
class Batch:
    """``after``: where the next batch begins; None if this was the last."""

    done: int
    after: Place | None


def breach(*, at: datetime, after: Place | None, limit: int) -> Batch:
    """The legal date has passed: keep what was owed, and call the supervisors. A reminder would come too late."""
    clocks = table_of(Deadline)
    over = and_(clocks.c.due_at < literal(at, UtcDateTime()), clocks.c.breached_at.is_(None), *_running(clocks))
    found = _next(clocks, clocks.c.due_at, over, after=after, limit=limit)
    rows = _mark(clocks, over, found, breached_at=at, reminded_at=func.coalesce(clocks.c.reminded_at, literal(at, UtcDateTime())))
    _tell(rows, "deadline.breached", at=at)
    duties.keep_owed(rows)
    _escalate(rows, at=at)
    return _batch(rows, found, limit)


def remind(*, at: datetime, after: Place | None, limit: int) -> Batch:
    """80 % of the time to the target are used up."""
    clocks = table_of(Deadline)
    near = and_(clocks.c.remind_at <= literal(at, UtcDateTime()), clocks.c.reminded_at.is_(None), *_running(clocks))
    found = _next(clocks, clocks.c.remind_at, near, after=after, limit=limit)
    rows = _mark(clocks, near, found, reminded_at=at)
    _tell(rows, "deadline.reminded", at=at)
    return _batch(rows, found, limit)


def _running(clocks: Table) -> list[ColumnElement[bool]]:
    """Running, and somebody here owes it: the time of a party's right ends without anybody being late."""
    rights = select(TimeLimit.id).where(TimeLimit.is_right)
    return [clocks.c.ended_at.is_(None), clocks.c.suspended_at.is_(None), clocks.c.time_limit_id.not_in(rights)]


def _next(
    clocks: Table, order: ColumnElement[datetime], condition: ColumnElement[bool], *, after: Place | None, limit: int
) -> Sequence[Any]:
    """Keyset, so that a clock left aside is not met again in this round."""
    query = select(clocks.c.id, order.label("at"), clocks.c.case_id, clocks.c.instance_id).where(condition)
    if after is not None:
        query = query.where(tuple_(order, clocks.c.id) > tuple_(literal(after[0], UtcDateTime()), literal(after[1])))
    return db.session.execute(query.order_by(order, clocks.c.id).limit(limit)).all()


def _mark(clocks: Table, condition: ColumnElement[bool], found: Sequence[Any], **values: Any) -> Sequence[Row]:
    """Change those that still are as they were found; returns their columns."""
    free = lock_free_streams(_stream(row) for row in found)
    ids = [row.id for row in found if _stream(row) in free]
    if not ids:
        return []
    still = select(clocks.c.id).where(clocks.c.id.in_(ids), condition).with_for_update(skip_locked=True)
    kept = [clocks.c[name] for name in duties.KEPT]
    return db.session.execute(update(clocks).where(clocks.c.id.in_(still)).values(**values).returning(*kept)).mappings().all()


def _tell(rows: Sequence[Row], name: str, *, at: datetime) -> None:
    for row in sorted(rows, key=lambda row: int(row["id"])):
        stream = f"case:{row['case_id']}" if row["case_id"] is not None else f"instance:{row['instance_id']}"
        record(stream, name, actor_id=None, at=at, code=row["code"])
    if rows:
        for handler in on_told:
            handler(rows, name, at)


def _escalate(rows: Sequence[Row], *, at: datetime) -> None:
    names = ("code", "case_id", "instance_id", "task_id", "role", "jurisdiction_id", "town_id", "grid_id")
    if rows:
        told = [{"deadline_id": row["id"], "opened_at": at, **{name: row[name] for name in names}} for row in rows]
        db.session.execute(insert(table_of(Escalation)), told)


def _stream(row: Any) -> str:
    return f"case:{row.case_id}" if row.case_id is not None else f"instance:{row.instance_id}"


def _batch(rows: Sequence[Row], found: Sequence[Any], limit: int) -> Batch:
    return Batch(len(rows), (found[-1].at, found[-1].id) if len(found) == limit else None)
