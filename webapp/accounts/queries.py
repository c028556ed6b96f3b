"""Who there is, where, and which scope a role gets there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Select, or_, select, true

from webapp.accounts.models import Grid, Jurisdiction, Membership, Organisation, Town, User
from webapp.accounts.usernames import normal
from webapp.core.db import db
from webapp.core.errors import DomainError, NotFound
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
    """The user's roles with the names of their places."""
    return [_reach(membership) for membership in sorted(user.memberships, key=lambda held: (held.role, held.scope))]


_PLACES: dict[Scope, tuple[str, type[Place]]] = {
    Scope.JURISDICTION: ("jurisdiction_id", Jurisdiction),
    Scope.TOWN: ("town_id", Town),
    Scope.GRID: ("grid_id", Grid),
    Scope.ORGANISATION: ("organisation_id", Organisation),
}


def _reaches_everything(user: User) -> bool:
    return any(membership.scope == Scope.INSTALLATION for membership in user.memberships)


def _ids(user: User, column: str) -> list[int]:
    return [place for membership in user.memberships if (place := getattr(membership, column)) is not None]


def _reach(membership: Membership) -> Reach:
    place: Place | None = None
    scope = scope_of(membership.role)
    if scope is not Scope.INSTALLATION:
        column, model = _PLACES[scope]
        place = cast(Place | None, db.session.get(model, getattr(membership, column)))
    return Reach(membership.role, membership.scope, place.name_zh if place else "", place.name_en if place else "")
