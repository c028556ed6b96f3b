"""Tell a case with the hands of its people: the same story as in the scenarios, every step on its page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect
from sqlalchemy import select

from tests.browser.conftest import Person
from tests.site import Site
from tests.webapp.documents import files
from tests.webapp.scenarios.telling import Story
from webapp.cases.models import Case
from webapp.core.db import db
from webapp.documents.models import Evidence
from webapp.employers.models import Employer
from webapp.processes import editions, queries
from webapp.processes.models import UserTask
from webapp.processes.subjects import Subject


class Hand(Story):
    """One case on a running site; the clock is the real one, so nothing waits here."""

    def __init__(self, browser: Browser, site: Site, employer: Employer, *, by: str = "ping", **finding: Any) -> None:
        self._browser, self._site, self._people = browser, site, dict[str, Person]()
        self.now = datetime.now(UTC)
        employer_id, form = employer.id, editions.start_form(editions.active_edition(), "case_lifecycle")
        assert form is not None
        values = self._filled(form, finding, Subject(jurisdiction_id=employer.jurisdiction_id))
        db.session.remove()
        page = self.person(by).page
        page.goto(f"/start/case_lifecycle?employer_id={employer_id}")
        self.person(by).fill(values)
        page.locator("form[method=post] button.primary[type=submit]").last.click()
        expect(page.get_by_text("TC-").first).to_be_visible()
        self.case_id = db.session.scalars(select(Case.id).order_by(Case.id.desc()).limit(1)).one()

    @classmethod
    def going_on(cls, browser: Browser, site: Site, story: Story) -> Hand:
        """Take a case over that was told so far without a browser."""
        hand = cls.__new__(cls)
        hand._browser, hand._site, hand._people = browser, site, {}
        hand.case_id, hand.now = story.case_id, datetime.now(UTC)
        return hand

    def person(self, username: str) -> Person:
        if username not in self._people:
            self._people[username] = Person(self._browser, self._site, username)
        return self._people[username]

    def later(self, *, days: int = 0, hours: int = 0) -> None:
        """Nothing: people do one thing after the other."""

    def do(self, by: str, element: str, process: str = "case_lifecycle", **answers: Any) -> UserTask:
        task = self.open_task(element, process)
        form, task_id, subject = queries.form_of(task), task.id, Subject.of(task.instance)
        assert form is not None
        values = self._filled(form, answers, subject)
        db.session.remove()
        self.person(by).complete(task_id, values)
        assert not self.person(by).page.locator(".error-summary").count(), self.person(by).page.locator(".error-summary").inner_text()
        return self._fresh(task_id)

    def refused(self, by: str, element: str, process: str = "case_lifecycle", **answers: Any) -> str:
        task = self.open_task(element, process)
        form, task_id, subject = queries.form_of(task), task.id, Subject.of(task.instance)
        assert form is not None
        values = self._filled(form, answers, subject)
        db.session.remove()
        page = self.person(by).page
        page.goto(f"/tasks/{task_id}")
        self.person(by).fill(values)
        page.locator(".actionbar button.primary").click()
        said = page.locator("[role=alert]").first.inner_text()
        self.person(by).faults.clear()  # the browser has reported the 422 it was meant to get
        return said

    def add_evidence(self) -> str:
        """Upload a paper on the case page; the value with which a form chooses it."""
        db.session.remove()
        page, case_no = self.person("hui").page, self.case.case_no
        db.session.remove()
        page.goto(f"/cases/{case_no}/evidence")
        paper = Path(self._site.settings.home) / "诊断证明.png"
        paper.write_bytes(files.picture())
        page.locator("input[type=file]").first.set_input_files(paper)
        page.locator("form[enctype='multipart/form-data'] button.primary").first.click()
        expect(page.get_by_text("SHA-256").first).to_be_visible()
        db.session.remove()
        return str(db.session.scalars(select(Evidence.id).where(Evidence.case_id == self.case_id)).one())

    def open_task(self, element: str, process: str = "case_lifecycle") -> UserTask:
        db.session.remove()
        return super().open_task(element, process)

    def open(self) -> list[str]:
        db.session.remove()
        return super().open()

    def faults(self) -> dict[str, list[str]]:
        """What the browsers complained about, by person."""
        return {name: person.faults for name, person in self._people.items() if person.faults}

    def close(self) -> None:
        for person in self._people.values():
            person.close()

    def _fresh(self, task_id: int) -> UserTask:
        db.session.remove()
        return db.session.get_one(UserTask, task_id)
