"""Rows are found by day and place, from memory; a day before the law is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import inspect, select

from tests.webapp.pages import counted_queries
from webapp.core.db import db, transaction
from webapp.rules import queries
from webapp.rules.models import Amount, TimeLimit
from webapp.rules.services import load

TODAY = date(2026, 11, 24)


def copied(row: Any, **changed: Any) -> Any:
    kept = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs if column.key != "id"}
    return type(row)(**kept | changed)


def test_the_hot_path_asks_the_database_nothing(app: Any) -> None:
    queries.forget_rules()
    for ask, code in ((queries.time_limit, "DECIDE"), (queries.violation, "V-72-01"), (queries.amount, "LATE_RATE")):
        ask(code, on=TODAY)
    with counted_queries() as sent:
        assert queries.time_limit("PAY", on=TODAY).value == 15
        assert queries.violation("V-71-01", on=TODAY).fine_max == 100_000
        assert queries.amount("SUMMARY_FINE_ORG", on=TODAY).value == 3_000
        assert len(queries.violations(TODAY)) == 43
    assert sent == []


def test_forgetting_covers_every_table(app: Any) -> None:
    assert queries.amount("LATE_RATE", on=TODAY).value == 3
    with transaction():
        db.session.scalars(select(Amount).where(Amount.code == "LATE_RATE")).one().value = 2
    assert queries.amount("LATE_RATE", on=TODAY).value == 3, "kept for a minute"
    queries.forget_rules()
    assert queries.amount("LATE_RATE", on=TODAY).value == 2


def test_a_row_of_one_jurisdiction_goes_first_there_and_nowhere_else(app: Any) -> None:
    with transaction():
        general = db.session.scalars(select(TimeLimit).where(TimeLimit.code == "DIBAO_TOTAL")).one()
        db.session.add(copied(general, value=18, jurisdiction_id=1))
        line = db.session.scalars(select(Amount).where(Amount.code == "HEARING_FINE_ORG")).one()
        db.session.add(copied(line, value=50_000, jurisdiction_id=1, valid_from=date(2026, 1, 1)))
    queries.forget_rules()
    values = [queries.time_limit("DIBAO_TOTAL", on=TODAY, jurisdiction_id=place).value for place in (1, 2, None)]
    assert values == [18, 30, 30]
    assert queries.amount("HEARING_FINE_ORG", on=TODAY, jurisdiction_id=1).value == 50_000
    assert queries.amount("HEARING_FINE_ORG", on=date(2025, 12, 31), jurisdiction_id=1).value == 20_000, "before its own row"


def test_what_is_not_known_is_refused_by_code_and_day(app: Any) -> None:
    asked: list[tuple[Any, Any]] = [
        (queries.time_limit, queries.UnknownTimeLimit),
        (queries.violation, queries.UnknownViolation),
        (queries.amount, queries.UnknownAmount),
        (queries.exposure_limit, queries.UnknownExposureLimit),
    ]
    for ask, error in asked:
        with pytest.raises(error, match=r"NOPE.* in force on 2026-11-24"):
            ask("NOPE", on=TODAY)


def test_a_day_before_the_law_came_into_force_is_refused(app: Any) -> None:
    assert queries.time_limit("DECIDE", on=date(2021, 7, 15)).value == 90
    with pytest.raises(queries.UnknownTimeLimit, match="DECIDE in force on 2021-07-14"):
        queries.time_limit("DECIDE", on=date(2021, 7, 14))


def test_choices_name_the_code_in_both_languages(app: Any) -> None:
    code, zh, en = queries.violation_choices(TODAY)[0]
    assert (code, zh.split()[0], en.split()[0]) == ("V-69-01", "V-69-01", "V-69-01")
    assert set(queries.violation_labels(["V-72-01", "V-99-99"])) == {"V-72-01"}


def test_rows_stored_before_the_new_columns_are_completed_and_changes_stay(app: Any) -> None:
    with transaction():
        row = db.session.scalars(select(TimeLimit).where(TimeLimit.code == "DECIDE")).one()
        row.value, row.target_value, row.target_unit, row.keeps_days_min, row.added_at = 91, None, None, None, None
    with transaction():
        assert load(at=datetime.now(UTC)) == 0
    found = queries.time_limit("DECIDE", on=TODAY)
    assert (found.value, found.target_value, found.keeps_days_min) == (91, 90, 15)
