"""Who there is, where, and which scope a role gets there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, true, union_all

from webapp.accounts.models import Certificate, Grid, Jurisdiction, Membership, Organisation, Power, Town, User
from webapp.accounts.organisation import AGENCY, HEALTH
from webapp.accounts.organisation import TOWN as TOWN_HOLDER
from webapp.accounts.usernames import normal
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, NotFound
from webapp.core.i18n import pick
from webapp.core.permissions import Scope, scope_of

Place = Jurisdiction | Town | Grid | Organisation


class PlaceMissing(DomainError):
    """The role %(role)s needs a place: name the jurisdiction, town, grid or organisation it is for."""

    status = 422


@dataclass(frozen=True, slots=True)
class Reach:
    """A role somebody holds and the place it reaches over; the names are empty for the whole installation."""

    role: str
    scope: str
    name_zh: str
    name_en: str
    membership_id: int
    valid_from: date | None
    valid_to: date | None

    def is_in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or self.valid_to >= on)


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who may act towards a party today. ``valid_to``: the last day of the certificate."""

    user_id: int
    name_zh: str
    name_en: str
    certificate_no: str
    valid_to: date


@dataclass(frozen=True, slots=True)
class OfficerChoice:
    """An officer to choose on a form. ``value``: the user id as text; ``refusal``: why not today, None if possible."""

    value: str
    label: Mapping[str, str]
    refusal: Mapping[str, str] | None


def scope_key(
    role: str,
    *,
    jurisdiction_id: int | None = None,
    town_id: int | None = None,
    grid_id: int | None = None,
    organisation_id: int | None = None,
) -> str:
    """``Membership.scope`` of the role in these places: "g7", "t3", "j1", "o2" or "*". Raises PlaceMissing."""
    scope = scope_of(role)
    if scope is Scope.INSTALLATION:
        return scope.value
    place = {Scope.JURISDICTION: jurisdiction_id, Scope.TOWN: town_id, Scope.GRID: grid_id, Scope.ORGANISATION: organisation_id}[scope]
    if place is None:
        raise PlaceMissing(role=role)
    return f"{scope.value}{place}"


def candidate_scope(role: str, *, jurisdiction_id: int | None, town_id: int | None, grid_id: int | None) -> tuple[str, int | None]:
    """``UserTask.scope`` for a task of the role at this place, and the id of the body that answers for the role, if one does.

    Where the place is not known that narrowly, the task goes to the next wider scope, where supervisors see it.
    """
    scope = scope_of(role)
    if scope is Scope.INSTALLATION or jurisdiction_id is None:
        return Scope.INSTALLATION.value, None
    if scope is Scope.ORGANISATION:
        body = organisation_for(role, jurisdiction_id)
        return (f"o{body.id}", body.id) if body else (f"j{jurisdiction_id}", None)
    if scope is Scope.GRID and grid_id is not None:
        return f"g{grid_id}", None
    if scope in (Scope.GRID, Scope.TOWN) and town_id is not None:
        return f"t{town_id}", None
    return f"j{jurisdiction_id}", None


def organisation_for(role: str, jurisdiction_id: int) -> Organisation | None:
    """The body that answers for an outside role ("POL") in the jurisdiction."""
    query = select(Organisation).where(Organisation.jurisdiction_id == jurisdiction_id, Organisation.kind == role)
    return db.session.scalars(query.order_by(Organisation.id).limit(1)).one_or_none()


def health_authority(jurisdiction_id: int) -> Organisation | None:
    """The district's own health authority, not the one above it."""
    query = select(Organisation).where(Organisation.jurisdiction_id == jurisdiction_id, Organisation.kind == HEALTH)
    return db.session.scalars(query.where(Organisation.level == "district").order_by(Organisation.id).limit(1)).one_or_none()


def certificate_of(user_id: int, on: date) -> Certificate | None:
    """The certificate that is valid on that day. Source: APL 42, 55."""
    return next((held for held in _certificates([user_id]) if held.is_valid(on)), None)


def certificate_problem(user_id: int, on: date) -> str | None:
    """Why the person could not act on that day: "none", "expired" or "revoked"; None if a valid certificate is there. Source: BR-03."""
    return _problem(_certificates([user_id]), on)


def officers_in(jurisdiction_id: int, on: date, *, town_id: int | None = None) -> list[Officer]:
    """Who may act towards a party on that day: officers and leads of the district, the enforcement team of the town.

    Only with a valid certificate. Source: BR-03; APL 42, 55.
    """
    people = _enforcers(jurisdiction_id, town_id)
    valid = {held.user_id: held for held in reversed(_certificates([one.id for one in people])) if held.is_valid(on)}
    found = [(one, valid[one.id]) for one in people if one.id in valid]
    return [Officer(one.id, one.name_zh, one.name_en, held.number, held.valid_to) for one, held in found]


