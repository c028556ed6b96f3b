"""Read legal clocks, what supervisors must look at, and what was owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import selectinload

from webapp.accounts.models import User
from webapp.accounts.places import reaches, within
from webapp.core.db import UtcDateTime, db
from webapp.core.errors import NotFound
from webapp.core.pagination import TOTAL_CAP, Cursor, Page
from webapp.core.permissions import Permission
from webapp.deadlines.models import Deadline, Duty, Escalation

PAGE = 25


def deadlines_of_case(case_id: int) -> list[Deadline]:
    """Running clocks first, by due date; then the ended ones in the order they ended."""
    rows = db.session.scalars(select(Deadline).where(Deadline.case_id == case_id))
    return sorted(rows, key=lambda row: (not row.is_open, row.ended_at or row.due_at, row.id))


def get_deadline(deadline_id: int) -> Deadline:
    """With everything that moved it. Raises NotFound; who may see it is for the caller to judge."""
    whole = (selectinload(Deadline.suspensions), selectinload(Deadline.extensions))
    found = db.session.scalars(select(Deadline).where(Deadline.id == deadline_id).options(*whole)).one_or_none()
    if found is None:
        raise NotFound
    return found


def may_move(user: User, deadline: Deadline) -> bool:
    """Whether the user supervises the group that owes the clock."""
    return reaches(user, Permission.SUPERVISE, deadline)


def unseen_escalations(user: User, *, after: str | None = None, limit: int = PAGE) -> Page[Escalation]:
    """What was missed by groups this person supervises, the longest waiting first. Raises BadCursor."""
    cursor = Cursor.decode(after)
    query = select(Escalation).where(*_unseen(user))
    if cursor is not None:
        past = tuple_(literal(cursor.at, UtcDateTime()), literal(cursor.id))
        query = query.where(tuple_(Escalation.opened_at, Escalation.id) > past)
    found = list(db.session.scalars(query.order_by(Escalation.opened_at, Escalation.id).limit(limit + 1)))
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], Cursor(last.opened_at, last.id).encode() if last else None)


def count_escalations(user: User) -> int:
    """Capped at TOTAL_CAP + 1; 0 for who supervises nothing."""
    if not user.has(Permission.SUPERVISE):
        return 0
    ids = select(Escalation.id).where(*_unseen(user)).order_by(Escalation.opened_at, Escalation.id).limit(TOTAL_CAP + 1)
    return db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0


def find_escalation(escalation_id: int, user: User) -> Escalation:
    """Seen or not. Raises NotFound outside what this person supervises."""
    mine = select(Escalation).where(Escalation.id == escalation_id, within(user, Permission.SUPERVISE, Escalation))
    found = db.session.scalars(mine).one_or_none()
    if found is None:
        raise NotFound
    return found


def count_running(code: str) -> int:
    """Running clocks of this code, wherever they run."""
    running = select(func.count()).select_from(Deadline).where(Deadline.code == code, Deadline.ended_at.is_(None))
    return db.session.scalar(running) or 0


def duties_of(*, user_id: int | None = None, role: str | None = None, first: date, last: date) -> Sequence[Duty]:
    """What a person performed, or a role owed, by a day of the period."""
    query = select(Duty).where(Duty.due_on.between(first, last))
    if user_id is not None:
        query = query.where(Duty.performed_by_id == user_id)
    if role is not None:
        query = query.where(Duty.role == role)
    return db.session.scalars(query.order_by(Duty.due_on, Duty.id)).all()


def list_duties(user: User, *, first: date | None, last: date | None, after: str | None = None, limit: int = PAGE) -> Page[Duty]:
    """Duties of the groups this person supervises, the latest due first. Raises BadCursor."""
    query = _past(select(Duty).where(within(user, Permission.SUPERVISE, Duty), *_period(first, last)), Cursor.decode(after))
    found = list(db.session.scalars(query.order_by(Duty.due_on.desc(), Duty.id.desc()).limit(limit + 1)))
    end = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], Cursor(datetime.combine(end.due_on, time(), UTC), end.id).encode() if end else None)


def _unseen(user: User) -> tuple[ColumnElement[bool], ...]:
    return Escalation.seen_at.is_(None), within(user, Permission.SUPERVISE, Escalation)


def _period(first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    return [*([Duty.due_on >= first] if first else []), *([Duty.due_on <= last] if last else [])]


def _past(query: Select[tuple[Any]], cursor: Cursor | None) -> Select[tuple[Any]]:
    if cursor is None:
        return query
    return query.where(tuple_(Duty.due_on, Duty.id) < tuple_(literal(cursor.at.date()), literal(cursor.id)))
