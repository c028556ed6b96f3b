"""Live the demo cases: every step goes through the services as a person would do it, with a moved clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bpmn.engine.forms import Form
from webapp.accounts.models import User
from webapp.campaigns.models import CampaignMember
from webapp.cases.models import Case
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db
from webapp.demo import answers, concerned
from webapp.demo.hours import schedule
from webapp.demo.staff import somebody
from webapp.demo.stories import Story
from webapp.demo.timeline import Course
from webapp.demo.ways import Step
from webapp.employers.models import Employer
from webapp.processes import editions, queries, services
from webapp.processes.lookups import Lookups
from webapp.processes.models import COMPLETED, OPEN, UserTask
from webapp.processes.subjects import Subject

CLAIMED_FIRST = 3  # every third case of the year: most people open a task and send it
STARTERS = dict.fromkeys(("complaint", "test_report", "transferred", "disease_report"), "HD_INTAKE")


@dataclass(frozen=True, slots=True)
class Begun:
    """A case that an interrupted loading opened, and how many of its tasks it completed, those of its second round included."""

    case_id: int
    steps: int


@dataclass(slots=True)
class CaseCourse:
    """A story's case. ``times``: of the opening, of each step, and of the claim of what is open then; ``done``: of these."""

    story: Story
    times: Sequence[datetime]
    case_id: int | None = None
    done: int = 0
    is_resumed: bool = False

    @property
    def next_at(self) -> datetime | None:
        return self.times[self.done] if self.left else None

    @property
    def left(self) -> int:
        return len(self.times) - self.done

    def act(self, at: datetime) -> Iterable[Course]:
        number, self.done = self.done, self.done + 1
        if self.case_id is None:
            self.case_id = _opened(self.story, at=at)
        elif number > len(self.story.steps):
            _claim(self.case_id, at=at)
        elif not _do(self.story.steps[number - 1], self.case_id, self.story, at=at, must=not self.is_resumed):
            self.done = len(self.times)  # people went on with it after the interruption
        return ()


def courses_of(stories: Sequence[Story], *, at: datetime) -> list[CaseCourse]:
    """The oldest first, as their case numbers are. What an earlier, interrupted loading has done is not done again."""
    begun = _begun()
    timed = sorted(((schedule(story, at=at), story) for story in stories), key=lambda one: one[0][0])
    return [_course(story, times, begun[number] if number < len(begun) else None) for number, (times, story) in enumerate(timed)]


def _course(story: Story, times: Sequence[datetime], begun: Begun | None) -> CaseCourse:
    if begun is None:
        return CaseCourse(story, times)
    is_over = begun.steps >= len(story.steps)
    return CaseCourse(story, times, begun.case_id, len(times) if is_over else begun.steps + 1, is_resumed=True)


def _opened(story: Story, *, at: datetime) -> int:
    case = _open(story, at=at)
    if case.source == "complaint":
        concerned.add_complainant(case, actor=somebody("HD_INTAKE", f"j{case.jurisdiction_id}"), at=at)
    return case.id


def _open(story: Story, *, at: datetime) -> Case:
    employer = db.session.get_one(Employer, story.employer_id)
    role = STARTERS.get(str(story.finding.get("source")), "GRID")
    starter = somebody(role, f"g{employer.grid_id}" if role == "GRID" else f"j{employer.jurisdiction_id}")
    form = editions.start_form(editions.active_edition(), "case_lifecycle")
    day = clock.legal_day(at)
    about = answers.About(employer, day, day, Lookups(Subject(), at), story.words)
    values = answers.filled(form, story.finding, about)
    started = start_process("case_lifecycle", values=values, employer_id=employer.id, actor=starter, at=at, locale="zh")
    assert started.case is not None  # the lifecycle's subject is a case
    return started.case


def _do(step: Step, case_id: int, story: Story, *, at: datetime, must: bool) -> bool:
    """Complete the step's task. One that is not open raises LookupError if it ``must`` be; else somebody was faster."""
    task = _waiting(step, case_id)
    if task is None or (task.is_claimed and not must):
        if must:
            raise LookupError(f"{story.title}: {step.process}.{step.element} is not open in case {case_id}")
        return False
    actor = somebody(task.role, task.scope, turn=story.turn)
    if story.turn % CLAIMED_FIRST == 0:
        services.claim(task, actor=actor, at=at)
    values = _answers(task, step, story, actor=actor, at=at)
    services.complete(task, values=values, version=task.version, actor=actor, at=at, locale="zh")
    return True


def _claim(case_id: int, *, at: datetime) -> None:
    """Somebody takes what the case waits for."""
    for task in db.session.scalars(select(UserTask).where(UserTask.case_id == case_id, UserTask.state == OPEN)):
        if not task.is_claimed:
            services.claim(task, actor=somebody(task.role, task.scope, turn=case_id), at=at)


def _waiting(step: Step, case_id: int) -> UserTask | None:
    cases = select(Case.id).where(Case.id == case_id if step.round == 1 else Case.earlier_id == case_id)
    waiting = select(UserTask).where(UserTask.case_id.in_(cases), UserTask.state == OPEN)
    query = waiting.where(UserTask.process_key == step.process, UserTask.element == step.element)
    return db.session.scalars(query.order_by(UserTask.id.desc())).first()


def _answers(task: UserTask, step: Step, story: Story, *, actor: User, at: datetime) -> dict[str, Any]:
    case, form = db.session.get_one(Case, task.case_id), queries.form_of(task)
    _gather(form, case, actor=actor, at=at)
    if step.element == "verify":
        concerned.add_photos(case, story.photos, place=str(story.words.get("place", "")), actor=actor, at=at)
    words = {**story.words, "open_case": _open_case_beside(case)}
    lookups = Lookups(Subject.of(task.instance), at)
    about = answers.About(case.employer, clock.legal_day(at), clock.legal_day(case.opened_at), lookups, words, story.turn)
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


def _begun() -> list[Begun]:
    """In the order of their numbers, which is the order of the stories; cases that visits opened have no story."""
    first = func.coalesce(Case.earlier_id, Case.id)
    completed = func.count(UserTask.id).filter(UserTask.state == COMPLETED)
    handed_over = select(CampaignMember.case_id).where(CampaignMember.case_id.is_not(None))
    query = select(first, completed).outerjoin(UserTask, UserTask.case_id == Case.id).where(Case.is_demo, first.not_in(handed_over))
    return [Begun(case_id, steps) for case_id, steps in db.session.execute(query.group_by(first).order_by(first))]
