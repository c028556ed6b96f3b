"""Count legal time. Pure: limits and calendar come in.

Source: Civil Code 201 to 203, CPL 85 (domain/08 B): the start day is not counted; a limit in months ends on the same day of the
month, or on its last day; a last day that is not a working day moves to the next one where the rule ``rolls``; it ends at 24:00 in
Shanghai.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from webapp.core.clock import LEGAL_ZONE, legal_day

ONE_DAY = timedelta(days=1)
LAST_MOMENT = timedelta(microseconds=1)  # the finest the databases store: 24:00 itself is the next day


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """``exceptions``: days that differ from their weekday; in years that are not published only weekends are known."""

    exceptions: Mapping[date, bool]
    published_years: frozenset[int]

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def is_published(self, first: date, last: date) -> bool:
        """Whether every day from ``first`` to ``last`` lies in a published year."""
        return set(range(first.year, last.year + 1)) <= self.published_years


@dataclass(frozen=True, slots=True)
class Counted:
    """``due_at``: the last instant that is in time. ``is_provisional``: it may move once a year's holidays are published."""

    due_at: datetime
    is_provisional: bool


def count(started_at: datetime, value: int, unit: str, *, rolls: bool, days: WorkingDays) -> Counted:
    """When a limit of ``value`` H (hours), CD (calendar days), WD (working days) or MON (months) is over.

    Hours run by the clock from the instant. Raises ValueError for another unit.
    """
    if unit == "H":
        return Counted(started_at + timedelta(hours=value), False)
    start = legal_day(started_at)
    if unit == "WD":
        end = _after_working_days(start, value, days)
        return Counted(_end_of(end), not days.is_published(start + ONE_DAY, end))
    last = _plain_end(start, value, unit)
    end = _rolled(last, days) if rolls else last
    return Counted(_end_of(end), rolls and not days.is_published(last, end))


def _after_working_days(start: date, value: int, days: WorkingDays) -> date:
    day = start
    for _ in range(value):
        day = _rolled(day + ONE_DAY, days)
    return day


def _plain_end(start: date, value: int, unit: str) -> date:
    if unit == "CD":
        return start + value * ONE_DAY
    if unit == "MON":
        return _after_months(start, value)
    raise ValueError(f"unit {unit}")


def _after_months(start: date, value: int) -> date:
    months = start.month - 1 + value
    year, month = start.year + months // 12, months % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def _rolled(day: date, days: WorkingDays) -> date:
    while not days.is_working(day):
        day += ONE_DAY
    return day


def _end_of(day: date) -> datetime:
    return datetime.combine(day + ONE_DAY, time(), LEGAL_ZONE) - LAST_MOMENT
