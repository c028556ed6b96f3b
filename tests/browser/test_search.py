"""The box in the top bar: suggestions while typing, by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Person
from tests.site import Site
from tests.webapp.pages import open_case
from webapp.core.db import db

pytestmark = pytest.mark.browser


@pytest.fixture
def case_no(app: Any, employer: Any, cast: Any) -> str:
    number = open_case(employer, cast.ping).case_no
    db.session.remove()
    return number


def test_an_officer_finds_a_case_without_the_mouse(case_no: str, site: Site, browser: Browser) -> None:
    hui = Person(browser, site, "hui")
    page = hui.page
    page.keyboard.press("/")
    page.keyboard.type("yhzz")
    box = page.locator(".topbar [role=listbox]")
    expect(box.locator("mark").first).to_have_text("云禾铸造")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#find")).to_have_attribute("aria-activedescendant", "so-case-1-0")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.base}/cases/{case_no}")
    assert hui.faults == []


def test_arrow_keys_walk_through_the_results(case_no: str, site: Site, browser: Browser) -> None:
    hui = Person(browser, site, "hui")
    page = hui.page
    page.keyboard.press("/")
    page.keyboard.type("云")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_have_text("搜索")
    page.locator("[data-hit]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-hit]").nth(1)).to_be_focused()
    assert hui.faults == []


def test_a_phone_searches_on_the_page(case_no: str, site: Site, browser: Browser) -> None:
    ping = Person(browser, site, "ping", is_phone=True)
    page = ping.page
    page.goto("/search")
    page.fill("#search-q", case_no[-3:])
    page.press("#search-q", "Enter")
    expect(page.locator("[data-hit]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ping.faults == []
