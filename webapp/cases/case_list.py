"""The list of cases: filters as the address has them, keyset pages, a capped count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, select, tuple_
from sqlalchemy.orm import joinedload

from webapp.accounts.models import Grid, Town, User
from webapp.cases.models import Case
from webapp.cases.queries import visible_cases
from webapp.cases.search import MAX_TEXT, matching_cases
from webapp.core.clock import LEGAL_ZONE
from webapp.core.db import UtcDateTime, db
from webapp.core.pagination import TOTAL_CAP, Cursor, Page
from webapp.core.permissions import Permission
from webapp.processes.models import UserTask
from webapp.processes.stages import CLOSED, STAGES

PAGE = 25
STATES, URGENCIES, SORTS = ("open", "overdue", "closed"), ("A", "B", "C"), ("newest", "oldest")
OF_CASES = tuple(stage for stage in STAGES if stage != "visit")
MAX_DIGITS = 9
MAX_FOUND = 1000  # the newest cases a text finds, before the other filters


@dataclass(frozen=True, slots=True)
class Filters:
    """What is shown. Days are those of registration, both included; ``state``: one of STATES; ``sort``: one of SORTS."""

    q: str = ""
    stage: str = ""
    state: str = ""
    urgency: str = ""
    town: int | None = None
    grid: int | None = None
    since: date | None = None
    until: date | None = None
    sort: str = SORTS[0]

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Filters:
        """What is not understood is left out: an old bookmark shows more, never a fault."""
        text = arguments.get("q", "").strip()[:MAX_TEXT].replace("\0", "")
        return cls(
            text, _one_of(arguments.get("stage"), OF_CASES), _one_of(arguments.get("state"), STATES),
            _one_of(arguments.get("urgency"), URGENCIES), _number(arguments.get("town")), _number(arguments.get("grid")),
            _day(arguments.get("since")), _day(arguments.get("until")), _one_of(arguments.get("sort"), SORTS) or SORTS[0],
        )  # fmt: skip

    @property
    def given(self) -> dict[str, Any]:
        """Those that narrow the list, by the name they have in the address."""
        return {one.name: value for one in fields(self) if one.name != "sort" and (value := getattr(self, one.name))}

    @property
    def address(self) -> dict[str, str]:
        """All of them for an address, the usual order left out."""
        order = {"sort": self.sort} if self.sort != SORTS[0] else {}
        return {name: str(value) for name, value in (self.given | order).items()}

    def without(self, name: str) -> dict[str, str]:
        """The address with one filter less; a grid goes with its town."""
        gone = {"town", "grid"} if name == "town" else {name}
        return {key: value for key, value in self.address.items() if key not in gone}


@dataclass(frozen=True, slots=True)
class CaseList:
    """``due``: by case the instant at which its nearest task is due, and when that task was opened."""

    page: Page[Case]
    filters: Filters
    towns: Sequence[Town]
    grids: Sequence[Grid]
    due: Mapping[int, tuple[datetime, datetime]]


def case_list(user: User, filters: Filters, *, after: str | None, at: datetime, limit: int = PAGE) -> CaseList:
    """Five queries. Raises BadCursor."""
    cursor = Cursor.decode(after)
    towns = _towns(user)
    grids = _grids(filters, towns)
    filters = _known(filters, towns, grids)
    rows = filtered(visible_cases(user), filters, at=at)
    total = db.session.scalar(select(func.count()).select_from(rows.with_only_columns(Case.id).limit(TOTAL_CAP + 1).subquery()))
    found = list(db.session.scalars(paged(rows, filters, cursor, limit)))
    last = found[limit - 1] if len(found) > limit else None
    page = Page(found[:limit], Cursor(last.opened_at, last.id).encode() if last else None, total)
    return CaseList(page, filters, towns, grids, _due(page.items))


def filtered(rows: Select[tuple[Case]], filters: Filters, *, at: datetime) -> Select[tuple[Case]]:
    """The same for rows and for their count."""
    return rows.where(*_conditions(filters, at))


def paged(rows: Select[tuple[Case]], filters: Filters, cursor: Cursor | None, limit: int) -> Select[tuple[Case]]:
    """One row more than ``limit`` tells whether there is another page."""
    key, is_newest = tuple_(Case.opened_at, Case.id), filters.sort == SORTS[0]
    if cursor is not None:
        past = tuple_(literal(cursor.at, UtcDateTime()), literal(cursor.id))
        rows = rows.where(key < past if is_newest else key > past)
    order = (Case.opened_at.desc(), Case.id.desc()) if is_newest else (Case.opened_at, Case.id)
    whole = (joinedload(Case.employer), joinedload(Case.grid).joinedload(Grid.town))
    return rows.options(*whole).order_by(*order).limit(limit + 1)


def _conditions(filters: Filters, at: datetime) -> list[ColumnElement[bool]]:
    equal = {Case.stage: filters.stage, Case.urgency: filters.urgency, Case.town_id: filters.town, Case.grid_id: filters.grid}
    found: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value]
    if filters.state:
        found.append(_state(filters.state, at))
    if filters.since:
        found.append(Case.opened_at >= _begin(filters.since))
    if filters.until:
        found.append(Case.opened_at < _begin(filters.until + timedelta(days=1)))
    if filters.q:
        found.append(Case.id.in_(matching_cases(filters.q, limit=MAX_FOUND)))
    return found


def _state(state: str, at: datetime) -> ColumnElement[bool]:
    if state == CLOSED:
        return Case.closed_at.is_not(None)
    is_open = Case.closed_at.is_(None)
    if state == "open":
        return is_open
    late = exists().where(UserTask.case_id == Case.id, UserTask.state == 0, UserTask.order_at < at)
    return and_(is_open, late)


def _towns(user: User) -> Sequence[Town]:
    """Where the user reads cases."""
    scopes = user.scopes_with(Permission.READ_CASES)
    query = select(Town).order_by(Town.code)
    if "*" in scopes:
        return db.session.scalars(query).all()
    ids: dict[str, list[int]] = {letter: [int(scope[1:]) for scope in scopes if scope[0] == letter] for letter in "jtg"}
    of_grids = select(Grid.town_id).where(Grid.id.in_(ids["g"]))
    return db.session.scalars(query.where(Town.jurisdiction_id.in_(ids["j"]) | Town.id.in_(ids["t"]) | Town.id.in_(of_grids))).all()


def _grids(filters: Filters, towns: Sequence[Town]) -> Sequence[Grid]:
    """Of the chosen town, or of the only one."""
    known = {town.id for town in towns}
    town = filters.town if filters.town in known else next(iter(known)) if len(known) == 1 else None
    return db.session.scalars(select(Grid).where(Grid.town_id == town).order_by(Grid.code)).all() if town is not None else ()


def _known(filters: Filters, towns: Sequence[Town], grids: Sequence[Grid]) -> Filters:
    """Without places that are not on offer."""
    town = filters.town if filters.town in {one.id for one in towns} else None
    grid = filters.grid if filters.grid in {one.id for one in grids} else None
    return replace(filters, town=town, grid=grid)


def _due(cases: Sequence[Case]) -> dict[int, tuple[datetime, datetime]]:
    ids = [case.id for case in cases if case.is_open]
    if not ids:
        return {}
    query = select(UserTask.case_id, UserTask.due_at, UserTask.opened_at).where(UserTask.case_id.in_(ids), UserTask.state == 0)
    found: dict[int, tuple[datetime, datetime]] = {}
    for case_id, due_at, opened_at in db.session.execute(query.where(UserTask.due_at.is_not(None)).order_by(UserTask.order_at.desc())):
        found[case_id] = (due_at, opened_at)
    return found


def _begin(on: date) -> datetime:
    return datetime.combine(on, time(), LEGAL_ZONE).astimezone(UTC)


def _one_of(text: str | None, known: Sequence[str]) -> str:
    return text if text in known and text is not None else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


def _day(text: str | None) -> date | None:
    """Of this age: the first and last days of the calendar cannot be counted with."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None
