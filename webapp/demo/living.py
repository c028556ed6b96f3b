"""Live the demo cases: every step goes through the services as a person would do it, with a moved clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from bpmn.engine.forms import Form
from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.demo.stories import STORIES, Step, Story
from webapp.employers.models import Employer
from webapp.processes import editions, queries, services
from webapp.processes.models import UserTask

ANSWERS = Path(__file__).parent / "data" / "answers.json"
FIRST_HOUR, LAST_HOUR = 8, 17
CORRECTION_DAYS = 30


def live_through(*, at: datetime) -> Iterator[str]:
    """Open and work on every story's cases; yields their numbers. Commits each step, as the pages do."""
    with transaction():
        firms = _firms_by_industry()
    for story in STORIES:
        for _ in range(story.count):
            employer_id = next(firms.get(story.industry) or firms["*"])
            yield _live(story, employer_id, began_at=_working_hour(at - timedelta(days=story.days_ago)), until=at)


def _live(story: Story, employer_id: int, *, began_at: datetime, until: datetime) -> str:
    now = min(began_at, until)
    with clock.moved_to(now), transaction():
        case = _open(story, employer_id, at=now)
        case_id, case_no = case.id, case.case_no
    for step in story.steps:
        now = min(_working_hour(now + timedelta(hours=step.after_hours)), until)
        with clock.moved_to(now), transaction():
            _do(step, case_id, at=now)
    return case_no


def _open(story: Story, employer_id: int, *, at: datetime) -> Case:
    employer = db.session.get_one(Employer, employer_id)
    patroller = _somebody("GRID", f"g{employer.grid_id}")
    form = editions.start_form(editions.active_edition(), "case_lifecycle")
    values = _filled(form, {"exposed_workers": employer.exposed_workers, **story.finding}, on=clock.legal_day(at))
    started = start_process("case_lifecycle", values=values, employer_id=employer.id, actor=patroller, at=at, locale="zh")
    assert started.case is not None  # the lifecycle's subject is a case
    return started.case


def _do(step: Step, case_id: int, *, at: datetime) -> None:
    waiting = select(UserTask).where(UserTask.case_id == case_id, UserTask.state == 0)
    query = waiting.where(UserTask.process_key == step.process, UserTask.element == step.element)
    task = db.session.scalars(query.order_by(UserTask.id.desc())).first()
    if task is None:
        raise LookupError(f"{step.process}.{step.element} is not open in case {case_id}")
    actor = _somebody(task.role, task.scope)
    services.claim(task, actor=actor, at=at)
    values = _filled(queries.form_of(task), step.answers, on=clock.legal_day(at))
    services.complete(task, values=values, version=task.version, actor=actor, at=at, locale="zh")


def _filled(form: Form | None, answers: Mapping[str, Any], *, on: date) -> dict[str, Any]:
    """The usual answers of the form with this story's, as far as they show; days are today."""
    if form is None:
        return {}
    usual = {**_usual_answers().get(form.key, {}), **answers}
    values: dict[str, Any] = {}
    for field in form.fields:
        shown = field.visible_if
        if shown is not None and values.get(shown.field) not in shown.values:
            continue
        if field.type == "date":
            values[field.key] = (on + timedelta(days=CORRECTION_DAYS) if field.key == "correct_by" else on).isoformat()
        elif field.key in usual:
            values[field.key] = usual[field.key]
    return values


def _somebody(role: str, scope: str) -> User:
    """A demo person of the candidate group: the cast first, as it was made first."""
    people = db.session.scalars(select(User).where(User.is_demo).order_by(User.id))
    return next(person for person in people if (role, scope) in person.candidate_groups)


def _firms_by_industry() -> dict[str, Iterator[int]]:
    """Employers of the first town first, so that the cast of the README meets every story."""
    rows = db.session.execute(select(Employer.id, Employer.industry).where(Employer.is_demo).order_by(Employer.id)).all()
    industries = {row.industry for row in rows}
    found = {industry: cycle([row.id for row in rows if row.industry == industry]) for industry in industries}
    return {**found, "*": cycle([row.id for row in rows])}


def _working_hour(at: datetime) -> datetime:
    local = at.astimezone(clock.LEGAL_ZONE)
    if FIRST_HOUR <= local.hour < LAST_HOUR:
        return at
    return (local + timedelta(days=local.hour >= LAST_HOUR)).replace(hour=FIRST_HOUR + 1, minute=local.minute).astimezone(at.tzinfo)


@cache
def _usual_answers() -> dict[str, dict[str, Any]]:
    return dict(orjson.loads(ANSWERS.read_bytes()))
