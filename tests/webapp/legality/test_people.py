"""Two officers with certificates, three on a panel, the head in person, a town with the power. lu2's certificate ended 2026-01-31."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.webapp.legality.acting import NOW, ids, person, refusal, town
from webapp.accounts.models import Town
from webapp.accounts.powers import Grant, add_power
from webapp.core.db import db, transaction

pytestmark = pytest.mark.usefixtures("law")


def test_br_03_one_officer_is_refused() -> None:
    assert "At least 2" in str(refusal("BR-03", "inspect", officers=ids("hui"), inspected_on="2026-06-15"))
    assert "At least 2" in str(refusal("BR-03", "inspect", officers=ids("hui", "hui"), inspected_on="2026-06-15"))
    assert refusal("BR-03", "inspect", officers=ids("hui", "qin"), inspected_on="2026-06-15") is None
    assert refusal("BR-03", "inspect", is_asked=True) is None


def test_br_03_an_expired_certificate_is_refused() -> None:
    assert refusal("BR-03", "inspect", officers=ids("hui", "lu2"), inspected_on="2026-01-31") is None
    said = refusal("BR-03", "inspect", officers=ids("hui", "lu2"), inspected_on="2026-02-01")
    assert "2026-02-01" in str(said) and "lu2" in str(said).lower()


def test_br_03_nobody_without_a_certificate_counts() -> None:
    assert "Without a valid certificate" in str(refusal("BR-03", "inspect", officers=ids("hui", "ping"), inspected_on="2026-06-15"))


@pytest.mark.parametrize("day", ["reinspected_on", "registered_on", "investigated_on", "decided_on", "imposed_on", "lifted_on"])
def test_br_03_the_day_of_the_act_counts(day: str) -> None:
    def on(said: str) -> dict[str, Any]:
        return {day: said}

    assert "2026-02-01" in str(refusal("BR-03", "any", officers=ids("hui", "lu2"), **on("2026-02-01")))
    assert refusal("BR-03", "any", officers=ids("hui", "lu2"), **on("2026-01-31")) is None


def test_br_03_who_is_to_handle_a_case_is_certified_when_it_is_proposed_not_when_the_act_was_discovered() -> None:
    said: dict[str, Any] = {"discovered_on": "2026-01-30", "acted_on": "2026-01-20"}
    assert "2026-06-15" in str(refusal("BR-03", "propose_filing", officers=ids("hui", "lu2"), **said))


def test_br_03c_a_panel_has_three_members() -> None:
    assert "2 are named" in str(refusal("BR-03C", "deliberate", members=ids("hui", "qin")))
    assert "2 are named" in str(refusal("BR-03C", "deliberate", members=[*ids("hui", "qin"), *ids("qin")]))
    assert refusal("BR-03C", "deliberate", members=ids("hui", "qin", "lu")) is None


def test_br_13_only_the_principal_head_decides_on_a_transfer() -> None:
    for username in ("chen", "hui", "admin"):
        assert "principal head" in str(refusal("BR-13", "approve", process="police_referral", actor=person(username)))
    assert refusal("BR-13", "approve", process="police_referral", actor=person("zheng")) is None


def test_br_17_a_town_without_the_power_on_that_day_does_not_punish() -> None:
    said: dict[str, Any] = {"violations": ["V-70-02"], "decided_on": "2026-06-15"}
    assert "V-70-02" in str(refusal("BR-17", "town_decision", town_id=town("LH"), **said))
    assert "V-70-02" in str(
        refusal("BR-17", "verify", town_id=town("LH"), conclusion="punish", violations=["V-70-02"], verified_on="2026-06-15")
    )
    assert refusal("BR-17", "verify", town_id=town("LH"), conclusion="violation") is None
    assert refusal("BR-17", "summary_decision", town_id=town("LH"), **said) is None


def test_br_17_the_power_counts_from_its_first_to_its_last_day() -> None:
    with transaction():
        place = db.session.get_one(Town, town("SX"))
        grant = Grant(
            place.jurisdiction_id, place, "penalise", ("V-70-02",), "演示政府公告", "演示〔2026〕1号",
            date(2026, 6, 1), date(2026, 6, 30), "yes",
        )  # fmt: skip
        add_power(grant, actor_id=None, at=NOW)
    answers = {
        day: refusal("BR-17", "town_decision", town_id=town("SX"), violations=["V-70-02"], decided_on=day)
        for day in ("2026-05-31", "2026-06-01", "2026-06-30", "2026-07-01")
    }
    assert [answers[day] is None for day in sorted(answers)] == [False, True, True, False]
