"""Periodic work of campaigns, and the effects of launching, stopping and resuming one."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial

import orjson
from sqlalchemy import select

from webapp.campaigns import runs, services
from webapp.campaigns.models import Campaign
from webapp.campaigns.scheduler import SchedulerAway
from webapp.core import clock
from webapp.core.db import after_commit, db, transaction
from webapp.core.sweeps import sweep
from webapp.events.models import Event
from webapp.events.outbox import consumer

log = logging.getLogger(__name__)


@consumer("launch_campaign", events=("campaign.launched", "campaign.resumed"))
def launch_campaign(event: Event) -> None:
    """Prepare an attempt and ask Prefect once this is stored."""
    campaign = _campaign_of(event)
    if campaign is not None and campaign.state == "launching":
        after_commit(partial(runs.ask, runs.prepare(campaign.id, at=clock.now()).id))


@sweep("campaign-reconcile", every=timedelta(seconds=10))
def reconcile() -> int:
    """See that every launch goes on; returns how many members this round opened by itself."""
    return sum(runs.look_after(campaign_id, at=clock.now()) for campaign_id in _in_state("launching"))


@sweep("campaign-launch", every=None)
def launch() -> int:
    """Open what is left of every launch, here and now."""
    return sum(runs.open_members(campaign_id, town_id=None, most=1_000_000) for campaign_id in _in_state("launching"))


@sweep("campaign-tick", every=timedelta(hours=6))
def tick() -> int:
    """Bring every running campaign up to the day; it heals a tick that Prefect missed."""
    return sum(tick_one(campaign_id) for campaign_id in _in_state("running"))


@sweep("campaign-schedules", every=timedelta(minutes=5))
def schedules() -> int:
    """See that Prefect wakes the tick of every running campaign, and of no other; returns how many schedules that changed."""
    try:
        return runs.keep_schedules(_in_state("launching", "running"))
    except SchedulerAway as error:
        log.info("schedules are seen to later: %s", error)
        return 0


def tick_one(campaign_id: int) -> int:
    """Flows call it too."""
    with transaction():
        return services.tick(campaign_id, at=clock.now())


def _in_state(*states: str) -> list[int]:
    found = list(db.session.scalars(select(Campaign.id).where(Campaign.state.in_(states)).order_by(Campaign.id)))
    db.session.rollback()
    return found


def _campaign_of(event: Event) -> Campaign | None:
    return db.session.get(Campaign, int(orjson.loads(event.body)["stream"].removeprefix("campaign:")))
