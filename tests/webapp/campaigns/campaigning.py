"""Campaigns of the test stories: hui plans and launches, the towns visit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from tests.webapp.pages import answers
from webapp.accounts.models import Grid, Town, User
from webapp.campaigns import services
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.campaigns.services import Plan
from webapp.core.db import db, transaction
from webapp.employers.models import Employer
from webapp.processes import queries
from webapp.processes import services as processes
from webapp.processes.models import OPEN, UserTask

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
REMARK = "喷漆房风机停用，工人敞开喷漆，已拍照并制作记录。"
PLAN = Plan("DUST", "2026年高危粉尘专项治理", "依据上级方案", date(2026, 3, 1), date(2026, 5, 31), {"town_ids": [], "min_workers": 0})
RUNNING = {"situation": "running"}
CORRECTION = {"b05": "failed", "conclusion": "correction"}
HANDED_OVER = {"b06": "failed_key", "conclusion": "hand_over", "situation": REMARK}
# The way a visit takes to a state of the board: what is said at each step.
WAYS: dict[str, list[dict[str, Any]]] = {
    "list_check": [],
    "on_site": [RUNNING],
    "re_check": [RUNNING, CORRECTION],
    "passed": [RUNNING, {"conclusion": "pass"}],
    "corrected": [RUNNING, CORRECTION, {"result": "corrected"}],
    "handed_over": [RUNNING, HANDED_OVER],
    "not_applicable": [{"situation": "closed"}],
}


def add_employers(count: int, *, town: str = "SX", **own: Any) -> list[Employer]:
    """Dusty foundries of one town."""
    place = db.session.scalars(select(Town).where(Town.code == town)).one()
    grid = db.session.scalars(select(Grid).where(Grid.town_id == place.id)).first()
    assert grid is not None
    first = db.session.query(Employer).count() + 1
    usual = {
        "jurisdiction_id": place.jurisdiction_id, "town_id": place.id, "grid_id": grid.id, "address": "演示路9号", "industry": "C3391",
        "hazards": ["silica_dust"], "workers": 30, "exposed_workers": 12, "created_at": AT,
    }  # fmt: skip
    rows = [
        Employer(credit_code=f"TEST{number:014d}", name=f"演示铸造{number}厂", **{**usual, **own}) for number in range(first, first + count)
    ]
    with transaction():
        db.session.add_all(rows)
    return rows


def planned(actor: User, **changes: Any) -> Campaign:
    wanted = Plan(**{**{name: getattr(PLAN, name) for name in PLAN.__slots__}, **changes})
    with transaction():
        return services.plan(wanted, jurisdiction_id=actor.jurisdiction_id or 1, actor=actor, at=AT)


def launched(actor: User, **changes: Any) -> Campaign:
    campaign = planned(actor, **changes)
    with transaction():
        services.launch(campaign, actor=actor, at=AT)
    return campaign


def running(actor: User, **changes: Any) -> Campaign:
    """Launched, and every visit opened."""
    campaign = launched(actor, **changes)
    with transaction():
        services.open_next(campaign.id, town_id=None, limit=1000, at=AT)
        services.settle(campaign.id)
    db.session.refresh(campaign)
    return campaign


def members(campaign: Campaign) -> list[CampaignMember]:
    query = select(CampaignMember).where(CampaignMember.campaign_id == campaign.id).order_by(CampaignMember.id)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def task_of(member: CampaignMember) -> UserTask:
    return db.session.scalars(select(UserTask).where(UserTask.instance_id == member.instance_id, UserTask.state == OPEN)).one()


def work(member: CampaignMember, **given: Any) -> UserTask:
    """The town does the open task of the visit."""
    task = task_of(member)
    town = db.session.get_one(Town, member.town_id)
    actor = db.session.scalars(select(User).where(User.username == {"SX": "tao", "LH": "zhou"}[town.code])).one()
    values = answers(queries.form_of(task), **given)
    with transaction():
        processes.complete(task, values=values, version=None, actor=actor, at=AT, locale="zh")
    return task


def walk(member: CampaignMember, state: str) -> None:
    """Take a visit whose list check is open to a state of the board."""
    for said in WAYS[state]:
        work(member, checked_on="2026-03-01", **said)
