"""Who read protected data, and who signed in: lists for auditors, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select, true

from webapp.accounts.models import User
from webapp.accounts.places import within
from webapp.audit.sampling import areas_of
from webapp.cases.models import Case
from webapp.core.clock import LEGAL_ZONE
from webapp.core.db import db
from webapp.core.pagination import Page
from webapp.core.permissions import Permission
from webapp.events.models import AccessLog, Event, EventStream

SIGN_INS = ("account.signed_in", "account.sign_in_failed", "account.signed_out")
LIMIT = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of both lists; empty ones ask for everything. ``person``: the number of a person of a case."""

    case_no: str = ""
    reader: str = ""
    person: int | None = None
    read_from: date | None = None
    read_to: date | None = None
    failed_only: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of the access log. ``part``: "identity", "health" or another field."""

    at: datetime
    reader: User
    case_no: str | None
    person_id: int | None
    part: str
    reason: str


@dataclass(frozen=True, slots=True)
class SignIn:
    at: datetime
    name: str
    user: User
    address: str


def readings(user: User, wanted: Wanted, *, after: int | None = None, limit: int = LIMIT) -> Page[Reading]:
    """About cases the auditor reaches, and what auditors of the same areas read elsewhere; keyset by id."""
    query = select(AccessLog, User, Case.case_no).join(User, User.id == AccessLog.actor_id).outerjoin(Case, Case.id == AccessLog.case_id)
    seen = or_(within(user, Permission.AUDIT, Case), AccessLog.case_id.is_(None) & _of_my_areas(user))
    query = query.where(seen, _asked_for(wanted), _on_days(AccessLog.viewed_at, wanted), _named(wanted))
    if after is not None:
        query = query.where(AccessLog.id < after)
    rows = db.session.execute(query.order_by(AccessLog.id.desc()).limit(limit + 1)).tuples().all()
    found = [_reading(row, reader, case_no) for row, reader, case_no in rows[:limit]]
    return Page(found, str(rows[limit - 1][0].id) if len(rows) > limit else None)


def sign_ins(user: User, wanted: Wanted, *, after: int | None = None, limit: int = LIMIT) -> Page[SignIn]:
    """Of accounts of the areas the auditor reaches; keyset by id."""
    names = ("account.sign_in_failed",) if wanted.failed_only else SIGN_INS
    key = literal("account:") + cast(User.id, String)
    query = select(Event, User).join(EventStream, EventStream.id == Event.stream_id).join(User, EventStream.key == key)
    query = query.where(Event.name.in_(names), _of_my_areas(user), _on_days(Event.occurred_at, wanted), _named(wanted))
    if after is not None:
        query = query.where(Event.id < after)
    rows = db.session.execute(query.order_by(Event.id.desc()).limit(limit + 1)).tuples().all()
    found = [SignIn(event.occurred_at, event.name, who, str(event.payload.get("address", ""))) for event, who in rows[:limit]]
    return Page(found, str(rows[limit - 1][0].id) if len(rows) > limit else None)


def last_number() -> int:
    """How many events the installation has recorded so far, at most."""
    return db.session.scalar(select(func.max(Event.id))) or 0


def _of_my_areas(user: User) -> ColumnElement[bool]:
    """Administrators of the installation belong to no area: every auditor sees what they do."""
    return or_(User.jurisdiction_id.in_(areas_of(user)), User.jurisdiction_id.is_(None))


def _asked_for(wanted: Wanted) -> ColumnElement[bool]:
    case = Case.case_no == wanted.case_no if wanted.case_no else true()
    if wanted.person is None:
        return case
    return case & AccessLog.field.startswith(f"person:{wanted.person}:", autoescape=True)


def _on_days(column: Any, wanted: Wanted) -> ColumnElement[bool]:
    since = column >= _midnight(wanted.read_from) if wanted.read_from else true()
    until = column < _midnight(wanted.read_to + timedelta(days=1)) if wanted.read_to else true()
    return since & until


def _named(wanted: Wanted) -> ColumnElement[bool]:
    if not wanted.reader:
        return true()
    return or_(*(name.icontains(wanted.reader, autoescape=True) for name in (User.username, User.name_zh, User.name_en)))


def _reading(row: AccessLog, reader: User, case_no: str | None) -> Reading:
    kind, _, rest = row.field.partition(":")
    person, _, part = rest.partition(":")
    if kind == "person" and person.isdigit():
        return Reading(row.viewed_at, reader, case_no, int(person), part, row.reason)
    return Reading(row.viewed_at, reader, case_no, None, row.field, row.reason)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LEGAL_ZONE)
