"""Notice, defence, hearing and review: the refused act and its lawful neighbour.

The week of the tests: 2026-06-15 is a Monday; 2026-06-19 is the Dragon Boat holiday.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.webapp.legality.acting import NOW, Record, refusal

pytestmark = pytest.mark.usefixtures("law")
PENALISE: dict[str, Any] = {"decision": "penalise", "violations": ["V-71-01"]}


def noticed(served: str | None = "2026-06-03", *, at: datetime = NOW, **notice: Any) -> Record:
    return Record(at=at).make("D16", made="2026-06-02", served=served, **{"violations": ["V-71-01"], **notice})


def at(day: str, time: str = "02:00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}+00:00")


def test_br_01_a_decision_needs_a_notice_that_was_served() -> None:
    assert "no prior notice" in str(refusal("BR-01", "decide", **PENALISE))
    assert "has not been served" in str(refusal("BR-01", "decide", noticed(None), **PENALISE))
    assert refusal("BR-01", "decide", noticed(None), decision="no_penalty") is None
    assert "no prior notice" in str(refusal("BR-01", "decide", is_asked=True))


def test_br_01_the_party_has_its_five_working_days() -> None:
    last, after = at("2026-06-10", "15:00:00"), at("2026-06-10", "16:30:00")
    assert "may still state its case" in str(refusal("BR-01", "decide", noticed(at=last), **PENALISE))
    assert refusal("BR-01", "decide", noticed(at=after), **PENALISE) is None


@pytest.mark.parametrize("result", ["waived", "stated", "accepted"])
def test_br_01_an_answer_ends_the_wait(result: str) -> None:
    assert (
        refusal("BR-01", "decide", noticed(at=at("2026-06-05")).say("hear_party", at=at("2026-06-04"), result=result), **PENALISE) is None
    )


def test_br_01_an_answer_to_an_older_notice_is_none() -> None:
    told = noticed("2026-06-03", at=at("2026-06-05")).say("hear_party", at=at("2026-06-01"), result="waived")
    assert "may still state its case" in str(refusal("BR-01", "decide", told, **PENALISE))


def test_br_01_a_hearing_that_was_asked_for_is_held_even_if_the_time_passes() -> None:
    asked = noticed().say("hear_party", at=at("2026-06-04"), result="hearing")
    assert "may still state its case" in str(refusal("BR-01", "decide", asked, **PENALISE))
    assert refusal("BR-01", "decide", asked.say("hold_hearing", at=at("2026-06-14"), result="held"), **PENALISE) is None


def test_br_01_what_the_notice_does_not_name_is_not_punished() -> None:
    said: dict[str, Any] = {"decision": "penalise", "violations": ["V-71-01", "V-75-06"]}
    assert "V-75-06" in str(refusal("BR-01", "decide", noticed(), **said))


def test_br_02_a_required_review_has_passed_since_the_report() -> None:
    facts = Record().find("review_duty", review_needed="yes").say("conclude", at=at("2026-06-01"))
    assert "needs a legal review" in str(refusal("BR-02", "decide", facts, **PENALISE))
    assert "needs a legal review" in str(refusal("BR-02", "give_notice", facts))
    returned = facts.say("review", at=at("2026-06-02"), result="returned")
    assert "needs a legal review" in str(refusal("BR-02", "decide", returned, **PENALISE))
    assert refusal("BR-02", "decide", facts.say("review", at=at("2026-06-03"), result="passed"), **PENALISE) is None
    again = facts.say("supplement_evidence", at=at("2026-06-04"))
    assert "needs a legal review" in str(refusal("BR-02", "decide", again, **PENALISE))


def test_br_02_a_review_that_is_not_required_is_not_asked_for() -> None:
    assert refusal("BR-02", "decide", Record().find("review_duty", review_needed="no").say("conclude"), **PENALISE) is None


def test_br_02_after_a_hearing_the_file_is_reviewed() -> None:
    facts = Record().find("review_duty", review_needed="no").say("review", at=at("2026-06-01"), result="passed")
    facts.say("hold_hearing", at=at("2026-06-10"), result="held")
    assert "after the hearing" in str(refusal("BR-02", "decide", facts, **PENALISE))
    assert refusal("BR-02", "decide", facts.say("review_hearing", at=at("2026-06-11"), result="passed"), **PENALISE) is None


def test_br_04_who_investigated_does_not_preside() -> None:
    facts = Record().say("inspect", officers=["4", "5"]).say("deliberate", members=["6"], officers=["6"])
    assert "investigated this case" in str(refusal("BR-04", "call_hearing", facts, presider="5"))
    assert "investigated this case" in str(refusal("BR-04", "hold_hearing", facts, presider="5"))
    assert refusal("BR-04", "call_hearing", facts, presider="6") is None


def test_br_05_a_hearing_too_early_is_refused() -> None:
    """Told on Monday the 15th: the seventh working day is Thursday the 25th, for the 19th is a holiday."""
    early: dict[str, Any] = {"notified_on": "2026-06-15", "hearing_on": "2026-06-24"}
    assert "2026-06-25 at the earliest" in str(refusal("BR-05", "call_hearing", **early))
    assert refusal("BR-05", "call_hearing", notified_on="2026-06-15", hearing_on="2026-06-25") is None


def test_br_05_a_hearing_is_not_held_before_the_day_either() -> None:
    facts = Record().say("call_hearing", notified_on="2026-06-15", hearing_on="2026-06-25")
    assert "too early" in str(refusal("BR-05", "hold_hearing", facts, held_on="2026-06-24"))
    assert refusal("BR-05", "hold_hearing", facts, held_on="2026-06-25") is None


def test_br_06_heavier_after_the_defence_is_refused() -> None:
    facts = noticed(proposed_fine=60_000, proposed_kinds=["warning", "fine"])
    assert "60,000" in str(refusal("BR-06", "decide", facts, fine=60_001, penalty_kinds=["fine"]))
    assert refusal("BR-06", "decide", facts, fine=60_000, penalty_kinds=["fine"]) is None
    assert refusal("BR-06", "decide", facts, fine=50_000, penalty_kinds=["fine"]) is None


def test_br_06_a_fine_or_a_kind_that_was_not_told_is_heavier() -> None:
    facts = noticed(proposed_kinds=["warning"])
    assert "0 yuan" in str(refusal("BR-06", "decide", facts, fine=50_000, penalty_kinds=["warning", "fine"]))
    assert "this kind" in str(refusal("BR-06", "decide", facts, penalty_kinds=["warning", "stop"]))
    assert refusal("BR-06", "decide", facts, penalty_kinds=["warning"]) is None


def test_br_06_new_facts_with_a_new_notice_allow_more() -> None:
    facts = noticed(proposed_fine=60_000, proposed_kinds=["fine"]).make("D16", proposed_fine=90_000, proposed_kinds=["fine"])
    assert refusal("BR-06", "decide", facts, fine=90_000, penalty_kinds=["fine"]) is None


def test_br_hearing_a_right_that_exists_is_told() -> None:
    facts = Record().find("hearing_right", hearing_offered="yes")
    assert "right to a hearing" in str(refusal("BR-HEARING", "give_notice", facts, hearing_told="no"))
    assert refusal("BR-HEARING", "give_notice", facts, hearing_told="yes") is None
    assert refusal("BR-HEARING", "give_notice", Record().find("hearing_right", hearing_offered="no"), hearing_told="no") is None


def test_br_hearing_req_a_hearing_is_asked_for_within_five_working_days() -> None:
    asked: dict[str, Any] = {"result": "hearing"}
    assert refusal("BR-HEARING-REQ", "hear_party", noticed(), heard_on="2026-06-10", **asked) is None
    assert "2026-06-10" in str(refusal("BR-HEARING-REQ", "hear_party", noticed(), heard_on="2026-06-11", **asked))
    assert "not been served" in str(refusal("BR-HEARING-REQ", "hear_party", noticed(None), heard_on="2026-06-04", **asked))
    assert refusal("BR-HEARING-REQ", "hear_party", noticed(), heard_on="2026-06-11", result="stated") is None


def test_br_serve_an_announcement_runs_thirty_days() -> None:
    said: dict[str, Any] = {"way": "announcement", "served_on": "2026-05-01"}
    assert "2026-05-31" in str(refusal("BR-SERVE", "serve_notice", effective_on="2026-05-30", **said))
    assert refusal("BR-SERVE", "serve_notice", effective_on="2026-05-31", **said) is None
    assert refusal("BR-SERVE", "serve_notice", way="direct", served_on="2026-05-01") is None


def test_br_merge_needs_another_open_case_of_the_employer() -> None:
    assert "TC-2026-9999" in str(refusal("BR-MERGE", "town_accept", duplicate_of="TC-2026-9999"))
    assert refusal("BR-MERGE", "town_accept", decision="take") is None
