"""The demo district is made by the services, and goes without a trace but tombstones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from webapp import demo, installation
from webapp.accounts import services as accounts
from webapp.accounts.models import Grid, Jurisdiction, Organisation, Town, User
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.campaigns.queries import board
from webapp.cases.models import Case
from webapp.config import Settings
from webapp.core.db import db, transaction
from webapp.core.permissions import ROLES
from webapp.deadlines.models import Deadline
from webapp.demo import living
from webapp.demo.districts import PlaceTaken
from webapp.demo.stories import STORIES
from webapp.employers.models import Employer
from webapp.events import anchors, verify
from webapp.events.models import Event, EventTombstone
from webapp.processes.models import FormSubmission, ProcessInstance, UserTask

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PASSWORD = "for-fictional-people"
WITHOUT_ACCOUNT = {"COURT", "SUPC", "APV", "JM"}  # bodies that no demo task waits for


def count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def load(at: datetime = AT) -> list[str]:
    """What the operator is told, without the progress."""
    return [line for line in demo.load(password=PASSWORD, at=at, size=demo.SMALL) if isinstance(line, str)]


def wipe() -> str:
    with transaction():
        return demo.wipe(at=AT)


@pytest.fixture
def empty(settings: Settings) -> Iterator[None]:
    """A fresh installation."""
    installation.initialise(settings, at=AT, say=lambda _: None)
    with installation.headless(settings):
        yield


@pytest.fixture
def three_stories(empty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """For what does not depend on how much is lived through."""
    monkeypatch.setattr("webapp.demo.sizes.STORIES", STORIES[-3:])


@pytest.fixture
def district(empty: None) -> list[str]:
    return load()


def test_the_district_is_what_the_readme_says(district: list[str]) -> None:
    assert "90 people, 60 employers, 43 cases, 6 visits of campaigns" in district
    assert (count(Employer), count(Case)) == (60, 43)
    assert count(Employer, Employer.name.not_like("%(演示)")) == 0
    assert count(Employer, Employer.credit_code.not_like("DEMO%")) == 0
    assert count(Employer, Employer.exposed_workers > Employer.workers) == 0
    assert db.session.scalar(select(func.count(Employer.name.distinct()))) == 60


def test_every_lane_has_somebody_in_every_place_and_the_summary_names_them(district: list[str]) -> None:
    people = list(db.session.scalars(select(User)))
    assert {role for person in people for role in person.role_codes} == set(ROLES) - WITHOUT_ACCOUNT
    groups = {group for person in people for group in person.candidate_groups}
    assert {("GRID", f"g{row}") for row in db.session.scalars(select(Grid.id))} <= groups
    assert {("TOWN", f"t{row}") for row in db.session.scalars(select(Town.id))} <= groups
    staffed = [row for row in db.session.scalars(select(Organisation)) if row.kind in set(ROLES) - WITHOUT_ACCOUNT]
    assert {(row.kind, f"o{row.id}") for row in staffed} <= groups
    assert all(person.name_zh.startswith("演示") for person in people)
    named = set(re.findall(r"[a-z]+\d*", " ".join(district)))
    assert {person.username for person in people} - named <= {f"town{n:02d}" for n in range(3, 12)} | {
        f"grid{town:02d}{n:02d}" for town in range(1, 13) for n in (1, 2)
    }


def test_cases_stand_at_many_stages_and_some_are_late(district: list[str]) -> None:
    stages = set(db.session.scalars(select(UserTask.element).where(UserTask.state == 0)))
    assert len(stages) >= 30
    assert count(Case, Case.closed_at.is_not(None)) >= 6
    assert {
        "police_referral", "work_injury", "dibao", "medical_aid", "labour_referral", "correction", "evidence_registration",
        "interim_control",
    } <= set(db.session.scalars(select(ProcessInstance.process_key)))  # fmt: skip


def test_some_limits_were_not_kept_but_most_were(district: list[str]) -> None:
    late = count(UserTask, UserTask.state == 0, UserTask.due_at < AT)
    assert 4 <= late <= count(UserTask, UserTask.state == 0, UserTask.due_at >= AT) // 2


def test_a_case_was_filed_anew_and_one_was_merged(district: list[str]) -> None:
    assert count(Case, Case.earlier_id.is_not(None)) == 1
    assert set(db.session.scalars(select(Case.outcome))) >= {"closed", "merged", "rejected", "corrected_on_spot", "unfounded"}
    assert set(db.session.scalars(select(ProcessInstance.end_element))) >= {"filed", "not_approved", "corrected", "not_corrected"}


def test_a_campaign_is_under_way_with_visits_in_every_state(district: list[str]) -> None:
    campaign = db.session.scalars(select(Campaign)).one()
    assert (campaign.kind, campaign.state, campaign.member_count, campaign.is_demo) == ("AUTOREP", "running", 6, True)
    hui = db.session.scalars(select(User).where(User.username == "hui")).one()
    totals = {state for row in board(campaign, hui) for state, number in row.counts.items() if number}
    assert totals == {"list_check", "on_site", "re_check", "passed", "corrected", "handed_over"}


def test_nothing_was_put_in_behind_the_engine(district: list[str]) -> None:
    assert count(Event, Event.name == "task.completed") == count(UserTask, UserTask.state == 1)
    assert count(Event, Event.name == "case.opened") == 43
    assert count(UserTask, UserTask.state == 1, UserTask.ended_at.is_(None)) == 0
    assert count(Event, Event.occurred_at > AT) == 0
    assert list(verify.problems()) == []


def test_the_texts_speak_of_the_employer_they_are_about(district: list[str]) -> None:
    values = [str(row.values) for row in db.session.scalars(select(FormSubmission))]
    assert not [text for text in values if re.search(r"'[^']*\{\w+\}", text)]
    assert len({text for text in values if "'description'" in text}) > 12


def test_loading_twice_changes_nothing(district: list[str]) -> None:
    before = count(Event)
    again = load()
    assert len(again) == 1
    assert "already loaded" in again[0]
    assert count(Event) == before


def test_an_interrupted_loading_goes_on_where_it_was(empty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = living._do
    seen: list[Any] = []

    def killed(*args: Any, **options: Any) -> bool:
        seen.append(args)
        if len(seen) == 70:
            raise KeyboardInterrupt
        return whole(*args, **options)

    monkeypatch.setattr(living, "_do", killed)
    with pytest.raises(KeyboardInterrupt):
        load()
    assert 0 < count(Case) < 40
    assert count(Campaign) == 0
    assert "90 people, 60 employers, 43 cases, 6 visits of campaigns" in load()
    assert count(UserTask, UserTask.state == 1, UserTask.process_key != "campaign_visit") == sum(len(story.steps) for story in STORIES)
    assert list(verify.problems()) == []


def test_a_wipe_leaves_nothing_but_signed_tombstones(district: list[str]) -> None:
    assert "43 cases and 60 employers" in wipe()
    for model in (Case, Employer, User, UserTask, ProcessInstance, Deadline, Jurisdiction, Campaign, CampaignMember):
        assert count(model) == 0, model
    assert count(EventTombstone) > 90
    assert list(verify.problems()) == []


def test_the_district_comes_and_goes_as_often_as_wanted(three_stories: None) -> None:
    for _ in range(3):
        assert "90 people, 60 employers, 4 cases, 6 visits of campaigns" in load()
        with transaction():
            anchors.anchor(at=AT)
        anchors.append_missing_lines()
        wipe()
    assert list(verify.problems()) == []


def test_a_wipe_leaves_real_accounts_and_takes_their_demo_places(three_stories: None) -> None:
    load()
    with transaction():
        town = db.session.scalars(select(Town)).first()
        assert town is not None
        real = accounts.create_user(
            username="real", name_zh="某某", name_en="Real", password=PASSWORD, actor_id=None, at=AT, jurisdiction_id=town.jurisdiction_id
        )
        accounts.grant_role(real, "TOWN", town_id=town.id, actor_id=None, at=AT)
    wipe()
    db.session.expire_all()
    (left,) = db.session.scalars(select(User))
    assert (left.username, left.jurisdiction_id, left.memberships) == ("real", None, [])


def test_a_jurisdiction_of_ones_own_is_neither_used_nor_wiped(empty: None) -> None:
    with transaction():
        db.session.add(Jurisdiction(code="SND", name_zh="某区", name_en="Somewhere"))
    with pytest.raises(PlaceTaken):
        load()
    assert "no demo district" in wipe()
    assert (count(User), count(Jurisdiction)) == (0, 1)


def test_a_demo_case_never_lies_in_the_future(empty: None) -> None:
    after_a_long_holiday = AT - timedelta(days=38)
    load(after_a_long_holiday)
    assert count(Event, Event.occurred_at > after_a_long_holiday, Event.name.not_like("edition.%")) == 0
    assert count(Case) == 43
