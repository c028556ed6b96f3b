"""The crime screen suggests: its table, row by row, through the process that asks it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bpmn.processes.walking import Walk

REACHED: dict[str, Any] = {"accident_result": "reached"}


@pytest.mark.parametrize(
    ("answers", "suggestion", "article"),
    [
        ({}, "none", ""),
        (REACHED | {"accident_cause": "dangerous_goods"}, "refer", "CL-136"),
        (REACHED | {"accident_cause": "forced_work"}, "refer", "CL-134-2"),
        (REACHED | {"accident_cause": "facility_below_rules"}, "refer", "CL-135"),
        (REACHED | {"accident_cause": "rule_broken"}, "refer", "CL-134-1"),
        (REACHED | {"accident_cause": "unclear", "violence": "yes"}, "refer", "CL-134-1"),
        ({"accident_result": "below", "accident_cause": "rule_broken", "accident_hidden": "yes"}, "refer", "CL-139-1"),
        ({"stop_order_refused": "yes"}, "refer", "CL-134-A"),
        ({"violence": "yes"}, "refer", "CL-277"),
        ({"child_labour": "yes"}, "review", "CL-244-1"),
        ({"safety_disabled": "yes"}, "review", "CL-134-A"),
        ({"false_certificate": "yes"}, "review", "CL-229"),
        ({"accident_result": "unclear", "accident_cause": "unclear"}, "review", "CL-134-1"),
        ({"accident_hidden": "unclear"}, "review", "CL-139-1"),
        ({"stop_order_refused": "unclear"}, "review", "CL-134-A"),
        ({"safety_disabled": "unclear"}, "review", "CL-134-A"),
        ({"child_labour": "unclear"}, "review", "CL-244-1"),
        ({"violence": "unclear"}, "review", "CL-277"),
        ({"false_certificate": "unclear"}, "review", "CL-229"),
        ({"accident_result": "below", "accident_cause": "rule_broken"}, "review", "CL-134-1"),
    ],
)
def test_the_screen_suggests(corrected: Walk, clean: dict[str, Any], answers: dict[str, str], suggestion: str, article: str) -> None:
    corrected.do("screen_crime", **clean | answers)
    assert (corrected.root.data["crime_suggestion"], corrected.root.data["crime_article"]) == (suggestion, article)
    assert corrected.open_tasks() == ["decide_referral@HD_CHIEF"]
