"""Legal time is counted as the Civil Code says. Source: Civil Code 201 to 203, domain/08 B and C."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.clock import LEGAL_ZONE, legal_day
from webapp.rules.counting import Counted, WorkingDays, count

NATIONAL_DAY = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 9, 27): True, date(2026, 10, 10): True}
DAYS = WorkingDays(NATIONAL_DAY, frozenset({2026}))
INSTANTS = st.integers(0, 5 * 365 * 24 * 3600).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
UNITS = st.sampled_from(["CD", "WD", "MON"])


def from_noon(start: date, value: int, unit: str, *, rolls: bool) -> Counted:
    return count(datetime(start.year, start.month, start.day, 12, tzinfo=LEGAL_ZONE), value, unit, rolls=rolls, days=DAYS)


@pytest.mark.parametrize(
    ("start", "value", "unit", "rolls", "end"),
    [
        (date(2026, 9, 28), 3, "CD", True, date(2026, 10, 8)),  # the third day is a holiday: next working day
        (date(2026, 9, 28), 3, "CD", False, date(2026, 10, 1)),  # limits of the transfer regulation do not move
        (date(2026, 9, 30), 1, "WD", False, date(2026, 10, 8)),
        (date(2026, 9, 25), 1, "WD", False, date(2026, 9, 27)),  # a make-up Sunday is a working day
        (date(2026, 1, 31), 1, "MON", False, date(2026, 2, 28)),  # end of the month
        (date(2024, 1, 31), 1, "MON", False, date(2024, 2, 29)),  # of a leap year
        (date(2025, 11, 30), 3, "MON", False, date(2026, 2, 28)),
        (date(2026, 3, 2), 90, "CD", True, date(2026, 6, 1)),  # 31 May is a Sunday
    ],
)
def test_the_last_day_is_right(start: date, value: int, unit: str, rolls: bool, end: date) -> None:
    assert legal_day(from_noon(start, value, unit, rolls=rolls).due_at) == end


def test_hours_run_by_the_clock_also_over_night_and_holidays() -> None:
    started = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)
    assert count(started, 24, "H", rolls=False, days=DAYS) == Counted(started + timedelta(hours=24), False)


def test_a_day_ends_at_midnight_in_shanghai() -> None:
    late_evening = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai, still 2 March
    after_midnight = datetime(2026, 3, 2, 16, 1, tzinfo=UTC)
    midnight = datetime(2026, 3, 6, tzinfo=LEGAL_ZONE)
    assert count(late_evening, 3, "CD", rolls=False, days=DAYS).due_at == midnight - timedelta(microseconds=1)
    assert legal_day(count(after_midnight, 3, "CD", rolls=False, days=DAYS).due_at) == date(2026, 3, 6)


def test_only_what_the_holidays_of_an_unknown_year_can_move_is_provisional() -> None:
    assert not from_noon(date(2026, 12, 28), 3, "WD", rolls=False).is_provisional
    assert from_noon(date(2026, 12, 28), 4, "WD", rolls=False).is_provisional
    assert from_noon(date(2026, 12, 28), 10, "CD", rolls=True).is_provisional
    assert not from_noon(date(2026, 12, 28), 10, "CD", rolls=False).is_provisional
    assert from_noon(date(2025, 12, 1), 5, "WD", rolls=False).is_provisional  # nor is a year before known


def test_another_unit_is_a_bug() -> None:
    with pytest.raises(ValueError, match="unit"):
        from_noon(date(2026, 1, 1), 1, "YEARS", rolls=False)


@given(INSTANTS, st.integers(1, 120), UNITS, st.booleans())
def test_a_limit_ends_at_midnight_of_a_later_day(started: datetime, value: int, unit: str, rolls: bool) -> None:
    due_at = count(started, value, unit, rolls=rolls, days=DAYS).due_at
    assert legal_day(due_at) > legal_day(started)
    assert legal_day(due_at + timedelta(microseconds=1)) == legal_day(due_at) + timedelta(days=1)
    if rolls or unit == "WD":
        assert DAYS.is_working(legal_day(due_at))


@given(INSTANTS, st.integers(1, 90))
def test_working_days_are_counted_one_by_one(started: datetime, value: int) -> None:
    start, end = legal_day(started), legal_day(count(started, value, "WD", rolls=False, days=DAYS).due_at)
    between = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    assert sum(DAYS.is_working(day) for day in between) == value


@given(INSTANTS, st.integers(1, 100), UNITS, st.booleans())
def test_a_longer_limit_never_ends_earlier(started: datetime, value: int, unit: str, rolls: bool) -> None:
    shorter, longer = (count(started, length, unit, rolls=rolls, days=DAYS).due_at for length in (value, value + 1))
    assert shorter <= longer


@given(INSTANTS, st.integers(1, 100), UNITS)
def test_rolling_never_shortens_and_stops_at_the_first_working_day(started: datetime, value: int, unit: str) -> None:
    plain, rolled = (legal_day(count(started, value, unit, rolls=rolls, days=DAYS).due_at) for rolls in (False, True))
    skipped = [plain + timedelta(days=offset) for offset in range((rolled - plain).days)]
    assert not any(DAYS.is_working(day) for day in skipped)
