"""The timeline of a case: by kind, page by page, with an address for every entry."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.webapp.pages import Browser, complete_next, open_case, text_of
from webapp.cases.models import Case
from webapp.cases.queries import timeline
from webapp.cases.timeline import Asked
from webapp.cases.wording import TOPICS, readable_events, topic_of
from webapp.events.vocabulary import VOCABULARY


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    found = open_case(employer, cast.ping)
    complete_next(found, conclusion="violation")
    complete_next(found, conclusion="violation")
    return found


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'id="e(\d+)"', page)]


def test_the_newest_stands_on_top_and_each_entry_has_an_address(app: Any, case: Case) -> None:
    page = Browser(app, "hui").get(f"/cases/{case.case_no}/timeline").text
    found = numbers(page)
    assert found == sorted(found, reverse=True)
    assert f'href="/cases/{case.case_no}/timeline?event={found[0]}#e{found[0]}"' in page


def test_one_kind_alone_can_be_asked_for(app: Any, case: Case) -> None:
    hui = Browser(app, "hui")
    everything = numbers(hui.get(f"/cases/{case.case_no}/timeline").text)
    steps = numbers(hui.get(f"/cases/{case.case_no}/timeline?kind=step").text)
    assert steps
    assert set(steps) <= set(everything)
    assert "Nothing of this kind has happened" in hui.get(f"/cases/{case.case_no}/timeline?kind=person").text


def test_pages_follow_each_other_without_a_gap(app: Any, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    hui = Browser(app, "hui")
    whole = numbers(hui.get(f"/cases/{case.case_no}/timeline").text)
    monkeypatch.setattr("webapp.cases.timeline.timeline_page.__kwdefaults__", {"limit": 2})
    found, address = [], f"/cases/{case.case_no}/timeline"
    while address:
        page = hui.get(address).text
        found += numbers(page)
        address = page.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in page else ""
    assert found == whole


def test_the_address_of_an_entry_opens_the_page_that_holds_it(app: Any, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.cases.timeline.timeline_page.__kwdefaults__", {"limit": 3})
    monkeypatch.setattr("webapp.cases.timeline.CONTEXT", 1)
    first = next(one.seq for one in reversed(timeline(case)) if one.name in readable_events())
    page = Browser(app, "hui").get(f"/cases/{case.case_no}/timeline?event={first}").text
    assert f'id="e{first}" class="ok marked" aria-current="true"' in page


@pytest.mark.parametrize(
    "query", ["kind=nonsense", "before=0", "before=-3", "event=x", "event=99999999999999", "before=%00", "kind=%22%3E"]
)
def test_an_address_nobody_understands_shows_the_newest(app: Any, case: Case, query: str) -> None:
    hui = Browser(app, "hui")
    assert numbers(hui.get(f"/cases/{case.case_no}/timeline?{query}").text) == numbers(hui.get(f"/cases/{case.case_no}/timeline").text)


def test_what_is_asked_is_read_with_care() -> None:
    assert Asked.of({"kind": "clock", "before": "12"}) == Asked("clock", 12, None)
    assert Asked.of({"kind": "CLOCK", "before": "１２", "event": ""}) == Asked()


def test_every_event_has_a_kind() -> None:
    assert {topic_of(name) for name in VOCABULARY} <= set(TOPICS)


def test_who_claims_and_completes_is_told_once(app: Any, case: Case) -> None:
    shown = text_of(Browser(app, "hui").get(f"/cases/{case.case_no}/timeline").text)
    assert shown.count("Tao completed") == 2
    assert "Tao claimed" not in shown