def holders(roles: Sequence[str], jurisdiction_id: int) -> list[User]:
    """Active people with one of the roles over the whole jurisdiction."""
    held = select(Membership.user_id).where(Membership.role.in_(roles), Membership.jurisdiction_id == jurisdiction_id)
    held = held.where(Membership.in_force(clock.today()))
    return list(db.session.scalars(select(User).where(User.active, User.id.in_(held)).order_by(User.id)))


def officer_choices(jurisdiction_id: int, on: date, *, town_id: int | None = None) -> list[OfficerChoice]:
    """The same people for a ``reference`` field, with those whose certificate is missing or void and why."""
    people = _enforcers(jurisdiction_id, town_id)
    held = _certificates([one.id for one in people])
    return [_officer_choice(one, [card for card in held if card.user_id == one.id], on) for one in people]


def officer_labels(values: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """Names of stored user ids, whenever they were chosen."""
    ids = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < MAX_DIGITS]
    people = db.session.scalars(select(User).where(User.id.in_(ids)))
    return {str(one.id): {"zh": one.name_zh, "en": one.name_en} for one in people}


def names(user_id: int) -> str:
    """The name in the language of the request, the number of an account that is gone."""
    user = db.session.get(User, user_id)
    return pick({"zh": user.name_zh, "en": user.name_en}) if user else str(user_id)


def power_of_town(town_id: int, kind: str, item: str, on: date) -> Power | None:
    """The handed-down power under which the town may do this on that day. Source: BR-17, DT9; APL 24; S1 3(2)."""
    return _power([Power.holder_kind == TOWN_HOLDER, Power.town_id == town_id], kind, item=item, on=on)


def power_of_agency(jurisdiction_id: int, kind: str, item: str, on: date) -> Power | None:
    """The power by law of the district's health authority. Source: DT9; ODL 62 to 64; APL 17."""
    return _power([Power.holder_kind == AGENCY, Power.jurisdiction_id == jurisdiction_id], kind, item=item, on=on)


def town_may(town_id: int, kind: str, *, item: str, on: date) -> bool:
    """BR-17: a town acts only where a power in force covers town, kind, item and day. Source: APL 24; S1 3(2), R-097."""
    return power_of_town(town_id, kind, item, on) is not None


def find_user(username: str) -> User:
    """Raises NotFound."""
    user = db.session.scalars(select(User).where(User.username == normal(username))).one_or_none()
    if user is None:
        raise NotFound
    return user


def all_users() -> Select[tuple[User]]:
    return select(User).order_by(User.username)


def visible_users(user: User) -> Select[tuple[User]]:
    """Colleagues whose names the user may see: of the whole installation, of the jurisdiction, or of an outside body."""
    if _reaches_everything(user):
        return all_users()
    scopes = {scope_of(role) for role in user.role_codes}
    if not scopes or scopes == {Scope.ORGANISATION}:
        same = User.organisation_id == user.organisation_id if user.organisation_id is not None else User.id == user.id
        return all_users().where(same)
    return all_users().where(User.jurisdiction_id == user.jurisdiction_id)


def visible_towns(user: User) -> Select[tuple[Town]]:
    """Towns that the user's roles reach wholly or in part."""
    if _reaches_everything(user):
        return select(Town).order_by(Town.code)
    grids = select(Grid.town_id).where(Grid.id.in_(_ids(user, "grid_id")))
    return select(Town).where(
        or_(Town.jurisdiction_id.in_(_ids(user, "jurisdiction_id")), Town.id.in_(_ids(user, "town_id")), Town.id.in_(grids))
    ).order_by(Town.code)  # fmt: skip


def visible_grids(user: User) -> Select[tuple[Grid]]:
    query = select(Grid).join(Town).order_by(Grid.code)
    if _reaches_everything(user):
        return query.where(true())
    return query.where(
        or_(Town.jurisdiction_id.in_(_ids(user, "jurisdiction_id")), Town.id.in_(_ids(user, "town_id")), Grid.id.in_(_ids(user, "grid_id")))
    )


