"""Live the campaigns of the demo district: launched, and visited by the towns over the weeks that follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select

from bpmn.engine.forms import Form
from webapp.accounts.models import Jurisdiction
from webapp.campaigns import services as campaigns
from webapp.campaigns.models import RUNNING, Campaign, CampaignMember
from webapp.campaigns.services import Plan
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db
from webapp.demo import ways
from webapp.demo.drives import Answers, Drive, Visit, scripted_visits, visit_of, words_of
from webapp.demo.hours import moments, working_hour
from webapp.demo.living import CaseCourse
from webapp.demo.outlook import FINED
from webapp.demo.staff import somebody
from webapp.demo.stories import Story
from webapp.demo.timeline import Course
from webapp.employers.models import Employer
from webapp.processes import queries, services
from webapp.processes.models import COMPLETED, OPEN, UserTask

SEED = 20210108
CORRECT_WITHIN = timedelta(days=30)
END_OF_A_FINISHED_ONE = timedelta(days=1)


@dataclass(slots=True)
class CampaignCourse:
    """A campaign: its launch, and its end if that is over. The launch begins the courses of its visits."""

    drive: Drive
    times: Sequence[datetime]
    until: datetime
    campaign_id: int | None = None
    done: int = 0

    @property
    def next_at(self) -> datetime | None:
        return self.times[self.done] if self.left else None

    @property
    def left(self) -> int:
        return len(self.times) - self.done

    def act(self, at: datetime) -> Iterable[Course]:
        self.done += 1
        if self.campaign_id is None:
            campaign = _launched(self.drive, at=at)
            self.campaign_id = campaign.id
            return visits_of(campaign, self.drive, since=at, until=self.until)
        campaigns.tick(self.campaign_id, at=at)
        return ()


@dataclass(slots=True)
class VisitCourse:
    """One visit, as far as there was time for it. ``until``: how long the district works on what it hands over, None if it does not."""

    kind: str
    instance_id: int
    said: Sequence[Answers]
    times: Sequence[datetime]
    until: datetime | None
    done: int = 0
    is_resumed: bool = False

    @property
    def next_at(self) -> datetime | None:
        return self.times[self.done] if self.left else None

    @property
    def left(self) -> int:
        return len(self.times) - self.done

    def act(self, at: datetime) -> Iterable[Course]:
        said, self.done = self.said[self.done], self.done + 1
        waiting = select(UserTask).where(UserTask.instance_id == self.instance_id, UserTask.state == OPEN)
        task = db.session.scalars(waiting).one_or_none()
        if task is None or (task.is_claimed and self.is_resumed):
            self.done = len(self.times)  # people went on with it after the interruption
        else:
            _do(task, said, kind=self.kind, at=at)
        return case_of(self.instance_id, since=at, until=self.until)


def campaign_courses(drives: Sequence[Drive], *, at: datetime) -> list[Course]:
    """What an earlier, interrupted loading launched is taken up where it was."""
    courses: list[Course] = []
    for drive in drives:
        begins = min(working_hour(at - timedelta(days=drive.days_ago)), at)
        ends = working_hour(begins + timedelta(days=drive.lasts) + END_OF_A_FINISHED_ONE)
        course = CampaignCourse(drive, [begins, ends] if ends <= at else [begins], at)
        campaign = _known(drive, begins)
        courses.append(course)
        if campaign is not None:
            course.campaign_id, course.done = campaign.id, 1 if campaign.state == RUNNING else len(course.times)
            visits = visits_of(campaign, drive, since=begins, until=at)
            courses += visits
            for visit in visits:
                courses += case_of(visit.instance_id, since=visit.times[-1] if visit.times else at, until=visit.until)
    return courses


def visits_of(campaign: Campaign, drive: Drive, *, since: datetime, until: datetime) -> list[VisitCourse]:
    members = _members(campaign)
    if drive.is_scripted:
        told: list[Visit] = scripted_visits()
        told += [visit_of(drive, Random(f"{SEED}-{drive.days_ago}-{number}")) for number in range(len(told), len(members))]
    else:
        told = [visit_of(drive, Random(f"{SEED}-{drive.days_ago}-{number}")) for number in range(len(members))]
    visits = [_visit(campaign.kind, member, visit, since=since, until=until) for member, visit in zip(members, told, strict=False)]
    return [replace(visit, until=None) for visit in visits] if drive.is_scripted else visits


def _visit(kind: str, member: CampaignMember, visit: Visit, *, since: datetime, until: datetime) -> VisitCourse:
    times, now = [], since
    for days, _ in visit:
        now = working_hour(now + timedelta(days=days))
        if now > until:
            break
        times.append(now)
    assert member.instance_id is not None  # the launch opened all visits
    done = _completed(member.instance_id)
    said = [one for _, one in visit]
    return VisitCourse(kind, member.instance_id, said, times, until, min(done, len(times)), is_resumed=done > 0)


def case_of(instance_id: int, *, since: datetime, until: datetime | None) -> list[CaseCourse]:
    """What the district does with a case that the visit handed over, as far as there was time for it."""
    handed_over = select(Case).join(CampaignMember, CampaignMember.case_id == Case.id).where(CampaignMember.instance_id == instance_id)
    case = db.session.scalars(handed_over).one_or_none() if until is not None else None
    if case is None or until is None:
        return []
    way = ways.FINE_CLOSED if case.employer.industry in FINED else ways.CLOSED
    story = Story(f"handed over {case.case_no}", 0, way[len(ways.VERIFIED) :], turn=case.id)
    times = [moment for moment in moments(story, since) if moment <= until]
    done = db.session.scalar(select(func.count(UserTask.id)).where(UserTask.case_id == case.id, UserTask.state == COMPLETED)) or 0
    return [CaseCourse(story, times, case.id, min(done + 1, len(times)), is_resumed=done > 0)]


def _completed(instance_id: int) -> int:
    query = select(func.count()).select_from(UserTask).where(UserTask.instance_id == instance_id, UserTask.state == COMPLETED)
    return db.session.scalar(query) or 0


def _known(drive: Drive, begins: datetime) -> Campaign | None:
    query = select(Campaign).where(Campaign.is_demo, Campaign.kind == drive.kind, Campaign.starts_on == clock.legal_day(begins))
    return db.session.scalars(query.order_by(Campaign.id)).first()


def _launched(drive: Drive, *, at: datetime) -> Campaign:
    district = db.session.scalars(select(Jurisdiction).where(Jurisdiction.code == drive.district)).one()
    coordinator = somebody("HD_LEAD", f"j{district.id}")
    today = clock.legal_day(at)
    criteria = {"town_ids": [], "min_workers": drive.min_workers}
    wanted = Plan(drive.kind, f"{today.year}年{drive.name}", drive.plan, today, today + timedelta(days=drive.lasts), criteria)
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


def _do(task: UserTask, said: Answers, *, kind: str, at: datetime) -> None:
    actor = somebody(task.role, task.scope)
    services.claim(task, actor=actor, at=at)
    employer = db.session.get_one(Employer, task.instance.employer_id)
    values = _filled(queries.form_of(task), said, employer=employer, kind=kind, at=at)
    services.complete(task, values=values, version=task.version, actor=actor, at=at, locale="zh")


def _filled(form: Form | None, said: Answers, *, employer: Employer, kind: str, at: datetime) -> dict[str, Any]:
    """``said``, and the usual answers to the other required fields that show."""
    values: dict[str, Any] = {}
    for one in form.fields if form else ():
        shown = one.visible_if
        if shown is not None and values.get(shown.field) not in shown.values:
            continue
        if one.key in said:
            values[one.key] = said[one.key]
        elif one.required:
            values[one.key] = _usual(one.key, employer=employer, kind=kind, at=at)
    return values


def _usual(key: str, *, employer: Employer, kind: str, at: datetime) -> Any:
    today, words = clock.legal_day(at), words_of(kind)
    known = {
        "checked_on": today.isoformat(), "correct_by": (today + CORRECT_WITHIN).isoformat(), "workers": employer.workers,
        "exposed_workers": employer.exposed_workers, "place": words["place"], "hazards": words["hazards"],
        "employer_response": "cooperated",
    }  # fmt: skip
    return known.get(key, "met")
