"""The foundry case, from the patroller's finding to the closing: who does what, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.bpmn.processes.walking import fill, plausible
from webapp.accounts.models import User
from webapp.core import clock
from webapp.core.db import db

SWITCHED_OFF = ["V-75-06"]  # the exhaust was switched off: fined at once, with a hearing offered and a legal review
FINE = 60_000
DAYS_TO_CORRECT = 14
HARM = {
    "result": "violation", "procedure": "general", "health_harm": "diagnosed", "sick_workers": 2, "insured": "no", "employer_exists": "no",
    "hardship": "yes", "sudden_need": "no",
}  # fmt: skip
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
PROPOSED = {"proposed_kinds": ["fine"], "proposed_fine": FINE}
BY_HAND = {"way": "direct"}
# who, process, element, answers that steer
FOUNDRY: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("tao", "case_lifecycle", "town_accept", {"decision": "take"}),
    ("tao", "case_lifecycle", "verify", {"conclusion": "more_facts"}),
    ("ping", "case_lifecycle", "supplement_finding", {}),
    ("tao", "case_lifecycle", "verify", {"conclusion": "violation"}),
    ("an", "case_lifecycle", "accept", {"decision": "accept"}),
    ("hui", "case_lifecycle", "propose_filing", {}),
    ("chen", "case_lifecycle", "file_case", {"decision": "file"}),
    ("hui", "case_lifecycle", "inspect", HARM),
    ("hui", "medical_aid", "hand_in", {}),
    ("hui", "dibao", "hand_in", {}),
    ("yi", "medical_aid", "handle", {"result": "granted"}),
    ("tang", "dibao", "survey", {"result": "agree"}),
    ("hui", "case_lifecycle", "conclude", {"proposal": "penalise", **PROPOSED}),
    ("hui", "case_lifecycle", "screen_crime", SCREEN),
    ("chen", "case_lifecycle", "decide_referral", {"decision": "refer"}),
    ("hui", "police_referral", "write_report", {}),
    ("zheng", "police_referral", "approve", {"decision": "approve"}),
    ("hui", "police_referral", "send", {"materials": ["letter", "report", "items", "tests", "other"]}),
    ("jing", "police_referral", "receive", {"answer": "incomplete"}),
    ("hui", "police_referral", "supplement", {}),
    ("jing", "police_referral", "answer", {"answer": "filed"}),
    ("hui", "police_referral", "hand_over", {}),
    ("chen", "case_lifecycle", "after_transfer", {"effect": "continue"}),
    ("he1", "case_lifecycle", "deliberate", {"result": "agree"}),
    ("fan", "case_lifecycle", "review", {"result": "passed"}),
    ("chen", "case_lifecycle", "give_notice", PROPOSED),
    ("hui", "case_lifecycle", "serve_notice", BY_HAND),
    ("hui", "case_lifecycle", "hear_party", {"result": "stated"}),
    ("chen", "case_lifecycle", "decide", {"decision": "penalise", "penalty_kinds": ["fine"], "fine": FINE}),
    ("hui", "case_lifecycle", "serve_decision", BY_HAND),
    ("hui", "correction", "issue_order", {}),
    ("hui", "correction", "serve_order", BY_HAND),
    ("hui", "case_lifecycle", "await_payment", {"result": "paid"}),
    ("hui", "correction", "watch", {"result": "report_received"}),
    ("hui", "correction", "reinspect", {"result": "corrected", "corrected_items": SWITCHED_OFF}),
    ("hui", "case_lifecycle", "report_closing", {}),
    ("chen", "case_lifecycle", "approve_closing", {"decision": "approve"}),
    ("tang", "dibao", "publish", {}),  # a linked leg outlives the case
    ("min", "dibao", "confirm", {"result": "granted"}),
)
ACTORS = ("ping", "tao", "an", "hui", "chen", "zheng", "jing", "yi", "tang", "min", "he1", "fan", "zhou")
# What reference fields choose, by their register: people by user name.
CHOSEN: Mapping[str, Sequence[str]] = {"officers": ("hui", "qin"), "panel": ("he1", "he2", "he3"), "presiders": ("ting",)}


def answers(fields: list[dict[str, Any]], steering: Mapping[str, Any]) -> dict[str, Any]:
    """A full form: the steering answers, plausible ones for the rest, days that are right today."""
    return fill(fields, steering, pick=_pick)


def _pick(one: Mapping[str, Any]) -> Any:
    if one["type"] == "date":
        return (clock.today() + timedelta(days=DAYS_TO_CORRECT if one["key"] == "correct_by" else 0)).isoformat()
    return _reference(one) if one["type"] == "reference" else plausible(one)


def _reference(one: Mapping[str, Any]) -> list[str] | str:
    """The interface gives the register's name, not its entries: people are looked up."""
    if one["of"] == "violations":
        return SWITCHED_OFF
    ids = {name: str(user_id) for name, user_id in db.session.execute(select(User.username, User.id)).tuples()}
    chosen = [ids[name] for name in CHOSEN[one["of"]]]
    return chosen if one.get("many") else chosen[0]
