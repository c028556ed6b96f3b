"""The demo district is made by the services, and goes without a trace but a tombstone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from webapp import demo, installation
from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.config import Settings
from webapp.core.db import db, transaction
from webapp.deadlines.models import Deadline
from webapp.employers.models import Employer
from webapp.events import verify
from webapp.events.models import Event, EventTombstone
from webapp.processes.models import ProcessInstance, UserTask

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


@pytest.fixture
def district(settings: Settings) -> Iterator[list[str]]:
    installation.initialise(settings, at=AT, say=lambda _: None)
    with installation.headless(settings):
        yield list(demo.load(password="for-fictional-people", at=AT))


def test_the_district_is_what_the_readme_says(district: list[str]) -> None:
    assert "60 employers, 30 cases" in district[1]
    assert (count(Employer), count(Case)) == (60, 30)
    assert count(Employer, Employer.name.not_like("%(演示)")) == 0
    assert count(Employer, Employer.credit_code.not_like("DEMO%")) == 0


def test_cases_stand_at_many_stages_and_some_are_late(district: list[str]) -> None:
    stages = set(db.session.scalars(select(UserTask.element).where(UserTask.state == 0)))
    assert len(stages) >= 12
    assert count(UserTask, UserTask.state == 0, UserTask.due_at < AT) >= 2
    assert count(Case, Case.closed_at.is_not(None)) >= 6
    assert {"police_referral", "work_injury", "civil_assistance", "correction"} <= set(
        db.session.scalars(select(ProcessInstance.process_key))
    )


def test_nothing_was_put_in_behind_the_engine(district: list[str]) -> None:
    assert count(Event, Event.name == "task.completed") == count(UserTask, UserTask.state == 1)
    assert count(Event, Event.name == "case.opened") == 30
    assert count(UserTask, UserTask.state == 1, UserTask.ended_at.is_(None)) == 0
    assert list(verify.problems()) == []


def test_loading_twice_changes_nothing(district: list[str]) -> None:
    before = count(Event)
    again = list(demo.load(password="for-fictional-people", at=AT))
    assert len(again) == 1
    assert count(Event) == before


def test_a_wipe_leaves_nothing_but_signed_tombstones(district: list[str]) -> None:
    with transaction():
        demo.wipe(at=AT)
    for model in (Case, Employer, User, UserTask, ProcessInstance, Deadline):
        assert count(model) == 0, model
    assert count(EventTombstone) > 90
    assert list(verify.problems()) == []
    assert "30 cases" in list(demo.load(password="for-fictional-people", at=AT))[1]
