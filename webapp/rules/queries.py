"""Read dated rules and the working-day calendar."""

from __future__ import annotations

from datetime import date
from time import monotonic

from flask import current_app
from sqlalchemy import select

from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.rules.counting import WorkingDays
from webapp.rules.models import CalendarDay, TimeLimit

CALENDAR = "rules.calendar"  # place of the calendar kept by this process: some sixty rows, asked for with every clock
KEPT_SECONDS = 60.0  # the longest that another process goes on counting with the calendar before an import


class UnknownTimeLimit(DomainError):
    """There is no time limit %(code)s in force on %(on)s. Ask your administrator to add a dated row."""


def known_codes() -> set[str]:
    """Codes of all time limits, whenever they are in force."""
    return set(db.session.scalars(select(TimeLimit.code).distinct()))


def time_limit(code: str, *, on: date) -> TimeLimit:
    """The row in force on the start date of a clock. Raises UnknownTimeLimit."""
    in_force = (TimeLimit.code == code, TimeLimit.valid_from <= on, TimeLimit.valid_to.is_(None) | (TimeLimit.valid_to >= on))
    row = db.session.scalars(select(TimeLimit).where(*in_force).order_by(TimeLimit.valid_from.desc()).limit(1)).one_or_none()
    if row is None:
        raise UnknownTimeLimit(code=code, on=on.isoformat())
    return row


def working_days() -> WorkingDays:
    """The published calendar, kept in memory for a minute."""
    kept: tuple[float, WorkingDays] | None = current_app.extensions.get(CALENDAR)
    if kept is not None and kept[0] > monotonic():
        return kept[1]
    days = _read_calendar()
    current_app.extensions[CALENDAR] = (monotonic() + KEPT_SECONDS, days)
    return days


def forget_calendar() -> None:
    """Read it anew at the next clock."""
    current_app.extensions.pop(CALENDAR, None)


def is_working_day(day: date) -> bool:
    return working_days().is_working(day)


def is_published(year: int) -> bool:
    """Whether the holidays of the year are known; without them weekends count and dates are provisional."""
    return year in working_days().published_years


def _read_calendar() -> WorkingDays:
    rows = db.session.execute(select(CalendarDay.day, CalendarDay.is_working)).all()
    exceptions = {row.day: row.is_working for row in rows}
    return WorkingDays(exceptions, frozenset(day.year for day in exceptions))
