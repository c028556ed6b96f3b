"""Tell a case step by step with a frozen clock, through the services that pages and API call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bpmn.engine.forms import Form
from tests.bpmn.processes.walking import fill, plausible
from tests.webapp.documents import files
from webapp.accounts.models import User
from webapp.cases import people
from webapp.cases.models import Case
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError, Invalid
from webapp.core.sweeps import find_sweep
from webapp.deadlines.models import Deadline
from webapp.documents import evidence
from webapp.documents.evidence import Circumstances
from webapp.documents.uploads import check_file
from webapp.employers.models import Employer
from webapp.events import outbox
from webapp.processes import editions, queries, services
from webapp.processes.lookups import Lookups
from webapp.processes.models import OPEN, ProcessInstance, UserTask
from webapp.processes.subjects import Subject

AHEAD = 10  # days: a date that may not be past
BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, nine o'clock in Shanghai


class Story:
    """One case. ``now`` is the frozen clock; every verb runs in a transaction of its own, as a request does."""

    def __init__(self, employer: Employer, *, by: str = "ping", at: datetime = BEGIN, **finding: Any) -> None:
        self.now = at
        form = editions.start_form(editions.active_edition(), "case_lifecycle")
        assert form is not None
        with self._moment():
            actor = person(by)
            values = self._filled(form, finding, Subject(jurisdiction_id=actor.jurisdiction_id))
            started = start_process("case_lifecycle", values=values, employer_id=employer.id, actor=actor, at=at, locale="en")
            assert started.case is not None
            self.case_id = started.case.id

    @classmethod
    def of(cls, case: Case, *, at: datetime) -> Story:
        """Go on with a case that a program opened."""
        story = cls.__new__(cls)
        story.case_id, story.now = case.id, at
        return story

    @property
    def case(self) -> Case:
        return db.session.get_one(Case, self.case_id)

    def later(self, *, days: int = 0, hours: int = 0) -> None:
        """Let time pass; timers that are due fire."""
        self.now += timedelta(days=days, hours=hours)
        with clock.moved_to(self.now):
            _sweep("timers")
            outbox.deliver_due(now=self.now)

    def do(self, by: str, element: str, process: str = "case_lifecycle", **answers: Any) -> UserTask:
        """Claim and complete the open task; what is not answered gets plausible answers. Raises what the rules refuse."""
        with self._moment():
            actor, task = person(by), self.open_task(element, process)
            form = queries.form_of(task)
            values = self._filled(form, answers, Subject.of(task.instance)) if form else {}
            services.claim(task, actor=actor, at=self.now)
            services.complete(task, values=values, version=task.version, actor=actor, at=self.now, locale="en")
        return task

    def refused(self, by: str, element: str, process: str = "case_lifecycle", **answers: Any) -> str:
        """Every sentence with which the step is refused."""
        with pytest.raises(DomainError) as refusal:
            self.do(by, element, process, **answers)
        db.session.rollback()
        errors = refusal.value.errors if isinstance(refusal.value, Invalid) else {}
        return " ".join([refusal.value.message, *(sentence for sentences in errors.values() for sentence in sentences)])

    def add_worker(self) -> None:
        """Enter a sick worker as a person concerned."""
        values = {"kind": "worker", "name": "演示工人0001", "diagnosis": "职业性矽肺贰期", "diagnosed_on": "2026-02-10"}
        with self._moment():
            people.add_person(self.case, values=values, actor=person("hui"), at=self.now, locale="en")

    def add_evidence(self) -> str:
        """Upload a paper; the value with which a form chooses it."""
        with self._moment():
            file = check_file(files.picture(), "paper.png", now=self.now)
            return str(evidence.add(self.case, file, Circumstances(), actor=person("hui"), at=self.now).id)

    def open_task(self, element: str, process: str = "case_lifecycle") -> UserTask:
        query = select(UserTask).where(UserTask.case_id == self.case_id, UserTask.state == OPEN, UserTask.element == element)
        tasks = list(db.session.scalars(query.where(UserTask.process_key == process)))
        assert len(tasks) == 1, (element, self.open())
        return tasks[0]

    def open(self) -> list[str]:
        """``process.element@role`` of everything that waits for a person."""
        query = select(UserTask).where(UserTask.case_id == self.case_id, UserTask.state == OPEN).order_by(UserTask.id)
        return [f"{task.process_key}.{task.element}@{task.role}" for task in db.session.scalars(query)]

    def ends(self) -> dict[str, str | None]:
        """Latest end of each process of the case; None while it runs."""
        query = select(ProcessInstance).where(ProcessInstance.case_id == self.case_id).order_by(ProcessInstance.id)
        return {one.process_key: one.end_element for one in db.session.scalars(query)}

    def clock_of(self, code: str) -> Deadline:
        query = select(Deadline).where(Deadline.case_id == self.case_id, Deadline.code == code).order_by(Deadline.id.desc())
        found = db.session.scalars(query).first()
        assert found is not None, code
        return found

    def _filled(self, form: Form, answers: Mapping[str, Any], subject: Subject) -> dict[str, Any]:
        lookups = Lookups(subject, self.now)
        return fill(form.definition["fields"], answers, pick=lambda one: self._pick(one, lookups))

    def _pick(self, one: Mapping[str, Any], lookups: Lookups) -> Any:
        if one["type"] == "date":
            return (clock.legal_day(self.now) + timedelta(days=AHEAD if one.get("min") == "today" else 0)).isoformat()
        if one["type"] == "reference":
            return _chosen(lookups, one)
        return plausible(one)

    @contextmanager
    def _moment(self) -> Iterator[None]:
        with clock.moved_to(self.now):
            with transaction():
                yield
            outbox.deliver_due(now=self.now)


def person(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


def officers(*names: str) -> list[str]:
    """Values of a reference to officers."""
    return [str(person(name).id) for name in names]


def _chosen(lookups: Lookups, one: Mapping[str, Any]) -> list[str] | str:
    offered: Sequence[str] = [choice.value for choice in lookups.choices(one["of"]) if choice.refusal is None]
    return list(offered[:3]) if one.get("many") else offered[0]


def _sweep(name: str) -> None:
    found = find_sweep(name)
    assert found is not None
    found.work()
