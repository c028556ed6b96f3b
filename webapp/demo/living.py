"""Live the demo cases: every step goes through the services as a person would do it, with a moved clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from webapp.accounts.models import Town, User
from webapp.cases.models import Case
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.demo import answers
from webapp.demo.stories import STORIES, Step, Story
from webapp.employers.models import Employer
from webapp.events import outbox
from webapp.processes import editions, queries, services
from webapp.processes.models import COMPLETED, OPEN, UserTask
from webapp.rules.queries import is_working_day

FIRST_HOUR, LAST_HOUR = 8, 17
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Begun:
    """A case that an interrupted loading opened, and how many of its tasks it completed."""

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
    for number, story in enumerate(STORIES):
        employer_id = firms.next_for(story)
        yield _live(story, employer_id, begun=begun[number] if number < len(begun) else None, at=at)


def somebody(role: str, scope: str) -> User:
    """A demo person of the candidate group."""
    people = db.session.scalars(select(User).where(User.is_demo).order_by(User.id))
    return next(person for person in people if (role, scope) in person.candidate_groups)


def working_hour(at: datetime) -> datetime:
    """The instant itself if offices are open, else the next morning on which they are."""
    local = at.astimezone(clock.LEGAL_ZONE)
    if local.hour >= LAST_HOUR:
        local = (local + ONE_DAY).replace(hour=FIRST_HOUR)
    while not is_working_day(local.date()):
        local = (local + ONE_DAY).replace(hour=FIRST_HOUR)
    return local.replace(hour=max(local.hour, FIRST_HOUR)).astimezone(at.tzinfo)


def _live(story: Story, employer_id: int, *, begun: Begun | None, at: datetime) -> int:
    now = min(working_hour(at - timedelta(days=story.days_ago)), at)
    if begun is None:
        with clock.moved_to(now), transaction():
            case_id = _open(story, employer_id, at=now)
    else:
        case_id = begun.case_id
    done = 0
    for number, step in enumerate(story.steps):
        now = min(working_hour(now + timedelta(hours=step.after_hours)), at)
        if begun is not None and number < begun.steps:
            continue
        with clock.moved_to(now), transaction():
            if not _do(step, case_id, at=now, must=begun is None):
                break
        done += 1
    return done + (begun is None)


def _open(story: Story, employer_id: int, *, at: datetime) -> int:
    employer = db.session.get_one(Employer, employer_id)
    patroller = somebody("GRID", f"g{employer.grid_id}")
    form = editions.start_form(editions.active_edition(), "case_lifecycle")
    values = answers.filled(form, story.finding, employer=employer, on=clock.legal_day(at))
    started = start_process("case_lifecycle", values=values, employer_id=employer.id, actor=patroller, at=at, locale="zh")
    assert started.case is not None  # the lifecycle's subject is a case
    return started.case.id


def _do(step: Step, case_id: int, *, at: datetime, must: bool) -> bool:
    """Claim and complete the step's task. One that is not open raises LookupError if it ``must`` be; else somebody was faster."""
    waiting = select(UserTask).where(UserTask.case_id == case_id, UserTask.state == OPEN)
    query = waiting.where(UserTask.process_key == step.process, UserTask.element == step.element)
    task = db.session.scalars(query.order_by(UserTask.id.desc())).first()
    if task is None or (task.is_claimed and not must):
        if must:
            raise LookupError(f"{step.process}.{step.element} is not open in case {case_id}")
        return False
    actor = somebody(task.role, task.scope)
    services.claim(task, actor=actor, at=at)
    values = _answers(task, step.answers, at=at)
    services.complete(task, values=values, version=task.version, actor=actor, at=at, locale="zh")
    return True


def _answers(task: UserTask, own: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    employer = db.session.get_one(Employer, task.employer_id)
    return answers.filled(queries.form_of(task), own, employer=employer, on=clock.legal_day(at))


def _firms() -> Firms:
    query = select(Employer.id, Employer.industry, Town.code.label("town")).join(Town, Town.id == Employer.town_id)
    rows = db.session.execute(query.where(Employer.is_demo).order_by(Employer.id)).all()
    return Firms([row for row in rows if row.industry in answers.industries()])


def _begun() -> list[Begun]:
    """In the order of the stories, which is the order of their numbers."""
    completed = func.count(UserTask.id).filter(UserTask.state == COMPLETED)
    query = select(Case.id, completed).outerjoin(UserTask, UserTask.case_id == Case.id).where(Case.is_demo).group_by(Case.id)
    return [Begun(case_id, steps) for case_id, steps in db.session.execute(query.order_by(Case.id))]
