"""One campaign of the demo district under way: auto repair, its visits in every state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bpmn.engine.forms import Form
from webapp.accounts.models import Jurisdiction
from webapp.campaigns import services as campaigns
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.campaigns.services import Plan
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.demo.districts import DISTRICTS
from webapp.demo.living import somebody, working_hour
from webapp.employers.models import Employer
from webapp.processes import queries, services
from webapp.processes.models import OPEN, UserTask

Answers = Mapping[str, Any]
DAYS_AGO = 12
LENGTH = timedelta(days=90)
PLAN = """依据：区卫健部门《汽车维修行业职业病危害专项治理工作方案》（演示）。
目标：在册汽车维修单位走访检查全覆盖，喷漆、钣金岗位防护设施正常运行，问题整改率95%以上。
分工：镇街核实名单并现场检查，网格员配合，区卫健部门查处移交的案件。"""

_RUNNING: Answers = {"method": "on_site", "situation": "running"}
_CORRECTION: Answers = {
    "conclusion": "correction", "b05": "failed", "a08": "failed",
    "measures": "1.指定专人做日常监测并记录；2.打磨改用带吸尘的工具，每班清理集尘袋。",
    "remarks": "打磨工位2处，吸尘软管已脱落，已拍照。",
}  # fmt: skip
_HANDED_OVER: Answers = {
    "conclusion": "hand_over", "b06": "failed_key", "a02": "failed_key", "urgency": "B",
    "situation": "喷漆房风机停用，工人在车间敞开喷漆，近三年未做定期检测，负责人现场承认，已拍照并制作记录。",
}  # fmt: skip
_CORRECTED: Answers = {"result": "corrected", "findings": "已指定专人监测，打磨工位吸尘工具到位，现场查看属实，已拍照。"}
# What was said at each visit, step by step, in the order of the members; those beyond still wait for the list check.
VISITS: tuple[tuple[Answers, ...], ...] = (
    (),
    (_RUNNING, {"conclusion": "pass"}),
    (_RUNNING, _CORRECTION, _CORRECTED),
    (_RUNNING, _CORRECTION),
    (_RUNNING, _HANDED_OVER),
    (_RUNNING,),
)


def live_campaign(*, at: datetime) -> int:
    """Launch the campaign and live through its visits, in one transaction; returns its members, 0 if it was there already."""
    now = min(working_hour(at - timedelta(days=DAYS_AGO)), at)
    with transaction():
        if db.session.scalars(select(Campaign.id).where(Campaign.is_demo)).first() is not None:
            return 0
        with clock.moved_to(now):
            campaign = _launched(at=now)
        for member, steps in zip(_members(campaign), VISITS, strict=False):
            _live(member, steps, since=now, at=at)
        return campaign.member_count


def _launched(*, at: datetime) -> Campaign:
    district = db.session.scalars(select(Jurisdiction).where(Jurisdiction.code == DISTRICTS[0].code)).one()
    coordinator = somebody("HD_LEAD", f"j{district.id}")
    today = clock.legal_day(at)
    wanted = Plan("AUTOREP", f"{today.year}年汽车维修行业专项治理(演示)", PLAN, today, today + LENGTH, {"town_ids": [], "min_workers": 0})
    campaign = campaigns.plan(wanted, jurisdiction_id=district.id, actor=coordinator, at=at)
    campaign.is_demo = True
    db.session.flush()
    count = campaigns.launch(campaign, actor=coordinator, at=at)
    campaigns.open_next(campaign.id, town_id=None, limit=count, at=at)
    campaigns.settle(campaign.id)
    db.session.refresh(campaign)
    return campaign


def _members(campaign: Campaign) -> list[CampaignMember]:
    query = select(CampaignMember).where(CampaignMember.campaign_id == campaign.id).order_by(CampaignMember.id)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def _live(member: CampaignMember, steps: tuple[Answers, ...], *, since: datetime, at: datetime) -> None:
    now = since
    for said in steps:
        now = min(working_hour(now + timedelta(hours=50)), at)
        with clock.moved_to(now):
            _do(member, said, at=now)


def _do(member: CampaignMember, said: Answers, *, at: datetime) -> None:
    waiting = select(UserTask).where(UserTask.instance_id == member.instance_id, UserTask.state == OPEN)
    task = db.session.scalars(waiting).one()
    actor = somebody(task.role, task.scope)
    services.claim(task, actor=actor, at=at)
    values = _filled(queries.form_of(task), said, employer=member.employer, at=at)
    services.complete(task, values=values, version=task.version, actor=actor, at=at, locale="zh")


def _filled(form: Form | None, said: Answers, *, employer: Employer, at: datetime) -> dict[str, Any]:
    """``said``, and the usual answers to the other required fields that show."""
    values: dict[str, Any] = {}
    for field in form.fields if form else ():
        shown = field.visible_if
        if shown is not None and values.get(shown.field) not in shown.values:
            continue
        if field.key in said:
            values[field.key] = said[field.key]
        elif field.required:
            values[field.key] = _usual(field.key, employer=employer, at=at)
    return values


def _usual(key: str, *, employer: Employer, at: datetime) -> Any:
    today = clock.legal_day(at)
    known = {
        "checked_on": today.isoformat(), "correct_by": (today + timedelta(days=30)).isoformat(), "workers": employer.workers,
        "exposed_workers": employer.exposed_workers, "place": "喷漆房、调漆间、钣金工位、机修工位", "hazards": ["chemical", "physical"],
        "employer_response": "cooperated",
    }  # fmt: skip
    return known.get(key, "met")
