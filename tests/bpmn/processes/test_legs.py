"""Every way through the legs of a case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.bpmn.processes.walking import Walk

Start = Callable[[str], Walk]


@pytest.mark.parametrize(("result", "end"), [("corrected", "corrected"), ("partly", "not_corrected"), ("not", "not_corrected")])
def test_a_correction_round_ends_with_its_reinspection(leg: Start, result: str, end: str) -> None:
    walk = leg("correction")
    walk.do("issue_order")
    assert walk.open_tasks() == ["reinspect@HD_LEAD"]
    walk.do("reinspect", result=result)
    assert walk.root.end == end


def test_only_the_principal_head_approves_a_transfer(leg: Start) -> None:
    walk = leg("police_referral")
    walk.do("write_report")
    assert walk.open_tasks() == ["approve@HD_PRIN"]
    walk.do("approve", decision="decline")
    assert walk.root.end == "not_approved"


@pytest.mark.parametrize(("answer", "end"), [("filed", "filed"), ("not_filed", "not_filed")])
def test_the_police_file_or_do_not_file(leg: Start, answer: str, end: str) -> None:
    walk = leg("police_referral")
    walk.do("write_report")
    walk.do("approve", decision="approve")
    walk.do("send")
    walk.do("answer", answer=answer)
    assert walk.root.end == end


def test_incomplete_material_is_supplemented_and_the_police_look_again(leg: Start) -> None:
    walk = leg("police_referral")
    walk.do("write_report")
    walk.do("approve", decision="approve")
    walk.do("send")
    for _ in range(2):
        walk.do("answer", answer="return")
        assert walk.open_tasks() == ["supplement@HD_LEAD"]
        walk.do("supplement")
    assert walk.open_tasks() == ["answer@POL"]


@pytest.mark.parametrize(("decision", "end"), [("recognised", "recognised"), ("not_recognised", "not_recognised")])
def test_a_work_injury_is_accepted_and_decided(leg: Start, decision: str, end: str) -> None:
    walk = leg("work_injury")
    assert walk.open_tasks() == ["hand_in@HD_LEAD"]
    walk.do("hand_in")
    walk.do("accept", decision="accept")
    assert walk.open_tasks() == ["decide@HRSS_INJ"]
    walk.do("decide", decision=decision)
    assert walk.root.end == end


def test_an_incomplete_application_goes_back_before_it_is_refused(leg: Start) -> None:
    walk = leg("work_injury")
    walk.do("hand_in")
    walk.do("accept", decision="incomplete")
    assert walk.open_tasks() == ["hand_in@HD_LEAD"]
    walk.do("hand_in")
    walk.do("accept", decision="refuse")
    assert walk.root.end == "not_accepted"


@pytest.mark.parametrize("result", ["granted", "refused", "withdrawn"])
def test_civil_affairs_give_a_result(leg: Start, result: str) -> None:
    walk = leg("civil_assistance")
    walk.do("hand_in")
    assert walk.open_tasks() == ["handle@CIV"]
    walk.do("handle", result=result)
    assert walk.root.end == result


def test_civil_affairs_ask_for_what_is_missing(leg: Start) -> None:
    walk = leg("civil_assistance")
    walk.do("hand_in")
    walk.do("handle", result="incomplete")
    assert walk.open_tasks() == ["hand_in@HD_LEAD"]
