"""An installation keeps somebody who administers it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from webapp.accounts.models import Membership, User
from webapp.core.db import db
from webapp.core.errors import DomainError

ROLE = "ADMIN"


class OwnAccount(DomainError):
    """An administrator cannot close the own account or give up the own administrator role. Ask another administrator to do it."""


class LastAdministrator(DomainError):
    """This is the last administrator. Make somebody else an administrator without an end date first."""


def refuse_loss(user: User, *, actor_id: int | None, today: date) -> None:
    """Raises OwnAccount, LastAdministrator if ``user`` must stay an active administrator; others may go."""
    if actor_id is not None and actor_id == user.id:
        raise OwnAccount
    if ROLE in user.role_codes and not _others(user, today):
        raise LastAdministrator


def _others(user: User, today: date) -> list[int]:
    """Locked until the commit: two administrators who close each other's accounts at once must see it."""
    lasting = select(Membership.user_id).where(Membership.role == ROLE, Membership.in_force(today), Membership.valid_to.is_(None))
    query = select(User.id).where(User.active, User.id.in_(lasting)).order_by(User.id).with_for_update()
    return [one for one in db.session.scalars(query) if one != user.id]
