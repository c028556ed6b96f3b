"""Every way through the case until its inspection: clues, acceptance, other departments, filing, measures, help."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from bpmn.engine.ports import Artifact
from tests.bpmn.processes.conftest import inspect
from tests.bpmn.processes.walking import Walk, plausible

Found = Callable[..., Walk]
SICK: dict[str, Any] = {"health_harm": "diagnosed", "insured": "yes", "employer_exists": "yes", "hardship": "no", "sudden_need": "no"}


def legs(walk: Walk) -> set[str]:
    return {leg.key for leg in walk.legs[1:]}


@pytest.mark.parametrize("source", ["patrol", "complaint", "test_report", "disease_report"])
def test_a_finding_goes_to_the_town(found_by_ping: Found, source: str) -> None:
    assert found_by_ping(source=source).open_tasks() == ["town_accept@TOWN"]


@pytest.mark.parametrize("source", ["campaign", "union", "transferred", "other_authority"])
def test_what_others_found_goes_to_the_district(found_by_ping: Found, source: str) -> None:
    assert found_by_ping(source=source).open_tasks() == ["accept@HD_INTAKE"]


def test_a_case_handed_back_is_received_and_filed(found_by_ping: Found) -> None:
    walk = found_by_ping(source="handed_back")
    assert walk.open_tasks() == ["receive_case@HD_INTAKE"]
    walk.do("receive_case")
    assert walk.open_tasks() == ["propose_filing@HD_LEAD"]


def test_a_second_round_begins_with_its_filing(found_by_ping: Found) -> None:
    assert found_by_ping(source="second_round").open_tasks() == ["propose_filing@HD_LEAD"]


@pytest.mark.parametrize(("decision", "end"), [("merge", "merged"), ("redirect", "redirected")])
def test_the_town_does_not_take_every_clue(found_by_ping: Found, decision: str, end: str) -> None:
    walk = found_by_ping()
    walk.do("town_accept", decision=decision)
    assert walk.root.end == end


@pytest.fixture
def taken(found_by_ping: Found) -> Walk:
    """A clue that the town verifies."""
    walk = found_by_ping()
    walk.do("town_accept", decision="take")
    assert walk.open_tasks() == ["verify@TOWN"]
    return walk


@pytest.mark.parametrize(("conclusion", "end"), [("unfounded", "unfounded"), ("corrected", "corrected_on_spot")])
def test_the_town_ends_what_needs_no_district(taken: Walk, conclusion: str, end: str) -> None:
    taken.do("verify", conclusion=conclusion)
    assert (taken.root.end, taken.open_tasks()) == (end, [])


@pytest.mark.parametrize(("conclusion", "element"), [("more_facts", "supplement_finding@GRID"), ("absent", "revisit@TOWN")])
def test_the_town_asks_and_visits_as_often_as_needed(taken: Walk, conclusion: str, element: str) -> None:
    for _ in range(3):
        taken.do("verify", conclusion=conclusion)
        assert taken.open_tasks() == [element]
        taken.do(element.partition("@")[0])
    assert taken.open_tasks() == ["verify@TOWN"]


def test_a_town_with_the_power_punishes_and_has_it_corrected(taken: Walk) -> None:
    taken.do("verify", conclusion="punish")
    assert taken.open_tasks() == ["town_decision@TOWN_ENF"]
    taken.do("town_decision", penalty_kinds=["warning"])
    assert "issue_order@HD_LEAD" in taken.open_tasks()


def test_intake_rejects_and_the_town_agrees(taken: Walk) -> None:
    taken.do("verify", conclusion="violation")
    taken.do("accept", decision="reject")
    assert taken.open_tasks() == ["answer_rejection@TOWN"]
    taken.do("answer_rejection", answer="agree")
    assert taken.root.end == "rejected"


@pytest.mark.parametrize(("decision", "waiting", "end"), [("accept", ["propose_filing@HD_LEAD"], None), ("reject", [], "rejected")])
def test_a_rejection_is_reviewed_once(taken: Walk, decision: str, waiting: list[str], end: str | None) -> None:
    taken.do("verify", conclusion="violation")
    taken.do("accept", decision="reject")
    taken.do("answer_rejection", answer="review")
    assert taken.open_tasks() == ["accept_again@HD_INTAKE"]
    taken.do("accept_again", decision=decision)
    assert (taken.open_tasks(), taken.root.end) == (waiting, end)


@pytest.mark.parametrize(("decision", "waiting", "end"), [("accept", ["propose_filing@HD_LEAD"], None), ("reject", [], "rejected")])
def test_intake_returns_a_report_to_the_town_only_once(taken: Walk, decision: str, waiting: list[str], end: str | None) -> None:
    taken.do("verify", conclusion="violation")
    taken.do("accept", decision="return")
    assert taken.open_tasks() == ["supplement_report@TOWN"]
    taken.do("supplement_report")
    taken.do("accept_again", decision=decision)
    assert (taken.open_tasks(), taken.root.end) == (waiting, end)


MATTERS = {"poisoning": "poisoning_referral", "radiation": "radiation_referral", "labour": "labour_referral"}


@pytest.mark.parametrize("matters", [["poisoning"], ["radiation"], ["labour"], ["poisoning", "radiation", "labour"]])
@pytest.mark.parametrize("decision", ["accept", "other"])
def test_matters_of_others_are_handed_over_and_our_own_goes_on(taken: Walk, decision: str, matters: list[str]) -> None:
    taken.do("verify", conclusion="violation")
    taken.do("accept", decision=decision, matters=matters)
    assert legs(taken) == {MATTERS[matter] for matter in matters}
    assert taken.root.end == {"accept": None, "other": "handed_on"}[decision]


@pytest.mark.parametrize(("decision", "waiting", "end"), [("not_file", [], "filing_refused"), ("back", ["propose_filing@HD_LEAD"], None)])
def test_the_chief_may_refuse_to_file_or_send_the_proposal_back(accepted: Walk, decision: str, waiting: list[str], end: str | None) -> None:
    accepted.do("propose_filing")
    assert accepted.open_tasks() == ["file_case@HD_CHIEF"]
    accepted.do("file_case", decision=decision)
    assert (accepted.open_tasks(), accepted.root.end) == (waiting, end)


@pytest.mark.parametrize(
    ("measures", "started"),
    [
        (["registration"], {"evidence_registration"}),
        (["control"], {"interim_control"}),
        (["registration", "control"], {"evidence_registration", "interim_control"}),
    ],
)
def test_measures_on_the_spot_run_beside_the_case(filed: Walk, measures: list[str], started: set[str]) -> None:
    inspect(filed, measures=measures)
    assert legs(filed) == started
    assert "conclude@HD_LEAD" in filed.open_tasks()


@pytest.mark.parametrize(
    ("answers", "started"),
    [
        ({}, {"work_injury"}),
        ({"insured": "no"}, {"work_injury"}),
        ({"insured": "unknown"}, {"work_injury", "medical_aid"}),
        ({"employer_exists": "unknown"}, {"work_injury", "medical_aid"}),
        ({"employer_exists": "no"}, {"work_injury", "medical_aid"}),
        ({"employer_exists": "no", "insured": "no"}, {"medical_aid"}),
        ({"employer_exists": "no", "insured": "unknown"}, {"medical_aid"}),
        ({"hardship": "yes"}, {"work_injury", "dibao"}),
        ({"sudden_need": "yes"}, {"work_injury", "temporary_relief"}),
        ({"health_harm": "suspected"}, set()),
        ({"health_harm": "suspected", "insured": "no"}, {"medical_aid"}),
        ({"health_harm": "suspected", "insured": "unknown", "employer_exists": "unknown"}, {"medical_aid"}),
        ({"health_harm": "suspected", "hardship": "yes", "sudden_need": "yes"}, {"dibao", "temporary_relief"}),
    ],
)
def test_sick_workers_start_the_legs_they_need(filed: Walk, answers: dict[str, str], started: set[str]) -> None:
    inspect(filed, **SICK | answers)
    assert legs(filed) == started
    assert len(filed.legs) == len(started) + 1
    assert "conclude@HD_LEAD" in filed.open_tasks()


def test_nobody_sick_starts_no_leg(filed: Walk) -> None:
    assert inspect(filed).open_tasks() == ["conclude@HD_LEAD"]


def test_an_inspection_without_violation_goes_to_the_chief_at_once(filed: Walk) -> None:
    filed.do("inspect", result="none", health_harm="none")
    assert filed.open_tasks() == ["decide_none@HD_CHIEF"]
    filed.do("decide_none")
    assert filed.open_tasks() == ["report_closing@HD_LEAD"]


def test_a_summary_decision_goes_straight_to_its_performance(filed: Walk) -> None:
    inspect(filed, procedure="summary")
    assert filed.open_tasks() == ["summary_decision@HD_LEAD"]
    filed.do("summary_decision", penalty_kinds=["warning"])
    assert filed.open_tasks() == ["issue_order@HD_LEAD"]


@pytest.mark.parametrize("seed", range(25))
def test_whatever_people_answer_somebody_has_the_next_task(artifacts: list[Artifact], seed: int) -> None:
    dice = random.Random(seed)

    def roll(one: Mapping[str, Any]) -> Any:
        values = [option["value"] for option in one.get("options", [])]
        if one["type"] == "choices":
            return dice.sample(values, dice.randint(1, len(values)))
        return dice.choice(values) if values else plausible(one)

    walk = Walk(artifacts, pick=roll)
    for _ in range(600):
        if not walk.open_tasks():
            break
        walk.do(dice.choice(walk.open_tasks()).partition("@")[0])
    assert walk.open_tasks() == []
    assert all(leg.end for leg in walk.legs)
