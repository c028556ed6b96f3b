"""Twenty random walks through the services that pages and API call, on both databases; the record stays whole."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import exists, select

from tests.factories import CAST
from tests.webapp.legality.acting import ids
from tests.webapp.scenarios import oracle, ways
from tests.webapp.scenarios.answering import answered
from tests.webapp.scenarios.telling import Story, person
from webapp.core.db import db
from webapp.core.errors import DomainError, Invalid
from webapp.events import verify
from webapp.legality.facts import Act, Facts
from webapp.processes import queries, services
from webapp.processes.lookups import Lookups
from webapp.processes.models import OPEN, ProcessInstance, TimerRow, UserTask
from webapp.processes.subjects import Subject

CHUNKS, WALKS, STEPS = 4, 5, 22
WORKERS: dict[str, str] = {}
for _username, (_role, _) in CAST.items():
    WORKERS.setdefault(_role, _username)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_walk_through_the_services_breaks_the_law_or_gets_stuck(app: Any, employer: Any, chunk: int) -> None:
    walks = [Walk(employer, Random(9_000 + chunk * WALKS + number)) for number in range(WALKS)]
    for walk in walks:
        for _ in range(STEPS):
            walk.step()
            walk.is_alive()
    assert sum(walk.accepted for walk in walks) > WALKS * 3
    assert list(verify.problems()) == []


class Walk:
    """A story that goes on at random. What the oracle and the answers read is the database."""

    def __init__(self, employer: Any, rng: Random) -> None:
        self.rng, self.codes = rng, [rng.choice(("V-71-01", "V-72-01", "V-75-06"))]
        self.story = Story(employer)
        if rng.random() < 0.8:
            ways.file(self.story, *self.codes)
        self.officers = ids("hui", "qin", "lu", "lu2")
        self.expired = self.officers[-1]
        self.subject, self.accepted = Subject(), 0

    @property
    def now(self) -> datetime:
        return self.story.now

    @property
    def facts(self) -> Facts:
        return Facts(self.story.case_id, at=self.now)

    @property
    def legs(self) -> list[ProcessInstance]:
        return self.facts.legs

    def choices(self, of: str) -> list[str]:
        if of == "officers":
            return self.officers
        return [one.value for one in Lookups(self.subject, self.now).choices(of)]

    def step(self) -> None:
        open_tasks = list(db.session.scalars(self._open().order_by(UserTask.id)))
        if not open_tasks or self.rng.random() < 0.15:
            self.story.later(days=self.rng.choice((1, 2, 6, 16, 35)))
            return
        self._try(self.rng.choice(open_tasks))

    def is_alive(self) -> None:
        """Every running instance waits for a person, a clock or a child."""
        child = ProcessInstance.__table__.alias("child")
        waits = (
            exists().where(UserTask.instance_id == ProcessInstance.id, UserTask.state == OPEN),
            exists().where(TimerRow.instance_id == ProcessInstance.id),
            exists().where(child.c.parent_id == ProcessInstance.id, child.c.outcome == "running"),
        )
        running = select(ProcessInstance).where(ProcessInstance.case_id == self.story.case_id, ProcessInstance.outcome == "running")
        for wait in waits:
            running = running.where(~wait)
        assert db.session.scalars(running).all() == []

    def _try(self, task: UserTask) -> None:
        self.subject, form = Subject.of(task.instance), queries.form_of(task)
        values = answered(form.definition["fields"], self) if form else {}
        element, process, instance_id = task.element, task.process_key, task.instance_id
        actor = person(WORKERS[str(task.role)])
        try:
            with self.story._moment():
                services.claim(task, actor=actor, at=self.now)
                services.complete(task, values=values, version=task.version, actor=actor, at=self.now, locale="zh")
        except DomainError as refusal:
            db.session.rollback()
            _is_a_sentence(refusal)
            return
        self.accepted += 1
        oracle.check(self, Act(self.facts, element, process, self._said(element), actor, self.now.date(), None, None, instance_id))

    def _said(self, element: str) -> Any:
        return next(one.values for one in reversed(self.facts.told) if one.element == element)

    def _open(self) -> Any:
        return select(UserTask).where(UserTask.case_id == self.story.case_id, UserTask.state == OPEN)


def _is_a_sentence(refusal: DomainError) -> None:
    sentences = [text for texts in refusal.errors.values() for text in texts] if isinstance(refusal, Invalid) else [refusal.message]
    assert sentences and all(len(sentence) > 5 for sentence in sentences)
