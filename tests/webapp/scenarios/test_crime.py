"""Suspected crimes and their way back. Numbers are those of domain/06, 6.7. Covers R-064, R-065."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.webapp.scenarios import ways
from tests.webapp.scenarios.telling import Story, officers, person
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.processes import queries
from webapp.referrals.models import ReferralItem

REACHED: dict[str, Any] = {
    **ways.NO_CRIME, "accident_result": "reached", "accident_cause": "dangerous_goods", "safety_disabled": "yes",
}  # fmt: skip


def screened(story: Story, violation: str, **screen: Any) -> None:
    """Up to the decision to refer."""
    ways.inspect(story, violation)
    story.do("hui", "conclude", violations=[violation], proposal="penalise", proposed_kinds=["fine"], proposed_fine=200_000)
    story.do("hui", "screen_crime", **screen)
    story.do("chen", "decide_referral", decision="refer")


def sent(story: Story) -> None:
    story.do("hui", "write_report", "police_referral", officers=officers(*ways.TEAM))
    story.do("zheng", "approve", "police_referral", decision="approve")
    materials = ["letter", "report", "items", "tests", "other"]
    assert "TR 6" in story.refused("hui", "send", "police_referral", materials=materials[:2])
    story.do("hui", "send", "police_referral", materials=materials)


def test_case_11_a_poisoning_with_a_death_goes_to_emergency_and_police(app: Any, employer: Any) -> None:
    story = Story(employer, urgency="A", signs=["illness"], description="氰化物遇酸，三人中毒，一人死亡，现场已疏散。")
    story.do("tao", "town_accept", decision="take")
    story.do("tao", "verify", conclusion="violation")
    story.do("an", "accept", decision="accept", matters=["poisoning"])
    assert "poisoning_referral" in story.ends()
    story.do(
        "hui",
        "propose_filing",
        violations=["V-77-01"],
        officers=officers(*ways.TEAM),
        acted_on="2026-03-01",
        discovered_on="2026-03-02",
        has_harm="yes",
    )
    story.do("chen", "file_case", decision="file")
    story.do(
        "hui",
        "inspect",
        result="violation",
        procedure="general",
        officers=officers(*ways.TEAM),
        violations=["V-77-01"],
        measures=["control"],
    )
    assert "interim_control" in story.ends()
    story.do("hui", "conclude", violations=["V-77-01"], proposal="penalise", proposed_kinds=["stop", "fine"], proposed_fine=300_000)
    story.do("hui", "screen_crime", **REACHED)
    story.do("chen", "decide_referral", decision="refer")
    assert story.clock_of("DECIDE").is_suspended
    sent(story)
    story.do("jing", "receive", "police_referral", answer="received")
    story.do("jing", "answer", "police_referral", answer="filed")
    story.do("hui", "hand_over", "police_referral")
    assert story.ends()["police_referral"] == "filed"
    assert not story.clock_of("DECIDE").is_suspended
    story.do("chen", "after_transfer", effect="close")
    assert "BR-CLOSE" in story.refused("hui", "report_closing")  # the sealing still runs


def test_case_13_the_principal_head_declines_and_the_case_goes_on(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-75-06")
    screened(story, "V-75-06", **{**ways.NO_CRIME, "safety_disabled": "yes", "stop_order_refused": "yes"})
    story.do("hui", "write_report", "police_referral", officers=officers(*ways.TEAM))
    story.later(days=2)
    task = story.do("zheng", "approve", "police_referral", decision="decline", reason="未达到移送标准，理由记录在案，继续行政处罚。")
    assert story.ends()["police_referral"] == "not_approved"
    (submission,) = [one for one in queries.submissions_of([task.instance_id]) if one.task_id == task.id]
    assert "未达到移送标准" in submission.values["reason"]
    assert story.open() == ["case_lifecycle.deliberate@HD_COL"]


def test_only_the_principal_head_sees_and_decides_the_transfer(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-75-06")
    screened(story, "V-75-06", **REACHED)
    story.do("hui", "write_report", "police_referral", officers=officers(*ways.TEAM))
    task = story.open_task("approve", "police_referral")
    assert task.role == "HD_PRIN"
    assert not queries.can_work_on(person("chen"), task)


def test_the_police_ask_for_more_and_their_three_days_start_again(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-75-06")
    screened(story, "V-75-06", **REACHED)
    sent(story)
    story.do("jing", "receive", "police_referral", answer="incomplete")
    story.later(days=2)
    story.do("hui", "supplement", "police_referral")
    assert (story.open_task("answer", "police_referral").due_at - story.now).days in (2, 3)


def test_a_refusal_is_reconsidered_and_then_supervised(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-75-06")
    screened(story, "V-75-06", **REACHED)
    sent(story)
    story.do("jing", "receive", "police_referral", answer="received")
    story.do("jing", "answer", "police_referral", answer="not_filed")
    told_on = legal_day(story.now)
    story.later(days=2)
    story.do("hui", "receive_refusal", "police_referral", received_on=told_on.isoformat())
    assert legal_day(story.open_task("choose_remedy", "police_referral").due_at) == told_on + timedelta(days=3)
    story.do("chen", "choose_remedy", "police_referral", remedy="reconsider")
    assert legal_day(story.open_task("ask_again", "police_referral").due_at) == told_on + timedelta(days=3)
    story.do("hui", "ask_again", "police_referral")
    story.do("jing", "reconsider", "police_referral", result="kept")
    story.do("hui", "propose_supervision", "police_referral")
    story.do("jian", "ask_reasons", "police_referral")
    story.do("jing", "give_reasons", "police_referral")
    story.do("jian", "judge_reasons", "police_referral", result="order")
    story.do("jing", "file_on_order", "police_referral")
    story.do("hui", "hand_over_order", "police_referral")
    assert story.ends()["police_referral"] == "filed_on_order"


def test_case_14_a_case_handed_back_is_answered_within_two_months(app: Any, employer: Any) -> None:
    """P32 is registered and clocked here; its own diagram comes later."""
    story = Story(employer, by="an", source="handed_back")
    story.do("an", "receive_case", from_body="procuratorate", reason="not_prosecuted", opinion_on="2026-02-27")
    reply = story.clock_of("REVERSE_REPLY")
    assert reply.started_at.date().isoformat() == "2026-02-26"  # midnight of the 27th in Shanghai
    assert story.open() == ["case_lifecycle.propose_filing@HD_LEAD"]
    story.do("hui", "propose_filing", violations=["V-75-06"], officers=officers(*ways.TEAM), acted_on="2026-02-20")
    story.do("chen", "file_case", decision="file")
    ways.inspect(story, "V-75-06")
    ways.conclude(story, "V-75-06", kinds=["fine"], fine=60_000)
    assert story.open() == ["case_lifecycle.review@HD_REV"]


def test_the_letter_that_the_step_makes_is_in_the_package_once(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-75-06")
    screened(story, "V-75-06", **REACHED)
    sent(story)
    letters = [item for item in db.session.scalars(select(ReferralItem)) if item.kind == "letter"]
    assert [(item.is_paper, item.document_id is None) for item in letters] == [(False, False)]
