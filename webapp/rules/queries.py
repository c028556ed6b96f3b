"""Read dated rules and the working-day calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import monotonic
from typing import TypeVar

from flask import current_app
from sqlalchemy import select

from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.rules.counting import WorkingDays
from webapp.rules.models import CalendarDay, TimeLimit

CALENDAR, TIME_LIMITS = "rules.calendar", "rules.time_limits"  # places of what this process keeps: asked for with every clock
KEPT_SECONDS = 60.0  # the longest that another process goes on counting by the rules before a change
Kept = TypeVar("Kept")


class UnknownTimeLimit(DomainError):
    """There is no time limit %(code)s in force on %(on)s. Ask your administrator to add a dated row."""


def known_codes() -> set[str]:
    """Codes of all time limits, whenever they are in force."""
    return set(db.session.scalars(select(TimeLimit.code).distinct()))


def time_limit(code: str, *, on: date) -> TimeLimit:
    """The row in force on the start date of a clock, detached. Raises UnknownTimeLimit."""
    rows = _kept(TIME_LIMITS, _read_time_limits).get(code, ())
    found = next((row for row in rows if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)), None)
    if found is None:
        raise UnknownTimeLimit(code=code, on=on.isoformat())
    return found


def working_days() -> WorkingDays:
    """The published calendar."""
    return _kept(CALENDAR, _read_calendar)


def forget_rules() -> None:
    """Read calendar and time limits anew at the next clock."""
    for name in (CALENDAR, TIME_LIMITS):
        current_app.extensions.pop(name, None)


def is_working_day(day: date) -> bool:
    return working_days().is_working(day)


def is_published(year: int) -> bool:
    """Whether the holidays of the year are known; without them weekends count and dates are provisional."""
    return year in working_days().published_years


def _kept(name: str, read: Callable[[], Kept]) -> Kept:
    """What ``read`` found, for a minute."""
    kept: tuple[float, Kept] | None = current_app.extensions.get(name)
    if kept is not None and kept[0] > monotonic():
        return kept[1]
    fresh = read()
    current_app.extensions[name] = (monotonic() + KEPT_SECONDS, fresh)
    return fresh


def _read_time_limits() -> dict[str, list[TimeLimit]]:
    """By code, the newest first."""
    found: dict[str, list[TimeLimit]] = {}
    for row in db.session.scalars(select(TimeLimit).order_by(TimeLimit.code, TimeLimit.valid_from.desc())).all():
        db.session.expunge(row)
        found.setdefault(row.code, []).append(row)
    return found


def _read_calendar() -> WorkingDays:
    rows = db.session.execute(select(CalendarDay.day, CalendarDay.is_working)).all()
    exceptions = {row.day: row.is_working for row in rows}
    return WorkingDays(exceptions, frozenset(day.year for day in exceptions))
