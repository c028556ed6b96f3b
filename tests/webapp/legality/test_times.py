"""Limitation, the time to decide, registered evidence, sealing, and law not yet in force: the day before, on and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.webapp.legality.acting import Record, refusal
from webapp.deadlines.services import due_for, instant_of
from webapp.legality.registry import RULES

pytestmark = pytest.mark.usefixtures("law")


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T02:00:00+00:00")


def test_br_09_a_late_decision_is_marked_not_refused() -> None:
    assert RULES["BR-09"].is_mark
    assert refusal("BR-09", "decide", Record(at=at("2026-06-15")).tick("DECIDE", due="2026-06-15")) is None
    assert "2026-06-15" in str(refusal("BR-09", "decide", Record(at=at("2026-06-16")).tick("DECIDE", due="2026-06-15")))
    assert refusal("BR-09", "decide", Record()) is None


def test_br_19_registered_evidence_is_decided_upon_before_the_report() -> None:
    assert "nothing was decided" in str(refusal("BR-19", "conclude", Record().run("evidence_registration")))
    assert refusal("BR-19", "conclude", Record().run("evidence_registration", is_running=False)) is None


def handling(day: str, outcome: str) -> str | None:
    facts = Record().run("evidence_registration").tick("EVID_REG", due="2026-06-10")
    return refusal("BR-19", "handle", facts, process="evidence_registration", handled_on=day, outcome=outcome)


def test_br_19_the_decision_itself_may_be_made_while_its_leg_runs() -> None:
    assert handling("2026-06-10", "seize") is None
    assert refusal("BR-19", "handle", Record().run("evidence_registration"), process="evidence_registration", is_asked=True) is None


def test_br_19_after_seven_working_days_the_registration_has_lapsed() -> None:
    assert "2026-06-10" in str(handling("2026-06-11", "seize"))
    assert handling("2026-06-11", "return") is None
    assert handling("2026-06-11", "lift") is None


def extend(day: str, *, decision: str = "extend", also: str | None = None) -> str | None:
    facts = Record(at=at(day)).tick("SEAL", due="2026-06-10")
    if also:
        facts.tick("SEAL_EXT", due=also)
    return refusal("BR-18", "extend", facts, process="interim_control", decision=decision)


def test_br_18_a_measure_is_lengthened_while_it_runs() -> None:
    assert extend("2026-06-10") is None
    assert "2026-06-10" in str(extend("2026-06-11"))
    assert extend("2026-06-11", decision="refuse") is None


def test_br_18_a_measure_is_lengthened_once() -> None:
    assert "once only" in str(extend("2026-06-10", also="2026-07-10"))


def test_br_18_the_longer_time_begins_when_the_first_is_over() -> None:
    """So that both together are never more than 30 + 30 days; a test that the party was told of has moved the clock (L-2)."""
    facts = Record().tick("SEAL", due="2026-06-20")
    assert refusal("BR-18", "tell", facts, process="interim_control", extended_from="2026-06-20") is None
    assert "2026-06-20" in str(refusal("BR-18", "tell", facts, process="interim_control", extended_from="2026-06-21"))
    assert refusal("BR-18", "tell", facts.tick("SEAL", due="2026-07-01"), process="interim_control", extended_from="2026-06-21") is None


def test_br_18_another_measure_of_the_case_has_its_own_time() -> None:
    facts = Record(at=at("2026-06-11")).tick("SEAL", due="2026-06-10", instance=2)
    assert refusal("BR-18", "extend", facts, process="interim_control", decision="extend") is None


def test_br_20_the_day_of_the_diagnosis_is_not_ahead() -> None:
    assert "lies ahead" in str(refusal("BR-20", "certificate", process="work_injury", diagnosed_on="2026-06-16"))
    assert refusal("BR-20", "certificate", process="work_injury", diagnosed_on="2026-06-15") is None


def test_br_20_thirty_days_for_the_employer_and_a_year_for_the_worker() -> None:
    diagnosed = instant_of("2026-06-15")
    assert due_for("INJ_EMP", diagnosed).due_at == datetime.fromisoformat("2026-07-15T23:59:59.999999+08:00")
    assert due_for("INJ_WORKER", diagnosed).due_at.date().isoformat() == "2027-06-15"


def proposal(**said: Any) -> str | None:
    return refusal("BR-30", "propose_filing", **said)


def test_br_30_two_years_from_the_act_to_its_discovery() -> None:
    assert proposal(acted_on="2024-03-02", discovered_on="2026-03-02", has_harm="no") is None
    assert "2026-03-02" in str(proposal(acted_on="2024-03-02", discovered_on="2026-03-03", has_harm="no"))


def test_br_30_five_years_with_harm_to_life_or_health() -> None:
    assert proposal(acted_on="2021-09-01", discovered_on="2026-09-01", has_harm="yes") is None
    assert "2026-09-01" in str(proposal(acted_on="2021-09-01", discovered_on="2026-09-02", has_harm="yes"))


def test_br_30_an_act_older_than_the_law_of_2021_is_counted_by_the_limit_at_its_discovery() -> None:
    assert "2022-03-02" in str(proposal(acted_on="2020-03-02", discovered_on="2026-03-02", has_harm="no"))


def test_br_30_an_act_that_goes_on_ends_with_its_discovery() -> None:
    assert proposal(acted_on="2026-03-02", discovered_on="2026-03-02", has_harm="no") is None
    assert "For an act that goes on" in str(proposal(acted_on="2026-03-03", discovered_on="2026-03-02", has_harm="no"))


def test_date_law_an_act_before_the_law_came_into_force_is_refused() -> None:
    assert "V-71-01" in str(refusal("DATE-LAW", "propose_filing", acted_on="2018-12-28", violations=["V-71-01"]))
    assert refusal("DATE-LAW", "propose_filing", acted_on="2018-12-29", violations=["V-71-01"]) is None


def test_br_27_a_missing_calendar_year_makes_a_clock_provisional() -> None:
    """Working days of a year without a published notice are counted by weekdays and shown as provisional."""
    assert not due_for("HEARING_NOTICE", instant_of("2026-11-02")).is_provisional
    assert due_for("HEARING_NOTICE", instant_of("2027-11-01")).is_provisional
