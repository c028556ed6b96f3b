"""What a violation may cost: which law counts, and which of several rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import inf

from webapp.rules.models import Violation
from webapp.rules.queries import in_force, violation

SAME, AT_THE_ACT, LIGHTER, NO_LONGER = "same", "law_at_the_act", "lighter_law_at_the_decision", "no_longer_punished"


@dataclass(frozen=True, slots=True)
class Range:
    """A fine in yuan. ``max`` None: it goes by an income that is not stated. ``reason``: why this row counts, one of the names above."""

    code: str
    min: int
    max: int | None
    pattern: str
    row_id: int
    reason: str

    @property
    def weight(self) -> tuple[float, int]:
        """Which of two is heavier: the one with the higher maximum, then with the higher minimum."""
        return (inf if self.max is None else self.max), self.min


def penalty_range(code: str, *, acted_on: date, decided_on: date, income: int | None = None) -> Range:
    """The law at the act, unless the one at the decision is lighter or punishes no more. ``income``: unlawful income in yuan.

    Raises UnknownViolation for an act before the law came into force. Source: APL 37 (domain/08 L-5).
    """
    then, now = violation(code, on=acted_on), in_force(Violation, code, on=decided_on)
    if now is None:
        return Range(code, 0, 0, "none", then.id, NO_LONGER)
    if now.id == then.id:
        return _range(then, income, SAME)
    old, new = _range(then, income, AT_THE_ACT), _range(now, income, LIGHTER)
    return new if new.weight < old.weight else old


def higher_fine(codes: Iterable[str], *, acted_on: date, decided_on: date, income: int | None = None) -> Range:
    """One act that breaks several rules is fined once, under the rule with the higher fine; of equal ones the first.

    Raises UnknownViolation; ValueError without a code. Source: APL 29, second sentence (domain/08 L-4).
    """
    ranges = [penalty_range(code, acted_on=acted_on, decided_on=decided_on, income=income) for code in codes]
    return max(ranges, key=lambda one: one.weight)


def _range(row: Violation, income: int | None, reason: str) -> Range:
    low, high = _limits(row, income)
    return Range(row.code, low, high, row.pattern, row.id, reason)


def _limits(row: Violation, income: int | None) -> tuple[int, int | None]:
    if row.income_from is None or (income is not None and income < row.income_from):
        return row.fine_min, row.fine_max
    if income is None:
        return row.fine_min, None
    return income * (row.income_times_min or 0), income * (row.income_times_max or 0)
