"""An administrator changes a form binding and adds a step, a second one publishes; a new case takes the step, an old one does not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Person
from tests.browser.test_editor import Desk, bundle, drop_user_task_on, property_of  # noqa: F401 - the bundle must be built here too
from tests.site import Site
from tests.webapp.diagrams.changing import active_content, drafted
from tests.webapp.pages import open_case
from webapp.accounts.models import User
from webapp.core.db import db
from webapp.employers.models import Employer
from webapp.processes import editions
from webapp.processes.queries import open_tasks_of_case

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
KEY, FLOW = "case_lifecycle", "to_entry"


def test_a_step_of_one_administrator_is_published_by_another(cast: Any, employer: Employer, site: Site, browser: Browser) -> None:
    old = open_case(employer, cast.ping).id
    draft_id = drafted(cast.admin, ("bpmn", KEY, active_content("bpmn", KEY).encode())).id
    employer_id, people = employer.id, (cast.ping.id, cast.admin2.id)
    db.session.remove()
    _change(Desk(Person(browser, site, "admin"), draft_id, KEY))
    _publish(Person(browser, site, "admin2"), draft_id)
    db.session.remove()
    foundry = db.session.get_one(Employer, employer_id)
    ping, second = (db.session.get_one(User, user_id) for user_id in people)
    new = open_case(foundry, ping).id
    assert [task.name for task in open_tasks_of_case(new)] == ["核对线索材料"]
    assert [task.element for task in open_tasks_of_case(old)] == ["town_accept"]
    content = active_content("bpmn", KEY).encode()
    assert property_of(content, "supplement_finding", "form") == "transfer_supplement"
    assert editions.active_edition().published_by_id == second.id


def _change(desk: Desk) -> None:
    desk.select("supplement_finding")
    desk.field("form").select_option("transfer_supplement")
    drop_user_task_on(desk, FLOW)
    problems = desk.page.locator("#bpmn-problems .problem-row")
    expect(problems.filter(has_text="没有名称")).to_be_visible(timeout=15_000)
    problems.filter(has_text="没有名称").locator("button").click()
    desk.field("name").fill("核对线索材料")
    desk.field("name_en").fill("Check the clue's papers")
    desk.field("form").select_option("supplement")
    expect(desk.page.locator("#bpmn-problems .problem-row.error")).to_have_count(0, timeout=15_000)
    desk.saved()
    page = desk.page
    page.goto(f"/diagrams/drafts/{desk.draft_id}")
    page.locator(f"form[action$='/drafts/{desk.draft_id}/submit'] button").click()
    expect(page.locator(f"form[action$='/drafts/{desk.draft_id}/publish']")).to_have_count(0)  # not by the same person
    assert desk.person.faults == []
    desk.person.close()


def _publish(second: Person, draft_id: int) -> None:
    page = second.page
    page.goto(f"/diagrams/drafts/{draft_id}")
    expect(page.locator("main")).to_contain_text("待第二人发布")
    page.locator(f"form[action$='/drafts/{draft_id}/publish'] button.primary").click()
    expect(page).to_have_url(re.compile(r"/diagrams"))
    assert second.faults == []
    second.close()
