"""What the end of a visit does to its campaign, inside the step's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.campaigns.errors import CaseNotOpened
from webapp.campaigns.findings import Visit, finding_of
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.campaigns.queries import state_of
from webapp.campaigns.services import VISIT
from webapp.cases.services import CaseOpening, open_cases
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.errors import Invalid
from webapp.processes import handlers
from webapp.processes.editions import content_of
from webapp.processes.models import FormSubmission, ProcessInstance, UserTask

LIFECYCLE = "case_lifecycle"
HANDED_OVER = "handed_over"


def open_case(instance: ProcessInstance, at: datetime) -> None:
    """A visit that is handed over opens a case. Raises CaseNotOpened."""
    if instance.process_key != VISIT or instance.end_element != HANDED_OVER:
        return
    member = _member_of(instance)
    if member is None:
        return
    said = _said(instance)
    values = finding_of(_visit(instance, member, said), today=legal_day(at))
    actor_id = said[-1][0].actor_id if said else None
    try:
        (started,) = open_cases(LIFECYCLE, [CaseOpening(member.employer, values)], actor_id=actor_id, at=at, locale="zh")
    except Invalid as error:
        raise CaseNotOpened(fields=", ".join(error.errors)) from error
    assert started.case is not None  # the lifecycle's subject is a case
    member.case_id = started.case.id


def _member_of(instance: ProcessInstance) -> CampaignMember | None:
    query = select(CampaignMember).where(CampaignMember.instance_id == instance.id).options(joinedload(CampaignMember.employer))
    return db.session.scalars(query).one_or_none()


def _said(instance: ProcessInstance) -> list[tuple[FormSubmission, UserTask]]:
    query = select(FormSubmission, UserTask).join(UserTask, UserTask.id == FormSubmission.task_id)
    return list(db.session.execute(query.where(FormSubmission.instance_id == instance.id).order_by(FormSubmission.id)).tuples())


def _visit(instance: ProcessInstance, member: CampaignMember, said: Sequence[tuple[FormSubmission, UserTask]]) -> Visit:
    campaign = db.session.get_one(Campaign, member.campaign_id)
    on_site = [(submission, task) for submission, task in said if state_of(task.element) == "on_site"]
    if not on_site:
        return Visit(campaign.name, member.employer, None, {}, said[-1][0].values if said else {})
    checklist, task = on_site[-1]
    form = content_of(instance.edition_id).form(task.form_key) if task.form_key else None
    return Visit(campaign.name, member.employer, form, checklist.values, said[-1][0].values)


handlers.on_ended.append(open_case)
