"""A foundry case by hand: every actor in a browser of their own, some in English, one on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from tests import factories, story
from tests.browser.conftest import Person
from tests.site import Site
from webapp.cases.models import Case
from webapp.core.db import db
from webapp.processes import editions, queries
from webapp.processes.models import UserTask

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
ENGLISH = {"hui", "jing"}


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[dict[str, Person]]:
    made = {
        name: Person(browser, site, name, language="en-GB" if name in ENGLISH else "zh-CN", is_phone=name == "ping")
        for name in story.ACTORS
    }  # fmt: skip
    yield made
    for person in made.values():
        person.close()


def open_task(process: str, element: str) -> UserTask:
    db.session.remove()
    query = select(UserTask).where(UserTask.process_key == process, UserTask.element == element, UserTask.state == 0)
    return db.session.scalars(query).one()


def test_a_foundry_case_from_finding_to_closing(people: dict[str, Person]) -> None:
    _register_the_finding(people["ping"])
    for number, (username, process, element, steering) in enumerate(story.FOUNDRY):
        task = open_task(process, element)
        form = queries.form_of(task)
        assert form is not None
        looking = people if number % 9 == 0 else (username, "zhou")  # the scenario tests ask everybody at every step
        seen_by = {name for name in looking if people[name].sees_in_group(task.id)}
        assert seen_by == {username}, element
        people[username].complete(task.id, story.answers(form.definition["fields"], steering))
    db.session.remove()
    case = db.session.scalars(select(Case)).one()
    assert case.outcome == "closed"
    _the_case_page_tells_it_in_both_languages(people, case.case_no)
    assert {name: person.faults for name, person in people.items() if person.faults} == {}


def _do(person: Person, element: str, **steering: Any) -> None:
    task = open_task("case_lifecycle", element)
    form = queries.form_of(task)
    assert form is not None
    person.complete(task.id, story.answers(form.definition["fields"], steering))


def _register_the_finding(ping: Person) -> None:
    form = editions.start_form(editions.active_edition(), "case_lifecycle")
    assert form is not None
    ping.page.goto(f"/start/case_lifecycle?employer_id={factories.foundry().id}")
    ping.fill(story.answers(form.definition["fields"], {"urgency": "A"}))
    ping.page.locator("form[method=post] button.primary[type=submit]").last.click()
    expect(ping.page.get_by_text("TC-").first).to_be_visible()


def _the_case_page_tells_it_in_both_languages(people: dict[str, Person], case_no: str) -> None:
    chinese, english = people["tao"].page, people["hui"].page
    for page, word in ((chinese, "镇街核实"), (english, "Town verification")):
        page.goto(f"/cases/{case_no}/diagram")
        expect(page.get_by_text(word).filter(visible=True).first).to_be_visible()
        expect(page.locator("svg[role=img]").first).to_be_attached()
    assert chinese.locator("html").get_attribute("lang") == "zh-CN"
    assert english.locator("html").get_attribute("lang") == "en"
    assert people["jing"].page.goto(f"/cases/{case_no}").status == 403  # type: ignore[union-attr]
    people["jing"].faults.clear()  # the browser reports the refusal it was meant to get
    people["zhou"].page.goto(f"/cases/{case_no}")
    assert case_no not in people["zhou"].page.content().replace(f"/cases/{case_no}", "")
    people["zhou"].faults.clear()


def test_typed_work_survives_a_colleague_who_was_faster(browser: Browser, site: Site, employer: Any, cast: Any) -> None:
    first, second = Person(browser, site, "ping"), Person(browser, site, "tao")
    _register_the_finding(first)
    _do(second, "town_accept", decision="take")
    task = open_task("case_lifecycle", "verify")
    other = Person(browser, site, "tao")
    other.page.goto(f"/tasks/{task.id}")
    form = queries.form_of(task)
    assert form is not None
    other.fill({"facts": "现场核实：三个岗位无局部排风，已拍照。"})
    second.complete(task.id, story.answers(form.definition["fields"], {"conclusion": "violation"}))
    other.page.locator(".actionbar button.primary").click()
    expect(other.page.locator("[role=alert]").first).to_contain_text("tao某某")
    assert other.page.locator("[name=facts]").input_value() == "现场核实：三个岗位无局部排风，已拍照。"
    for person in (first, second, other):
        person.close()
