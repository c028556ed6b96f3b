"""Every way through the case, from the finding to its end."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest

from bpmn.engine.ports import Artifact
from tests.bpmn.processes.walking import Walk, plausible

Found = Callable[..., Walk]


def test_a_finding_goes_to_the_town(found_by_ping: Found) -> None:
    assert found_by_ping().open_tasks() == ["verify@TOWN"]


@pytest.mark.parametrize(("conclusion", "end"), [("unfounded", "unfounded"), ("corrected", "corrected_on_spot")])
def test_the_town_ends_what_needs_no_district(found_by_ping: Found, conclusion: str, end: str) -> None:
    walk = found_by_ping()
    walk.do("verify", conclusion=conclusion)
    assert (walk.root.end, walk.open_tasks()) == (end, [])


def test_the_town_asks_the_patroller_as_often_as_needed(found_by_ping: Found) -> None:
    walk = found_by_ping()
    for _ in range(3):
        walk.do("verify", conclusion="more_facts")
        assert walk.open_tasks() == ["supplement_finding@GRID"]
        walk.do("supplement_finding")
    assert walk.open_tasks() == ["verify@TOWN"]


def test_intake_rejects_with_a_reason(found_by_ping: Found) -> None:
    walk = found_by_ping()
    walk.do("verify", conclusion="violation")
    assert walk.open_tasks() == ["accept@HD_INTAKE"]
    walk.do("accept", decision="reject")
    assert walk.root.end == "rejected"


@pytest.mark.parametrize(("decision", "waiting", "end"), [("accept", ["file_case@HD_CHIEF"], None), ("reject", [], "rejected")])
def test_intake_returns_a_report_to_the_town_only_once(found_by_ping: Found, decision: str, waiting: list[str], end: str | None) -> None:
    walk = found_by_ping()
    walk.do("verify", conclusion="violation")
    walk.do("accept", decision="return")
    assert walk.open_tasks() == ["supplement_report@TOWN"]
    walk.do("supplement_report")
    assert walk.open_tasks() == ["accept_again@HD_INTAKE"]
    walk.do("accept_again", decision=decision)
    assert (walk.open_tasks(), walk.root.end) == (waiting, end)


def test_the_chief_may_refuse_to_file(found_by_ping: Found) -> None:
    walk = found_by_ping()
    walk.do("verify", conclusion="violation")
    walk.do("accept", decision="accept")
    walk.do("file_case", decision="not_file")
    assert walk.root.end == "filing_refused"


def test_an_inspection_without_violation_goes_to_the_chief_at_once(filed: Walk) -> None:
    assert filed.open_tasks() == ["inspect@HD_LEAD"]
    filed.do("inspect", result="none", health_harm="none")
    assert filed.open_tasks() == ["decide@HD_CHIEF"]
    filed.do("decide", decision="no_violation")
    assert filed.open_tasks() == ["report_closing@HD_LEAD"]


def test_the_chief_may_decide_otherwise_than_proposed(filed: Walk) -> None:
    filed.do("inspect", result="violation", health_harm="none")
    filed.do("propose", proposal="penalise")
    filed.do("decide", decision="no_violation")
    assert filed.open_tasks() == ["report_closing@HD_LEAD"]


@pytest.mark.parametrize("decision", ["penalise", "correction"])
def test_every_penalty_comes_with_a_correction_order(filed: Walk, decision: str) -> None:
    filed.do("inspect", result="violation", health_harm="none")
    filed.do("propose")
    filed.do("decide", decision=decision)
    assert filed.open_tasks() == ["issue_order@HD_LEAD"]
    assert filed.root.awaits == {"correction.ended"}


@pytest.mark.parametrize("result", ["partly", "not"])
def test_what_is_not_corrected_gets_another_round_or_goes_on(decided: Walk, result: str) -> None:
    for _ in range(2):
        decided.do("issue_order")
        decided.do("reinspect", result=result)
        assert decided.open_tasks() == ["review_correction@HD_CHIEF"]
        decided.do("review_correction", decision="again")
    decided.do("issue_order")
    decided.do("reinspect", result=result)
    decided.do("review_correction", decision="go_on")
    assert decided.open_tasks() == ["screen_crime@HD_LEAD"]
    assert [leg.key for leg in decided.legs] == ["case_lifecycle", "correction", "correction", "correction"]


def test_a_clean_case_is_closed_without_the_police(corrected: Walk, clean: dict[str, Any]) -> None:
    corrected.do("screen_crime", **clean)
    assert corrected.open_tasks() == ["decide_referral@HD_CHIEF"]
    corrected.do("decide_referral", decision="not_refer")
    corrected.do("report_closing")
    corrected.do("approve_closing", decision="approve")
    assert (corrected.root.end, corrected.open_tasks()) == ("closed", [])


def test_a_suggestion_never_decides(corrected: Walk, clean: dict[str, Any]) -> None:
    corrected.do("screen_crime", **clean | {"violence": "yes"})
    assert corrected.root.data["crime_suggestion"] == "refer"
    corrected.do("decide_referral", decision="not_refer")
    assert corrected.open_tasks() == ["report_closing@HD_LEAD"]


@pytest.mark.parametrize("answer", ["filed", "not_filed"])
def test_closing_waits_for_the_police(corrected: Walk, clean: dict[str, Any], answer: str) -> None:
    corrected.do("screen_crime", **clean)
    corrected.do("decide_referral", decision="refer")
    assert corrected.open_tasks() == ["write_report@HD_LEAD"]
    corrected.do("write_report")
    corrected.do("approve", decision="approve")
    corrected.do("send")
    assert corrected.open_tasks() == ["answer@POL"]
    corrected.do("answer", answer=answer)
    assert corrected.open_tasks() == ["report_closing@HD_LEAD"]
    assert corrected.leg("police_referral").end == answer


def test_the_chief_sends_a_closing_report_back(corrected: Walk, clean: dict[str, Any]) -> None:
    corrected.do("screen_crime", **clean)
    corrected.do("decide_referral", decision="not_refer")
    for _ in range(2):
        corrected.do("report_closing")
        corrected.do("approve_closing", decision="back")
        assert corrected.open_tasks() == ["report_closing@HD_LEAD"]


@pytest.mark.parametrize(
    ("assistance", "legs"),
    [
        (["work_injury"], ["work_injury"]),
        (["civil_assistance"], ["civil_assistance"]),
        (["work_injury", "civil_assistance"], ["work_injury", "civil_assistance"]),
        (["none"], []),
    ],
)
def test_sick_workers_start_the_legs_they_need(filed: Walk, assistance: list[str], legs: list[str]) -> None:
    filed.do("inspect", result="violation", health_harm="suspected", sick_workers=2, assistance=assistance)
    assert sorted(leg.key for leg in filed.legs[1:]) == sorted(legs)
    assert "propose@HD_LEAD" in filed.open_tasks()


def test_a_case_closes_while_its_assistance_legs_stay_open(filed: Walk, clean: dict[str, Any]) -> None:
    filed.do("inspect", result="none", health_harm="diagnosed", assistance=["work_injury", "civil_assistance"])
    filed.do("decide", decision="no_violation")
    filed.do("report_closing")
    filed.do("approve_closing", decision="approve")
    assert filed.root.end == "closed"
    assert filed.open_tasks() == ["hand_in@HD_LEAD", "hand_in@HD_LEAD"]


def test_routing_variables_stay_small_however_many_rounds_there_are(decided: Walk, clean: dict[str, Any]) -> None:
    for _ in range(12):
        decided.do("issue_order")
        decided.do("reinspect", result="not")
        decided.do("review_correction", decision="again")
    decided.do("issue_order")
    decided.do("reinspect", result="corrected")
    decided.do("screen_crime", **clean)
    decided.do("decide_referral", decision="refer")
    decided.do("write_report")
    decided.do("approve", decision="decline")
    assert len(orjson.dumps(dict(decided.root.data))) < 2048


def test_a_case_goes_on_when_the_principal_head_declines(corrected: Walk, clean: dict[str, Any]) -> None:
    corrected.do("screen_crime", **clean)
    corrected.do("decide_referral", decision="refer")
    corrected.do("write_report")
    corrected.do("approve", decision="decline")
    assert corrected.leg("police_referral").end == "not_approved"
    assert corrected.open_tasks() == ["report_closing@HD_LEAD"]


@pytest.mark.parametrize("seed", range(25))
def test_whatever_people_answer_somebody_has_the_next_task(artifacts: list[Artifact], seed: int) -> None:
    dice = random.Random(seed)

    def roll(one: Mapping[str, Any]) -> Any:
        values = [option["value"] for option in one.get("options", [])]
        if one["type"] == "choices":
            return dice.sample(values, dice.randint(1, len(values)))
        return dice.choice(values) if values else plausible(one)

    walk = Walk(artifacts, pick=roll)
    for _ in range(400):
        if not walk.open_tasks():
            break
        walk.do(dice.choice(walk.open_tasks()).partition("@")[0])
    assert walk.open_tasks() == []
    assert all(leg.end for leg in walk.legs)
