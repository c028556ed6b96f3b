"""Live the demo cases: every step goes through the services as a person would do it, with a moved clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bpmn.engine.forms import Form
from webapp.accounts.models import Membership, Town, User
from webapp.cases.models import Case
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.demo import answers, concerned
from webapp.demo.stories import STORIES, Story
from webapp.demo.ways import Step
from webapp.employers.models import Employer
from webapp.events import outbox
from webapp.processes import editions, queries, services
from webapp.processes.lookups import Lookups
from webapp.processes.models import COMPLETED, OPEN, UserTask
from webapp.processes.subjects import Subject
from webapp.rules.queries import is_working_day

FIRST_HOUR, LAST_HOUR = 8, 17
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Begun:
    """A case that an interrupted loading opened, and how many of its tasks it completed, those of its second round included."""

    case_id: int
    steps: int


@dataclass(slots=True)
class Firms:
    """The demo employers in turn, so that no story meets the same one again while others wait."""

    rows: list[Any]
    used: dict[tuple[str, str], int] = field(default_factory=dict)

    def next_for(self, story: Story) -> int:
        place = (story.industry, story.town)
        fitting = [row.id for row in self.rows if story.industry in {"", row.industry} and story.town in {"", row.town}]
        turn = self.used.get(place, 0)
        self.used[place] = turn + 1
        return int(fitting[turn % len(fitting)])


def live_through(*, at: datetime) -> Iterator[int]:
    """Open and work on every story's case; yields how many steps each took now. Commits each step, as the pages do.

    What an earlier, interrupted call has done is not done again.
    """
    outbox.deliver_due(now=at)
    with transaction():
        firms, begun = _firms(), _begun()
    cases: dict[str, int] = {}
    for number, story in enumerate(STORIES):
        known = begun[number] if number < len(begun) else None
        employer_id = _employer_of(cases[story.beside]) if story.beside else firms.next_for(story)
        now = min(working_hour(at - timedelta(days=story.days_ago)), at)
        cases[story.title] = known.case_id if known else _opened(story, employer_id, at=now)
        yield _live(story, cases[story.title], done=known.steps if known else None, since=now, at=at)


def somebody(role: str, scope: str) -> User:
    """A demo person of the candidate group."""
    holders = select(Membership.user_id).where(Membership.role == role)
    people = db.session.scalars(select(User).where(User.is_demo, User.id.in_(holders)).order_by(User.id))
    return next(person for person in people if (role, scope) in person.candidate_groups)


def working_hour(at: datetime) -> datetime:
    """The instant itself if offices are open, else the next morning on which they are."""
    local = at.astimezone(clock.LEGAL_ZONE)
    if local.hour >= LAST_HOUR:
        local = (local + ONE_DAY).replace(hour=FIRST_HOUR)
    while not is_working_day(local.date()):
        local = (local + ONE_DAY).replace(hour=FIRST_HOUR)
    return local.replace(hour=max(local.hour, FIRST_HOUR)).astimezone(at.tzinfo)


def _live(story: Story, case_id: int, *, done: int | None, since: datetime, at: datetime) -> int:
    """``done``: steps of an interrupted loading, None for a new case. Returns what was done now, the opening included."""
    now, count = since, int(done is None)
    for number, step in enumerate(story.steps):
        now = min(working_hour(now + timedelta(hours=step.after_hours)), at)
        if number < (done or 0):
            continue
        with clock.moved_to(now), transaction():
            if not _do(step, case_id, story, at=now, must=done is None):
                break
        count += 1
    return count


def _opened(story: Story, employer_id: int, *, at: datetime) -> int:
    with clock.moved_to(at), transaction():
        case = _open(story, employer_id, at=at)
        if case.source == "complaint":
            concerned.add_complainant(case, actor=somebody("HD_INTAKE", f"j{case.jurisdiction_id}"), at=at)
        return case.id


def _open(story: Story, employer_id: int, *, at: datetime) -> Case:
    employer = db.session.get_one(Employer, employer_id)
    patroller = somebody("GRID", f"g{employer.grid_id}")
    form = editions.start_form(editions.active_edition(), "case_lifecycle")
    day = clock.legal_day(at)
    about = answers.About(employer, day, day, Lookups(Subject(), at), story.words)
    values = answers.filled(form, story.finding, about)
    started = start_process("case_lifecycle", values=values, employer_id=employer.id, actor=patroller, at=at, locale="zh")
    assert started.case is not None  # the lifecycle's subject is a case
    return started.case


def _do(step: Step, case_id: int, story: Story, *, at: datetime, must: bool) -> bool:
    """Claim and complete the step's task. One that is not open raises LookupError if it ``must`` be; else somebody was faster."""
    task = _waiting(step, case_id)
    if task is None or (task.is_claimed and not must):
        if must:
            raise LookupError(f"{story.title}: {step.process}.{step.element} is not open in case {case_id}")
        return False
    actor = somebody(task.role, task.scope)
    services.claim(task, actor=actor, at=at)
    values = _answers(task, step, story, actor=actor, at=at)
    services.complete(task, values=values, version=task.version, actor=actor, at=at, locale="zh")
    return True


