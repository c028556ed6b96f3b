"""Rules of the legs: orders to correct, re-inspections, injury claims, the package for the police."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.webapp.scenarios import ways
from tests.webapp.scenarios.telling import Story, officers
from webapp.core.clock import legal_day
from webapp.legality.next_steps import missing_for

VIOLATIONS = ("V-70-03", "V-70-04")
SICK = {"health_harm": "diagnosed", "insured": "yes", "employer_exists": "yes", "hardship": "no", "sudden_need": "no"}


@pytest.fixture
def warned(app: Any, employer: Any) -> Story:
    """Two violations, warned on the spot: the order to correct is due."""
    story = Story(employer)
    ways.file(story, *VIOLATIONS)
    ways.inspect(story, *VIOLATIONS, procedure="summary")
    team = officers(*ways.TEAM)
    story.do("hui", "summary_decision", officers=team, violations=list(VIOLATIONS), penalty_kinds=["warning"], acted_on="2026-02-20")
    return story


def today(story: Story) -> date:
    return legal_day(story.now)


def order(story: Story, days: int = 15, **answers: Any) -> dict[str, Any]:
    """What hui orders, to be corrected ``days`` from today."""
    correct_by = (today(story) + timedelta(days=days)).isoformat()
    return {"items": list(VIOLATIONS), "difficulty": "easy", "correct_by": correct_by, **answers}


@pytest.fixture
def ordered(warned: Story) -> Story:
    warned.do("hui", "issue_order", "correction", **order(warned))
    warned.do("hui", "serve_order", "correction", way="direct")
    return warned


@pytest.mark.parametrize(("difficulty", "days"), [("easy", 20), ("normal", 35), ("hard", 66), ("easy", 0)])
def test_the_day_to_correct_lies_within_the_time_of_its_difficulty(warned: Story, difficulty: str, days: int) -> None:
    assert "BR-ORDER" in warned.refused("hui", "issue_order", "correction", **order(warned, days, difficulty=difficulty))


@pytest.mark.parametrize(("difficulty", "days"), [("easy", 1), ("easy", 15), ("normal", 30), ("hard", 60)])
def test_a_day_within_that_time_is_taken(warned: Story, difficulty: str, days: int) -> None:
    warned.do("hui", "issue_order", "correction", **order(warned, days, difficulty=difficulty))
    assert warned.open() == ["correction.serve_order@HD_LEAD"]


def test_nothing_is_ordered_that_was_not_decided(warned: Story) -> None:
    refusal = warned.refused("hui", "issue_order", "correction", **order(warned, items=["V-70-03", "V-71-01"]))
    assert "BR-ORDER: 处理决定中没有V-71-01。" in refusal


@pytest.mark.parametrize("days", [-1, 0, 16])
def test_more_time_is_longer_than_before_and_limited(ordered: Story, days: int) -> None:
    before = today(ordered) + timedelta(days=15)
    ordered.do("hui", "watch", "correction", result="extension_asked")
    wanted = (before + timedelta(days=days)).isoformat()
    assert "BR-ORDER" in ordered.refused("chen", "decide_extension", "correction", decision="grant", extended_to=wanted)


@pytest.mark.parametrize("decision", ["grant", "refuse"])
def test_the_reinspection_follows_the_day_that_holds(ordered: Story, decision: str) -> None:
    before = today(ordered) + timedelta(days=15)
    granted = {"extended_to": (before + timedelta(days=14)).isoformat()} if decision == "grant" else {}
    ordered.do("hui", "watch", "correction", result="extension_asked")
    ordered.do("chen", "decide_extension", "correction", decision=decision, **granted)
    ordered.do("hui", "watch_on", "correction", result="due")
    due_at = ordered.open_task("reinspect", "correction").due_at
    assert due_at is not None
    assert (legal_day(due_at) >= before + timedelta(days=14)) == (decision == "grant")


@pytest.mark.parametrize(
    ("result", "corrected", "still_open"),
    [
        ("partly", ["V-70-03", "V-70-04"], ["V-70-04"]),
        ("partly", ["V-70-03"], []),
        ("partly", ["V-70-03"], ["V-70-04", "V-71-01"]),
        ("corrected", ["V-70-03"], ["V-70-04"]),
        ("not", ["V-70-03", "V-70-04"], []),
    ],
)
def test_a_reinspection_covers_what_was_ordered(ordered: Story, result: str, corrected: list[str], still_open: list[str]) -> None:
    ordered.do("hui", "watch", "correction", result="due")
    found = {"result": result, "corrected_items": corrected, "open_items": still_open, "officers": officers(*ways.TEAM)}
    assert "BR-ITEMS" in ordered.refused("hui", "reinspect", "correction", **found)


def test_a_partly_corrected_order_names_what_is_open(ordered: Story) -> None:
    ordered.do("hui", "watch", "correction", result="due")
    found = {"result": "partly", "corrected_items": ["V-70-03"], "open_items": ["V-70-04"], "officers": officers(*ways.TEAM)}
    ordered.do("hui", "reinspect", "correction", **found)
    assert ordered.ends()["correction"] == "not_corrected"


@pytest.fixture
def guided(app: Any, employer: Any) -> Story:
    """A worker diagnosed on the tenth of February, who was told how to claim."""
    story = Story(employer, signs=["illness"])
    ways.file(story, "V-72-06")
    ways.inspect(story, "V-72-06", **SICK)
    story.add_worker()
    story.do("hui", "certificate", "work_injury", certificate=story.add_evidence(), diagnosed_on="2026-02-10")
    story.do("hui", "hand_in", "work_injury")
    return story


def test_an_employer_that_claims_late_needs_the_consent_of_the_department(guided: Story) -> None:
    guided.later(days=30)
    late = {"applicant": "employer", "applied_on": today(guided).isoformat()}
    assert "BR-INJ-LATE: 用人单位的申请期限" in guided.refused("hui", "apply", "work_injury", **late)
    guided.do("hui", "apply", "work_injury", **late, extension_agreed="yes")
    assert guided.open_task("accept", "work_injury")


def test_a_worker_that_claims_late_says_why_the_time_does_not_count(guided: Story) -> None:
    guided.later(days=30)
    in_time = {"applicant": "worker", "applied_on": today(guided).isoformat()}
    guided.later(days=370)
    late = in_time | {"applied_on": today(guided).isoformat()}
    assert "BR-INJ-LATE: 劳动者的申请期限" in guided.refused("hui", "apply", "work_injury", **late)
    guided.do("hui", "apply", "work_injury", **in_time)
    assert guided.open_task("accept", "work_injury")


def test_time_lost_without_the_fault_of_the_worker_is_not_counted(guided: Story) -> None:
    guided.later(days=400)
    late = {"applicant": "worker", "applied_on": today(guided).isoformat()}
    guided.do("hui", "apply", "work_injury", **late, time_lost="dispute")
    assert guided.open_task("accept", "work_injury")


def test_the_case_says_what_the_package_for_the_police_still_needs(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-75-06")
    ways.inspect(story, "V-75-06")
    story.do("hui", "conclude", violations=["V-75-06"], proposal="penalise", proposed_kinds=["fine"], proposed_fine=200_000)
    story.do("hui", "screen_crime", **{**ways.NO_CRIME, "stop_order_refused": "yes"})
    story.do("chen", "decide_referral", decision="refer")
    story.do("hui", "write_report", "police_referral", officers=officers(*ways.TEAM))
    story.do("zheng", "approve", "police_referral", decision="approve")
    task = story.open_task("send", "police_referral")
    (missing,) = missing_for(story.case_id, [task], at=story.now)[task.id]
    assert missing.startswith("BR-14: 移送材料还缺：涉案物品清单、检验报告或鉴定结论、其他材料。")
