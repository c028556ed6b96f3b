"""Planning, launching, stopping and ending a campaign. Covers R-058."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.webapp.campaigns.campaigning import AT, add_employers, launched, members, planned, running, walk
from webapp.accounts.models import User
from webapp.campaigns import services
from webapp.campaigns.errors import AlreadyLaunched, BadPlan, NobodyInScope, ReasonNeeded, VisitsStillOpen, WrongState
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.campaigns.queries import scope_counts
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError, Forbidden
from webapp.events.models import Event
from webapp.processes.models import ProcessInstance


def test_twenty_launches_freeze_the_list_once_and_each_later_one_is_told(app: Any, cast: Any) -> None:
    campaign = planned(cast.hui)
    refusals: list[str] = []
    for _ in range(20):
        try:
            with transaction():
                services.launch(db.session.get_one(Campaign, campaign.id), actor=cast.hui, at=AT)
        except AlreadyLaunched as refusal:
            refusals.append(str(refusal))
    assert len(refusals) == 19
    assert all("hui某某" in text and "2026-03-02 10:00" in text for text in refusals)
    assert len(members(campaign)) == 2
    assert db.session.scalar(select(func.count(Event.id)).where(Event.name == "campaign.launched")) == 1


def test_launches_at_the_same_time_freeze_the_list_once(app: Any, cast: Any) -> None:
    campaign = planned(cast.hui)
    db.session.remove()
    results: list[str] = []

    def press() -> None:
        with app.app_context():
            try:
                with transaction():
                    actor = db.session.scalars(select(User).where(User.username == "hui")).one()
                    services.launch(db.session.get_one(Campaign, campaign.id), actor=actor, at=AT)
                results.append("launched")
            except DomainError as refusal:
                results.append(type(refusal).__name__)
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["AlreadyLaunched"] * 5 + ["launched"]
    assert len(members(campaign)) == 2


def test_the_frozen_list_does_not_follow_the_registry(app: Any, cast: Any, employer: Any) -> None:
    campaign = launched(cast.hui)
    with transaction():
        employer.industry, employer.hazards = "Q84", []
    add_employers(1)
    with transaction():
        assert services.open_next(campaign.id, town_id=None, limit=10, at=AT) == 2
    assert employer.id in {member.employer_id for member in members(campaign)}
    assert campaign.member_count == 2


def test_the_scope_follows_kind_towns_and_size(app: Any, cast: Any, employer: Any) -> None:
    add_employers(3, town="LH", workers=8)
    add_employers(1, industry="O8111", hazards=["benzene_series"])
    add_employers(1, industry="C3360", hazards=["chromium"])
    jurisdiction = cast.hui.jurisdiction_id
    town, other = employer.town_id, next(iter(scope_counts("DUST", jurisdiction, {}).keys() - {employer.town_id}))
    assert scope_counts("DUST", jurisdiction, {}) == {town: 1, other: 4}
    assert scope_counts("DUST", jurisdiction, {"min_workers": 9}) == {town: 1, other: 1}
    assert scope_counts("DUST", jurisdiction, {"town_ids": [other]}) == {other: 4}
    assert scope_counts("AUTOREP", jurisdiction, {}) == scope_counts("PLATING", jurisdiction, {}) == {town: 1}
    assert scope_counts("DUST", jurisdiction + 1, {}) == scope_counts("UNKNOWN", jurisdiction, {}) == {}


def test_an_empty_scope_is_refused_and_stays_a_draft(app: Any, cast: Any) -> None:
    campaign = planned(cast.hui, kind="PLATING")
    with pytest.raises(NobodyInScope), transaction():
        services.launch(campaign, actor=cast.hui, at=AT)
    assert db.session.get_one(Campaign, campaign.id, populate_existing=True).state == "draft"


@pytest.mark.parametrize(
    ("field", "change"),
    [("kind", "SPRAY"), ("name", " x "), ("plan", "方" * 5001), ("ends_on", date(2026, 2, 1))],
)
def test_a_bad_plan_names_the_field(app: Any, cast: Any, field: str, change: Any) -> None:
    with pytest.raises(BadPlan) as refused:
        planned(cast.hui, **{field: change})
    assert refused.value.errors.keys() == {field}


@pytest.mark.parametrize("username", ["tao", "ping", "an", "zheng"])
def test_only_coordinators_plan_launch_and_stop(app: Any, cast: Any, username: str) -> None:
    actor, campaign = getattr(cast, username), planned(cast.chen)
    with pytest.raises(Forbidden):
        planned(actor)
    with pytest.raises(Forbidden), transaction():
        services.launch(campaign, actor=actor, at=AT)
    with pytest.raises(Forbidden), transaction():
        services.stop(campaign, reason="x", actor=actor, at=AT)


def test_a_stopped_campaign_opens_nothing_until_it_is_resumed(app: Any, cast: Any) -> None:
    campaign = launched(cast.hui)
    with transaction():
        assert services.open_next(campaign.id, town_id=None, limit=1, at=AT) == 1
    with pytest.raises(ReasonNeeded), transaction():
        services.stop(campaign, reason="  ", actor=cast.hui, at=AT)
    with transaction():
        services.stop(campaign, reason="上级要求暂缓", actor=cast.hui, at=AT)
    with transaction():
        assert services.open_next(campaign.id, town_id=None, limit=10, at=AT) == 0
    with transaction():
        services.resume(campaign, actor=cast.hui, at=AT)
    assert campaign.state == "launching"
    with transaction():
        assert services.open_next(campaign.id, town_id=None, limit=10, at=AT) == 1
        assert services.settle(campaign.id)


def test_what_the_state_does_not_allow_is_refused_in_words(app: Any, cast: Any) -> None:
    draft, begun = planned(cast.hui), running(cast.hui)
    for refused, verb in (
        (draft, lambda c: services.stop(c, reason="x", actor=cast.hui, at=AT)),
        (draft, lambda c: services.finish(c, actor=cast.hui, at=AT)),
        (begun, lambda c: services.resume(c, actor=cast.hui, at=AT)),
    ):
        with pytest.raises(WrongState) as error, transaction():
            verb(refused)
        assert "draft" in str(error.value) or "草稿" in str(error.value) or "进行中" in str(error.value)


def test_a_campaign_is_finished_when_its_visits_are(app: Any, cast: Any) -> None:
    campaign = running(cast.hui)
    with pytest.raises(VisitsStillOpen, match="2"), transaction():
        services.finish(campaign, actor=cast.hui, at=AT)
    for member in members(campaign):
        walk(member, "not_applicable")
    with transaction():
        services.finish(campaign, actor=cast.hui, at=AT)
    assert (campaign.state, campaign.ended_at) == ("finished", AT)


def test_the_tick_counts_what_is_late_and_ends_what_is_over(app: Any, cast: Any) -> None:
    campaign = running(cast.hui)
    late, after = AT + timedelta(days=40), AT + timedelta(days=120)
    with transaction():
        assert services.tick(campaign.id, at=AT) == 0
        assert services.tick(campaign.id, at=late) == 2
        assert services.tick(campaign.id, at=after) == 2
    assert campaign.state == "running"
    for member in members(campaign):
        walk(member, "passed")
    with transaction():
        services.tick(campaign.id, at=after)
    assert campaign.state == "finished"


def test_openers_at_the_same_time_open_each_visit_once(app: Any, cast: Any) -> None:
    add_employers(30)
    campaign = launched(cast.hui)
    campaign_id = campaign.id
    db.session.remove()
    opened: list[int] = []

    def work() -> None:
        with app.app_context():
            for _ in range(30):
                with transaction():
                    now = services.open_next(campaign_id, town_id=None, limit=3, at=AT)
                    services.settle(campaign_id)
                opened.append(now)
                if not now:
                    break
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(opened) == 32
    assert db.session.scalar(select(func.count(ProcessInstance.id)).where(ProcessInstance.process_key == "campaign_visit")) == 32
    assert db.session.scalar(select(func.count(CampaignMember.instance_id.distinct()))) == 32
    assert db.session.get_one(Campaign, campaign_id, populate_existing=True).state == "running"


def test_a_town_is_opened_by_itself_and_the_campaign_waits_for_the_others(app: Any, cast: Any, employer: Any) -> None:
    add_employers(2)
    campaign = launched(cast.hui)
    with transaction():
        assert services.open_next(campaign.id, town_id=employer.town_id, limit=50, at=AT) == 3
        assert not services.settle(campaign.id)
    assert {member.town_id for member in members(campaign) if member.instance_id} == {employer.town_id}
