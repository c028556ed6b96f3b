"""The list at a browser: it comes back to where one was, and refreshes without moving a row."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Person
from tests.site import Site
from tests.webapp.pages import open_case, open_task
from webapp.accounts.queries import find_user
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.processes import services
from webapp.processes.models import UserTask


@pytest.fixture
def tasks(app: Any, cast: Any, employer: Any) -> list[int]:
    return [open_task(open_case(employer, cast.ping)).id for _ in range(18)]


def test_the_list_keeps_its_place_and_never_moves_a_row(tasks: list[int], site: Site, browser: Browser, employer: Any) -> None:
    tao = Person(browser, site, "tao")
    page = tao.page
    page.goto("/?view=group")
    row = page.locator(f"tr[data-task='{tasks[12]}']")
    row.locator(".main-link").scroll_into_view_if_needed()
    top = page.evaluate("scrollY")
    row.locator(".main-link").click()
    expect(page).to_have_url(f"{site.base}/tasks/{tasks[12]}")
    page.go_back()
    expect(row).to_be_focused()
    assert abs(page.evaluate("scrollY") - top) < 5

    page.keyboard.press("j")
    expect(page.locator(f"tr[data-task='{tasks[13]}']")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(f"tr[data-task='{tasks[13]}'] .pick")).to_be_checked()

    with transaction():
        services.claim(db.session.get_one(UserTask, tasks[0]), actor=find_user("tao"), at=clock.now())
    open_case(employer, find_user("ping"))
    db.session.remove()
    before = [one.get_attribute("data-task") for one in page.locator("tr[data-task]").all()]
    page.evaluate("document.dispatchEvent(new CustomEvent('inbox:refresh'))")
    expect(page.locator("[data-arrived]")).to_contain_text("1")
    expect(page.locator(f"tr[data-task='{tasks[0]}']")).to_contain_text("已不在本列表")
    assert [one.get_attribute("data-task") for one in page.locator("tr[data-task]").all()] == before
    expect(page.locator(f"tr[data-task='{tasks[13]}'] .pick")).to_be_checked()
    page.locator("[data-arrived] button").click()
    expect(page.locator(f"tr[data-task='{tasks[0]}']")).to_have_count(0)
    assert not tao.faults
