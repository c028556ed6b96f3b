"""Sick workers get what they are owed. Numbers are those of domain/06, 6.7. Covers R-066, R-067, R-072, R-074."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.webapp.scenarios import ways
from tests.webapp.scenarios.telling import Story, officers


def inspected(story: Story, **harm: Any) -> None:
    ways.file(story, "V-72-06")
    story.later(days=1)
    story.do("hui", "inspect", result="violation", procedure="general", officers=officers(*ways.TEAM), violations=["V-72-06"], **harm)


def test_case_15_silicosis_of_an_insured_worker_until_the_benefits(app: Any, employer: Any) -> None:
    story = Story(employer, signs=["illness"])
    inspected(story, health_harm="diagnosed", insured="yes", employer_exists="yes", hardship="no", sudden_need="no")
    assert {name for name in story.ends() if name != "case_lifecycle"} == {"work_injury"}
    story.add_worker()
    certificate = story.add_evidence()
    diagnosed = "2026-02-10"
    story.do("hui", "certificate", "work_injury", certificate=certificate, diagnosed_on=diagnosed)
    assert story.clock_of("INJ_EMP").started_at.date() == date(2026, 2, 9)  # midnight of the 10th in Shanghai
    story.do("hui", "hand_in", "work_injury", insured="yes")
    story.do("hui", "apply", "work_injury", applicant="employer")
    assert story.clock_of("INJ_EMP").ending == "met"
    story.do("she", "accept", "work_injury", decision="accept")
    decide = story.open_task("decide", "work_injury")
    assert decide.due_at - story.now >= timedelta(days=59)  # 60 days
    story.do("she", "decide", "work_injury", decision="recognised")
    assert story.open_task("serve_result", "work_injury").due_at is not None
    story.do("she", "serve_result", "work_injury")
    appraise = story.open_task("appraise", "work_injury")
    assert appraise.due_at - story.now >= timedelta(days=59)  # and 60 days
    story.do("lin", "appraise", "work_injury", grade="4")
    story.do("shen", "grant", "work_injury")
    assert story.ends()["work_injury"] == "benefits_granted"


def test_a_diagnosis_ahead_of_today_is_refused(app: Any, employer: Any) -> None:
    story = Story(employer, signs=["illness"])
    inspected(story, health_harm="diagnosed", insured="yes", employer_exists="yes", hardship="no", sudden_need="no")
    story.add_worker()
    certificate = story.add_evidence()
    assert story.refused("hui", "certificate", "work_injury", certificate=certificate, diagnosed_on="2027-01-01")


def test_case_17_the_employer_is_gone_and_three_ways_of_help_run_together(app: Any, employer: Any) -> None:
    story = Story(employer, signs=["illness"])
    inspected(story, health_harm="diagnosed", insured="no", employer_exists="no", hardship="yes", sudden_need="yes")
    assert {name for name in story.ends() if name != "case_lifecycle"} == {"medical_aid", "dibao", "temporary_relief"}
    for leg in ("medical_aid", "dibao"):
        story.do("hui", "hand_in", leg)
    story.do("hui", "hand_in", "temporary_relief", urgency="urgent")
    story.do("yi", "handle", "medical_aid", result="granted")
    story.do("tang", "survey", "dibao", result="agree")
    story.do("tang", "publish", "dibao")
    story.do("min", "confirm", "dibao", result="granted")
    assert story.open_task("review_urgent", "temporary_relief").due_at - story.now == timedelta(hours=24)
    story.do("tang", "review_urgent", "temporary_relief", result="agree")
    story.do("min", "approve", "temporary_relief", result="granted")
    ends = story.ends()
    assert (ends["medical_aid"], ends["dibao"], ends["temporary_relief"]) == ("granted", "granted", "granted")
    assert story.clock_of("DIBAO_TOTAL").ending == "met"


def test_a_refused_living_security_is_told_in_writing(app: Any, employer: Any) -> None:
    story = Story(employer, signs=["illness"])
    inspected(story, health_harm="suspected", insured="no", employer_exists="yes", hardship="yes", sudden_need="no")
    story.do("hui", "hand_in", "dibao")
    story.do("tang", "survey", "dibao", result="differ")
    story.do("min", "confirm", "dibao", result="refused")
    assert story.open_task("tell_refusal", "dibao").due_at is not None
    story.do("min", "tell_refusal", "dibao")
    assert story.ends()["dibao"] == "refused"