def place_for(role: str, code: str) -> dict[str, int]:
    """The place with this code as the argument ``grant_role`` wants: ``{"town_id": 3}``. Raises NotFound."""
    if scope_of(role) is Scope.INSTALLATION:
        return {}
    column, model = _PLACES[scope_of(role)]
    place_id: int | None = db.session.scalar(select(model.id).where(model.code == code))
    if place_id is None:
        raise NotFound
    return {column: place_id}


def reach_of(user: User) -> list[Reach]:
    """The user's roles with the names of their places, those to come and just ended too."""
    return reaches([user])[user.id]


def reaches(users: Iterable[User]) -> dict[int, list[Reach]]:
    """The same for many people by id, their places in one query."""
    held = {user.id: sorted(user.memberships, key=lambda one: (one.role, one.scope)) for user in users}
    places = _places([one for of_user in held.values() for one in of_user])
    return {user_id: [_reach(one, places) for one in of_user] for user_id, of_user in held.items()}


MAX_DIGITS = 10
DISTRICT_ENFORCERS, TOWN_ENFORCERS = ("HD_OFF", "HD_LEAD"), "TOWN_ENF"
_REFUSALS = {
    "none": {"zh": "无执法证件", "en": "no certificate"},
    "expired": {"zh": "执法证件已过期", "en": "the certificate has expired"},
    "revoked": {"zh": "执法证件已收回", "en": "the certificate is revoked"},
}

_PLACES: dict[Scope, tuple[str, type[Place]]] = {
    Scope.JURISDICTION: ("jurisdiction_id", Jurisdiction),
    Scope.TOWN: ("town_id", Town),
    Scope.GRID: ("grid_id", Grid),
    Scope.ORGANISATION: ("organisation_id", Organisation),
}


def _certificates(user_ids: Sequence[int]) -> list[Certificate]:
    """The latest first."""
    query = select(Certificate).where(Certificate.user_id.in_(user_ids))
    return list(db.session.scalars(query.order_by(Certificate.valid_to.desc(), Certificate.id.desc())))


def _problem(held: Sequence[Certificate], on: date) -> str | None:
    if any(card.is_valid(on) for card in held):
        return None
    issued = [card for card in held if card.issued_on <= on]
    if not issued:
        return "none"
    return "revoked" if issued[0].is_revoked(on) else "expired"


def _enforcers(jurisdiction_id: int, town_id: int | None) -> list[User]:
    own = and_(Membership.role.in_(DISTRICT_ENFORCERS), Membership.jurisdiction_id == jurisdiction_id)
    team = and_(Membership.role == TOWN_ENFORCERS, Membership.town_id == town_id)
    holders = select(Membership.user_id).where(own if town_id is None else or_(own, team), Membership.in_force(clock.today()))
    return list(db.session.scalars(select(User).where(User.active, User.id.in_(holders)).order_by(User.id)))


def _officer_choice(user: User, held: Sequence[Certificate], on: date) -> OfficerChoice:
    problem = _problem(held, on)
    number = next((f" {card.number}" for card in held if card.is_valid(on)), "")
    label = {"zh": f"{user.name_zh}{number}", "en": f"{user.name_en}{number}"}
    return OfficerChoice(str(user.id), label, _REFUSALS[problem] if problem else None)


def _power(conditions: Sequence[ColumnElement[bool]], kind: str, *, item: str, on: date) -> Power | None:
    query = select(Power).where(
        *conditions, Power.kind == kind, Power.valid_from <= on, or_(Power.valid_to.is_(None), Power.valid_to >= on)
    )
    return next((power for power in db.session.scalars(query.order_by(Power.valid_from.desc(), Power.id)) if power.covers(item)), None)


def _reaches_everything(user: User) -> bool:
    return any(membership.scope == Scope.INSTALLATION for membership in user.held)


def _ids(user: User, column: str) -> list[int]:
    return [place for membership in user.held if (place := getattr(membership, column)) is not None]


def _places(memberships: Sequence[Membership]) -> dict[str, tuple[str, str]]:
    """Chinese and English names by scope ("t3"), in one query."""
    parts = []
    for scope, (column, model) in _PLACES.items():
        ids = {getattr(one, column) for one in memberships} - {None}
        if ids:
            parts.append(select(literal(scope.value), model.id, model.name_zh, model.name_en).where(model.id.in_(ids)))
    rows = db.session.execute(union_all(*parts)).tuples() if parts else ()
    return {f"{letter}{place_id}": (name_zh, name_en) for letter, place_id, name_zh, name_en in rows}


def _reach(held: Membership, places: Mapping[str, tuple[str, str]]) -> Reach:
    return Reach(held.role, held.scope, *places.get(held.scope, ("", "")), held.id, held.valid_from, held.valid_to)
