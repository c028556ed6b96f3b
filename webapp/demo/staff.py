"""Who of the demo people does a task."""

from __future__ import annotations

from typing import cast

from sqlalchemy import or_, select

from webapp.accounts.models import Membership, User
from webapp.core.db import db

Holders = dict[tuple[str, str], list[User]]
_KNOWN = "demo_staff"


def somebody(role: str, scope: str, *, turn: int = 0) -> User:
    """A demo person of the candidate group; ``turn``: which one, if there are several."""
    known = cast("Holders", db.session().info.setdefault(_KNOWN, {}))
    if (role, scope) not in known:
        known[role, scope] = _holders(role, scope)
    people = known[role, scope]
    return people[turn % len(people)]


def forget_staff() -> None:
    """Offices are asked for once a loading: people neither come nor go in it."""
    db.session().info.pop(_KNOWN, None)


def _holders(role: str, scope: str) -> list[User]:
    place = Membership.scope == scope
    if scope.startswith("j"):
        place = or_(place, User.jurisdiction_id == int(scope[1:]))
    query = select(User).join(Membership, Membership.user_id == User.id).where(User.is_demo, User.active, Membership.role == role, place)
    return list(db.session.scalars(query.order_by(User.id)).unique())
