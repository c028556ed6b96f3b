"""A launch goes on whatever becomes of the run that does it; a person reads why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.webapp.campaigns.campaigning import add_employers, launched
from webapp.campaigns import runs, sweeps
from webapp.campaigns.models import Campaign, CampaignMember, CampaignRun
from webapp.campaigns.scheduler import FlowRun, SchedulerAway
from webapp.core.db import db
from webapp.core.sweeps import find_sweep
from webapp.events.models import Event
from webapp.processes.models import ProcessInstance

LATER = timedelta(minutes=2)


class Prefect:
    """What the scheduler would answer. ``state`` None: it does not know the run."""

    def __init__(self) -> None:
        self.state: str | None = "SCHEDULED"
        self.is_away = False
        self.keys: list[str] = []
        self.crashed: list[str] = []
        self.schedules = ["c999-tick"]  # of a campaign that is over

    def start(self, deployment: str, *, key: str, **_: Any) -> FlowRun:
        self._refuse_if_away()
        self.keys.append(key)
        return FlowRun(f"run-{key}", "SCHEDULED")

    def slugs(self, _deployment: str) -> set[str]:
        self._refuse_if_away()
        return set(self.schedules)

    def put_schedule(self, _deployment: str, *, slug: str, **_: Any) -> None:
        self.schedules.append(slug)

    def drop_schedule(self, _deployment: str, *, slug: str) -> None:
        self.schedules.remove(slug)

    def find(self, run_id: str) -> FlowRun | None:
        self._refuse_if_away()
        return FlowRun(run_id, self.state) if self.state else None

    def crash(self, run_id: str, message: str) -> None:
        self.crashed.append(run_id)

    def _refuse_if_away(self) -> None:
        if self.is_away:
            raise SchedulerAway("refused")


@pytest.fixture
def prefect(app: Any) -> Iterator[Prefect]:
    found = Prefect()
    app.extensions["zhijian.scheduler"] = found
    yield found


@pytest.fixture
def campaign(prefect: Prefect, cast: Any) -> Campaign:
    """Launched a moment ago."""
    return of_size(7, cast)


def of_size(members: int, cast: Any) -> Campaign:
    """The two employers of the cast are members too."""
    add_employers(members - 2)
    return launched(cast.hui)


def look(campaign: Campaign, at: datetime) -> int:
    found = runs.look_after(campaign.id, at=at)
    db.session.expire_all()
    return found


def reasons() -> list[str]:
    found = db.session.scalars(select(Event).where(Event.name == "campaign.interrupted").order_by(Event.id))
    return [event.payload["reason"] for event in found]


def visits() -> tuple[int, int]:
    """Members with a visit, and visits."""
    opened = db.session.scalar(select(func.count(CampaignMember.instance_id)))
    started = db.session.scalar(select(func.count()).select_from(ProcessInstance).where(ProcessInstance.process_key == "campaign_visit"))
    return opened or 0, started or 0


def now() -> datetime:
    return datetime.now(UTC)


def test_a_launch_asks_prefect_once_with_a_key(campaign: Campaign, prefect: Prefect) -> None:
    assert prefect.keys == [f"launch-c{campaign.id}-1"]
    assert look(campaign, now()) == 0
    assert prefect.keys == [f"launch-c{campaign.id}-1"]
    assert visits() == (0, 0)


@pytest.mark.parametrize(("state", "reason"), [("CRASHED", "run_ended"), ("FAILED", "run_ended"), (None, "run_lost")])
def test_a_run_that_is_over_too_early_is_followed_by_another(campaign: Campaign, prefect: Prefect, state: str | None, reason: str) -> None:
    prefect.state = state
    look(campaign, now())
    assert prefect.keys[-1] == f"launch-c{campaign.id}-2"
    assert reasons() == [reason]


def test_a_run_without_progress_is_given_up(campaign: Campaign, prefect: Prefect) -> None:
    prefect.state = "RUNNING"
    look(campaign, now() + LATER)
    assert prefect.crashed == [f"run-launch-c{campaign.id}-1"]
    assert prefect.keys[-1] == f"launch-c{campaign.id}-2"


def test_after_three_attempts_the_loop_does_it(campaign: Campaign, prefect: Prefect) -> None:
    prefect.state = "CRASHED"
    opened = [look(campaign, now()) for _ in range(3)]
    assert opened == [0, 0, 7]
    assert visits() == (7, 7)
    assert db.session.get_one(Campaign, campaign.id).state == "running"


def test_while_prefect_is_away_we_wait_a_little_and_then_do_it(campaign: Campaign, prefect: Prefect) -> None:
    prefect.is_away = True
    assert look(campaign, now()) == 0
    assert look(campaign, now() + LATER) == 7
    assert reasons() == ["scheduler_away"]
    assert visits() == (7, 7)


def test_without_prefect_the_loop_opens_the_visits(app: Any, cast: Any) -> None:
    app.extensions["zhijian.scheduler"] = None
    campaign = of_size(3, cast)
    assert sweeps.reconcile() == 3
    assert visits() == (3, 3)
    run = db.session.scalars(select(CampaignRun)).one()
    assert (run.state, run.campaign_id) == ("completed", campaign.id)


def test_the_command_opens_what_is_left_here_and_now(campaign: Campaign) -> None:
    found = find_sweep("campaign-launch")
    assert found is not None and found.every is None
    assert found.work() == 7
    assert found.work() == 0
    assert visits() == (7, 7)


def test_a_launch_whose_last_member_was_opened_by_somebody_is_settled(campaign: Campaign, prefect: Prefect) -> None:
    runs.open_members(campaign.id, town_id=None, most=7)
    db.session.expire_all()
    assert db.session.get_one(Campaign, campaign.id).state == "running"
    prefect.state = "COMPLETED"
    assert sweeps.reconcile() == 0
    assert reasons() == []


def test_each_campaign_under_way_has_its_daily_tick_and_no_other(campaign: Campaign, prefect: Prefect) -> None:
    assert sweeps.schedules() == 2
    assert prefect.schedules == [f"c{campaign.id}-tick"]
    assert sweeps.schedules() == 0
    prefect.is_away = True
    assert sweeps.schedules() == 0
