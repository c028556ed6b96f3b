"""Flows of campaigns: order, retries and schedules only. A killed run loses nothing: what is left stands in our tables."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from workflows.application import in_application, sweep

TASK_SIZE = 200  # members of one task run: Prefect keeps 20 kB for each run and drops events beyond 10,000


@flow(name="campaign-launch", flow_run_name="launch-c{campaign_id}", persist_result=False)
def campaign_launch(campaign_id: int) -> int:
    """Open the visit of every member that has none, town by town; returns how many were opened."""
    opened = 0
    for town_id in towns_to_open(campaign_id):
        while found := open_town(campaign_id, town_id):
            opened += found
    return opened


@flow(name="campaign-tick", flow_run_name="tick-c{campaign_id}", persist_result=False, retries=3, retry_delay_seconds=60)
def campaign_tick(campaign_id: int) -> int:
    """Bring one campaign up to the day; a missed day heals itself."""
    from webapp.campaigns.sweeps import tick_one

    return in_application(lambda: tick_one(campaign_id))


@flow(name="campaign-reconcile", persist_result=False)
def campaign_reconcile() -> int:
    """Compare what Prefect does with what our tables say."""
    return sweep("campaign-reconcile") + sweep("campaign-schedules")


@task(retries=3, retry_delay_seconds=[1, 5, 20], cache_policy=NO_CACHE, persist_result=False)
def towns_to_open(campaign_id: int) -> list[int]:
    from webapp.campaigns.queries import towns_to_open as found

    return in_application(lambda: found(campaign_id))


@task(retries=3, retry_delay_seconds=[1, 5, 20], cache_policy=NO_CACHE, persist_result=False, task_run_name="open-town-{town_id}")
def open_town(campaign_id: int, town_id: int) -> int:
    """Up to TASK_SIZE members of one town; returns how many were opened, 0 when none is left."""
    from webapp.campaigns.runs import open_members

    return in_application(lambda: open_members(campaign_id, town_id=town_id, most=TASK_SIZE))
