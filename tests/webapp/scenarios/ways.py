"""Stretches of the way that several scenarios share."""

from __future__ import annotations

from typing import Any

from tests.webapp.scenarios.telling import Story, officers

TEAM = ("hui", "qin")
PANEL = ("hui", "qin", "lu")


def file(story: Story, *violations: str, acted_on: str = "2026-02-20", **answers: Any) -> None:
    """From the clue to the filed case."""
    story.do("tao", "town_accept", decision="take")
    story.later(days=1)
    story.do("tao", "verify", conclusion="violation")
    story.do("an", "accept", decision="accept")
    story.do(
        "hui",
        "propose_filing",
        violations=list(violations),
        officers=officers(*TEAM),
        acted_on=acted_on,
        discovered_on="2026-03-02",
        **answers,
    )
    story.later(days=1)
    story.do("chen", "file_case", decision="file")


def inspect(story: Story, *violations: str, procedure: str = "general", **answers: Any) -> None:
    story.later(days=2)
    story.do("hui", "inspect", result="violation", procedure=procedure, officers=officers(*TEAM), violations=list(violations), **answers)


def conclude(story: Story, *violations: str, kinds: list[str], fine: int | None = None, **answers: Any) -> None:
    """The report, the crime screen without a finding, and the panel's agreement."""
    fined = {"proposed_fine": fine} if fine else {}
    story.do("hui", "conclude", violations=list(violations), proposal="penalise", proposed_kinds=kinds, **fined, **answers)
    story.do("hui", "screen_crime", **NO_CRIME)
    story.do("chen", "decide_referral", decision="not_refer")
    deliberate(story)


def deliberate(story: Story, **answers: Any) -> None:
    story.do("he1", "deliberate", **{"members": officers(*PANEL), "result": "agree", **answers})


def notify(story: Story, *violations: str, kinds: list[str], fine: int | None = None, review: bool = False) -> None:
    """Legal review where it is due, the notice, and its service by hand."""
    if review:
        story.do("fan", "review", result="passed")
    fined = {"proposed_fine": fine} if fine else {}
    story.do("chen", "give_notice", violations=list(violations), proposed_kinds=kinds, **fined)
    story.do("hui", "serve_notice", way="direct")


def decide(story: Story, *violations: str, kinds: list[str], fine: int | None = None) -> None:
    """The decision and its service."""
    fined = {"fine": fine} if fine else {}
    story.do("chen", "decide", decision="penalise", violations=list(violations), penalty_kinds=kinds, **fined)
    story.do("hui", "serve_decision", way="direct")


def close(story: Story) -> None:
    story.later(days=1)
    story.do("hui", "report_closing")
    story.do("chen", "approve_closing", decision="approve")


NO_CRIME: dict[str, Any] = {
    "accident_result": "none", "accident_cause": "no_accident", "accident_hidden": "no", "stop_order_refused": "no",
    "safety_disabled": "no", "child_labour": "no", "violence": "no", "false_certificate": "no",
    "evidence_destroyed": "no", "unlicensed_work": "no", "official_fault": "no",
}  # fmt: skip
