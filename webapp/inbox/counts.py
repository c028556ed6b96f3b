"""What the head of the inbox counts, each number capped, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from webapp.accounts.models import User
from webapp.core.db import db
from webapp.core.due import SOON
from webapp.core.pagination import TOTAL_CAP
from webapp.core.permissions import Permission
from webapp.inbox.pools import count_free, groups_of
from webapp.inbox.queries import View, belongs
from webapp.processes.models import UserTask


@dataclass(frozen=True, slots=True)
class Counts:
    """Tasks, each number capped at TOTAL_CAP + 1. ``views``: of each view the person has; the others: mine, and those I may claim."""

    views: Mapping[View, int]
    my_overdue: int
    free_overdue: int
    my_soon: int
    free_soon: int

    @property
    def mine(self) -> int:
        return self.views["mine"]

    @property
    def group(self) -> int:
        return self.views["group"]

    @property
    def overdue(self) -> int:
        return min(self.my_overdue + self.free_overdue, TOTAL_CAP + 1)

    @property
    def soon(self) -> int:
        return min(self.my_soon + self.free_soon, TOTAL_CAP + 1)


def counts(user: User, *, now: datetime) -> Counts:
    late, soon = UserTask.order_at < now, and_(UserTask.order_at >= now, UserTask.order_at <= now + SOON)
    groups, mine = groups_of(user), belongs(user, "mine")
    parts: dict[str, Select[Any]] = {"mine": _count(mine), "group": count_free(groups), "watched": _count_watched(user)}
    parts["done"] = _count(belongs(user, "done"), column=UserTask.ended_at)
    if user.has(Permission.SUPERVISE):
        parts["all"] = _count(belongs(user, "all"))
    for name, when in (("overdue", late), ("soon", soon)):
        parts[f"my_{name}"], parts[f"free_{name}"] = _count(mine, when), count_free(groups, when)
    asked = select(*(part.scalar_subquery().label(name) for name, part in parts.items()))
    found = dict(db.session.execute(asked).one()._mapping)
    near = {name: found.pop(name) for name in ("my_overdue", "free_overdue", "my_soon", "free_soon")}
    return Counts(views=found, **near)


def count_mine(user: User) -> int:
    """For the navigation of every page."""
    return db.session.scalar(_count(belongs(user, "mine"))) or 0


def _count(*conditions: ColumnElement[bool], column: Any = UserTask.order_at) -> Select[tuple[int]]:
    """Up to the cap, along the order of the list: closed rows, however many, are never met."""
    some = select(UserTask.id).where(*conditions).order_by(column, UserTask.id).limit(TOTAL_CAP + 1)
    return select(func.count()).select_from(some.subquery())


def _count_watched(user: User) -> Select[tuple[int]]:
    return select(func.count()).select_from(select(UserTask.id).where(belongs(user, "watched")).limit(TOTAL_CAP + 1).subquery())
