"""What ``zhijian users`` does, with names and codes instead of rows. The command commits."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from webapp.accounts import queries, services
from webapp.accounts.models import Jurisdiction
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound


def create(username: str, *, name_zh: str, name_en: str, jurisdiction_code: str | None, password: str) -> None:
    """Raises NotFound for an unknown jurisdiction, Invalid, services.UsernameTaken."""
    services.create_user(
        username=username, name_zh=name_zh, name_en=name_en, password=password, jurisdiction_id=_jurisdiction_id(jurisdiction_code),
        actor_id=None, at=clock.now(),
    )  # fmt: skip


def grant(username: str, role: str, *, place: str | None) -> None:
    """Raises NotFound, Invalid, queries.PlaceMissing."""
    services.grant_role(queries.find_user(username), role, actor_id=None, at=clock.now(), **_place(role, place))


def revoke(username: str, role: str, *, place: str | None) -> None:
    """Without ``place`` in all places. Raises NotFound if the role is not held there."""
    user = queries.find_user(username)
    held = [membership.scope for membership in user.memberships if membership.role == role]
    scopes = held if place is None else [queries.scope_key(role, **_place(role, place))]
    if not scopes:
        raise NotFound
    for scope in scopes:
        services.revoke_role(user, role, scope=scope, actor_id=None, at=clock.now())


def deactivate(username: str) -> None:
    services.deactivate(queries.find_user(username), actor_id=None, at=clock.now())


def set_password(username: str, *, password: str) -> None:
    services.set_password(queries.find_user(username), password, actor_id=None, at=clock.now())


def reset_password(username: str) -> str:
    """The new random password, to be handed over."""
    return services.reset_password(queries.find_user(username), actor_id=None, at=clock.now())


def disable_two_factor(username: str) -> None:
    """For somebody who lost the telephone."""
    services.disable_two_factor(queries.find_user(username), actor_id=None, at=clock.now())


def listing() -> Iterator[str]:
    """One line per account: user name, name, state, roles with their places."""
    for user in db.session.scalars(queries.all_users()):
        roles = ", ".join(f"{reach.role} {reach.name_zh}".strip() for reach in queries.reach_of(user))
        yield "\t".join([user.username, user.name_zh, "active" if user.active else "inactive", roles])


def _place(role: str, code: str | None) -> dict[str, int]:
    return queries.place_for(role, code) if code else {}


def _jurisdiction_id(code: str | None) -> int | None:
    if code is None:
        return None
    found = db.session.scalar(select(Jurisdiction.id).where(Jurisdiction.code == code))
    if found is None:
        raise NotFound
    return found
