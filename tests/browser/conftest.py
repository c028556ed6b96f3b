"""Chromium against a real server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import factories
from tests.site import Site
from webapp.core.db import db

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def site(app: Any, free_port: int) -> Iterator[Site]:
    db.session.remove()
    found = Site(app.config["ZHIJIAN"], free_port)
    found.start(workers=1)
    yield found
    found.close()


class Person:
    """Somebody at a browser of their own, in their own language."""

    def __init__(self, browser: Browser, site: Site, username: str, *, language: str = "zh-CN", is_phone: bool = False) -> None:
        self._context = browser.new_context(base_url=site.base, locale=language, viewport=PHONE if is_phone else WIDE)
        self.page: Page = self._context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda said: self.faults.append(f"{said.text} {said.location['url']}") if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.sign_in(username)

    def sign_in(self, username: str) -> None:
        self.page.goto("/sign-in")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", factories.PASSWORD)
        self.page.press("input[name=password]", "Enter")
        expect(self.page).to_have_url(re.compile(r"/(audit)?$"))
        self.page.wait_for_load_state()  # keys are pressed at once: the scripts must be there

    def sees_in_group(self, task_id: int) -> bool:
        self.page.goto("/?view=group", wait_until="domcontentloaded")
        return self.page.locator(f"a[href='/tasks/{task_id}']").count() > 0

    def complete(self, task_id: int, values: Mapping[str, Any]) -> None:
        """Claim the task in the list, open it, fill the form and submit it."""
        self.page.goto("/?view=group")
        self.page.locator(f"button[formaction='/tasks/{task_id}/claim']").first.click()
        self.page.goto(f"/tasks/{task_id}")
        self.fill(values)
        self.page.locator(".actionbar button.primary").click()
        expect(self.page.locator(".flash, [role=status]").first).to_be_visible()

    def fill(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            for one in value if isinstance(value, list) else [value]:
                self._answer(name, str(one).lower() if isinstance(one, bool) else str(one))

    def close(self) -> None:
        self._context.close()

    def _answer(self, name: str, value: str) -> None:
        option = self.page.locator(f"input:is([type=radio], [type=checkbox])[name='{name}'][value='{value}']")
        if option.count():
            self.page.locator("label").filter(has=option).click()
            expect(option).to_be_checked()
            return
        field = self.page.locator(f"[name='{name}']:not([id^='evidence-'])")  # the page also asks for circumstances of evidence
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
