"""Legal time is counted as the Civil Code says. Source: Civil Code 201 to 203, domain/08 B and C."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.clock import LEGAL_ZONE, legal_day
from webapp.rules.counting import WorkingDays, due_at, last_day, reach

NATIONAL_DAY = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 9, 27): True, date(2026, 10, 10): True}
DAYS = WorkingDays(NATIONAL_DAY, date(2026, 12, 31))
STARTS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("start", "value", "unit", "rolls", "end"),
    [
        (date(2026, 9, 28), 3, "CD", True, date(2026, 10, 8)),  # the third day is a holiday: next working day
        (date(2026, 9, 28), 3, "CD", False, date(2026, 10, 1)),  # limits of the transfer regulation do not move
        (date(2026, 9, 30), 1, "WD", False, date(2026, 10, 8)),
        (date(2026, 9, 25), 1, "WD", False, date(2026, 9, 27)),  # a make-up Sunday is a working day
        (date(2026, 1, 31), 1, "MON", False, date(2026, 2, 28)),  # end of the month
        (date(2025, 11, 30), 3, "MON", False, date(2026, 2, 28)),
        (date(2026, 3, 2), 90, "CD", True, date(2026, 6, 1)),  # 31 May is a Sunday
    ],
)
def test_the_last_day_is_right(start: date, value: int, unit: str, rolls: bool, end: date) -> None:
    assert last_day(start, value, unit, rolls=rolls, days=DAYS) == end


def test_hours_run_by_the_clock_also_over_night_and_holidays() -> None:
    started = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)
    assert due_at(started, 24, "H", rolls=False, days=DAYS) == started + timedelta(hours=24)


def test_a_day_ends_at_midnight_in_shanghai() -> None:
    late_evening = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai, still 2 March
    after_midnight = datetime(2026, 3, 2, 16, 1, tzinfo=UTC)
    assert due_at(late_evening, 3, "CD", rolls=False, days=DAYS).astimezone(LEGAL_ZONE).isoformat() == "2026-03-05T23:59:59+08:00"
    assert due_at(after_midnight, 3, "CD", rolls=False, days=DAYS).astimezone(LEGAL_ZONE).date() == date(2026, 3, 6)


def test_another_unit_is_a_bug() -> None:
    with pytest.raises(ValueError, match="unit"):
        last_day(date(2026, 1, 1), 1, "YEARS", rolls=False, days=DAYS)


@given(STARTS, st.integers(1, 120), st.sampled_from(["CD", "WD", "MON"]), st.booleans())
def test_a_limit_ends_after_its_start_and_within_the_calendar_asked_for(start: date, value: int, unit: str, rolls: bool) -> None:
    value = min(value, 12) if unit == "MON" else value
    end = last_day(start, value, unit, rolls=rolls, days=DAYS)
    assert start < end <= reach(start, value, unit)
    if rolls or unit == "WD":
        assert DAYS.is_working(end)


@given(STARTS, st.integers(1, 90))
def test_working_days_are_counted_one_by_one(start: date, value: int) -> None:
    end = last_day(start, value, "WD", rolls=False, days=DAYS)
    between = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    assert sum(DAYS.is_working(day) for day in between) == value


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), st.integers(1, 100), st.sampled_from(["CD", "WD"]))
def test_a_longer_limit_never_ends_earlier(started: datetime, value: int, unit: str) -> None:
    shorter, longer = (due_at(started, days, unit, rolls=True, days=DAYS) for days in (value, value + 1))
    assert shorter <= longer
    assert legal_day(shorter) > legal_day(started)
