"""One member of a campaign: its visit, what was said, the case that followed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import User
from webapp.accounts.places import within
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.campaigns.queries import state_of
from webapp.cases.models import Case
from webapp.cases.queries import visible_cases
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.permissions import Permission
from webapp.employers.models import Employer
from webapp.processes.models import ProcessInstance, UserTask
from webapp.processes.people import names_of
from webapp.processes.queries import can_work_on, picture_of
from webapp.processes.said import Said, said_in_instance


@dataclass(frozen=True, slots=True)
class MemberPage:
    """``case``: the one opened by the hand-over, if this person may see it. ``workable``: open tasks this person may work on."""

    member: CampaignMember
    state: str
    instance: ProcessInstance | None
    tasks: list[UserTask]
    workable: list[UserTask]
    picture: str
    said: list[Said]
    case: Case | None
    people: dict[int, str]


def member_page(campaign: Campaign, member_id: int, user: User) -> MemberPage:
    """Raises NotFound outside what the user may see."""
    member = _find(campaign, member_id, user)
    instance = db.session.get(ProcessInstance, member.instance_id) if member.instance_id else None
    tasks = _tasks(instance) if instance else []
    return MemberPage(
        member=member,
        state=_state(instance, tasks),
        instance=instance,
        tasks=tasks,
        workable=[task for task in tasks if task.is_open and can_work_on(user, task) and task.assignee_id in (None, user.id)],
        picture=picture_of(instance, tasks) if instance else "",
        said=said_in_instance(instance.id) if instance else [],
        case=_case_of(member, user),
        people=names_of(person for task in tasks for person in (task.assignee_id, task.ended_by_id)),
    )


def case_numbers(members: Iterable[CampaignMember], user: User) -> dict[int, str]:
    """Numbers by id of the cases that hand-overs opened, as far as this person may see them."""
    wanted = [member.case_id for member in members if member.case_id is not None]
    if not wanted:
        return {}
    query = visible_cases(user).with_only_columns(Case.id, Case.case_no).where(Case.id.in_(wanted))
    return dict(db.session.execute(query).tuples().all())


def _find(campaign: Campaign, member_id: int, user: User) -> CampaignMember:
    seen = within(user, Permission.READ_CAMPAIGNS, CampaignMember)
    query = select(CampaignMember).where(CampaignMember.id == member_id, CampaignMember.campaign_id == campaign.id, seen)
    of_employer = joinedload(CampaignMember.employer)
    member = db.session.scalars(query.options(of_employer.joinedload(Employer.town), of_employer.joinedload(Employer.grid))).one_or_none()
    if member is None:
        raise NotFound
    return member


def _tasks(instance: ProcessInstance) -> list[UserTask]:
    return list(db.session.scalars(select(UserTask).where(UserTask.instance_id == instance.id).order_by(UserTask.id)))


def _state(instance: ProcessInstance | None, tasks: Sequence[UserTask]) -> str:
    if instance is None:
        return "waiting"
    here = next((task.element for task in tasks if task.is_open), None)
    return state_of(instance.end_element or here or "other")


def _case_of(member: CampaignMember, user: User) -> Case | None:
    if member.case_id is None:
        return None
    return db.session.scalars(visible_cases(user).where(Case.id == member.case_id)).one_or_none()
