"""What the pages of user administration show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from webapp.accounts.models import Grid, Jurisdiction, Membership, Organisation, Town, User, WebSession
from webapp.accounts.usernames import normal
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.pagination import TOTAL_CAP, Page
from webapp.core.permissions import Scope, scope_of
from webapp.events.models import Event, EventStream

MAX_SEARCH_TEXT = 80
SHOWN_EVENTS = 60
_KINDS: Mapping[str, type[Jurisdiction] | type[Town]] = {"j": Jurisdiction, "t": Town}


@dataclass(frozen=True, slots=True)
class UserFilter:
    """``place``: "j1" or "t3"; ``state``: "active", "closed" or "" for both."""

    text: str = ""
    role: str = ""
    place: str = ""
    state: str = ""

    @property
    def is_set(self) -> bool:
        return any((self.text, self.role, self.place, self.state))

    def parameters(self) -> dict[str, str | None]:
        return {"q": self.text or None, "role": self.role or None, "place": self.place or None, "state": self.state or None}


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One thing that happened to the account."""

    at: datetime
    name: str
    actor_id: int | None
    payload: Mapping[str, Any]


def list_users(chosen: UserFilter, *, after: str = "", limit: int = 25) -> Page[User]:
    """By user name, keyset by it."""
    rows = select(User).where(_matches(chosen.text), _state(chosen.state), _in_place(chosen.place))
    if chosen.role:
        rows = rows.where(User.id.in_(select(Membership.user_id).where(Membership.role == chosen.role)))
    total = db.session.scalar(select(func.count()).select_from(rows.with_only_columns(User.id).limit(TOTAL_CAP + 1).subquery()))
    if after:
        rows = rows.where(User.username > after)
    found = list(db.session.scalars(rows.order_by(User.username).limit(limit + 1)))
    return Page(found[:limit], found[limit - 1].username if len(found) > limit else None, total)


def user_by_id(user_id: int) -> User:
    """Raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def membership_of(user: User, membership_id: int) -> Membership:
    """Raises NotFound."""
    found = next((held for held in user.memberships if held.id == membership_id), None)
    if found is None:
        raise NotFound
    return found


def live_sessions(user_id: int, at: datetime) -> list[WebSession]:
    """Browsers and API clients that are signed in, the last seen first."""
    query = select(WebSession).where(WebSession.user_id == user_id, WebSession.expires_at > at)
    return list(db.session.scalars(query.order_by(WebSession.seen_at.desc(), WebSession.id.desc())))


def session_of(user: User, session_id: int) -> WebSession:
    """Raises NotFound."""
    found = db.session.scalars(select(WebSession).where(WebSession.id == session_id, WebSession.user_id == user.id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def account_events(user_id: int, *, limit: int = SHOWN_EVENTS) -> list[AccountEvent]:
    """The newest first."""
    query = select(Event).join(EventStream, EventStream.id == Event.stream_id).where(EventStream.key == f"account:{user_id}")
    rows = db.session.scalars(query.order_by(Event.seq.desc()).limit(limit))
    return [AccountEvent(row.occurred_at, row.name, row.actor_id, row.payload) for row in rows]


def areas_and_towns() -> tuple[Sequence[Jurisdiction], Mapping[int, Sequence[Town]]]:
    """All areas, and their towns by area id."""
    areas = db.session.scalars(select(Jurisdiction).order_by(Jurisdiction.id)).all()
    towns: dict[int, list[Town]] = {area.id: [] for area in areas}
    for town in db.session.scalars(select(Town).order_by(Town.code)):
        towns[town.jurisdiction_id].append(town)
    return areas, towns


def places_for(role: str, user: User) -> list[tuple[str, str, str]]:
    """Code, Chinese and English name of the places the role can be given for: of the user's area, of all areas for others."""
    query = _PLACES_OF.get(scope_of(role))
    if query is None:
        return []
    statement, area_id = query
    if user.jurisdiction_id is not None:
        statement = statement.where(area_id == user.jurisdiction_id)
    return [(code, zh, en) for code, zh, en in db.session.execute(statement)]


def bodies() -> list[Organisation]:
    return list(db.session.scalars(select(Organisation).order_by(Organisation.jurisdiction_id, Organisation.id)))


def is_place(place: str) -> bool:
    """Whether there is such an area or town."""
    model, number = _KINDS.get(place[:1]), place[1:]
    if model is None or not (number.isascii() and number.isdigit() and len(number) < 10):
        return False
    return db.session.get(model, int(number)) is not None


def _matches(text: str) -> ColumnElement[bool]:
    text = text.strip()[:MAX_SEARCH_TEXT]
    if not text:
        return true()
    names = (User.name_zh, User.name_en)
    return or_(User.username.contains(normal(text), autoescape=True), *(name.icontains(text, autoescape=True) for name in names))


def _state(state: str) -> ColumnElement[bool]:
    return {"active": User.active.is_(True), "closed": User.active.is_(False)}.get(state, true())


def _in_place(place: str) -> ColumnElement[bool]:
    """Who belongs to the area, or holds a role in the town or one of its grids."""
    if not place:
        return true()
    number = int(place[1:])
    if place[0] == "j":
        return User.jurisdiction_id == number
    grids = select(Grid.id).where(Grid.town_id == number)
    return User.id.in_(select(Membership.user_id).where(or_(Membership.town_id == number, Membership.grid_id.in_(grids))))


_PLACES_OF: Mapping[Scope, tuple[Select[tuple[str, str, str]], Any]] = {
    Scope.JURISDICTION: (select(Jurisdiction.code, Jurisdiction.name_zh, Jurisdiction.name_en).order_by(Jurisdiction.id), Jurisdiction.id),
    Scope.TOWN: (select(Town.code, Town.name_zh, Town.name_en).order_by(Town.code), Town.jurisdiction_id),
    Scope.GRID: (select(Grid.code, Grid.name_zh, Grid.name_en).join(Town).order_by(Grid.code), Town.jurisdiction_id),
    Scope.ORGANISATION: (
        select(Organisation.code, Organisation.name_zh, Organisation.name_en).order_by(Organisation.id), Organisation.jurisdiction_id,
    ),
}  # fmt: skip
