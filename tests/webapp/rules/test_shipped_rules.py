"""The shipped limits and calendar are complete, say where they come from, and are read from memory."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

import bpmn
from webapp.core.db import db, transaction
from webapp.rules import queries
from webapp.rules.models import CalendarDay, TimeLimit
from webapp.rules.services import load

NAMED = re.compile(r'name="(?:deadline|opens|closes)" value="([^"]*)"')
TODAY = date(2026, 11, 24)


def limits() -> list[TimeLimit]:
    return list(db.session.scalars(select(TimeLimit)))


def test_every_code_that_a_shipped_diagram_names_is_in_force(app: Any) -> None:
    diagrams = (Path(next(iter(bpmn.__path__))) / "processes").glob("*.bpmn")
    named = {code for diagram in diagrams for codes in NAMED.findall(diagram.read_text()) for code in codes.replace(",", " ").split()}
    assert len(named) > 15
    assert named <= {limit.code for limit in limits()}
    for code in named:
        assert queries.time_limit(code, on=TODAY).value > 0


def test_every_limit_keeps_its_source_and_whether_that_was_checked(app: Any) -> None:
    for limit in limits():
        assert limit.unit in {"H", "CD", "WD", "MON"}
        assert limit.verified in {"yes", "part", "no", "design"}
        assert (limit.verified == "design") == limit.source.startswith("D"), limit.code
        assert limit.verified != "yes" or limit.source.startswith("L:"), limit.code


def test_limits_of_the_transfer_regulation_never_move(app: Any) -> None:
    strict = {limit.code for limit in limits() if limit.process == "P30" and limit.unit == "CD" and not limit.rolls}
    assert {"TR_APPROVE", "POL_DECIDE", "SUPPLEMENT"} <= strict
    assert all(not limit.rolls for limit in limits() if limit.unit in {"H", "WD"})


def test_holidays_and_make_up_days_of_the_published_years_are_known(app: Any) -> None:
    assert (queries.is_published(2025), queries.is_published(2026), queries.is_published(2027)) == (True, True, False)
    assert not queries.is_working_day(date(2026, 2, 17))  # spring festival, a Tuesday
    assert queries.is_working_day(date(2026, 2, 14))  # a make-up Saturday
    assert queries.is_working_day(date(2027, 1, 1))  # a Friday of a year nobody has published


def test_the_calendar_is_read_once_and_again_after_an_import(app: Any) -> None:
    read: list[str] = []

    def note(*sent: Any) -> None:
        read.append(sent[2])

    queries.forget_rules()
    event.listen(db.engine, "before_cursor_execute", note)
    assert queries.is_working_day(date(2026, 11, 25))
    assert queries.is_working_day(date(2026, 11, 26))
    assert sum("calendar_day" in statement for statement in read) == 1
    with transaction():
        db.session.delete(db.session.get_one(CalendarDay, date(2026, 10, 1)))
    with transaction():
        assert load(at=datetime.now(UTC)) == 1
    assert not queries.is_working_day(date(2026, 10, 1))
