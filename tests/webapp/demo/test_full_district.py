"""The whole demo district: loaded once, on SQLite, because it takes a minute. Issue 5, item 6."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from webapp import demo, installation
from webapp.accounts.models import User
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.cases.models import Case
from webapp.config import Settings
from webapp.core import keys
from webapp.core.db import db
from webapp.demo.timeline import Progress
from webapp.employers.models import Employer
from webapp.events import verify
from webapp.events.models import Event
from webapp.processes.models import UserTask
from webapp.processes.queries import can_work_on
from webapp.processes.stages import STAGES

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
WITHOUT_TASKS = {"UNION", "AUD", "ADMIN"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str | Progress]]:
    home = tmp_path_factory.mktemp("district")
    keys.create_missing(home)
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'district.sqlite'}")
    installation.initialise(settings, at=AT, say=lambda _: None)
    with installation.headless(settings):
        yield list(demo.load(password="for-fictional-people", at=AT))


def count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_the_district_holds_six_hundred_employers_and_a_year_of_cases(told: list[str | Progress]) -> None:
    assert count(Employer) == 600
    assert db.session.scalar(select(func.count(Employer.name.distinct()))) == 600
    workers, exposed = db.session.execute(select(func.sum(Employer.workers), func.sum(Employer.exposed_workers))).one()
    assert 17_000 <= workers <= 19_000
    assert 6_500 <= exposed <= 7_700
    assert 0.2 <= count(Employer, Employer.is_key) / 600 <= 0.3
    assert count(Employer, Employer.phone.is_(None)) == 0
    assert count(Case) >= 380
    months = Counter(opened.strftime("%Y-%m") for opened in db.session.scalars(select(Case.opened_at)))
    assert len(months) >= 12


def test_every_stage_has_twelve_cases_and_most_are_in_time(told: list[str | Progress]) -> None:
    thing = func.coalesce(UserTask.case_id, -UserTask.instance_id)
    by_stage = select(UserTask.stage, func.count(thing.distinct())).where(UserTask.state == 0).group_by(UserTask.stage)
    found = dict(db.session.execute(by_stage).tuples().all())
    assert {stage: number for stage, number in found.items() if number < 12} == {}
    assert set(found) == set(STAGES)
    due = (UserTask.state == 0, UserTask.due_at.is_not(None))
    late, soon = count(UserTask, *due, UserTask.due_at < AT), count(UserTask, *due, UserTask.due_at.between(AT, AT + timedelta(days=2)))
    assert 10 <= late <= count(UserTask, *due) // 4
    assert soon >= 20
    assert 0.1 <= count(UserTask, UserTask.state == 0, UserTask.assignee_id.is_not(None)) / count(UserTask, UserTask.state == 0) <= 0.6


def test_the_people_of_every_office_find_work_today(told: list[str | Progress]) -> None:
    tasks = list(db.session.scalars(select(UserTask).where(UserTask.state == 0)))
    people = list(db.session.scalars(select(User).where(User.is_demo)))
    busy = {role for person in people for role in person.role_codes if any(can_work_on(person, task) for task in tasks)}
    assert {role for person in people for role in person.role_codes} - WITHOUT_TASKS == busy - WITHOUT_TASKS


def test_there_was_a_campaign_of_each_kind(told: list[str | Progress]) -> None:
    assert set(db.session.scalars(select(Campaign.kind))) == {"DUST", "PLATING", "AUTOREP"}
    assert set(db.session.scalars(select(Campaign.state))) == {"running", "finished"}
    assert count(CampaignMember, CampaignMember.case_id.is_not(None)) >= 5


def test_the_record_is_whole_in_order_and_ends_today(told: list[str | Progress]) -> None:
    assert list(verify.problems()) == []
    assert count(Event, Event.occurred_at > AT, Event.name.not_like("edition.%")) == 0
    opened = list(db.session.scalars(select(Case.opened_at).where(Case.jurisdiction_id == 1).order_by(Case.id)))
    assert opened == sorted(opened)


def test_the_loading_tells_how_far_it_is(told: list[str | Progress]) -> None:
    steps = [one for one in told if isinstance(one, Progress)]
    assert [one.done for one in steps] == sorted(one.done for one in steps)
    assert steps[-1].left == 0
    assert [one.at for one in steps] == sorted(one.at for one in steps)
    assert [line for line in told if isinstance(line, str)][-1].startswith("also as")


def test_loading_it_again_changes_nothing_and_another_size_is_refused(told: list[str | Progress]) -> None:
    before = count(Event)
    (line,) = demo.load(password="for-fictional-people", at=AT + timedelta(hours=1))
    assert "already loaded" in str(line)
    with pytest.raises(demo.OtherSize):
        list(demo.load(password="for-fictional-people", at=AT, size=demo.SMALL))
    assert count(Event) == before
