"""Every way through the case from the conclusion of the investigation to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
import pytest

from bpmn.engine import runner
from tests.bpmn.processes.conftest import clear, conclude, correct, inspect
from tests.bpmn.processes.walking import NOW, Host, Walk

Found = Callable[..., Walk]


def test_a_suggestion_never_decides(concluded: Walk, clean: dict[str, Any]) -> None:
    concluded.do("screen_crime", **clean | {"violence": "yes"})
    assert concluded.root.data["crime_suggestion"] == "refer"
    concluded.do("decide_referral", decision="not_refer")
    assert concluded.open_tasks() == ["deliberate@HD_COL"]


@pytest.fixture
def referred(concluded: Walk, clean: dict[str, Any]) -> Walk:
    """A case that waits for the police."""
    concluded.do("screen_crime", **clean)
    concluded.do("decide_referral", decision="refer")
    concluded.do("write_report")
    assert concluded.open_tasks() == ["approve@HD_PRIN"]
    assert concluded.root.awaits == {"police_referral.ended"}
    return concluded


@pytest.mark.parametrize(("effect", "waiting"), [("close", "report_closing@HD_LEAD"), ("continue", "deliberate@HD_COL")])
def test_after_the_police_filed_the_chief_says_what_goes_on(referred: Walk, effect: str, waiting: str) -> None:
    referred.do("approve", decision="approve")
    referred.do("send")
    referred.do("receive", answer="received")
    referred.do("answer", answer="filed")
    referred.do("hand_over")
    assert referred.open_tasks() == ["after_transfer@HD_CHIEF"]
    referred.do("after_transfer", effect=effect)
    assert referred.open_tasks() == [waiting]


def test_a_case_goes_on_when_the_principal_head_declines(referred: Walk) -> None:
    referred.do("approve", decision="decline")
    assert referred.leg("police_referral").end == "not_approved"
    assert referred.open_tasks() == ["deliberate@HD_COL"]


def test_a_case_goes_on_when_the_police_do_not_file(referred: Walk) -> None:
    referred.do("approve", decision="approve")
    referred.do("send")
    referred.do("receive", answer="received")
    referred.do("answer", answer="not_filed")
    referred.do("receive_refusal")
    referred.do("choose_remedy", remedy="accept")
    assert referred.open_tasks() == ["deliberate@HD_COL"]


@pytest.mark.parametrize(("result", "waiting"), [("continue", "deliberate@HD_COL"), ("crime", "screen_crime@HD_LEAD")])
def test_the_panel_may_ask_for_more_evidence(cleared: Walk, result: str, waiting: str) -> None:
    cleared.do("deliberate", result="more_evidence")
    assert cleared.open_tasks() == ["supplement_evidence@HD_LEAD"]
    cleared.do("supplement_evidence", result=result)
    assert cleared.open_tasks() == [waiting]


def test_a_small_fine_needs_neither_hearing_nor_review(cleared: Walk) -> None:
    cleared.do("deliberate", result="agree")
    assert (cleared.root.data["hearing_offered"], cleared.root.data["review_needed"]) == ("no", "no")
    assert cleared.open_tasks() == ["give_notice@HD_CHIEF"]


@pytest.mark.parametrize(
    ("answers", "hearing"),
    [
        ({"public_interest": "yes"}, "no"),
        ({"complex": "yes"}, "no"),
        ({"proposed_fine": 20_000}, "yes"),
        ({"proposed_kinds": ["fine", "stop"]}, "yes"),
        ({"proposed_kinds": ["fine", "confiscation"]}, "yes"),
    ],
)
@pytest.mark.parametrize(("result", "waiting"), [("passed", "give_notice@HD_CHIEF"), ("returned", "supplement_evidence@HD_LEAD")])
def test_what_weighs_more_is_reviewed_first(filed: Walk, answers: dict[str, Any], hearing: str, result: str, waiting: str) -> None:
    clear(conclude(inspect(filed), **answers)).do("deliberate", result="agree")
    assert filed.root.data["hearing_offered"] == hearing
    assert filed.open_tasks() == ["review@HD_REV"]
    filed.do("review", result=result)
    assert filed.open_tasks() == [waiting]


@pytest.mark.parametrize("result", ["waived", "stated", "accepted"])
def test_a_party_that_was_heard_gets_the_decision(noticed: Walk, result: str) -> None:
    noticed.do("hear_party", result=result)
    assert noticed.open_tasks() == ["decide@HD_CHIEF"]


def test_new_facts_of_the_party_are_investigated(noticed: Walk) -> None:
    noticed.do("hear_party", result="new_facts")
    assert noticed.open_tasks() == ["supplement_evidence@HD_LEAD"]


def test_a_party_that_says_nothing_loses_its_turn(noticed: Walk) -> None:
    ends_at = datetime.fromisoformat(str(noticed.root.data["defence_until"]))
    definition = noticed.edition.process("case_lifecycle")
    assert not runner.fire_timers(definition, noticed.root.state, now=NOW, host=Host()).opened
    result = runner.fire_timers(definition, noticed.root.state, now=ends_at, host=Host())
    assert [task.element for task in result.opened] == ["decide"]


@pytest.mark.parametrize(("result", "waiting"), [("passed", "decide@HD_CHIEF"), ("returned", "supplement_evidence@HD_LEAD")])
def test_a_hearing_is_called_held_and_reviewed(noticed: Walk, result: str, waiting: str) -> None:
    noticed.do("hear_party", result="hearing")
    assert noticed.open_tasks() == ["call_hearing@HD_HEAR"]
    noticed.do("call_hearing")
    noticed.do("hold_hearing")
    assert noticed.open_tasks() == ["review_hearing@HD_REV"]
    noticed.do("review_hearing", result=result)
    assert noticed.open_tasks() == [waiting]


def test_a_violation_that_is_not_one_closes_without_service(noticed: Walk) -> None:
    noticed.do("hear_party", result="waived")
    noticed.do("decide", decision="no_violation")
    assert noticed.open_tasks() == ["report_closing@HD_LEAD"]


def test_a_decision_not_to_punish_is_served_and_closes(noticed: Walk) -> None:
    noticed.do("hear_party", result="waived")
    noticed.do("decide", decision="no_penalty")
    assert noticed.open_tasks() == ["serve_decision@HD_LEAD"]
    noticed.do("serve_decision")
    assert noticed.open_tasks() == ["report_closing@HD_LEAD"]


def test_every_penalty_comes_with_a_correction_and_its_fine(decided: Walk) -> None:
    assert decided.open_tasks() == ["await_payment@HD_LEAD", "issue_order@HD_LEAD"]
    assert decided.root.awaits == {"correction.ended"}


@pytest.mark.parametrize("result", ["paid", "court", "waived"])
def test_a_fine_may_be_put_off_before_it_is_settled(decided: Walk, result: str) -> None:
    decided.do("await_payment", result="delayed")
    assert "await_payment@HD_LEAD" in decided.open_tasks()
    decided.do("await_payment", result=result)
    assert decided.open_tasks() == ["issue_order@HD_LEAD"]


def test_a_warning_waits_for_the_correction_only(noticed: Walk) -> None:
    noticed.do("hear_party", result="waived")
    noticed.do("decide", decision="penalise", penalty_kinds=["warning"])
    noticed.do("serve_decision")
    assert noticed.open_tasks() == ["issue_order@HD_LEAD"]


@pytest.mark.parametrize("result", ["partly", "not"])
def test_what_is_not_corrected_opens_a_second_round_and_closes_the_first(decided: Walk, result: str) -> None:
    correct(decided, result)
    decided.do("await_payment", result="paid")
    assert decided.open_tasks() == ["report_closing@HD_LEAD"]
    assert dict(decided.root.data["second_round"]) == {"case_no": "TC-2026-0002"}


def test_what_is_corrected_opens_no_second_round(performed: Walk) -> None:
    assert performed.open_tasks() == ["report_closing@HD_LEAD"]
    assert "second_round" not in performed.root.data


def test_the_chief_sends_a_closing_report_back(performed: Walk) -> None:
    for _ in range(2):
        performed.do("report_closing")
        performed.do("approve_closing", decision="back")
        assert performed.open_tasks() == ["report_closing@HD_LEAD"]
    performed.do("report_closing")
    performed.do("approve_closing", decision="approve")
    assert (performed.root.end, performed.open_tasks()) == ("closed", [])


def test_a_case_closes_while_its_legs_of_help_stay_open(filed: Walk) -> None:
    sick = {"health_harm": "diagnosed", "insured": "yes", "employer_exists": "yes", "hardship": "yes", "sudden_need": "no"}
    filed.do("inspect", result="none", **sick)
    filed.do("decide_none")
    filed.do("report_closing")
    filed.do("approve_closing", decision="approve")
    assert filed.root.end == "closed"
    assert sorted(filed.open_tasks()) == ["certificate@HD_LEAD", "hand_in@HD_LEAD"]


def test_routing_variables_stay_small_however_often_the_panel_asks(cleared: Walk) -> None:
    for _ in range(12):
        cleared.do("deliberate", result="more_evidence")
        cleared.do("supplement_evidence", result="continue")
    assert len(orjson.dumps(dict(cleared.root.data))) < 2048
