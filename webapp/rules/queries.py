"""Read dated rules and the working-day calendar, from memory: they are asked for with every clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from time import monotonic
from typing import TypeVar

from flask import current_app
from sqlalchemy import select

from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.rules.counting import WorkingDays
from webapp.rules.models import Amount, CalendarDay, Dated, ExposureLimit, TimeLimit, Violation

CALENDAR, ROWS = "rules.calendar", "rules.rows"  # places of what this process keeps
KEPT_SECONDS = 60.0  # the longest that another process goes on by the rules before a change
Kept = TypeVar("Kept")
Rule = TypeVar("Rule", bound=Dated)
TABLES: tuple[type[Dated], ...] = (TimeLimit, Violation, Amount, ExposureLimit)


class UnknownTimeLimit(DomainError):
    """There is no time limit %(code)s in force on %(on)s. Ask your administrator to add a dated row."""


class UnknownViolation(DomainError):
    """The catalogue has no violation %(code)s in force on %(on)s. Choose another one, or ask your administrator to add a dated row."""


class UnknownAmount(DomainError):
    """There is no amount %(code)s in force on %(on)s. Ask your administrator to add a dated row."""


class UnknownExposureLimit(DomainError):
    """There is no exposure limit for %(code)s in force on %(on)s. Ask your administrator to add a dated row."""


def known_codes() -> set[str]:
    """Codes of all time limits, whenever they are in force."""
    return set(db.session.scalars(select(TimeLimit.code).distinct()))


def time_limit(code: str, *, on: date, jurisdiction_id: int | None = None) -> TimeLimit:
    """The row in force on the start date of a clock, detached; that of the jurisdiction first. Raises UnknownTimeLimit."""
    found = in_force(TimeLimit, code, on=on, jurisdiction_id=jurisdiction_id)
    if found is None:
        raise UnknownTimeLimit(code=code, on=on.isoformat())
    return found


def violation(code: str, *, on: date) -> Violation:
    """The line of the catalogue as the law stood on that day, detached. Raises UnknownViolation."""
    found = in_force(Violation, code, on=on)
    if found is None:
        raise UnknownViolation(code=code, on=on.isoformat())
    return found


def violations(on: date) -> list[Violation]:
    """The catalogue as it stood on that day, by code."""
    return [row for rows in kept_rows(Violation).values() for row in rows if row.is_in_force(on)]


def violation_choices(on: date) -> list[tuple[str, str, str]]:
    """(code, Chinese, English) of the catalogue, with the article: for forms."""
    return [(row.code, f"{row.code} {row.zh}", f"{row.code} {row.en}") for row in violations(on)]


def violation_labels(codes: Sequence[str]) -> dict[str, dict[str, str]]:
    """Both names of stored codes as the newest row has them; unknown ones are left out."""
    rows = kept_rows(Violation)
    return {code: {"zh": f"{code} {rows[code][0].zh}", "en": f"{code} {rows[code][0].en}"} for code in codes if code in rows}


def amount(code: str, *, on: date, jurisdiction_id: int | None = None) -> Amount:
    """The row in force on that day, detached; that of the jurisdiction first. Raises UnknownAmount."""
    found = in_force(Amount, code, on=on, jurisdiction_id=jurisdiction_id)
    if found is None:
        raise UnknownAmount(code=code, on=on.isoformat())
    return found


def exposure_limit(factor: str, *, on: date) -> ExposureLimit:
    """The limit of a factor on the day of the test, detached. Raises UnknownExposureLimit."""
    found = in_force(ExposureLimit, factor, on=on)
    if found is None:
        raise UnknownExposureLimit(code=factor, on=on.isoformat())
    return found


def in_force(table: type[Rule], code: str, *, on: date, jurisdiction_id: int | None = None) -> Rule | None:
    """The row of any table of rules in force on that day; that of the jurisdiction goes first."""
    fitting = [row for row in kept_rows(table).get(code, ()) if row.is_in_force(on)]
    own = (row for row in fitting if jurisdiction_id is not None and _place(row) == jurisdiction_id)
    return next(own, None) or next((row for row in fitting if _place(row) is None), None)


def kept_rows(table: type[Rule]) -> Mapping[str, Sequence[Rule]]:
    """All rows of a table by code, the newest first, detached."""
    return _kept(f"{ROWS}.{table.__name__}", lambda: _read_rows(table))


def working_days() -> WorkingDays:
    """The published calendar."""
    return _kept(CALENDAR, _read_calendar)


def forget_rules() -> None:
    """Read calendar and rules anew when they are next asked for."""
    for name in (CALENDAR, *(f"{ROWS}.{table.__name__}" for table in TABLES)):
        current_app.extensions.pop(name, None)


def is_working_day(day: date) -> bool:
    return working_days().is_working(day)


def is_published(year: int) -> bool:
    """Whether the holidays of the year are known; without them weekends count and dates are provisional."""
    return year in working_days().published_years


def _place(row: Dated) -> int | None:
    return getattr(row, "jurisdiction_id", None)


def _kept(name: str, read: Callable[[], Kept]) -> Kept:
    """What ``read`` found, for a minute."""
    kept: tuple[float, Kept] | None = current_app.extensions.get(name)
    if kept is not None and kept[0] > monotonic():
        return kept[1]
    fresh = read()
    current_app.extensions[name] = (monotonic() + KEPT_SECONDS, fresh)
    return fresh


def _read_rows(table: type[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for row in db.session.scalars(select(table).order_by(table.code, table.valid_from.desc(), table.id)).all():
        db.session.expunge(row)
        found.setdefault(row.code, []).append(row)
    return found


def _read_calendar() -> WorkingDays:
    rows = db.session.execute(select(CalendarDay.day, CalendarDay.is_working)).all()
    exceptions = {row.day: row.is_working for row in rows}
    return WorkingDays(exceptions, frozenset(day.year for day in exceptions))
