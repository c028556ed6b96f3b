"""Read campaigns: lists, scope, board, members, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import joinedload

from webapp.accounts.models import Town, User
from webapp.accounts.places import within
from webapp.campaigns.kinds import find_kind
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.core.db import UtcDateTime, db
from webapp.core.errors import NotFound
from webapp.core.i18n import locale_tag
from webapp.core.pagination import TOTAL_CAP, Cursor, Page
from webapp.core.permissions import Permission
from webapp.employers.models import Employer
from webapp.events.models import Event, EventStream
from webapp.processes.models import OPEN, ProcessInstance, UserTask

# Where a visit stands, by the element it waits at or ended with. Another element (an administrator's own step) is "other".
STATE_OF = {
    "check_list": "list_check", "inspect_dust": "on_site", "inspect_plating": "on_site", "inspect_auto_repair": "on_site",
    "recheck": "re_check", "passed": "passed", "corrected": "corrected", "handed_over": "handed_over", "not_applicable": "not_applicable",
}  # fmt: skip
STATES = ("waiting", "list_check", "on_site", "re_check", "other", "passed", "corrected", "handed_over", "not_applicable")


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One town: how many members stand where. ``counts``: state of STATES -> number."""

    town: Town
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the opening of the visits is."""

    opened: int
    total: int

    @property
    def percent(self) -> int:
        return self.opened * 100 // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member for the list. ``task_id``: its open user task, ``element_name`` that task's name in the language of the request."""

    member: CampaignMember
    state: str
    element_name: str | None = None
    task_id: int | None = None
    due_at: datetime | None = None
    task_opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    at: datetime
    name: str
    actor_id: int | None
    payload: dict[str, Any] = field(default_factory=dict)


def visible_campaigns(user: User) -> Select[tuple[Campaign]]:
    """Campaigns of the user's jurisdiction; members of other towns stay out of sight (``visible_members``)."""
    return select(Campaign).where(_in_jurisdiction(user))


def find_campaign(campaign_id: int, user: User) -> Campaign:
    """Raises NotFound outside what the user may see."""
    query = visible_campaigns(user).where(Campaign.id == campaign_id).options(joinedload(Campaign.jurisdiction))
    campaign = db.session.scalars(query).one_or_none()
    if campaign is None:
        raise NotFound
    return campaign


def campaigns_of_employer(employer_id: int, user: User) -> list[Campaign]:
    """Campaigns in which the employer is a member, the newest first."""
    members = select(CampaignMember.campaign_id).where(CampaignMember.employer_id == employer_id)
    return list(db.session.scalars(visible_campaigns(user).where(Campaign.id.in_(members)).order_by(Campaign.id.desc())))


def may_coordinate(user: User, campaign: Campaign) -> bool:
    return bool(user.scopes_with(Permission.COORDINATE) & {"*", f"j{campaign.jurisdiction_id}"})


def list_campaigns(user: User, *, after: str | None = None, limit: int = 25) -> Page[Campaign]:
    """Newest first, keyset by (created_at, id)."""
    rows = visible_campaigns(user)
    total = db.session.scalar(select(func.count()).select_from(rows.with_only_columns(Campaign.id).limit(TOTAL_CAP + 1).subquery()))
    cursor = Cursor.decode(after)
    if cursor is not None:
        rows = rows.where(tuple_(Campaign.created_at, Campaign.id) < tuple_(literal(cursor.at, UtcDateTime()), literal(cursor.id)))
    found = list(db.session.scalars(rows.order_by(Campaign.created_at.desc(), Campaign.id.desc()).limit(limit + 1)))
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], Cursor(last.created_at, last.id).encode() if last else None, total)


def in_scope(kind: str, jurisdiction_id: int, criteria: Mapping[str, Any]) -> ColumnElement[bool]:
    """The scope of a campaign as a condition on employers. ``criteria`` as in ``Campaign.criteria``."""
    found = find_kind(kind)
    conditions = [Employer.jurisdiction_id == jurisdiction_id, found.scope() if found else false()]
    if criteria.get("town_ids"):
        conditions.append(Employer.town_id.in_(criteria["town_ids"]))
    if criteria.get("min_workers"):
        conditions.append(Employer.workers >= criteria["min_workers"])
    return and_(*conditions)


def scope_counts(kind: str, jurisdiction_id: int, criteria: Mapping[str, Any]) -> dict[int, int]:
    """Town id -> employers in scope, now."""
    query = select(Employer.town_id, func.count()).where(in_scope(kind, jurisdiction_id, criteria)).group_by(Employer.town_id)
    return {town_id: count for town_id, count in db.session.execute(query)}  # noqa: C416 - dict() does not type rows


def towns_of(jurisdiction_id: int) -> list[Town]:
    return list(db.session.scalars(select(Town).where(Town.jurisdiction_id == jurisdiction_id).order_by(Town.code)))


def progress(campaign: Campaign) -> Progress:
    counted = select(func.count(CampaignMember.instance_id), func.count()).where(CampaignMember.campaign_id == campaign.id)
    return Progress(*db.session.execute(counted).one())


