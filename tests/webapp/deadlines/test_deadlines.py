"""Clocks start once, stop once, and take the rule in force when they started."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from webapp.core.db import db, transaction
from webapp.deadlines import services
from webapp.deadlines.models import Deadline
from webapp.rules.models import TimeLimit
from webapp.rules.queries import UnknownTimeLimit, forget_rules, time_limit
from webapp.rules.services import load

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
OWNER = {"case_id": 900, "instance_id": 900, "stream": "case:900", "actor_id": None}


def stored_limit(code: str) -> TimeLimit:
    return db.session.scalars(select(TimeLimit).where(TimeLimit.code == code)).one()


def clocks() -> list[Deadline]:
    return list(db.session.scalars(select(Deadline).order_by(Deadline.id)))


def test_a_spanning_clock_is_opened_once_and_closed_once(app: Any) -> None:
    with transaction():
        services.open_spanning("DECIDE", at=AT, **OWNER)
        services.open_spanning("DECIDE", at=AT + timedelta(days=3), **OWNER)
        services.close_spanning("DECIDE", at=AT + timedelta(days=10), **OWNER)
        services.close_spanning("DECIDE", at=AT + timedelta(days=11), **OWNER)
    assert [(clock.code, clock.started_at, clock.ending, clock.ended_at) for clock in clocks()] == [
        ("DECIDE", AT, "met", AT + timedelta(days=10))
    ]


def test_a_clock_that_stops_after_its_day_was_late(app: Any) -> None:
    with transaction():
        services.open_spanning("DECIDE", at=AT, **OWNER)
        services.close_spanning("DECIDE", at=AT + timedelta(days=92), **OWNER)
    assert clocks()[0].ending == "late"
    assert clocks()[0].is_overdue(AT)


def test_what_ended_with_its_instance_is_dropped(app: Any) -> None:
    with transaction():
        services.open_spanning("DECIDE", at=AT, **OWNER)
        services.drop_spanning(900, stream="case:900", actor_id=None, at=AT)
    assert clocks()[0].ending == "dropped"


def test_a_clock_takes_the_row_in_force_on_its_start_date(app: Any) -> None:
    with transaction():
        old = stored_limit("DECIDE")
        old.valid_to = date(2026, 3, 31)
        changed = {column.key: getattr(old, column.key) for column in TimeLimit.__table__.columns if column.key != "id"}
        db.session.add(TimeLimit(**changed | {"value": 60, "valid_from": date(2026, 4, 1), "valid_to": None}))
    forget_rules()
    assert services.due_for("DECIDE", AT).limit.value == 90
    assert services.due_for("DECIDE", AT + timedelta(days=60)).limit.value == 60
    with pytest.raises(UnknownTimeLimit):
        time_limit("DECIDE", on=date(2020, 1, 1))


def test_beyond_the_published_calendar_a_date_is_provisional(app: Any) -> None:
    late_in_the_year = datetime(2026, 12, 20, 2, 0, tzinfo=UTC)
    assert services.due_for("DECIDE", late_in_the_year).is_provisional
    assert not services.due_for("DECIDE", AT).is_provisional
    assert not services.due_for("TR_APPROVE", late_in_the_year + timedelta(days=20)).is_provisional, (
        "calendar days that do not roll need no calendar"
    )


def test_loading_the_rules_again_changes_nothing(app: Any) -> None:
    with transaction():
        stored_limit("DECIDE").value = 91  # what an administrator changed stays
        assert load(at=AT) == 0
    assert time_limit("DECIDE", on=date(2026, 3, 1)).value == 91
