"""The story of an employer: what happened, in one order of time; what is open now. Only what the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, literal, literal_column, null, select, type_coerce, union_all

from webapp.accounts.models import User
from webapp.accounts.places import within
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.cases.models import Case
from webapp.core.clock import legal_day
from webapp.core.db import UtcDateTime, db
from webapp.core.pagination import BadCursor
from webapp.core.permissions import Permission
from webapp.deadlines.models import Deadline
from webapp.documents.models import FINAL, SERVED, Document
from webapp.employers.all_records import Records
from webapp.employers.models import Employer
from webapp.processes.models import FormSubmission, ProcessInstance, UserTask
from webapp.referrals.models import Referral
from webapp.story import records
from webapp.story.happening import Happening

KINDS = ("case", "correction", "penalty", "visit", *records.KINDS)
CORRECTIONS, PENALTIES = ("D10", "D11", "D12A", "D12B", "D29"), ("D20", "D21", "D22", "D24A", "D24B")
COUNTED, ASKED = "referral", "training"  # read with the story, not told in it
PER_PAGE = 20
SHOWN_OPEN = 12
TRAINING = "b13"  # question of every visit's checklist. Source: domain/05, 5.2; ODL 34


@dataclass(frozen=True, slots=True)
class StoryPage:
    """``years`` and ``kinds``: those that have something, before any filter. ``referrals``: number by kind, of all times.

    ``trained``: what the last visit found about training (``told["code"]``), None if nobody looked.
    """

    happenings: Sequence[Happening]
    next: str | None
    total: int
    kinds: Sequence[str]
    years: Sequence[int]
    referrals: Mapping[str, int]
    trained: Happening | None


@dataclass(frozen=True, slots=True)
class OpenNow:
    tasks: Sequence[UserTask]
    clocks: Sequence[Deadline]


def story_of(
    employer: Employer, found: Records, user: User, *, kind: str = "", year: int | None = None, after: str = ""
) -> StoryPage:  # fmt: skip
    """The latest first, keyset by ``Happening.key``. Raises BadCursor."""
    elsewhere = _told_elsewhere(employer.id, user)
    everything = [*records.happenings(employer, found), *(one for one in elsewhere if one.kind)]
    everything.sort(key=lambda one: one.key, reverse=True)
    kinds, years = {one.kind for one in everything}, {one.on.year for one in everything}
    wanted = [one for one in everything if kind in ("", one.kind) and year in (None, one.on.year)]
    rest = [one for one in wanted if one.key < _checked(after)] if after else wanted
    shown = rest[:PER_PAGE]
    following = shown[-1].key if len(rest) > PER_PAGE else None
    referrals = Counter(str(one.told["code"]) for one in elsewhere if one.what == COUNTED)
    trained = max((one for one in elsewhere if one.what == ASKED), key=lambda one: (one.on, one.id), default=None)
    shown_kinds = [one for one in KINDS if one in kinds]
    return StoryPage(shown, following, len(wanted), shown_kinds, sorted(years, reverse=True), referrals, trained)


def open_now(employer_id: int, user: User) -> OpenNow:
    cases = select(Case.id).where(Case.employer_id == employer_id, within(user, Permission.READ_CASES, Case))
    tasks = select(UserTask).where(UserTask.state == literal_column("0"), UserTask.case_id.in_(cases))
    clocks = select(Deadline).where(Deadline.ended_at.is_(None), Deadline.case_id.in_(cases)).order_by(Deadline.due_at).limit(SHOWN_OPEN)
    return OpenNow(
        db.session.scalars(tasks.order_by(UserTask.order_at, UserTask.id).limit(SHOWN_OPEN)).all(), db.session.scalars(clocks).all()
    )  # fmt: skip


def _told_elsewhere(employer_id: int, user: User) -> list[Happening]:
    """By cases, referrals, visits and what was said on visits, in one query."""
    parts = (*_cases(employer_id, user), _referrals(employer_id, user), *_visits(employer_id, user), _training(employer_id, user))
    return [
        Happening(legal_day(row.at), _kind_of(row.what, row.code), row.what, row.id, {"code": row.code, "name": row.name}, row.ref)
        for row in db.session.execute(union_all(*parts))
    ]  # fmt: skip


def _cases(employer_id: int, user: User) -> list[Select[Any]]:
    mine = (Case.employer_id == employer_id, within(user, Permission.READ_CASES, Case))
    papers = (Document.state.in_((FINAL, SERVED)), Document.kind.in_(CORRECTIONS + PENALTIES))
    return [
        _row("case_opened", Case.id, Case.opened_at, ref=Case.case_no, code=Case.urgency).where(*mine),
        _row("case_closed", Case.id, Case.closed_at, ref=Case.case_no, code=Case.outcome).where(*mine, Case.closed_at.is_not(None)),
        _row("paper", Document.id, Document.finalised_at, ref=Case.case_no, code=Document.kind, name=Document.number)
        .join(Case, Case.id == Document.case_id)
        .where(*mine, *papers),
    ]


def _visits(employer_id: int, user: User) -> list[Select[Any]]:
    mine = (CampaignMember.employer_id == employer_id, within(user, Permission.READ_CAMPAIGNS, CampaignMember))
    campaign = cast(CampaignMember.campaign_id, String)
    begun = _row("visit_begun", CampaignMember.id, CampaignMember.opened_at, ref=campaign, name=Campaign.name)
    ended = _row(
        "visit_ended", CampaignMember.id, ProcessInstance.ended_at, ref=campaign, code=ProcessInstance.end_element, name=Campaign.name
    )
    of_campaign = (Campaign, Campaign.id == CampaignMember.campaign_id)
    return [
        begun.join(*of_campaign).where(*mine, CampaignMember.opened_at.is_not(None)),
        ended.join(*of_campaign)
        .join(ProcessInstance, ProcessInstance.id == CampaignMember.instance_id)
        .where(*mine, ProcessInstance.ended_at.is_not(None)),
    ]


def _row(what: str, row_id: Any, at: Any, *, ref: Any, code: Any = None, name: Any = None) -> Select[Any]:
    columns = (("ref", ref), ("code", code), ("name", name))
    texts = [cast(null() if value is None else value, String).label(label) for label, value in columns]
    instant = type_coerce(at, UtcDateTime()).label("at")
    return select(literal(what).label("what"), row_id.label("id"), instant, *texts).select_from(row_id.class_)


def _kind_of(what: str, code: str | None) -> str:
    """Empty for what is no part of the story itself."""
    if what in (COUNTED, ASKED):
        return ""
    if what == "paper":
        return "penalty" if code in PENALTIES else "correction"
    return "visit" if what.startswith("visit") else "case"


def _referrals(employer_id: int, user: User) -> Select[Any]:
    mine = (Case.employer_id == employer_id, within(user, Permission.READ_CASES, Case))
    return _row(COUNTED, Referral.id, Referral.opened_at, ref=None, code=Referral.kind).join(Case, Case.id == Referral.case_id).where(*mine)


def _training(employer_id: int, user: User) -> Select[Any]:
    """What visits' checklists say about training."""
    said: ColumnElement[Any] = FormSubmission.values[TRAINING].as_string()
    mine = (CampaignMember.employer_id == employer_id, within(user, Permission.READ_CAMPAIGNS, CampaignMember))
    answers = _row(ASKED, FormSubmission.id, FormSubmission.submitted_at, ref=None, code=said)
    return answers.join(CampaignMember, CampaignMember.instance_id == FormSubmission.instance_id).where(*mine, said.is_not(None))


def _checked(after: str) -> str:
    day, _, rest = after.partition("~")
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise BadCursor from error
    if "~" not in rest:
        raise BadCursor
    return after
