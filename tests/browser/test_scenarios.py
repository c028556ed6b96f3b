"""Scripted cases 1, 4, 11 and 15 of domain/06, 6.7, by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.telling import Hand
from tests.site import Site
from tests.webapp.scenarios import ways
from tests.webapp.scenarios.telling import Story, officers
from tests.webapp.scenarios.test_crime import REACHED, sent
from tests.webapp.scenarios.test_penalty import lost_round
from webapp.core.db import db

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


@pytest.fixture
def hands() -> Iterator[list[Hand]]:
    """Stories whose browsers are closed at the end, and which must not have complained."""
    made: list[Hand] = []
    yield made
    for hand in made:
        hand.close()
    assert [hand.faults() for hand in made if hand.faults()] == []


def test_case_1_by_hand(browser: Browser, site: Site, employer: Any, hands: list[Hand]) -> None:
    hand = Hand(browser, site, employer, urgency="C", signs=["ppe"])
    hands.append(hand)
    hand.do("tao", "town_accept", decision="take")
    hand.do("tao", "verify", conclusion="corrected")
    db.session.remove()
    assert hand.case.outcome == "corrected_on_spot"


def test_case_4_by_hand(browser: Browser, site: Site, employer: Any, hands: list[Hand]) -> None:
    """The lost round was lived through before; what follows it is done on the pages."""
    second = lost_round(employer, at=datetime.now(UTC) - timedelta(days=60))
    hand = Hand.going_on(browser, site, second)
    hands.append(hand)
    day = hand.now.date().isoformat()
    hand.do("hui", "propose_filing", violations=["V-72-01"], officers=officers(*ways.TEAM), acted_on=day, discovered_on=day)
    hand.do("chen", "file_case", decision="file")
    ways.inspect(hand, "V-72-01")
    ways.conclude(hand, "V-72-01", kinds=["fine"], fine=80_000)
    ways.notify(hand, "V-72-01", kinds=["fine"], fine=80_000, review=True)
    hand.do("hui", "hear_party", result="waived")
    above = hand.refused("chen", "decide", decision="penalise", violations=["V-72-01"], penalty_kinds=["fine"], fine=90_000)
    assert "BR-06" in above
    ways.decide(hand, "V-72-01", kinds=["fine"], fine=80_000)
    assert "case_lifecycle.await_payment@HD_LEAD" in hand.open()


def test_case_11_by_hand(browser: Browser, site: Site, employer: Any, hands: list[Hand]) -> None:
    hand = Hand(browser, site, employer, urgency="A", signs=["illness"])
    hands.append(hand)
    hand.do("tao", "town_accept", decision="take")
    hand.do("tao", "verify", conclusion="violation")
    hand.do("an", "accept", decision="accept", matters=["poisoning"])
    day = hand.now.date().isoformat()
    hand.do("hui", "propose_filing", violations=["V-77-01"], officers=officers(*ways.TEAM), acted_on=day, discovered_on=day, has_harm="yes")
    hand.do("chen", "file_case", decision="file")
    ways.inspect(hand, "V-77-01", measures=["control"])
    hand.do("hui", "conclude", violations=["V-77-01"], proposal="penalise", proposed_kinds=["stop", "fine"], proposed_fine=300_000)
    hand.do("hui", "screen_crime", **REACHED)
    hand.do("chen", "decide_referral", decision="refer")
    sent(hand)
    hand.do("jing", "receive", "police_referral", answer="received")
    hand.do("jing", "answer", "police_referral", answer="filed")
    hand.do("hui", "hand_over", "police_referral")
    db.session.remove()
    assert hand.ends()["police_referral"] == "filed"


def test_case_15_by_hand(browser: Browser, site: Site, employer: Any, hands: list[Hand]) -> None:
    hand = Hand(browser, site, employer, signs=["illness"])
    hands.append(hand)
    ways.file(hand, "V-72-06")
    harm = {"health_harm": "diagnosed", "insured": "yes", "employer_exists": "yes", "hardship": "no", "sudden_need": "no"}
    ways.inspect(hand, "V-72-06", **harm)
    Story.add_worker(hand)
    certificate = hand.add_evidence()
    hand.do("hui", "certificate", "work_injury", certificate=certificate)
    hand.do("hui", "hand_in", "work_injury", insured="yes")
    hand.do("hui", "apply", "work_injury", applicant="employer")
    hand.do("she", "accept", "work_injury", decision="accept")
    assert any(task.startswith("work_injury.decide") for task in hand.open())
