"""Read dated rules and the working-day calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.rules.models import CalendarDay, TimeLimit


class UnknownTimeLimit(DomainError):
    """There is no time limit %(code)s in force on %(on)s. Ask your administrator to add a dated row."""


def time_limit(code: str, *, on: date) -> TimeLimit:
    """The row in force on the start date of a clock. Raises UnknownTimeLimit."""
    in_force = (TimeLimit.code == code, TimeLimit.valid_from <= on, TimeLimit.valid_to.is_(None) | (TimeLimit.valid_to >= on))
    row = db.session.scalars(select(TimeLimit).where(*in_force).order_by(TimeLimit.valid_from.desc()).limit(1)).one_or_none()
    if row is None:
        raise UnknownTimeLimit(code=code, on=on.isoformat())
    return row


def exceptions_between(first: date, last: date) -> dict[date, bool]:
    """Days that differ from their weekday: day -> is it a working day."""
    rows = db.session.execute(select(CalendarDay.day, CalendarDay.is_working).where(CalendarDay.day.between(first, last)))
    return {row.day: row.is_working for row in rows}


def last_published_day() -> date:
    """The end of the last year with a published calendar."""
    last = db.session.scalar(select(func.max(CalendarDay.day)))
    return date(last.year if last else 1, 12, 31)
