"""Count legal time. Pure: limits and calendar come in.

Source: Civil Code 201 to 203, CPL 85 (domain/08 B): the start day is not counted; a limit in months ends on the same day of the
month; a last day that is not a working day moves to the next one where the rule ``rolls``; it ends at 24:00 in Shanghai.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from webapp.core.clock import LEGAL_ZONE, legal_day

ONE_DAY = timedelta(days=1)
LONGEST_HOLIDAY_DAYS = 20  # more than any published one: how far a rolling or working-day count may look beyond


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """``exceptions``: days that differ from their weekday; beyond ``published_to`` only weekends are known."""

    exceptions: Mapping[date, bool]
    published_to: date

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)


def last_day(start: date, value: int, unit: str, *, rolls: bool, days: WorkingDays) -> date:
    """The last day of a limit of ``value`` CD (calendar days), WD (working days) or MON (months). Raises ValueError for another unit."""
    if unit == "WD":
        return _after_working_days(start, value, days)
    if unit == "CD":
        end = start + value * ONE_DAY
    elif unit == "MON":
        end = _after_months(start, value)
    else:
        raise ValueError(f"unit {unit}")
    while rolls and not days.is_working(end):
        end += ONE_DAY
    return end


def due_at(started_at: datetime, value: int, unit: str, *, rolls: bool, days: WorkingDays) -> datetime:
    """When the limit is over: hours run by the clock, days end at 24:00 (the first instant of the next day is already late)."""
    if unit == "H":
        return started_at + timedelta(hours=value)
    end = last_day(legal_day(started_at), value, unit, rolls=rolls, days=days)
    return datetime.combine(end + ONE_DAY, time(), LEGAL_ZONE) - timedelta(seconds=1)


def reach(start: date, value: int, unit: str) -> date:
    """A day that the count cannot pass: how much of the calendar is needed."""
    factor = {"WD": 3, "MON": 31}.get(unit, 1)
    return start + (value * factor + LONGEST_HOLIDAY_DAYS) * ONE_DAY


def _after_working_days(start: date, value: int, days: WorkingDays) -> date:
    day = start
    for _ in range(value):
        day += ONE_DAY
        while not days.is_working(day):
            day += ONE_DAY
    return day


def _after_months(start: date, value: int) -> date:
    months = start.month - 1 + value
    year, month = start.year + months // 12, months % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
