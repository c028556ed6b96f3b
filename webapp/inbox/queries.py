"""The lists of the inbox. Every query walks a partial index over open rows (or over one's own done rows) in the order of the list.

``state = 0`` is written as a literal: under a generic plan a bound parameter hides the partial indexes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_, literal_column, or_, select

from webapp.accounts.models import User
from webapp.accounts.places import within
from webapp.core import clock
from webapp.core.db import db, kept_in_transaction
from webapp.core.errors import Forbidden
from webapp.core.pagination import Page
from webapp.core.permissions import Permission
from webapp.inbox.cursors import Cursor
from webapp.inbox.filters import UNKNOWN_RISK, Filters, at_risk
from webapp.inbox.found import found, watched
from webapp.inbox.pools import FREE, OPEN, count_free, groups_of
from webapp.inbox.walks import Conditions, Key, Order, Seen, Total, Way, count, look
from webapp.processes.models import UserTask

View = Literal["mine", "group", "done", "watched", "all"]
VIEWS: tuple[View, ...] = ("mine", "group", "done", "watched", "all")
Sort = Literal["due", "risk"]
SORTS: tuple[Sort, ...] = ("due", "risk")
RISKS = (3, 2, 1, UNKNOWN_RISK)
FEW_STARTS = 8  # up to here one probe per candidate group is cheapest

_DONE = UserTask.state == literal_column("1")
_BY_DUE = Order(UserTask.order_at)
_BY_END = Order(UserTask.ended_at, is_descending=True)
NO_FILTERS = Filters()

Groups = Sequence[tuple[str, str]]  # (role, scope)


@dataclass(frozen=True, slots=True)
class Listed:
    """``stops_early``: the rest was not looked at; ``next`` goes on there."""

    tasks: list[UserTask]
    next: str | None
    stops_early: bool = False


def views_of(user: User) -> tuple[View, ...]:
    return VIEWS if user.has(Permission.SUPERVISE) else VIEWS[:-1]


def page(user: User, *, view: View, limit: int = 25, after: str | None = None, filters: Filters = NO_FILTERS) -> Page[UserTask]:
    """One page in due order, with its capped total. Raises Forbidden, BadCursor."""
    now = clock.now()
    listed = rows(user, view=view, filters=filters, now=now, limit=limit, after=after)
    return Page(listed.tasks, listed.next, total(user, view=view, filters=filters, now=now).number)


def rows(
    user: User, *, view: View, now: datetime, filters: Filters = NO_FILTERS, sort: Sort = "due", limit: int = 25, after: str | None = None
) -> Listed:
    """The tasks of one page. Raises Forbidden, BadCursor."""
    name = "done" if view == "done" else sort
    cursor = Cursor.decode(after, sort=name)
    if is_short(view, filters):
        return _from_all(_found(user, view, filters, now), name, cursor, limit)
    if name == "risk":
        return _by_risk(user, view, filters, now=now, cursor=cursor, limit=limit)
    seen = _seen(ways(user, view, filters, now), (cursor.at, cursor.id) if cursor else None, limit + 1)
    return _listed([(0, key) for key in seen.keys], seen.stopped and (0, seen.stopped), name, limit)


def total(user: User, *, view: View, now: datetime, filters: Filters = NO_FILTERS) -> Total:
    """Of the same tasks. Raises Forbidden."""
    if is_short(view, filters):
        return Total(len(_found(user, view, filters, now)), True)
    if view == "group" and not filters.fits():
        return Total(db.session.scalar(count_free(groups_of(user), *filters.span(now))) or 0, True)
    best = Total(0, True)
    for way in ways(user, view, filters, now):
        best = count(way)
        if best.is_exact:
            break
    return best


def is_short(view: View, filters: Filters) -> bool:
    """A text finds few cases, and few are watched: these lists are read whole."""
    return view == "watched" or bool(filters.q)


def belongs(user: User, view: View) -> ColumnElement[bool]:
    """Which tasks a view has, beside its index. Raises Forbidden."""
    if view == "done":
        return and_(_DONE, UserTask.ended_by_id == user.id)
    if view == "mine":
        return and_(OPEN, UserTask.assignee_id == user.id)
    if view == "group":
        return and_(FREE, of_groups(sorted(user.candidate_groups)))
    if view == "watched":
        return and_(OPEN, watched(user))
    return and_(OPEN, in_charge(user))


def in_charge(user: User) -> ColumnElement[bool]:
    """The places this person supervises. Raises Forbidden."""
    if not user.has(Permission.SUPERVISE):
        raise Forbidden
    return within(user, Permission.SUPERVISE, UserTask)


def of_groups(groups: Groups) -> ColumnElement[bool]:
    """Roles that reach over the same scopes are one condition: a leader has hundreds of groups."""
    scopes: dict[str, list[str]] = {}
    for role, scope in groups:
        scopes.setdefault(role, []).append(scope)
    roles: dict[tuple[str, ...], list[str]] = {}
    for role, reach in scopes.items():
        roles.setdefault(tuple(reach), []).append(role)
    alike = [and_(UserTask.role.in_(some), UserTask.scope.in_(reach)) for reach, some in roles.items()]
    return or_(*alike) if alike else literal_column("1") == literal_column("0")


def ways(user: User, view: View, filters: Filters, now: datetime) -> list[Way]:
    """How to reach the rows, the cheapest first; a later one may get further. Raises Forbidden."""
    span, fits = tuple(filters.span(now)), tuple(filters.fits())
    if view == "done":
        return [Way([(_DONE, UserTask.ended_by_id == user.id)], (*fits, *span), _BY_END)]
    if view == "mine":
        return [Way([(OPEN, UserTask.assignee_id == user.id, *span)], fits, _BY_DUE)]
    if view == "group":
        return _ways_to_free(sorted(user.candidate_groups), filters, span, fits)
    return _ways_in_charge(user, filters, span, fits)


def _ways_to_free(groups: Groups, filters: Filters, span: Conditions, fits: Conditions) -> list[Way]:
    if not groups:
        return []
    pools = Way([(FREE, UserTask.role == role, UserTask.scope == scope, *span) for role, scope in groups], fits, _BY_DUE)
    narrow = _narrow(filters)
    wide = Way([(OPEN, *narrow, *span)], (UserTask.assignee_id.is_(None), of_groups(groups), *fits), _BY_DUE)
    if len(groups) <= FEW_STARTS:
        return [pools, wide] if narrow else [pools]
    return [wide] if fits else [wide, pools]


def _ways_in_charge(user: User, filters: Filters, span: Conditions, fits: Conditions) -> list[Way]:
    place, scopes, narrow = in_charge(user), sorted(user.scopes_with(Permission.SUPERVISE)), _narrow(filters)
    wide = Way([(OPEN, *narrow, *span)], (place, *fits), _BY_DUE)
    if filters.town is not None or filters.assignee:
        return [wide]
    if len(scopes) <= FEW_STARTS and all(scope[0] == "t" for scope in scopes):
        towns = Way([(OPEN, UserTask.town_id == int(scope[1:]), *span) for scope in scopes], fits, _BY_DUE)
        return [towns, wide] if narrow else [towns]
    return [wide] if fits else [Way([(OPEN, place, *span)], (), _BY_DUE)]


def _narrow(filters: Filters) -> Conditions:
    """The filter that has an index of its own."""
    if filters.assignee:
        return (UserTask.assignee_id == filters.assignee,)
    if filters.town is not None:
        return (UserTask.town_id == filters.town,)
    return (UserTask.stage == filters.stage,) if filters.stage else ()


def _seen(possible: Sequence[Way], after: Key | None, limit: int) -> Seen:
    """By the first way that reaches the end or fills the page, else by the one that got furthest."""
    best = Seen([], None)
    for way in possible:
        seen = look(way, after=after, limit=limit)
        if seen.stopped is None or len(seen.keys) >= limit:
            return seen
        best = seen if best.stopped is None or seen.stopped > best.stopped else best
    return best


def _by_risk(user: User, view: View, filters: Filters, *, now: datetime, cursor: Cursor | None, limit: int) -> Listed:
    """Level after level, each in due order."""
    keys: list[tuple[int, Key]] = []
    levels = RISKS if filters.risk is None else (filters.risk,)
    for level in levels[levels.index(cursor.level) if cursor and cursor.level in levels else 0 :]:
        after = (cursor.at, cursor.id) if cursor and cursor.level == level else None
        seen = _seen(_ways_at(user, view, filters, now, level), after, limit + 1 - len(keys))
        keys += [(level, key) for key in seen.keys]
        if len(keys) > limit:
            break
        if seen.stopped is not None:
            return _listed(keys, (level, seen.stopped), "risk", limit)
    return _listed(keys, None, "risk", limit)


def _ways_at(user: User, view: View, filters: Filters, now: datetime, level: int) -> list[Way]:
    return [Way(way.starts, (*way.fits, at_risk(level)), way.order) for way in ways(user, view, filters, now)]


def _listed(keys: list[tuple[int, Key]], stopped: tuple[int, Key] | None, sort: str, limit: int) -> Listed:
    tasks = _with_ids([key[1] for _, key in keys[:limit]])
    if len(keys) > limit:
        return Listed(tasks, _cursor(sort, *keys[limit - 1]))
    return Listed(tasks, _cursor(sort, *stopped), stops_early=True) if stopped else Listed(tasks, None)


def _cursor(sort: str, level: int, key: Key) -> str:
    return Cursor(sort, level, *key).encode()


def _found(user: User, view: View, filters: Filters, now: datetime) -> list[UserTask]:
    """Read once for the rows and their total."""
    kept, key = kept_in_transaction("inbox_found"), (user.id, view, filters, now)
    if key not in kept:
        reader = user if view != "done" and user.has(Permission.READ_CASES) else None
        kept[key] = found(belongs(user, view), filters, now=now, reader=reader)
    return list(kept[key])


def _from_all(tasks: list[UserTask], sort: str, cursor: Cursor | None, limit: int) -> Listed:
    """A page of a list that was read whole."""

    def place(task: UserTask) -> tuple[int, float, int]:
        at = task.ended_at if sort == "done" else task.order_at
        return _place(sort, task.risk_level or UNKNOWN_RISK, at or task.order_at, task.id)

    behind = sorted((task for task in tasks if cursor is None or place(task) > _place(sort, cursor.level, cursor.at, cursor.id)), key=place)
    shown = behind[:limit]
    if len(behind) <= limit:
        return Listed(shown, None)
    last = shown[-1]
    at = (last.ended_at or last.order_at) if sort == "done" else last.order_at
    return Listed(shown, Cursor(sort, (last.risk_level or UNKNOWN_RISK) if sort == "risk" else 0, at, last.id).encode())


def _place(sort: str, level: int, at: datetime, row_id: int) -> tuple[int, float, int]:
    if sort == "done":
        return 0, -at.timestamp(), -row_id
    return (-level if sort == "risk" else 0), at.timestamp(), row_id


def _with_ids(ids: list[int]) -> list[UserTask]:
    if not ids:
        return []
    by_id = {task.id: task for task in db.session.scalars(select(UserTask).where(UserTask.id.in_(ids)))}
    return [by_id[task_id] for task_id in ids if task_id in by_id]
