"""What the frame of every page does: shortcuts, the list of them, parts that are exchanged while one works, small screens."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Person
from tests.site import Site
from webapp.assets.bundle import Places, digest, is_built

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
SWAP = """path => { htmx.ajax('GET', path, {target: '#employer-list', select: '#employer-list', swap: 'outerHTML'}).catch(() => {}); }"""


def press(page: Page, keys: str) -> None:
    """Once the page listens."""
    expect(page.locator("[data-keys-open]")).to_be_visible()
    for key in keys:
        page.keyboard.press(key)


@pytest.fixture
def hui(site: Site, browser: Browser, cast: Any, employer: Any) -> Iterator[Person]:
    person = Person(browser, site, "hui", language="en")
    yield person
    person.close()


def test_two_keys_lead_to_another_place(hui: Person) -> None:
    for keys, path in (("gc", "/cases"), ("ge", "/employers"), ("gi", "/")):
        press(hui.page, keys)
        expect(hui.page).to_have_url(re.compile(rf"{path}$"))
    assert hui.faults == []


def test_the_question_mark_lists_what_the_page_answers(hui: Person) -> None:
    page = hui.page
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Cases")
    expect(dialog.locator("dt", has_text=re.compile("^/$"))).to_have_count(1)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name=re.compile("Keyboard shortcuts")).click()
    expect(dialog).to_be_visible()


def test_the_slash_goes_to_the_search_and_typing_is_no_shortcut(hui: Person) -> None:
    page = hui.page
    press(page, "/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("gc?")
    expect(page.locator("#find")).to_have_value("gc?")
    expect(page).to_have_url(re.compile(r"/$"))


def test_shortcuts_can_be_switched_off_and_stay_off(hui: Person) -> None:
    page = hui.page
    press(page, "?")
    page.get_by_label("Shortcuts are on in this browser").uncheck()
    page.keyboard.press("Escape")
    page.goto("/employers")
    press(page, "gc")
    page.wait_for_timeout(200)
    expect(page).to_have_url(re.compile(r"/employers$"))


def test_the_first_tab_offers_to_skip_to_the_content(hui: Person) -> None:
    hui.page.goto("/cases")
    hui.page.keyboard.press("Tab")
    expect(hui.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    hui.page.keyboard.press("Enter")
    expect(hui.page.locator("main")).to_be_focused()


@pytest.fixture
def swapping(hui: Person) -> Page:
    if not is_built(Places().dist, digest(Places().source)):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("htmx is not built: run `make assets`")
    hui.page.goto("/employers")
    return hui.page


def test_the_focus_stays_where_it_was_when_a_part_is_exchanged(swapping: Page) -> None:
    link = swapping.locator("#employer-list .main-link").first
    link.focus()
    link.evaluate("one => { one.dataset.old = 'yes'; }")
    swapping.evaluate(SWAP, "/employers")
    expect(swapping.locator("[data-old]")).to_have_count(0)
    expect(swapping.locator("#employer-list .main-link").first).to_be_focused()


def test_what_is_gone_gives_its_focus_to_the_part(swapping: Page) -> None:
    swapping.locator("#employer-list .main-link").first.focus()
    swapping.evaluate(SWAP, "/employers?q=nothing-of-that-name")
    expect(swapping.locator("#employer-list")).to_be_focused()


def test_a_failure_is_said_and_the_page_stays(swapping: Page) -> None:
    swapping.context.set_offline(True)
    swapping.evaluate(SWAP, "/employers")
    expect(swapping.get_by_role("alert")).to_contain_text("Check the connection")
    expect(swapping.locator("#employer-list .main-link").first).to_be_visible()


def test_a_refusal_is_told_in_its_own_words(swapping: Page) -> None:
    swapping.evaluate(SWAP, "/escalations")
    expect(swapping.get_by_role("alert")).to_contain_text("Your role does not allow this")


def test_an_ended_session_leads_to_the_sign_in(swapping: Page) -> None:
    swapping.context.clear_cookies()
    swapping.evaluate(SWAP, "/employers")
    expect(swapping).to_have_url(re.compile(r"/sign-in"))


def test_on_a_phone_everything_is_reached_from_below(site: Site, browser: Browser, cast: Any, employer: Any) -> None:
    ping = Person(browser, site, "ping", language="en", is_phone=True)
    ping.page.locator(".tabbar").get_by_role("link", name="More").click()
    ping.page.locator("main").get_by_role("link", name="Rules").click()
    expect(ping.page).to_have_url(re.compile(r"/rules"))
    expect(ping.page.get_by_role("link", name="Search", exact=True)).to_be_visible()
    assert ping.faults == []
    ping.close()