def board(campaign: Campaign, user: User) -> list[BoardRow]:
    """Town x state in one query, towns in the order of their codes."""
    visit = func.coalesce(ProcessInstance.end_element, UserTask.element, literal("other"))
    place = case((CampaignMember.instance_id.is_(None), "waiting"), else_=visit)
    query = select(CampaignMember.town_id, place, func.count()).select_from(CampaignMember).outerjoin(*_instance).outerjoin(*_open_task)
    counted = query.where(_seen(campaign, user)).group_by(CampaignMember.town_id, place)
    counts: dict[int, dict[str, int]] = {}
    for town_id, element, number in db.session.execute(counted):
        of_town = counts.setdefault(town_id, dict.fromkeys(STATES, 0))
        of_town[state_of(element)] += number
    towns = db.session.scalars(select(Town).where(Town.id.in_(counts)).order_by(Town.code))
    return [BoardRow(town, counts[town.id]) for town in towns]


def state_of(element: str | None) -> str:
    """The state of STATES for the element a visit waits at or ended with; "waiting" and None: there is no visit yet."""
    return "waiting" if element in (None, "waiting") else STATE_OF.get(element or "", "other")


def list_members(
    campaign: Campaign, user: User, *, town_id: int | None = None, state: str | None = None, after: int | None = None, limit: int = 50
) -> tuple[list[MemberRow], int | None]:
    """Members in the order they were frozen, and the id to go on after."""
    query = (
        select(CampaignMember, ProcessInstance.end_element, UserTask)
        .outerjoin(*_instance)
        .outerjoin(*_open_task)
        .where(_seen(campaign, user), CampaignMember.id > (after or 0), _stands_at(state))
        .options(joinedload(CampaignMember.employer).joinedload(Employer.town))
        .order_by(CampaignMember.id)
        .limit(limit + 1)
    )
    if town_id is not None:
        query = query.where(CampaignMember.town_id == town_id)
    rows = [_member_row(*row) for row in db.session.execute(query).tuples()]
    return rows[:limit], rows[limit - 1].member.id if len(rows) > limit else None


def towns_to_open(campaign_id: int) -> list[int]:
    """Towns with members that have no visit yet."""
    query = select(CampaignMember.town_id).where(CampaignMember.campaign_id == campaign_id, CampaignMember.instance_id.is_(None))
    return list(db.session.scalars(query.group_by(CampaignMember.town_id).order_by(CampaignMember.town_id)))


def running_visits(campaign_id: int) -> int:
    visits = select(func.count()).select_from(CampaignMember).join(*_instance)
    return db.session.scalar(visits.where(CampaignMember.campaign_id == campaign_id, ProcessInstance.outcome == "running")) or 0


def campaign_of_instance(instance_id: int) -> Campaign | None:
    """The campaign that opened the visit."""
    query = select(Campaign).join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
    return db.session.scalars(query.where(CampaignMember.instance_id == instance_id)).one_or_none()


def history(campaign: Campaign, *, limit: int = 100) -> list[HistoryEntry]:
    """Newest first."""
    query = select(Event).join(EventStream, EventStream.id == Event.stream_id).where(EventStream.key == f"campaign:{campaign.id}")
    events = db.session.scalars(query.order_by(Event.seq.desc()).limit(limit))
    return [HistoryEntry(event.occurred_at, event.name, event.actor_id, event.payload) for event in events]


def has_unopened(campaign_id: int) -> bool:
    return bool(towns_to_open(campaign_id))


_instance = (ProcessInstance, ProcessInstance.id == CampaignMember.instance_id)
_open_task = (UserTask, and_(UserTask.instance_id == CampaignMember.instance_id, UserTask.state == OPEN))


def _in_jurisdiction(user: User) -> ColumnElement[bool]:
    """A town's or grid's people see the campaigns of their jurisdiction."""
    if "*" in user.scopes_with(Permission.READ_CAMPAIGNS):
        return true()
    if not user.has(Permission.READ_CAMPAIGNS) or user.jurisdiction_id is None:
        return false()
    return Campaign.jurisdiction_id == user.jurisdiction_id


def _seen(campaign: Campaign, user: User) -> ColumnElement[bool]:
    return and_(CampaignMember.campaign_id == campaign.id, within(user, Permission.READ_CAMPAIGNS, CampaignMember))


def _stands_at(state: str | None) -> ColumnElement[bool]:
    if state is None:
        return true()
    if state == "waiting":
        return CampaignMember.instance_id.is_(None)
    place = func.coalesce(ProcessInstance.end_element, UserTask.element)
    if state == "other":
        return and_(CampaignMember.instance_id.is_not(None), or_(place.is_(None), place.not_in(STATE_OF)))
    return place.in_(_elements_of(state))


def _elements_of(state: str) -> Iterable[str]:
    return [element for element, found in STATE_OF.items() if found == state]


def _member_row(member: CampaignMember, end: str | None, task: UserTask | None) -> MemberRow:
    element = end or (task.element if task else None)
    state = "other" if element is None and member.instance_id is not None else state_of(element)
    if task is None:
        return MemberRow(member, state)
    name = (task.name_en or task.name) if locale_tag() == "en" else task.name
    return MemberRow(member, state, name, task.id, task.due_at, task.opened_at)
