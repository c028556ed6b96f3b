"""Everybody can read and press everything: each page, as several roles see it, in both themes, wide and on a phone, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request
from sqlalchemy import select

from tests.browser import looking
from tests.browser.conftest import Person
from tests.site import Site
from tests.webapp.diagrams.changing import active_content, drafted
from tests.webapp.security import world
from webapp.accounts.models import Certificate, Membership, Power, Town
from webapp.core.db import db

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
WORDS = {"kind": "declaration", "key": "case_lifecycle", "code": "TC", "part": "identity"}
NOT_HERE = {"sample_id", "session_id", "import_id", "receiver_id", "power_id", "certificate_id"}  # where the small world has none
NO_PAGES = ("/api/", "/static/", "/health", "/readyz", "/metrics")


@pytest.fixture
def everything(app: Any, cast: Any, employer: Any) -> dict[str, str]:
    """A value for each parameter of an address."""
    known = {**WORDS, **world.objects(cast, employer)}
    draft = drafted(cast.admin, ("bpmn", "correction", active_content("bpmn", "correction").encode()))
    db.session.commit()
    found = {**known, "draft_id": str(draft.id), "user_id": str(cast.ping.id), "edition_id": "1", "seq": "1", "role": "TOWN"}
    for name, column in {"town_id": Town.id, "power_id": Power.id, "certificate_id": Certificate.id}.items():
        first = db.session.scalar(select(column).order_by(column))
        if first is not None:
            found[name] = str(first)
    found["membership_id"] = str(db.session.scalar(select(Membership.id).where(Membership.user_id == cast.ping.id)))
    db.session.remove()
    return found


def pages(app: Any, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Endpoint and address of what may be a page."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" not in rule.methods or rule.rule.startswith(NO_PAGES):
            continue
        unknown = set(rule.arguments) - known.keys()
        assert unknown <= NOT_HERE, f"{rule.rule}: what is a good value for {unknown}?"
        if not unknown:
            yield rule.endpoint, re.sub(r"<(?:[a-z]+(?:\([^)]*\))?:)?(\w+)>", lambda one: known[one[1]], rule.rule)


class Looker:
    """One person going through the pages; keeps what is wrong with them."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.faults: list[str] = []
        self.titles: dict[str, set[str]] = {}
        self.seen = 0
        page.on("request", self._asked)

    def _asked(self, sent: Request) -> None:
        if not sent.url.startswith((self.base, "blob:", "data:")):
            self.faults.append(f"from outside: {sent.url}")

    def is_page(self, address: str) -> bool:
        """Not a file, not a part of a page, not a refusal, not where somebody else is sent."""
        answer = self.page.request.get(address, max_redirects=0)
        return answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html") and "<html" in answer.text()

    def look(self, endpoint: str, address: str, *, sizes: tuple[tuple[int, int], ...]) -> None:
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.goto(address, wait_until="load")
        self.titles.setdefault(self.page.title(), set()).add(endpoint)
        self.seen += 1
        found = [*looking.frame_faults(self.page), *looking.width_faults(self.page)]
        for size in sizes:
            found += looking.axe_faults(self.page, size=size, theme="light")
            found += looking.axe_faults(self.page, size=size, theme="dark", rules=looking.CONTRAST)
        found += looking.focus_faults(self.page)
        self.faults += [f"{address}: {one}" for one in found]


@pytest.mark.parametrize("username", ["ping", "hui", "zheng", "jing", "shenji", "admin"])
def test_no_page_of_a_role_keeps_anybody_out(app: Any, everything: dict[str, str], site: Site, browser: Browser, username: str) -> None:
    """The administrator sees every page both wide and on a phone; who shares pages with others sees each in one of the two."""
    person = Person(browser, site, username, language="en" if username in ("hui", "jing") else "zh-CN")
    person.page.emulate_media(reduced_motion="reduce")
    looker = Looker(person.page, site.base)
    for index, (endpoint, address) in enumerate(pages(app, everything)):
        if looker.is_page(address):
            one = looking.PHONE if username == "ping" or index % 2 else looking.WIDE
            looker.look(endpoint, address, sizes=(looking.WIDE, looking.PHONE) if username == "admin" else (one,))
    person.close()
    assert looker.seen >= 8
    if looker.faults:
        pytest.fail(f"{len(looker.faults)} faults\n" + "\n".join(looker.faults), pytrace=False)
    assert {title: ends for title, ends in looker.titles.items() if len(ends) > 1} == {}
