"""Every way through the legs of a sick worker: work injury, living security, temporary relief, medical aid."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.bpmn.processes.walking import Walk

Start = Callable[[str], Walk]


@pytest.fixture
def claimed(leg: Start) -> Walk:
    """A claim of the employer that waits for its acceptance."""
    walk = leg("work_injury")
    walk.do("certificate")
    walk.do("hand_in")
    walk.do("apply", applicant="employer")
    assert walk.open_tasks() == ["accept@HRSS_INJ"]
    return walk


@pytest.fixture
def recognised(claimed: Walk) -> Walk:
    claimed.do("accept", decision="accept", clear="no")
    claimed.do("decide", decision="recognised")
    claimed.do("serve_result")
    assert claimed.open_tasks() == ["appraise@LAC"]
    return claimed


def test_nobody_applied_in_time(leg: Start) -> None:
    walk = leg("work_injury")
    walk.do("certificate")
    walk.do("hand_in")
    walk.do("apply", applicant="none")
    assert walk.root.end == "not_applied"


def test_a_worker_may_apply(leg: Start) -> None:
    walk = leg("work_injury")
    walk.do("certificate")
    walk.do("hand_in")
    walk.do("apply", applicant="worker")
    assert walk.open_tasks() == ["accept@HRSS_INJ"]


@pytest.mark.parametrize(("clear", "element", "clock"), [("no", "decide", "INJ_DECIDE"), ("yes", "decide_fast", "INJ_DECIDE_FAST")])
@pytest.mark.parametrize("incomplete", [False, True])
def test_a_clear_case_is_decided_in_the_shorter_time(claimed: Walk, incomplete: bool, clear: str, element: str, clock: str) -> None:
    if incomplete:
        claimed.do("accept", decision="incomplete")
        claimed.do("complete")
    claimed.do("accept_again" if incomplete else "accept", decision="accept", clear=clear)
    assert claimed.open_tasks() == [f"{element}@HRSS_INJ"]
    assert claimed.root.open[element].properties["deadline"] == clock
    claimed.do(element, decision="not_recognised")
    assert claimed.open_tasks() == ["serve_result@HRSS_INJ"]
    claimed.do("serve_result")
    assert claimed.root.end == "not_recognised"


def test_what_is_missing_is_told_once(claimed: Walk) -> None:
    claimed.do("accept", decision="incomplete")
    assert claimed.open_tasks() == ["complete@HD_LEAD"]
    claimed.do("complete")
    assert claimed.open_tasks() == ["accept_again@HRSS_INJ"]
    claimed.do("accept_again", decision="refuse")
    assert claimed.root.end == "not_accepted"


def test_a_claim_may_be_refused(claimed: Walk) -> None:
    claimed.do("accept", decision="refuse")
    assert claimed.root.end == "not_accepted"


def test_no_grade_means_recognised_and_no_more(recognised: Walk) -> None:
    recognised.do("appraise", result="none")
    assert recognised.root.end == "recognised"


def test_a_grade_leads_to_benefits_and_stays_out_of_the_engine(recognised: Walk) -> None:
    recognised.do("appraise", result="graded", grade="7")
    assert recognised.root.data["capability"] == "graded"
    assert "7" not in recognised.root.data.values()
    assert recognised.open_tasks() == ["grant@SIA"]
    recognised.do("grant")
    assert recognised.root.end == "benefits_granted"


@pytest.fixture
def surveyed(leg: Start) -> Walk:
    """A household that waits for the survey."""
    walk = leg("dibao")
    walk.do("hand_in")
    assert walk.open_tasks() == ["survey@TOWN_WIN"]
    return walk


@pytest.mark.parametrize("result", ["granted", "refused"])
def test_an_eligible_household_is_published_and_confirmed(surveyed: Walk, result: str) -> None:
    surveyed.do("survey", result="agree")
    assert surveyed.open_tasks() == ["publish@TOWN_WIN"]
    surveyed.do("publish")
    surveyed.do("confirm", result=result)
    if result == "refused":
        assert surveyed.open_tasks() == ["tell_refusal@CIV"]
        surveyed.do("tell_refusal")
    assert surveyed.root.end == result


def test_a_negative_opinion_is_not_published(surveyed: Walk) -> None:
    surveyed.do("survey", result="differ")
    assert surveyed.open_tasks() == ["confirm@CIV"]


def test_an_incomplete_application_for_living_security_goes_back(surveyed: Walk) -> None:
    surveyed.do("survey", result="incomplete")
    assert surveyed.open_tasks() == ["hand_in@HD_LEAD"]
    surveyed.do("hand_in")
    surveyed.do("survey", result="withdrawn")
    assert surveyed.root.end == "withdrawn"


@pytest.mark.parametrize(("urgency", "element", "clock"), [("urgent", "review_urgent", "TEMP_URGENT"), ("normal", "review", "TEMP_NORMAL")])
@pytest.mark.parametrize("result", ["granted", "refused"])
def test_relief_is_reviewed_in_the_time_of_its_urgency(leg: Start, urgency: str, element: str, clock: str, result: str) -> None:
    walk = leg("temporary_relief")
    walk.do("hand_in", urgency=urgency)
    assert walk.open_tasks() == [f"{element}@TOWN_WIN"]
    assert walk.root.open[element].properties["deadline"] == clock
    walk.do(element, result="agree")
    assert walk.open_tasks() == ["approve@CIV"]
    walk.do("approve", result=result)
    assert walk.root.end == result


def test_a_request_for_relief_comes_back_and_is_withdrawn(leg: Start) -> None:
    walk = leg("temporary_relief")
    walk.do("hand_in", urgency="normal")
    walk.do("review", result="incomplete")
    walk.do("hand_in", urgency="urgent")
    walk.do("review_urgent", result="withdrawn")
    assert walk.root.end == "withdrawn"


@pytest.mark.parametrize("result", ["granted", "refused", "withdrawn"])
def test_medical_aid_gives_a_result(leg: Start, result: str) -> None:
    walk = leg("medical_aid")
    walk.do("hand_in")
    assert walk.open_tasks() == ["handle@MED"]
    walk.do("handle", result=result)
    assert walk.root.end == result


def test_medical_aid_asks_for_what_is_missing(leg: Start) -> None:
    walk = leg("medical_aid")
    walk.do("hand_in")
    walk.do("handle", result="incomplete")
    assert walk.open_tasks() == ["hand_in@HD_LEAD"]
