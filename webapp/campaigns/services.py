"""The verbs of campaigns. Callers hold the transaction. Covers R-058, R-094."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, insert, literal, select, update

from webapp.accounts.models import User
from webapp.campaigns.errors import AlreadyLaunched, BadPlan, NobodyInScope, ReasonNeeded, VisitsStillOpen, WrongState
from webapp.campaigns.kinds import find_kind
from webapp.campaigns.models import DRAFT, FINISHED, LAUNCHING, RUNNING, STOPPED, Campaign, CampaignMember
from webapp.campaigns.queries import has_unopened, in_scope, may_coordinate, running_visits
from webapp.campaigns.wording import state_name
from webapp.core.clock import legal_day
from webapp.core.db import changed_rows, db, table_of
from webapp.core.errors import Forbidden
from webapp.core.i18n import gettext
from webapp.employers.models import Employer
from webapp.events.services import record
from webapp.processes import services as processes
from webapp.processes.models import OPEN, UserTask
from webapp.processes.queries import person_name, when_text
from webapp.processes.step import Opening
from webapp.processes.subjects import Subject

VISIT = "campaign_visit"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a coordinator decides. ``criteria`` as in ``Campaign.criteria``."""

    kind: str
    name: str
    plan: str
    starts_on: date
    ends_on: date
    criteria: Mapping[str, Any]


def plan(wanted: Plan, *, jurisdiction_id: int, actor: User, at: datetime) -> Campaign:
    """Keep a new campaign as a draft. Raises BadPlan, Forbidden."""
    campaign = Campaign(jurisdiction_id=jurisdiction_id, created_by_id=actor.id, created_at=at, state=DRAFT, member_count=0, is_demo=False)
    _take(campaign, wanted, actor=actor)
    db.session.add(campaign)
    db.session.flush()
    record(f"campaign:{campaign.id}", "campaign.planned", actor_id=actor.id, at=at, kind=campaign.kind)
    return campaign


def change(campaign: Campaign, wanted: Plan, *, actor: User) -> None:
    """Change a draft. Raises BadPlan, Forbidden, WrongState."""
    _locked(campaign, DRAFT)
    _take(campaign, wanted, actor=actor)


def launch(campaign: Campaign, *, actor: User, at: datetime) -> int:
    """Freeze the members; their visits are opened from now on. Returns how many there are.

    Raises Forbidden, AlreadyLaunched, NobodyInScope.
    """
    _refuse_strangers(campaign, actor)
    _lock(campaign)
    if campaign.state != DRAFT:
        raise AlreadyLaunched(by=person_name(campaign.frozen_by_id), at=when_text(campaign.frozen_at))
    members = _freeze(campaign)
    if not members:
        raise NobodyInScope
    campaign.state, campaign.member_count, campaign.frozen_by_id, campaign.frozen_at = LAUNCHING, len(members), actor.id, at
    digest = hashlib.sha256(",".join(map(str, members)).encode()).hexdigest()
    record(f"campaign:{campaign.id}", "campaign.launched", actor_id=actor.id, at=at, members=len(members), digest=digest)
    return len(members)


def stop(campaign: Campaign, *, reason: str, actor: User, at: datetime) -> None:
    """Open no further visits; those under way go on. Raises Forbidden, WrongState, ReasonNeeded."""
    _refuse_strangers(campaign, actor)
    _locked(campaign, LAUNCHING, RUNNING)
    if not reason.strip():
        raise ReasonNeeded
    campaign.state, campaign.stop_reason = STOPPED, reason.strip()[:400]
    record(f"campaign:{campaign.id}", "campaign.stopped", actor_id=actor.id, at=at, reason=campaign.stop_reason)


def resume(campaign: Campaign, *, actor: User, at: datetime) -> None:
    """Go on where it stopped. Raises Forbidden, WrongState."""
    _refuse_strangers(campaign, actor)
    _locked(campaign, STOPPED)
    campaign.state, campaign.stop_reason = LAUNCHING if has_unopened(campaign.id) else RUNNING, None
    record(f"campaign:{campaign.id}", "campaign.resumed", actor_id=actor.id, at=at)


def finish(campaign: Campaign, *, actor: User, at: datetime) -> None:
    """End a campaign whose visits are all done. Raises Forbidden, WrongState, VisitsStillOpen."""
    _refuse_strangers(campaign, actor)
    _locked(campaign, RUNNING, STOPPED)
    still_open = running_visits(campaign.id)
    if still_open:
        raise VisitsStillOpen(count=still_open)
    _finish(campaign, actor_id=actor.id, at=at)


def open_next(campaign_id: int, *, town_id: int | None, limit: int, at: datetime) -> int:
    """Open the visits of up to ``limit`` members that have none, of one town or of all. Returns how many.

    Several callers at once open each visit once: a member is locked while its visit is opened, and locked ones are passed over.
    """
    campaign = db.session.get_one(Campaign, campaign_id, populate_existing=True)
    if campaign.state != LAUNCHING:
        return 0
    chosen = db.session.execute(_unopened(campaign_id, town_id).limit(limit)).tuples().all()
    if chosen:
        _open(campaign, [(member, employer) for member, employer in chosen], at=at)
    return len(chosen)


