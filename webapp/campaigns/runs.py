"""Launches under way: which Prefect run does them, and what to do when it does not.

Prefect holds no truth: members without a visit are what is left to do, whoever does it. Calls to Prefect are made outside transactions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, func, select

from webapp.campaigns import services
from webapp.campaigns.models import Campaign, CampaignMember, CampaignRun
from webapp.campaigns.scheduler import Scheduler, SchedulerAway, current_scheduler
from webapp.config import Settings
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.events.services import record

log = logging.getLogger(__name__)
LAUNCH, TICK = "campaign-launch/main", "campaign-tick/main"
ATTEMPTS = 3  # by Prefect; then we open what is left ourselves
ROUND = 500  # members that one round of our own opens: the loop's other sweeps wait no longer than half a second
COMMIT_SIZE = 50  # members of one commit: what a crash may have to do again
TICK_CRON = "0 8 * * *"


def prepare(campaign_id: int, *, at: datetime) -> CampaignRun:
    """The next attempt of a launch, in the caller's transaction. The campaign's row is the lock."""
    db.session.scalars(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update()).one()
    last = db.session.scalar(select(func.max(CampaignRun.attempt)).where(*_launches(campaign_id)))
    run = CampaignRun(campaign_id=campaign_id, kind="launch", attempt=(last or 0) + 1, state="requested", requested_at=at)
    db.session.add(run)
    db.session.flush()
    return run


def ask(run_id: int) -> bool:
    """Ask Prefect to do a prepared attempt. Returns whether it took it; if not, ``look_after`` asks again."""
    scheduler = current_scheduler()
    run = db.session.get_one(CampaignRun, run_id)
    campaign_id, attempt = run.campaign_id, run.attempt
    db.session.rollback()
    if scheduler is None:
        return False
    try:
        key = f"launch-c{campaign_id}-{attempt}"
        taken = scheduler.start(LAUNCH, parameters={"campaign_id": campaign_id}, key=key, tags=["campaign", f"campaign:{campaign_id}"])
    except SchedulerAway as error:
        log.warning("Prefect did not take the launch of campaign %s: %s", campaign_id, error)
        return False
    with transaction():
        db.session.get_one(CampaignRun, run_id).flow_run_id = taken.id
    return True


def look_after(campaign_id: int, *, at: datetime) -> int:
    """See that a launch goes on: by its run, by another run, or by ourselves. Returns how many members this call opened."""
    if settle(campaign_id):
        return 0
    run = _latest(campaign_id)
    if run is None:
        with transaction():
            prepared = prepare(campaign_id, at=at).id
        run = db.session.get_one(CampaignRun, prepared)
    quiet = at - max(_last_opened(campaign_id) or run.requested_at, run.requested_at)
    scheduler = current_scheduler()
    db.session.rollback()
    if scheduler is None:
        return _open_ourselves(run, "no_scheduler", at=at)
    try:
        return _judge(scheduler, run, is_quiet=quiet > _patience(), at=at)
    except SchedulerAway:
        return _open_ourselves(run, "scheduler_away", at=at) if quiet > _patience() else 0


def settle(campaign_id: int) -> bool:
    """Once every member has its visit the launch is over. Returns whether it is, by this call."""
    with transaction():
        is_over = services.settle(campaign_id)
        run = _latest(campaign_id) if is_over else None
        if run is not None and run.ended_at is None:
            run.state, run.ended_at = "completed", clock.now()
    return is_over


def keep_schedules(campaign_ids: Iterable[int]) -> int:
    """See that these campaigns, and no others, have their daily tick. Returns how many changed. Raises SchedulerAway."""
    scheduler = current_scheduler()
    if scheduler is None:
        return 0
    wanted, known = {f"c{campaign_id}-tick": campaign_id for campaign_id in campaign_ids}, scheduler.slugs(TICK)
    missing, surplus = wanted.keys() - known, known - wanted.keys()
    for slug in missing:
        scheduler.put_schedule(TICK, slug=slug, cron=TICK_CRON, parameters={"campaign_id": wanted[slug]})
    for slug in surplus:
        scheduler.drop_schedule(TICK, slug=slug)
    return len(missing) + len(surplus)


def open_members(campaign_id: int, *, town_id: int | None, most: int) -> int:
    """Open up to ``most`` members in commits of COMMIT_SIZE; returns how many. Flows and sweeps call it: it is an entry point."""
    opened = 0
    while opened < most:
        with transaction():
            now = services.open_next(campaign_id, town_id=town_id, limit=min(COMMIT_SIZE, most - opened), at=clock.now())
        db.session.expunge_all()
        opened += now
        if not now:
            break
    settle(campaign_id)
    return opened


def _judge(scheduler: Scheduler, run: CampaignRun, *, is_quiet: bool, at: datetime) -> int:
    if run.flow_run_id is None:
        taken = ask(run.id)
        return _open_ourselves(run, "scheduler_away", at=at) if is_quiet and not taken else 0
    found = scheduler.find(run.flow_run_id)
    if found is not None and found.is_live:
        if not is_quiet:
            return 0
        scheduler.crash(run.flow_run_id, "no progress")
        return _try_again(run, "no_progress", at=at)
    return _try_again(run, "run_lost" if found is None else "run_ended", at=at)


def _try_again(run: CampaignRun, reason: str, *, at: datetime) -> int:
    if run.attempt >= ATTEMPTS:
        return _open_ourselves(run, reason, at=at)
    with transaction():
        _tell_interrupted(run, reason, at=at)
        prepared = prepare(run.campaign_id, at=at).id
    ask(prepared)
    return 0


def _open_ourselves(run: CampaignRun, reason: str, *, at: datetime) -> int:
    """One round of the work in this process, short enough for the other sweeps to come to their turn."""
    if run.state != "ours":
        with transaction():
            _tell_interrupted(run, reason, at=at)
            taken = db.session.get_one(CampaignRun, run.id)
            taken.state, taken.ended_at = "ours", None
    return open_members(run.campaign_id, town_id=None, most=ROUND)


def _tell_interrupted(run: CampaignRun, reason: str, *, at: datetime) -> None:
    """For the person who asks later what happened."""
    row = db.session.get_one(CampaignRun, run.id)
    row.state, row.ended_at, row.note = "interrupted", at, reason
    record(f"campaign:{run.campaign_id}", "campaign.interrupted", actor_id=None, at=at, run=run.attempt, reason=reason)


def _latest(campaign_id: int) -> CampaignRun | None:
    query = select(CampaignRun).where(*_launches(campaign_id)).order_by(CampaignRun.attempt.desc()).limit(1)
    return db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def _launches(campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    return CampaignRun.campaign_id == campaign_id, CampaignRun.kind == "launch"


def _last_opened(campaign_id: int) -> datetime | None:
    return db.session.scalar(select(func.max(CampaignMember.opened_at)).where(CampaignMember.campaign_id == campaign_id))


def _patience() -> timedelta:
    settings: Settings = current_app.config["ZHIJIAN"]
    return timedelta(seconds=settings.launch_patience)
