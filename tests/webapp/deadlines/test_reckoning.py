"""Dates of clocks that stand still and go on: pure arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.clock import LEGAL_ZONE, legal_day
from webapp.deadlines.reckoning import Pause, Reckoned, Term, added, reckon
from webapp.rules.counting import WorkingDays

HOLIDAYS = {date(2026, 10, day): False for day in range(1, 9)} | {date(2026, 10, 10): True}
DAYS = WorkingDays(HOLIDAYS, frozenset({2025, 2026}))


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), LEGAL_ZONE) + timedelta(hours=hour)


def counted(start: str, value: int, unit: str, *steps: Pause | Term, rolls: bool = False, **more: Any) -> Reckoned:
    return reckon(at(start), Term(value, unit), steps, rolls=rolls, days=DAYS, **more)


def due_on(start: str, value: int, unit: str, *steps: Pause | Term, rolls: bool = False) -> str:
    return legal_day(counted(start, value, unit, *steps, rolls=rolls).due_at).isoformat()


@pytest.mark.parametrize(
    ("start", "value", "unit", "rolls", "due"),
    [
        ("2026-03-02", 3, "CD", False, "2026-03-05"),  # the start day is not counted
        ("2026-01-31", 1, "MON", False, "2026-02-28"),  # the last day of a shorter month
        ("2026-03-05", 2, "CD", True, "2026-03-09"),  # a Saturday moves to Monday
        ("2026-03-05", 2, "CD", False, "2026-03-07"),  # "3日" of the transfer regulation and sealing never do
        ("2026-09-28", 5, "CD", True, "2026-10-09"),  # over the holiday
        ("2026-09-29", 3, "WD", False, "2026-10-10"),  # a make-up Saturday counts
        ("2026-03-02", 30, "CD", False, "2026-04-01"),
    ],
)
def test_a_limit_ends_on_its_day(start: str, value: int, unit: str, rolls: bool, due: str) -> None:
    assert due_on(start, value, unit, rolls=rolls) == due


def test_a_day_ends_at_midnight_in_shanghai() -> None:
    assert counted("2026-03-02", 3, "CD").due_at == at("2026-03-06", 0) - timedelta(microseconds=1)


def test_hours_run_by_the_clock() -> None:
    assert counted("2026-03-02", 24, "H").due_at == at("2026-03-03")


def test_warnings_run_to_the_day_before_it_moved() -> None:
    found = counted("2026-03-05", 2, "CD", rolls=True)
    assert found.target_at is not None
    assert legal_day(found.target_at).isoformat() == "2026-03-07"
    assert counted("2026-03-05", 1, "CD", rolls=True).target_at is None


def test_the_target_of_the_office_lies_before_the_legal_date() -> None:
    found = counted("2026-03-02", 10, "CD", target=Term(7, "CD"))
    assert found.target_at is not None
    assert legal_day(found.target_at).isoformat() == "2026-03-09"


def test_the_reminder_comes_when_four_fifths_are_used_up() -> None:
    found = counted("2026-03-02", 10, "H")
    assert found.remind_at == at("2026-03-02", 18)
    paused = counted("2026-03-02", 10, "H", Pause(at("2026-03-02", 12), at("2026-03-02", 17)))
    assert paused.remind_at == at("2026-03-02", 23)


@pytest.mark.parametrize(
    ("unit", "value", "due"), [("CD", 10, "2026-10-12"), ("WD", 5, "2026-10-13"), ("H", 240, "2026-10-12"), ("MON", 1, "2026-11-01")]
)
def test_the_days_it_stood_still_are_added(unit: str, value: int, due: str) -> None:
    pause = Pause(at("2026-09-30"), at("2026-10-03"))
    assert due_on("2026-09-29", value, unit, pause) == due


def test_an_extension_follows_the_days_that_were_added() -> None:
    assert due_on("2026-03-02", 30, "CD", Pause(at("2026-03-03"), at("2026-03-13")), Term(30, "CD")) == "2026-05-11"


def test_after_a_referral_at_least_fifteen_working_days_are_left() -> None:
    pause = Pause(at("2026-05-29"), at("2026-07-01"), keeps_days=15)
    assert due_on("2026-03-02", 90, "CD", pause) == "2026-07-22"
    early = Pause(at("2026-03-03"), at("2026-03-13"), keeps_days=15)
    assert due_on("2026-03-02", 90, "CD", early) == "2026-06-10"


def test_beyond_the_published_years_a_date_is_provisional() -> None:
    assert counted("2026-12-20", 30, "WD").is_provisional
    assert counted("2026-12-20", 30, "CD", rolls=True).is_provisional
    assert not counted("2026-12-20", 30, "CD").is_provisional, "calendar days that do not move need no calendar"
    assert counted("2026-11-20", 30, "CD", Pause(at("2026-12-01"), at("2026-12-28"), keeps_days=15)).is_provisional


pauses = st.lists(st.tuples(st.integers(0, 60 * 24 * 3), st.integers(0, 60 * 24 * 40)), max_size=6)
units = st.sampled_from([("CD", 90), ("WD", 20), ("MON", 3), ("H", 48)])


def laid_out(gaps: list[tuple[int, int]]) -> list[Pause]:
    """Pauses one after the other: minutes of running, minutes of standing."""
    found, now = [], datetime(2026, 3, 2, 2, tzinfo=UTC)
    for running, standing in gaps:
        begins = now + timedelta(minutes=running)
        now = begins + timedelta(minutes=standing)
        found.append(Pause(begins, now))
    return found


@given(pauses, units, st.booleans())
def test_stopping_never_shortens_a_limit(gaps: list[tuple[int, int]], unit: tuple[str, int], rolls: bool) -> None:
    steps = laid_out(gaps)
    dues = [
        reckon(datetime(2026, 3, 2, 2, tzinfo=UTC), Term(unit[1], unit[0]), steps[:count], rolls=rolls, days=DAYS).due_at
        for count in range(len(steps) + 1)
    ]
    assert dues == sorted(dues)


@given(pauses)
def test_the_days_added_are_the_days_it_stood_still(gaps: list[tuple[int, int]]) -> None:
    steps = laid_out(gaps)
    start = datetime(2026, 3, 2, 2, tzinfo=UTC)
    stood = sum((legal_day(step.to_at) - legal_day(step.from_at)).days for step in steps)
    plain, moved = (reckon(start, Term(90, "CD"), some, rolls=False, days=DAYS).due_at for some in ((), steps))
    assert (moved - plain).days == stood == sum(added(step, "CD", DAYS) for step in steps)
    seconds = sum((step.to_at - step.from_at for step in steps), timedelta())
    assert reckon(start, Term(48, "H"), steps, rolls=False, days=DAYS).due_at == start + timedelta(hours=48) + seconds


@given(pauses)
def test_working_days_left_are_as_many_after_a_stop_as_before(gaps: list[tuple[int, int]]) -> None:
    steps = laid_out(gaps)[:1]
    if not steps:
        return
    start = datetime(2026, 3, 2, 2, tzinfo=UTC)
    before, after = (reckon(start, Term(200, "WD"), some, rolls=False, days=DAYS).due_at for some in ((), steps))
    assert _working(steps[0].from_at, before) == _working(steps[0].to_at, after)


def _working(first: datetime, last: datetime) -> int:
    start, end = legal_day(first), legal_day(last)
    return sum(DAYS.is_working(start + timedelta(days=number)) for number in range(1, (end - start).days + 1))