def _waiting(step: Step, case_id: int) -> UserTask | None:
    cases = select(Case.id).where(Case.id == case_id if step.round == 1 else Case.earlier_id == case_id)
    waiting = select(UserTask).where(UserTask.case_id.in_(cases), UserTask.state == OPEN)
    query = waiting.where(UserTask.process_key == step.process, UserTask.element == step.element)
    return db.session.scalars(query.order_by(UserTask.id.desc())).first()


def _answers(task: UserTask, step: Step, story: Story, *, actor: User, at: datetime) -> dict[str, Any]:
    case, form = db.session.get_one(Case, task.case_id), queries.form_of(task)
    _gather(form, case, actor=actor, at=at)
    words = {**story.words, "open_case": _open_case_beside(case)}
    lookups = Lookups(Subject.of(task.instance), at)
    about = answers.About(case.employer, clock.legal_day(at), clock.legal_day(case.opened_at), lookups, words)
    return answers.filled(form, step.answers, about)


def _gather(form: Form | None, case: Case, *, actor: User, at: datetime) -> None:
    """What a form must choose from and the case does not hold yet: a sick worker, a paper."""
    needed = {field.of for field in form.fields if field.required and field.visible_if is None} if form else set()
    if "workers" in needed:
        concerned.add_worker(case, actor=actor, at=at)
    if "evidence" in needed:
        concerned.add_certificate(case, actor=actor, at=at)


def _open_case_beside(case: Case) -> str:
    """Number of the employer's other open case, empty if there is none."""
    beside = select(Case.case_no).where(Case.employer_id == case.employer_id, Case.id != case.id, Case.closed_at.is_(None))
    return db.session.scalars(beside.order_by(Case.id.desc())).first() or ""


def _employer_of(case_id: int) -> int:
    return db.session.get_one(Case, case_id).employer_id


def _firms() -> Firms:
    query = select(Employer.id, Employer.industry, Town.code.label("town")).join(Town, Town.id == Employer.town_id)
    rows = db.session.execute(query.where(Employer.is_demo).order_by(Employer.id)).all()
    return Firms([row for row in rows if row.industry in answers.industries()])


def _begun() -> list[Begun]:
    """In the order of the stories, which is the order of their numbers."""
    first = func.coalesce(Case.earlier_id, Case.id)
    completed = func.count(UserTask.id).filter(UserTask.state == COMPLETED)
    query = select(first, completed).outerjoin(UserTask, UserTask.case_id == Case.id).where(Case.is_demo).group_by(first)
    return [Begun(case_id, steps) for case_id, steps in db.session.execute(query.order_by(first))]
