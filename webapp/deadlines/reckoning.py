"""When a clock that was stopped or lengthened is over. Pure: the same steps give the same dates under the same calendar.

Source: domain/08 C.1 (roll), C.2 (target and legal date), C.4 (days kept after a police referral), L-2 (actual days are not counted).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.core.clock import legal_day
from webapp.rules import counting
from webapp.rules.counting import ONE_DAY, WorkingDays

REMAINING_FIFTH = 5  # the reminder comes when 80 % are used up


@dataclass(frozen=True, slots=True)
class Term:
    """``value`` of a unit of ``counting.count``."""

    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that is not counted. ``keeps_days``: working days that are left at least when the clock goes on."""

    from_at: datetime
    to_at: datetime
    keeps_days: int = 0


@dataclass(frozen=True, slots=True)
class Reckoned:
    """``target_at``: the last day before it moved off a holiday, or the limit's own target; None where it is the legal date."""

    target_at: datetime | None
    due_at: datetime
    remind_at: datetime
    is_provisional: bool


def reckon(
    started_at: datetime, term: Term, steps: Iterable[Pause | Term] = (), *, rolls: bool, days: WorkingDays, target: Term | None = None
) -> Reckoned:
    """``steps``: pauses and extensions in the order they happened; ``target``: the office's own, shorter term."""
    steps = tuple(steps)
    plain = _plain_end(started_at, term, steps, days)
    rolls = rolls and term.unit != "H"
    due_at = counting.count(plain, 0, "CD", rolls=True, days=days).due_at if rolls else plain
    wanted = min(_plain_end(started_at, target, steps, days), due_at) if target else plain
    return Reckoned(
        target_at=wanted if wanted != due_at else None,
        due_at=due_at,
        remind_at=_remind_at(started_at, wanted, steps),
        is_provisional=_is_provisional(started_at, plain, due_at, steps, days=days, unit=term.unit, rolls=rolls),
    )


def added(pause: Pause, unit: str, days: WorkingDays) -> int:
    """What the pause adds: working days for WD, seconds for H, calendar days for the others.

    The day on which the clock goes on is not counted, like the day on which it starts.
    """
    if unit == "H":
        return int((pause.to_at - pause.from_at).total_seconds())
    first, last = legal_day(pause.from_at), legal_day(pause.to_at)
    between = [first + number * ONE_DAY for number in range(1, (last - first).days + 1)]
    return sum(days.is_working(day) for day in between) if unit == "WD" else len(between)


def _plain_end(started_at: datetime, term: Term, steps: tuple[Pause | Term, ...], days: WorkingDays) -> datetime:
    """The last instant before any move off a holiday."""
    end = _later(started_at, term, days)
    for step in steps:
        end = _later(end, step, days) if isinstance(step, Term) else _after_pause(end, step, term.unit, days)
    return end


def _after_pause(end: datetime, pause: Pause, unit: str, days: WorkingDays) -> datetime:
    if unit == "H":
        moved = end + (pause.to_at - pause.from_at)
    else:
        moved = _later(end, Term(added(pause, unit, days), "WD" if unit == "WD" else "CD"), days)
    return max(moved, _later(pause.to_at, Term(pause.keeps_days, "WD"), days)) if pause.keeps_days else moved


def _later(start: datetime, term: Term, days: WorkingDays) -> datetime:
    return counting.count(start, term.value, term.unit, rolls=False, days=days).due_at


def _remind_at(started_at: datetime, target_at: datetime, steps: tuple[Pause | Term, ...]) -> datetime:
    stood_still = sum((step.to_at - step.from_at for step in steps if isinstance(step, Pause)), timedelta())
    return target_at - (target_at - started_at - stood_still) / REMAINING_FIFTH


def _is_provisional(
    started_at: datetime, plain: datetime, due_at: datetime, steps: tuple[Pause | Term, ...], *, days: WorkingDays, unit: str, rolls: bool
) -> bool:
    """Whether the answer rests on a day whose year has no published calendar yet."""
    counts_working_days = unit == "WD" or any(_counts_working_days(step) for step in steps)
    first = legal_day(started_at) + ONE_DAY if counts_working_days else legal_day(plain)
    return (counts_working_days or rolls) and not days.is_published(first, legal_day(due_at))


def _counts_working_days(step: Pause | Term) -> bool:
    return step.unit == "WD" if isinstance(step, Term) else step.keeps_days > 0
