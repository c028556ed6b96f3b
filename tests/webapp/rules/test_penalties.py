"""Which law counts for a penalty (APL 37), and which of several rules (APL 29)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import inspect, select

from webapp.core.db import db, transaction
from webapp.rules.models import Violation
from webapp.rules.penalties import LIGHTER, NO_LONGER, SAME, higher_fine, penalty_range
from webapp.rules.queries import UnknownViolation, forget_rules

OLD, NEW = date(2026, 3, 1), date(2026, 9, 1)


def revise(code: str, **changed: Any) -> None:
    """The law changes on 1 July 2026; nothing in ``changed``: it is repealed."""
    with transaction():
        row = db.session.scalars(select(Violation).where(Violation.code == code)).one()
        row.valid_to = date(2026, 6, 30)
        if changed:
            kept = {column.key: getattr(row, column.key) for column in inspect(Violation).column_attrs if column.key != "id"}
            db.session.add(Violation(**kept | {"valid_from": date(2026, 7, 1), "valid_to": None} | changed))
    forget_rules()


def test_the_law_that_stands_unchanged_counts(app: Any) -> None:
    found = penalty_range("V-71-01", acted_on=OLD, decided_on=NEW)
    assert (found.min, found.max, found.pattern, found.reason) == (50_000, 100_000, "W+F", SAME)


def test_a_heavier_law_after_the_act_does_not_count(app: Any) -> None:
    revise("V-71-01", fine_max=300_000)
    found = penalty_range("V-71-01", acted_on=OLD, decided_on=NEW)
    assert (found.max, found.reason) == (100_000, "law_at_the_act")
    assert penalty_range("V-71-01", acted_on=NEW, decided_on=NEW).max == 300_000


def test_a_lighter_law_at_the_decision_counts(app: Any) -> None:
    revise("V-71-01", fine_max=80_000)
    found = penalty_range("V-71-01", acted_on=OLD, decided_on=NEW)
    assert (found.max, found.reason) == (80_000, LIGHTER)
    assert penalty_range("V-71-01", acted_on=OLD, decided_on=OLD).max == 100_000


def test_with_the_same_maximum_the_lower_minimum_is_lighter(app: Any) -> None:
    revise("V-71-01", fine_min=10_000)
    assert penalty_range("V-71-01", acted_on=OLD, decided_on=NEW).min == 10_000


def test_what_is_no_longer_punished_costs_nothing(app: Any) -> None:
    revise("V-71-01")
    found = penalty_range("V-71-01", acted_on=OLD, decided_on=NEW)
    assert (found.min, found.max, found.reason) == (0, 0, NO_LONGER)


def test_an_act_before_the_law_came_into_force_is_refused_by_code_and_day(app: Any) -> None:
    with pytest.raises(UnknownViolation, match=r"V-71-01 in force on 2018-12-28"):
        penalty_range("V-71-01", acted_on=date(2018, 12, 28), decided_on=NEW)


def test_one_act_that_breaks_two_rules_is_fined_under_the_higher(app: Any) -> None:
    found = higher_fine(["V-70-01", "V-72-01", "V-71-01"], acted_on=OLD, decided_on=NEW)
    assert (found.code, found.max) == ("V-72-01", 200_000)
    assert higher_fine(["V-70-01", "V-71-01"], acted_on=OLD, decided_on=NEW).code == "V-71-01", "same maximum, higher minimum"


def test_a_fine_by_income_is_a_multiple_of_it(app: Any) -> None:
    ranges = {income: penalty_range("V-79-01", acted_on=OLD, decided_on=NEW, income=income) for income in (None, 4_999, 5_000, 60_000)}
    assert [(found.min, found.max) for found in ranges.values()] == [(5_000, None), (5_000, 50_000), (10_000, 50_000), (120_000, 600_000)]
