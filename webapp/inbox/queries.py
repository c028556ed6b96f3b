"""Inbox lists and counts. Every query walks a partial index over open rows in due order.

``state = 0`` is written as a literal: under a generic plan a bound parameter hides the partial indexes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    and_,
    column,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
    values,
)  # fmt: skip

from webapp.accounts.models import User
from webapp.accounts.places import within
from webapp.core.db import db
from webapp.core.due import SOON
from webapp.core.errors import Forbidden
from webapp.core.pagination import TOTAL_CAP, Cursor, Page
from webapp.core.permissions import Permission
from webapp.processes.models import UserTask

View = Literal["mine", "group", "all"]
VIEWS: tuple[View, ...] = ("mine", "group", "all")
FEW_GROUPS = 8  # up to here one probe per candidate group is cheapest
PROBES_AT_ONCE = 100  # SQLite takes at most 500 selects in one statement
WALK = 2_600  # rows of the due order to look at before probing many groups: 26 rows are found if they hold 1 % of the pool

OPEN = UserTask.state == literal_column("0")
_FREE = and_(OPEN, UserTask.assignee_id.is_(None))
_ORDER = (UserTask.order_at, UserTask.id)

Groups = Sequence[tuple[str, str]]  # (role, scope)


@dataclass(frozen=True, slots=True)
class Counts:
    """Open tasks, each capped at TOTAL_CAP + 1.

    ``overdue`` and ``soon``: mine and those I may claim. ``all`` is None for who may not see it.
    """

    mine: int
    group: int
    overdue: int
    soon: int
    all: int | None


def views_of(user: User) -> tuple[View, ...]:
    return VIEWS if user.has(Permission.SUPERVISE) else VIEWS[:2]


def page(user: User, *, view: View, limit: int = 25, after: str | None = None) -> Page[UserTask]:
    """One page in due order, with its capped total. Raises Forbidden, BadCursor."""
    return Page(*rows(user, view=view, limit=limit, after=after), total(user, view=view))


def rows(user: User, *, view: View, limit: int = 25, after: str | None = None) -> tuple[list[UserTask], str | None]:
    """The tasks of one page and the cursor of the next. Raises Forbidden, BadCursor."""
    cursor = Cursor.decode(after)
    if view == "group":
        found = _with_ids(_first_free(sorted(user.candidate_groups), cursor, limit + 1))
    else:
        query = select(UserTask).where(_mine(user) if view == "mine" else _in_charge(user), *_past(cursor))
        found = list(db.session.scalars(query.order_by(*_ORDER).limit(limit + 1)))
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], Cursor(last.order_at, last.id).encode() if last else None


def total(user: User, *, view: View) -> int:
    counted = _count_free(_groups_of(user)) if view == "group" else _count(_mine(user) if view == "mine" else _in_charge(user))
    return db.session.scalar(counted) or 0


def counts(user: User, *, now: datetime) -> Counts:
    """Everything the head of the inbox shows, in one statement."""
    late, soon = UserTask.order_at < now, and_(UserTask.order_at >= now, UserTask.order_at <= now + SOON)
    groups = _groups_of(user)
    parts = {"mine": _count(_mine(user)), "group": _count_free(groups)}
    for name, when in (("overdue", late), ("soon", soon)):
        parts[f"my_{name}"], parts[f"free_{name}"] = _count(_mine(user), when), _count_free(groups, when)
    if user.has(Permission.SUPERVISE):
        parts["all"] = _count(_in_charge(user))
    found = db.session.execute(select(*(part.scalar_subquery().label(name) for name, part in parts.items()))).one()._mapping
    overdue, near = (min(found[f"my_{name}"] + found[f"free_{name}"], TOTAL_CAP + 1) for name in ("overdue", "soon"))
    return Counts(found["mine"], found["group"], overdue, near, found.get("all"))


def count_mine(user: User) -> int:
    """For the navigation of every page."""
    return total(user, view="mine")


def _mine(user: User) -> ColumnElement[bool]:
    return and_(UserTask.assignee_id == user.id, OPEN)


def _in_charge(user: User) -> ColumnElement[bool]:
    """Open tasks of the places this person supervises. Raises Forbidden."""
    if not user.has(Permission.SUPERVISE):
        raise Forbidden
    return and_(OPEN, within(user, Permission.SUPERVISE, UserTask))


def _past(cursor: Cursor | None) -> list[ColumnElement[bool]]:
    return [] if cursor is None else [tuple_(*_ORDER) > tuple_(literal(cursor.at), literal(cursor.id))]


def _first_free(groups: Groups, cursor: Cursor | None, limit: int) -> list[int]:
    """Ids of the next unassigned tasks of these groups, in due order."""
    if len(groups) <= FEW_GROUPS:
        return _probe(groups, cursor, limit)
    walked = _walk(groups, cursor, limit)
    return walked if len(walked) == limit else _probe(groups, cursor, limit)


def _probe(groups: Groups, cursor: Cursor | None, limit: int) -> list[int]:
    """The first rows of each group, merged here: the database sorts nothing."""
    found: list[tuple[datetime, int]] = []
    for some in _chunks(groups):
        probes = [_group(role, scope, cursor).limit(limit).subquery() for role, scope in some]
        statement = union_all(*(select(probe.c.order_at, probe.c.id) for probe in probes))
        found += [(row.order_at, row.id) for row in db.session.execute(statement)]
    return [task_id for _, task_id in sorted(found)[:limit]]


def _walk(groups: Groups, cursor: Cursor | None, limit: int) -> list[int]:
    """Look at a bounded stretch of the due order. Fewer than ``limit`` ids mean: not all may have been found."""
    stretch = select(UserTask.id, UserTask.role, UserTask.scope, UserTask.assignee_id).where(OPEN, *_past(cursor))
    seen = db.session.execute(stretch.order_by(*_ORDER).limit(WALK))
    wanted = set(groups)
    return [row.id for row in seen if row.assignee_id is None and (row.role, row.scope) in wanted][:limit]


def _group(role: str, scope: str, cursor: Cursor | None) -> Select[Any]:
    own = (UserTask.role == role, UserTask.scope == scope, _FREE)
    return select(UserTask.order_at, UserTask.id).where(*own, *_past(cursor)).order_by(*_ORDER)


def _chunks(groups: Groups) -> Iterator[Groups]:
    for start in range(0, len(groups), PROBES_AT_ONCE):
        yield groups[start : start + PROBES_AT_ONCE]


def _with_ids(ids: list[int]) -> list[UserTask]:
    if not ids:
        return []
    by_id = {task.id: task for task in db.session.scalars(select(UserTask).where(UserTask.id.in_(ids)))}
    return [by_id[task_id] for task_id in ids if task_id in by_id]


def _count(*conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    """Up to the cap, along the due order: closed rows, however many, are never met."""
    return select(func.count()).select_from(select(UserTask.id).where(*conditions).order_by(*_ORDER).limit(TOTAL_CAP + 1).subquery())


def _groups_of(user: User) -> CTE | None:
    """The candidate groups as a table of constants."""
    groups = sorted(user.candidate_groups)
    columns = (column("role", String), column("scope", String))
    return values(*columns, name="candidate_group").data(groups).cte("candidate_group") if groups else None


def _count_free(groups: CTE | None, *conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    """Walks one index range per group and stops at the cap. PostgreSQL would hash the whole pool if it were a plain join."""
    if groups is None:
        return select(literal_column("0"))
    own = select(UserTask.id).where(UserTask.role == groups.c.role, UserTask.scope == groups.c.scope, _FREE, *conditions)
    if db.engine.dialect.name == "postgresql":
        each = own.limit(TOTAL_CAP + 1).lateral()
        own = select(each.c.id).select_from(groups.join(each, true()))
    return select(func.count()).select_from(own.limit(TOTAL_CAP + 1).subquery())
