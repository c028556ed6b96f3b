"""Read a list along an index, a bounded stretch at a time: no filter makes the database look at all open tasks.

A list starts at one or more ranges of an index, each in the order of the list; every row in it is asked whether it fits. Where the
stretch ends before the page is full, the page says so and the next one goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, literal_column, select, true, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute

from webapp.core.db import UtcDateTime, db
from webapp.core.pagination import TOTAL_CAP
from webapp.processes.models import UserTask

BOUND = 2_600  # rows to look at for a page or a total, shared by the starts: 26 are found if 1 % of the rows fit
AT_ONCE = 100  # SQLite takes at most 500 selects in one statement

Key = tuple[datetime, int]
Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Order:
    column: InstrumentedAttribute[Any]
    is_descending: bool = False

    def by(self) -> tuple[ColumnElement[Any], ...]:
        return tuple(one.desc() if self.is_descending else one.asc() for one in (self.column, UserTask.id))

    def past(self, key: Key | None) -> Conditions:
        if key is None:
            return ()
        here, there = tuple_(self.column, UserTask.id), tuple_(literal(key[0], UtcDateTime()), literal(key[1]))
        return (here < there if self.is_descending else here > there,)


@dataclass(frozen=True, slots=True)
class Way:
    """``starts``: disjoint ranges; each names the literal state, so that a partial index serves it. No ``fits``: all of it is the list."""

    starts: Sequence[Conditions]
    fits: Conditions
    order: Order


@dataclass(frozen=True, slots=True)
class Seen:
    """Keys in the order of the list. ``stopped``: the last row looked at, if the rest was not."""

    keys: list[Key]
    stopped: Key | None


@dataclass(frozen=True, slots=True)
class Total:
    """``is_exact`` False: at least so many."""

    number: int
    is_exact: bool

    @property
    def text(self) -> str:
        if self.number > TOTAL_CAP:
            return f"{TOTAL_CAP}+"
        return str(self.number) if self.is_exact else f"{self.number}+"


def look(way: Way, *, after: Key | None, limit: int) -> Seen:
    """The next keys, at most ``limit``."""
    share = _share(way, limit)
    found = _first(way, after, limit, share)
    keys = sorted((key for _, key in found), reverse=way.order.is_descending)
    full = {start for start in range(len(way.starts)) if sum(1 for which, _ in found if which == start) >= limit}
    open_ends = _ends(way, after, share, [start for start in range(len(way.starts)) if start not in full]) if way.fits else []
    if not open_ends:
        return Seen(keys[:limit], None)
    stopped = max(open_ends) if way.order.is_descending else min(open_ends)
    sure = [key for key in keys if (key >= stopped if way.order.is_descending else key <= stopped)]
    return Seen(sure[:limit], stopped)


def count(way: Way) -> Total:
    """Stops at the cap and at the end of the stretch."""
    cap = TOTAL_CAP + 1
    if not way.starts:
        return Total(0, True)
    if not way.fits:
        parts: list[Select[Any]] = [
            select(func.count().label("fit"), literal_column("0").label("seen")).select_from(_plain(way, one, cap)) for one in way.starts
        ]
        return Total(min(sum(row.fit for row in _all(parts)), cap), True)
    share = _share(way, 1)
    parts = [_counted(way, start, share) for start in way.starts]
    rows = list(_all(parts))
    return Total(min(sum(row.fit or 0 for row in rows), cap), all(row.seen < share for row in rows))


def _share(way: Way, limit: int) -> int:
    return max(BOUND // max(len(way.starts), 1), limit)


def _first(way: Way, after: Key | None, limit: int, share: int) -> list[tuple[int, Key]]:
    parts: list[Any] = []
    for number, start in enumerate(way.starts):
        seen = _stretch(way, start, after, share if way.fits else limit)
        fitting = select(literal_column(str(number)).label("which"), seen.c.at, seen.c.id)
        parts.append(fitting.where(seen.c.fits).limit(limit).subquery() if way.fits else fitting.subquery())
    return [(row.which, (row.at, row.id)) for row in _all([select(part.c.which, part.c.at, part.c.id) for part in parts])]


def _ends(way: Way, after: Key | None, share: int, starts: Sequence[int]) -> list[Key]:
    """The last rows of those stretches that go on behind it."""
    parts = [_keys(way, way.starts[start], after).offset(share - 1).limit(1).subquery() for start in starts]
    return [(row.at, row.id) for row in _all([select(part.c.at, part.c.id) for part in parts])]


def _counted(way: Way, start: Conditions, share: int) -> Select[Any]:
    seen = _stretch(way, start, None, share)
    return select(func.sum(case((seen.c.fits, 1), else_=0)).label("fit"), func.count().label("seen")).select_from(seen)


def _plain(way: Way, start: Conditions, cap: int) -> Any:
    return select(UserTask.id).where(*start).order_by(*way.order.by()).limit(cap).subquery()


def _stretch(way: Way, start: Conditions, after: Key | None, share: int) -> Any:
    """The limit keeps the filter out of the choice of the index: rows are met in the order of the list."""
    return _keys(way, start, after).add_columns(and_(true(), *way.fits).label("fits")).limit(share).subquery()


def _keys(way: Way, start: Conditions, after: Key | None) -> Select[Any]:
    columns = (way.order.column.label("at"), UserTask.id.label("id"))
    return select(*columns).where(*start, *way.order.past(after)).order_by(*way.order.by())


def _all(parts: Sequence[Select[Any]]) -> Iterator[Any]:
    for first in range(0, len(parts), AT_ONCE):
        some = parts[first : first + AT_ONCE]
        yield from db.session.execute(union_all(*some) if len(some) > 1 else some[0])
