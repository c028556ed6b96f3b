"""The foundry case, from the patroller's finding to the closing: who does what, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.bpmn.processes.walking import fill, plausible
from webapp.core import clock

HARM = {"result": "violation", "health_harm": "diagnosed", "sick_workers": 2, "assistance": ["work_injury", "civil_assistance"]}
SCREEN = {
    "accident_result": "none",
    "accident_cause": "no_accident",
    "accident_hidden": "no",
    "stop_order_refused": "yes",
    "safety_disabled": "yes",
    "child_labour": "no",
    "violence": "no",
    "false_certificate": "no",
}
# who, process, element, answers that steer
FOUNDRY: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("tao", "case_lifecycle", "verify", {"conclusion": "more_facts"}),
    ("ping", "case_lifecycle", "supplement_finding", {}),
    ("tao", "case_lifecycle", "verify", {"conclusion": "violation"}),
    ("an", "case_lifecycle", "accept", {"decision": "accept"}),
    ("chen", "case_lifecycle", "file_case", {"decision": "file"}),
    ("hui", "case_lifecycle", "inspect", HARM),
    ("hui", "work_injury", "hand_in", {}),
    ("hui", "civil_assistance", "hand_in", {}),
    ("she", "work_injury", "accept", {"decision": "accept"}),
    ("min", "civil_assistance", "handle", {"result": "granted"}),
    ("hui", "case_lifecycle", "propose", {"proposal": "penalise"}),
    ("chen", "case_lifecycle", "decide", {"decision": "penalise"}),
    ("hui", "correction", "issue_order", {}),
    ("hui", "correction", "reinspect", {"result": "not"}),
    ("chen", "case_lifecycle", "review_correction", {"decision": "again"}),
    ("hui", "correction", "issue_order", {}),
    ("hui", "correction", "reinspect", {"result": "corrected"}),
    ("hui", "case_lifecycle", "screen_crime", SCREEN),
    ("chen", "case_lifecycle", "decide_referral", {"decision": "refer"}),
    ("hui", "police_referral", "write_report", {}),
    ("zheng", "police_referral", "approve", {"decision": "approve"}),
    ("hui", "police_referral", "send", {}),
    ("jing", "police_referral", "answer", {"answer": "return"}),
    ("hui", "police_referral", "supplement", {}),
    ("jing", "police_referral", "answer", {"answer": "filed"}),
    ("hui", "case_lifecycle", "report_closing", {}),
    ("chen", "case_lifecycle", "approve_closing", {"decision": "approve"}),
    ("she", "work_injury", "decide", {"decision": "recognised"}),  # a linked leg outlives the case
)
ACTORS = ("ping", "tao", "an", "hui", "chen", "zheng", "jing", "she", "min", "zhou")


def answers(fields: list[dict[str, Any]], steering: Mapping[str, Any]) -> dict[str, Any]:
    """A full form: the steering answers, plausible ones for the rest, days that are right today."""
    return fill(fields, steering, pick=_pick)


def _pick(one: Mapping[str, Any]) -> Any:
    return clock.today().isoformat() if one["type"] == "date" else plausible(one)