def settle(campaign_id: int) -> bool:
    """A launch with no member left is running. Returns whether it is now."""
    campaigns, members = table_of(Campaign), table_of(CampaignMember)
    left = exists().where(members.c.campaign_id == campaign_id, members.c.instance_id.is_(None))
    done = update(campaigns).where(campaigns.c.id == campaign_id, campaigns.c.state == LAUNCHING, ~left)
    return changed_rows(done.values(state=RUNNING)) == 1


def tick(campaign_id: int, *, at: datetime) -> int:
    """Bring a campaign up to the day: over once its last day has passed and no visit is under way. Returns how many visits are overdue."""
    campaign = db.session.get_one(Campaign, campaign_id)
    if campaign.state == RUNNING and legal_day(at) > campaign.ends_on and not running_visits(campaign_id):
        _finish(campaign, actor_id=None, at=at)
    overdue = select(func.count()).select_from(CampaignMember).join(UserTask, UserTask.instance_id == CampaignMember.instance_id)
    return db.session.scalar(overdue.where(CampaignMember.campaign_id == campaign_id, UserTask.state == OPEN, UserTask.due_at < at)) or 0


def _take(campaign: Campaign, wanted: Plan, *, actor: User) -> None:
    _refuse_strangers(campaign, actor)
    problems = _problems(wanted)
    if problems:
        raise BadPlan(problems)
    for name in ("kind", "plan", "starts_on", "ends_on"):
        setattr(campaign, name, getattr(wanted, name))
    campaign.name, campaign.criteria = wanted.name.strip(), dict(wanted.criteria)


def _problems(wanted: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if find_kind(wanted.kind) is None:
        found["kind"] = [gettext("Choose one of the kinds of campaigns.")]
    if not 2 <= len(wanted.name.strip()) <= 120:
        found["name"] = [gettext("Give the campaign a name of 2 to 120 characters.")]
    if len(wanted.plan) > 5000:
        found["plan"] = [gettext("Shorten the plan to 5,000 characters.")]
    if wanted.ends_on < wanted.starts_on:
        found["ends_on"] = [gettext("Choose a last day that is not before the first.")]
    return found


def _refuse_strangers(campaign: Campaign, actor: User) -> None:
    if not may_coordinate(actor, campaign):
        raise Forbidden


def _lock(campaign: Campaign) -> None:
    db.session.refresh(campaign, with_for_update={"of": Campaign})  # the page loaded its district with it: that row stays free


def _locked(campaign: Campaign, *states: str) -> None:
    _lock(campaign)
    if campaign.state not in states:
        raise WrongState(state=state_name(campaign.state))


def _freeze(campaign: Campaign) -> list[int]:
    """Write the members in one statement: what the scope is at this instant. Returns the employers' ids."""
    scope = in_scope(campaign.kind, campaign.jurisdiction_id, campaign.criteria)
    columns = (Employer.id, Employer.jurisdiction_id, Employer.town_id, Employer.grid_id)
    chosen = select(literal(campaign.id), *columns).where(scope).order_by(Employer.town_id, Employer.id)
    names = ["campaign_id", "employer_id", "jurisdiction_id", "town_id", "grid_id"]
    db.session.execute(insert(table_of(CampaignMember)).from_select(names, chosen))
    members = select(CampaignMember.employer_id).where(CampaignMember.campaign_id == campaign.id).order_by(CampaignMember.employer_id)
    return list(db.session.scalars(members))


def _unopened(campaign_id: int, town_id: int | None) -> Any:
    query = select(CampaignMember, Employer).join(Employer, Employer.id == CampaignMember.employer_id)
    query = query.where(CampaignMember.campaign_id == campaign_id, CampaignMember.instance_id.is_(None)).order_by(CampaignMember.id)
    if town_id is not None:
        query = query.where(CampaignMember.town_id == town_id)
    return query.with_for_update(of=CampaignMember, skip_locked=True)


def _open(campaign: Campaign, chosen: list[tuple[CampaignMember, Employer]], *, at: datetime) -> None:
    """The place is the one frozen with the member; the name is today's."""
    openings = [Opening(_subject(member, employer), {"campaign_id": campaign.id, "kind": campaign.kind}) for member, employer in chosen]
    opened = processes.open_instances(VISIT, openings, actor_id=campaign.frozen_by_id, at=at)
    rows = [{"of_id": member.id, "visit_id": one.instance.id, "at": at} for (member, _), one in zip(chosen, opened, strict=True)]
    db.session.execute(_MARK, rows)


def _subject(member: CampaignMember, employer: Employer) -> Subject:
    known = Subject.about(employer)
    return replace(known, jurisdiction_id=member.jurisdiction_id, town_id=member.town_id, grid_id=member.grid_id)


def _finish(campaign: Campaign, *, actor_id: int | None, at: datetime) -> None:
    campaign.state, campaign.ended_at = FINISHED, at
    record(f"campaign:{campaign.id}", "campaign.finished", actor_id=actor_id, at=at)


_MEMBERS = table_of(CampaignMember)
_MARK = (
    update(_MEMBERS)
    .where(_MEMBERS.c.id == bindparam("of_id"))
    .values(instance_id=bindparam("visit_id"), opened_at=bindparam("at", type_=_MEMBERS.c.opened_at.type))
)
