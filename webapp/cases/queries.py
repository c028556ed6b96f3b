"""Read cases: lists, one file, its timeline. Covers R-049."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import Grid, User
from webapp.accounts.places import within
from webapp.cases.models import Case, Party
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.permissions import Permission
from webapp.events.models import Event, EventStream


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of the case, newest first in ``timeline``."""

    at: datetime
    name: str
    actor_id: int | None
    payload: dict[str, Any]
    seq: int


def visible_cases(user: User) -> Select[tuple[Case]]:
    """Cases in the places of a user whose role reads cases."""
    return select(Case).where(within(user, Permission.READ_CASES, Case))


def find_case(case_no: str, user: User) -> Case:
    """Raises NotFound outside what the user may see."""
    query = visible_cases(user).where(Case.case_no == case_no)
    query = query.options(joinedload(Case.employer), joinedload(Case.grid).joinedload(Grid.town))
    case = db.session.scalars(query).one_or_none()
    if case is None:
        raise NotFound
    return case


def rounds_of(case: Case) -> tuple[Case | None, Case | None]:
    """The case whose failed correction this one follows, and the one that follows this."""
    found = list(db.session.scalars(select(Case).where(or_(Case.earlier_id == case.id, Case.id == case.earlier_id)).order_by(Case.id)))
    earlier = next((one for one in found if one.id == case.earlier_id), None)
    return earlier, next((one for one in found if one.earlier_id == case.id), None)


def parties_of(case: Case) -> list[Party]:
    return list(db.session.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.id)))


def timeline(case: Case, *, limit: int = 200, names: Sequence[str] | None = None, before: int | None = None) -> list[TimelineEntry]:
    """The last events of the case's stream, newest first. ``names``: only these; ``before``: only events with a lower number."""
    query = select(Event).join(EventStream, EventStream.id == Event.stream_id).where(EventStream.key == f"case:{case.id}")
    if names is not None:
        query = query.where(Event.name.in_(names))
    if before is not None:
        query = query.where(Event.seq < before)
    events = db.session.scalars(query.order_by(Event.seq.desc()).limit(limit))
    return [TimelineEntry(event.occurred_at, event.name, event.actor_id, event.payload, event.seq) for event in events]
