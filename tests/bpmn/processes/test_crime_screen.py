"""The crime screen suggests: its table, row by row, through the process that asks it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bpmn.processes.walking import Walk

REACHED: dict[str, Any] = {"accident_result": "reached"}
BELOW: dict[str, Any] = {"accident_result": "below", "accident_cause": "rule_broken"}


@pytest.mark.parametrize(
    ("answers", "suggestion", "article"),
    [
        ({}, "none", ""),
        (REACHED | {"accident_cause": "dangerous_goods"}, "refer", "CL-136"),
        (REACHED | {"accident_cause": "forced_work"}, "refer", "CL-134-2"),
        (REACHED | {"accident_cause": "facility_below_rules"}, "refer", "CL-135"),
        (REACHED | {"accident_cause": "rule_broken"}, "refer", "CL-134-1"),
        (REACHED | {"accident_cause": "unclear", "violence": "yes"}, "refer", "CL-134-1"),
        (BELOW | {"accident_hidden": "yes"}, "refer", "CL-139-1"),
        (BELOW | {"evidence_destroyed": "yes"}, "refer", "CL-139-1"),
        ({"stop_order_refused": "yes"}, "refer", "CL-134-A"),
        ({"violence": "yes"}, "refer", "CL-277"),
        ({"child_labour": "yes"}, "review", "CL-244-1"),
        ({"safety_disabled": "yes"}, "review", "CL-134-A"),
        ({"unlicensed_work": "yes"}, "review", "CL-134-A"),
        ({"false_certificate": "yes"}, "review", "CL-229"),
        ({"accident_result": "unclear", "accident_cause": "unclear"}, "review", "CL-134-1"),
        ({"accident_hidden": "unclear"}, "review", "CL-139-1"),
        ({"evidence_destroyed": "yes"}, "review", "CL-139-1"),
        ({"evidence_destroyed": "unclear"}, "review", "CL-139-1"),
        ({"stop_order_refused": "unclear"}, "review", "CL-134-A"),
        ({"safety_disabled": "unclear"}, "review", "CL-134-A"),
        ({"unlicensed_work": "unclear"}, "review", "CL-134-A"),
        ({"child_labour": "unclear"}, "review", "CL-244-1"),
        ({"violence": "unclear"}, "review", "CL-277"),
        ({"false_certificate": "unclear"}, "review", "CL-229"),
        (BELOW, "review", "CL-134-1"),
        ({"aggravating": ["no_licence", "fraud"]}, "none", ""),
    ],
)
def test_the_screen_suggests(concluded: Walk, clean: dict[str, Any], answers: dict[str, Any], suggestion: str, article: str) -> None:
    concluded.do("screen_crime", **clean | answers)
    assert (concluded.root.data["crime_suggestion"], concluded.root.data["crime_article"]) == (suggestion, article)
    assert concluded.open_tasks() == ["decide_referral@HD_CHIEF"]


@pytest.mark.parametrize(
    ("answers", "suggestion", "clue"),
    [
        ({"official_fault": "yes"}, "none", "supervision"),
        ({"official_fault": "unclear"}, "none", "supervision"),
        ({"official_fault": "yes", "violence": "yes"}, "refer", "supervision"),
        ({"official_fault": "no"}, "none", ""),
        ({}, "none", ""),
    ],
)
def test_the_fault_of_an_official_is_a_clue_beside_the_crime_of_the_employer(
    concluded: Walk, clean: dict[str, Any], answers: dict[str, Any], suggestion: str, clue: str
) -> None:
    concluded.do("screen_crime", **clean | answers)
    assert (concluded.root.data["crime_suggestion"], concluded.root.data["official_clue"]) == (suggestion, clue)
