"""The watch and the lists of supervisors walk indexes, also under a generic plan: ended clocks and seen breaches are never met."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from tests.webapp.inbox.test_plans import _plan, _statements
from webapp.core.db import db, transaction
from webapp.core.permissions import Permission
from webapp.deadlines import queries, watch
from webapp.deadlines.models import Deadline, Duty, Escalation
from webapp.rules.models import TimeLimit

START = datetime(2026, 3, 1, tzinfo=UTC)
LATER = START + timedelta(days=30)
ROWS = 8_000


def leader(scope: str) -> Any:
    return SimpleNamespace(has=lambda _: True, scopes_with=lambda permission: {scope} if permission is Permission.SUPERVISE else set())


CHIEF, TOWN = leader("j1"), leader("t3")
WORK: dict[str, Callable[[], object]] = {
    "breaches": lambda: watch.breach(at=START + timedelta(minutes=1500), after=None, limit=20),
    "next breaches": lambda: watch.breach(at=START + timedelta(minutes=1500), after=(START, 1), limit=20),
    "reminders": lambda: watch.remind(at=START + timedelta(minutes=1500), after=(START, 1), limit=20),
    "missed in a district": lambda: queries.unseen_escalations(CHIEF, after=queries.unseen_escalations(CHIEF).next),
    "missed in a town": lambda: queries.unseen_escalations(TOWN),
    "how many are missed": lambda: queries.count_escalations(TOWN),
    "duties of a district": lambda: queries.list_duties(CHIEF, first=date(2026, 3, 2), last=None, after=None),
    "duties of a town": lambda: queries.list_duties(
        TOWN, first=None, last=None, after=queries.list_duties(TOWN, first=None, last=None).next
    ),
}


@pytest.fixture
def crowd(app: Any) -> None:
    """Half of the clocks have ended, most breaches are seen."""
    with transaction():
        limit = db.session.scalars(select(TimeLimit.id)).first()
        db.session.execute(insert(Deadline), [_clock(number, limit) for number in range(1, ROWS)])
        db.session.execute(insert(Escalation), [_escalation(number) for number in range(1, ROWS)])
        db.session.execute(insert(Duty), [_duty(number) for number in range(1, ROWS)])
    with db.engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def test_the_watch_and_the_lists_never_scan_or_sort(crowd: None) -> None:
    for name, work in WORK.items():
        with _statements() as statements:
            work()
        db.session.rollback()
        plans = "\n".join(_plan(statement) for statement in statements if statement[0].startswith("SELECT"))
        assert not re.search(r"Seq Scan on (deadline|escalation|duty)|SCAN (deadline|escalation|duty)(?! USING)|Sort|TEMP B-TREE", plans), (
            f"{name}:\n{plans}"
        )


def _clock(number: int, limit: int | None) -> dict[str, Any]:
    due_at = START + timedelta(minutes=number)
    ended = {"ended_at": due_at, "ending": "met"} if number % 2 else {"ended_at": None, "ending": None}
    return {
        "id": number, "code": "DECIDE", "instance_id": number, "case_id": number, "time_limit_id": limit, "started_at": START,
        "due_at": due_at, "remind_at": due_at - timedelta(minutes=30), "is_provisional": False, "suspended_days": 0, **ended,
    }  # fmt: skip


def _escalation(number: int) -> dict[str, Any]:
    return {
        "deadline_id": number, "code": "DECIDE", "instance_id": number, "jurisdiction_id": number % 2, "town_id": number % 12,
        "opened_at": START + timedelta(minutes=number), "seen_at": None if number % 10 < 3 else LATER,
    }  # fmt: skip


def _duty(number: int) -> dict[str, Any]:
    place = {"jurisdiction_id": number % 2, "town_id": number % 12}
    return {"deadline_id": number, "code": "DECIDE", "instance_id": number, "due_on": date(2026, 3, 1 + number % 28), **place}
