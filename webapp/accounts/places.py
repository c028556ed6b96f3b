"""Second layer of permission: how far a person's roles reach. A role opens only what it may do itself, only in its own place."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import ColumnElement, false, or_, true

from webapp.accounts.models import User
from webapp.core.permissions import Permission


class Placed(Protocol):
    """A row that lies somewhere."""

    jurisdiction_id: Any
    town_id: Any
    grid_id: Any


def reaches(user: User, permission: Permission, row: Placed) -> bool:
    """Whether one of the user's roles with this permission reaches over the place of ``row``."""
    return bool(user.scopes_with(permission) & {"*", f"j{row.jurisdiction_id}", f"t{row.town_id}", f"g{row.grid_id}"})


def within(user: User, permission: Permission, model: type[Any]) -> ColumnElement[bool]:
    """The same as a condition on the rows of ``model``."""
    scopes = user.scopes_with(permission)
    if "*" in scopes:
        return true()
    columns = {"j": model.jurisdiction_id, "t": model.town_id, "g": model.grid_id}
    places = [columns[scope[0]] == int(scope[1:]) for scope in sorted(scopes) if scope[0] in columns]
    return or_(*places) if places else false()
