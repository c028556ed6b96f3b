"""A pool of tasks, and people without accounts who look at it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, text

from webapp.core.db import db, transaction
from webapp.core.permissions import Permission
from webapp.processes.models import COMPLETED, NO_DUE, OPEN, Edition, ProcessInstance, UserTask
from webapp.processes.stages import STAGES

START = datetime(2026, 3, 1, tzinfo=UTC)
OPEN_ROWS, CLOSED_ROWS, TOWNS, PEOPLE = 6_000, 10_000, 24, 50
ROLES = ("GRID", "TOWN", "HD_LEAD")
HAZARDS = (",silica_dust,noise,", ",noise,", ",chromium,acid_mist,", None)
INDUSTRIES = ("C3391", "C3360", "O8111", "Q84", None)


def person(*groups: tuple[str, str], supervises: str | None = None) -> Any:
    reach = {Permission.SUPERVISE: frozenset({supervises})} if supervises else {}
    return SimpleNamespace(
        id=7, candidate_groups=frozenset(groups), has=reach.__contains__, scopes_with=lambda permission: reach.get(permission, frozenset())
    )


FEW = person(("TOWN", "t1"), ("TOWN", "t2"))
MANY = person(*((role, f"t{town}") for role in ROLES for town in range(TOWNS)))
LEADER = person(("HD_LEAD", "j1"), supervises="j1")
TOWN_HEAD = person(("TOWN", "t3"), supervises="t3")


@pytest.fixture
def pool(app: Any) -> None:
    """Open tasks, a third of them assigned, and more closed ones."""
    with transaction():
        edition = Edition(hash="plans", manifest=[], note="", published_at=START)
        db.session.add(edition)
        db.session.flush()
        instance = ProcessInstance(
            edition_id=edition.id, process_key="work", state=b"", awaits=[], has_timers=False, outcome="running", started_at=START
        )
        db.session.add(instance)
        db.session.flush()
        db.session.execute(insert(UserTask), [_row(number, instance.id) for number in range(OPEN_ROWS + CLOSED_ROWS)])
    with db.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _row(number: int, instance_id: int) -> dict[str, Any]:
    due_at = START + timedelta(minutes=7 * (number * 7919 % 9973) - 20_000) if number % 11 else None
    town, role, is_open = number % TOWNS, ROLES[number // TOWNS % len(ROLES)], number < OPEN_ROWS
    return {
        "instance_id": instance_id, "engine_task_id": uuid4(), "process_key": "work", "element": "step", "name": "步骤",
        "name_en": "Step", "role": role, "scope": f"t{town}", "jurisdiction_id": 1, "town_id": town, "grid_id": number % 97,
        "stage": list(STAGES)[number * 31 % 101 % 14], "risk_level": (None, 1, 2, 3)[number * 13 % 7 % 4],
        "industry": INDUSTRIES[number * 17 % 23 % 5], "hazards": HAZARDS[number * 29 % 19 % 4],
        "assignee_id": number % PEOPLE if number % 3 == 0 else None, "due_at": due_at, "order_at": due_at or NO_DUE, "priority": 0,
        "state": OPEN if is_open else COMPLETED, "version": 1, "opened_at": START, "ended_by_id": None if is_open else number % PEOPLE,
        "ended_at": None if is_open else START + timedelta(minutes=number),
    }  # fmt: skip
