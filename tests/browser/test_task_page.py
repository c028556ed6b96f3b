"""The page of a task in a browser: typed text outlives the session, hints come while typing, evidence opens beside the form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import delete

from tests import factories
from tests.browser.conftest import Person
from tests.site import Site
from tests.webapp.documents.files import photo
from tests.webapp.pages import complete_next, open_case, open_task
from webapp.accounts.models import WebSession
from webapp.cases.models import Case
from webapp.core.db import db
from webapp.processes.models import RETURNED, UserTask

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
TYPED = "打磨工位没有局部排风，地面积尘明显。"


@pytest.fixture
def task(app: Any, cast: Any, employer: Any) -> UserTask:
    """The verification by the town."""
    case: Case = open_case(employer, cast.ping)
    complete_next(case, decision="take")
    return open_task(case)


@pytest.fixture
def tao(browser: Browser, task: UserTask, site: Site) -> Iterator[Person]:
    person = Person(browser, site, "tao", language="en-GB")
    person.page.goto(f"/tasks/{task.id}")
    yield person
    person.close()


def end_all_sessions() -> None:
    db.session.execute(delete(WebSession))
    db.session.commit()


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(task: UserTask, tao: Person) -> None:
    page = tao.page
    page.fill("#f-facts", TYPED)
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    end_all_sessions()
    page.fill("#f-facts", TYPED + " And more after the session had ended.")
    page.locator("label").filter(has=page.locator("input[name=conclusion][value=violation]")).click()
    page.locator(".actionbar button.primary").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.fill("input[name=username]", "tao")
    page.fill("input[name=password]", factories.PASSWORD)
    page.press("input[name=password]", "Enter")
    expect(page).to_have_url(re.compile(rf"/tasks/{task.id}$"))
    expect(page.locator("#f-facts")).to_have_value(TYPED + " And more after the session had ended.")
    expect(page.locator("input[name=conclusion][value=violation]")).to_be_checked()
    expect(page.locator("[data-typed-back]")).to_be_visible()
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")


def test_hints_come_while_one_types_and_only_where_one_was(tao: Person) -> None:
    page = tao.page
    page.fill("#f-verified_on", "2030-01-01")
    page.locator("#f-verifiers").focus()
    problem = page.locator("[data-field=verified_on] .problem")
    expect(problem).to_be_visible()
    expect(page.locator(".problem")).to_have_count(1)
    expect(page.locator("#f-verified_on")).to_have_attribute("aria-invalid", "true")
    page.fill("#f-verified_on", "2026-11-01")
    expect(problem).to_have_count(0)
    assert tao.faults == []


def test_evidence_opens_beside_the_form(tao: Person) -> None:
    page = tao.page
    page.fill("#f-facts", TYPED)
    for name, colour in (("one.jpg", "teal"), ("two.jpg", "red")):
        page.set_input_files("#evidence-files", {"name": name, "mimeType": "image/jpeg", "buffer": photo(colour=colour)})
        page.locator("#evidence form[data-uploads] button.primary").click()
        expect(page.locator("#evidence-list .file-name").filter(has_text=name)).to_be_visible()
    page.locator("#evidence a.shot").first.click()
    pane = page.locator("[data-evidence-pane]")
    expect(pane).to_be_visible()
    expect(pane).to_contain_text("1 of 2")
    pane.locator("[data-pane-step='1']").click()
    expect(pane).to_contain_text("two.jpg")
    expect(page.locator("#f-facts")).to_have_value(TYPED)
    page.fill("#f-verifiers", "陈某、李某")  # the form stays at hand
    pane.locator("[data-pane-close]").click()
    expect(pane).to_be_hidden()


def test_a_draft_can_be_discarded(tao: Person) -> None:
    page = tao.page
    page.fill("#f-facts", TYPED)
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    page.reload()
    expect(page.locator(".draft-notice")).to_contain_text("Your draft of")
    expect(page.locator("#f-facts")).to_have_value(TYPED)
    page.locator(".draft-notice button").click()
    expect(page.locator("#f-facts")).to_have_value("")


def test_a_step_is_returned_with_a_reason_and_opens_again_filled_in(task: UserTask, tao: Person) -> None:
    page = tao.page
    page.locator(f"a[href='/tasks/{task.id}/return']").click()
    page.locator(".actionbar button.primary").click()
    expect(page.locator("[role=alert]")).to_contain_text("Say in a few words why")
    page.fill("#reason", "The address is in another town.")
    page.locator(".actionbar button.primary").click()
    expect(page.locator(".flash, [role=status]").first).to_contain_text("The case is back at")
    expect(page.locator("main")).to_contain_text("The address is in another town.")
    expect(page.locator("input[name=decision][value=take]")).to_be_checked()
    db.session.remove()
    assert db.session.get_one(UserTask, task.id).state == RETURNED
