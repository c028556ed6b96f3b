"""What the pages of the rules show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from webapp.accounts.models import Jurisdiction
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.i18n import locale_tag
from webapp.rules import counting
from webapp.rules.adding import Change
from webapp.rules.kinds import KINDS, form_of, values_of
from webapp.rules.models import CalendarDay, CalendarImport, Dated, TimeLimit
from webapp.rules.queries import is_published, kept_rows, working_days


@dataclass(frozen=True, slots=True)
class Line:
    """A code with the row in force on the day asked for, or None."""

    code: str
    row: Dated
    is_in_force: bool
    row_count: int


@dataclass(frozen=True, slots=True)
class Difference:
    label: dict[str, str]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Example:
    """When a clock that starts at ``started_at`` would be over by the row before and by the new one."""

    started_at: datetime
    before_at: datetime | None
    after_at: datetime


def lines(kind: str, *, on: date, text: str = "") -> list[Line]:
    """One line a code, in the order of the shipped data; rows of one jurisdiction follow the general one."""
    found = []
    for code, rows in kept_rows(KINDS[kind]).items():
        for place in sorted({_place(row) for row in rows}, key=lambda place: place or 0):
            kin = [row for row in rows if _place(row) == place]
            now = next((row for row in kin if row.is_in_force(on)), None)
            if _matches(kin, text):
                found.append(Line(code, now or kin[0], now is not None, len(kin)))
    return sorted(found, key=_order)


def history(kind: str, code: str) -> Sequence[Dated]:
    """All rows of the code, the newest first. Raises NotFound."""
    rows = kept_rows(KINDS[kind]).get(code)
    if not rows:
        raise NotFound
    return rows


def differences(kind: str, change: Change) -> list[Difference]:
    """Fields in which the new row differs from the one that ends."""
    if change.before is None:
        return []
    before, after, locale = values_of(kind, change.before), values_of(kind, change.row), locale_tag()
    found = [
        Difference(dict(field.label), field.text_of(before[field.key], locale), field.text_of(after[field.key], locale))
        for field in form_of(kind).answerable
        if field.key != "valid_from" and (before[field.key] or None) != (after[field.key] or None)
    ]
    return [one for one in found if one.before != one.after]


def example(change: Change, at: datetime) -> Example | None:
    """What the change does to a clock that starts now; None for what is no time limit."""
    row, before = change.row, change.before
    if not isinstance(row, TimeLimit):
        return None
    return Example(at, _end(before, at) if isinstance(before, TimeLimit) else None, _end(row, at))


def calendar_years() -> list[int]:
    """Years that are published, the newest first."""
    return sorted(working_days().published_years, reverse=True)


def days_of(year: int) -> Sequence[CalendarDay]:
    if not is_published(year):
        raise NotFound
    days = select(CalendarDay).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    return db.session.scalars(days.order_by(CalendarDay.day)).all()


def imports() -> Sequence[CalendarImport]:
    """The newest first."""
    return db.session.scalars(select(CalendarImport).order_by(CalendarImport.id.desc()).limit(20)).all()


def find_import(import_id: int) -> CalendarImport:
    found = db.session.get(CalendarImport, import_id)
    if found is None:
        raise NotFound
    return found


def places() -> dict[int, str]:
    """Names of jurisdictions by id."""
    named = db.session.execute(select(Jurisdiction.id, Jurisdiction.name_zh, Jurisdiction.name_en))
    return {place_id: en if locale_tag() == "en" else zh for place_id, zh, en in named}


def _place(row: Dated) -> int | None:
    return getattr(row, "jurisdiction_id", None)


def _matches(rows: Sequence[Dated], text: str) -> bool:
    wanted = text.casefold()
    return any(wanted in f"{row.code} {row.zh} {row.en} {row.source}".casefold() for row in rows)


def _order(line: Line) -> tuple[bool, str, str, int]:
    """Processes in the order of the procedure, then the yearly duties of employers (M)."""
    process = getattr(line.row, "process", "")
    return process.startswith("M"), process, line.code, _place(line.row) or 0


def _end(row: TimeLimit, at: datetime) -> datetime:
    return counting.count(at, row.value, row.unit, rolls=row.rolls, days=working_days()).due_at
