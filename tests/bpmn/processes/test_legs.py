"""Every way through the legs in which officers and the police act: correction and the referral of a suspected crime."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.bpmn.processes.walking import Walk

Start = Callable[[str], Walk]


@pytest.fixture
def ordered(leg: Start) -> Walk:
    """An order to correct until the sixth of January that was served."""
    walk = leg("correction")
    walk.do("issue_order", correct_by="2027-01-06")
    walk.do("serve_order")
    assert walk.open_tasks() == ["watch@HD_LEAD"]
    return walk


@pytest.mark.parametrize(("result", "end"), [("corrected", "corrected"), ("partly", "not_corrected"), ("not", "not_corrected")])
@pytest.mark.parametrize("progress", ["report_received", "due"])
def test_a_correction_round_ends_with_its_reinspection(ordered: Walk, progress: str, result: str, end: str) -> None:
    ordered.do("watch", result=progress)
    assert ordered.open_tasks() == ["reinspect@HD_LEAD"]
    ordered.do("reinspect", result=result, still_over_limit="not_tested")
    assert ordered.root.end == end


@pytest.mark.parametrize(
    ("answers", "correct_by"), [({"decision": "grant", "extended_to": "2027-01-16"}, "2027-01-16"), ({"decision": "refuse"}, "2027-01-06")]
)
def test_more_time_is_given_once_and_a_refusal_leaves_the_date(ordered: Walk, answers: dict[str, Any], correct_by: str) -> None:
    ordered.do("watch", result="extension_asked")
    assert ordered.open_tasks() == ["decide_extension@HD_CHIEF"]
    ordered.do("decide_extension", **answers)
    assert ordered.open_tasks() == ["watch_on@HD_LEAD"]
    assert str(ordered.root.data["correct_by"]) == correct_by
    ordered.do("watch_on", result="due")
    assert ordered.open_tasks() == ["reinspect@HD_LEAD"]


@pytest.mark.parametrize("result", ["corrected", "partly", "not"])
def test_work_still_over_the_limit_is_stopped_and_counts_as_not_corrected(ordered: Walk, result: str) -> None:
    ordered.do("watch", result="due")
    ordered.do("reinspect", result=result, still_over_limit="yes")
    assert ordered.open_tasks() == ["stop_work@HD_CHIEF"]
    ordered.do("stop_work")
    assert ordered.root.end == "not_corrected"


@pytest.fixture
def sent(leg: Start) -> Walk:
    """A referral whose file lies with the police."""
    walk = leg("police_referral")
    walk.do("write_report")
    walk.do("approve", decision="approve")
    walk.do("send")
    assert walk.open_tasks() == ["receive@POL"]
    return walk


@pytest.fixture
def refused(sent: Walk) -> Walk:
    """A referral that the police do not file; the head chooses what to do."""
    sent.do("receive", answer="received")
    sent.do("answer", answer="not_filed")
    assert sent.open_tasks() == ["receive_refusal@HD_LEAD"]
    sent.do("receive_refusal", received_on="2026-11-20")
    assert sent.open_tasks() == ["choose_remedy@HD_CHIEF"]
    return sent


def test_only_the_principal_head_approves_a_transfer(leg: Start) -> None:
    walk = leg("police_referral")
    walk.do("write_report")
    assert walk.open_tasks() == ["approve@HD_PRIN"]
    walk.do("approve", decision="decline")
    assert walk.root.end == "not_approved"


@pytest.mark.parametrize("receipt", ["received", "forwarded"])
def test_the_police_file_and_get_the_items(sent: Walk, receipt: str) -> None:
    sent.do("receive", answer=receipt)
    assert sent.open_tasks() == ["answer@POL"]
    sent.do("answer", answer="filed")
    assert sent.open_tasks() == ["hand_over@HD_LEAD"]
    sent.do("hand_over")
    assert sent.root.end == "filed"


def test_incomplete_material_is_supplemented_and_the_police_look_again(sent: Walk) -> None:
    sent.do("receive", answer="incomplete")
    assert sent.open_tasks() == ["supplement@HD_LEAD"]
    sent.do("supplement")
    assert sent.open_tasks() == ["answer@POL"]


def test_the_head_may_accept_the_refusal(refused: Walk) -> None:
    refused.do("choose_remedy", remedy="accept")
    assert refused.root.end == "not_filed"


def test_the_three_days_for_reconsideration_count_from_the_day_of_the_notice(refused: Walk) -> None:
    refused.do("choose_remedy", remedy="reconsider")
    task = refused.root.open["ask_again"]
    assert (task.properties["deadline"], task.properties["counts_from"]) == ("TR_RECON", "refusal_received_on")
    assert str(refused.root.data["refusal_received_on"]) == "2026-11-20"


def test_a_reconsidered_case_is_filed(refused: Walk) -> None:
    refused.do("choose_remedy", remedy="reconsider")
    refused.do("ask_again")
    assert refused.open_tasks() == ["reconsider@POL"]
    refused.do("reconsider", result="filed")
    refused.do("hand_over")
    assert refused.root.end == "filed"


def propose_after_reconsideration(walk: Walk) -> None:
    walk.do("choose_remedy", remedy="reconsider")
    walk.do("ask_again")
    walk.do("reconsider", result="kept")
    assert walk.root.open["propose_supervision"].properties["deadline"] == "TR_SUPERVISE"
    walk.do("propose_supervision")


def propose_directly(walk: Walk) -> None:
    """The direct proposal has no day limit (domain/08 L-13)."""
    walk.do("choose_remedy", remedy="supervise")
    assert "deadline" not in walk.root.open["propose_directly"].properties
    walk.do("propose_directly")


@pytest.mark.parametrize("propose", [propose_after_reconsideration, propose_directly])
@pytest.mark.parametrize("result", ["order", "accept"])
def test_the_procuratorate_orders_to_file_or_accepts_the_reasons(refused: Walk, propose: Callable[[Walk], None], result: str) -> None:
    propose(refused)
    assert refused.open_tasks() == ["ask_reasons@PRO"]
    refused.do("ask_reasons")
    assert refused.open_tasks() == ["give_reasons@POL"]
    refused.do("give_reasons")
    refused.do("judge_reasons", result=result)
    if result == "order":
        assert refused.open_tasks() == ["file_on_order@POL"]
        refused.do("file_on_order")
        refused.do("hand_over_order")
    assert refused.root.end == {"order": "filed_on_order", "accept": "not_filed"}[result]
