"""Penalty cases. Numbers are those of domain/06, 6.7. Covers BR-01, BR-02."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from tests.webapp.scenarios import ways
from tests.webapp.scenarios.telling import BEGIN, Story, officers, person
from webapp.accounts import services as accounts
from webapp.cases.models import Case
from webapp.core.db import db, transaction
from webapp.documents.queries import documents_of_case


def papers(story: Story) -> list[str]:
    return [document.kind for document in documents_of_case(story.case_id) if document.state in {"final", "served"}]


def paid(story: Story) -> None:
    story.later(days=6)
    story.do("hui", "await_payment", result="paid")


def corrected(story: Story, *items: str) -> None:
    story.do("hui", "issue_order", "correction", items=list(items))
    story.do("hui", "serve_order", "correction", way="direct")
    story.later(days=35)
    story.do("hui", "watch", "correction", result="report_received")
    story.do("hui", "reinspect", "correction", result="corrected", corrected_items=list(items), officers=officers(*ways.TEAM))


def test_case_2_never_declared_is_fined_at_once(app: Any, employer: Any) -> None:
    story = Story(employer, signs=["declaration"])
    ways.file(story, "V-71-01")
    ways.inspect(story, "V-71-01")
    ways.conclude(story, "V-71-01", kinds=["warning", "fine"], fine=60_000)
    ways.notify(story, "V-71-01", kinds=["warning", "fine"], fine=60_000, review=True)
    story.do("hui", "hear_party", result="waived")
    ways.decide(story, "V-71-01", kinds=["warning", "fine"], fine=60_000)
    assert {"D05", "D06", "D13", "D14", "D15", "D16", "D17A", "D18", "D20", "D23"} <= set(papers(story))
    paid(story)
    corrected(story, "V-71-01")
    ways.close(story)
    assert story.case.outcome == "closed"
    assert story.clock_of("DECIDE").ending == "met"


def test_case_3_is_only_warned_and_fixed_in_time(app: Any, employer: Any) -> None:
    story = Story(employer, signs=["over_limit"])
    ways.file(story, "V-72-01")
    ways.inspect(story, "V-72-01")
    refusal = story.refused("hui", "conclude", violations=["V-72-01"], proposal="penalise", proposed_kinds=["fine"], proposed_fine=80_000)
    assert "BR-07" in refusal
    ways.conclude(story, "V-72-01", kinds=["warning"])
    ways.notify(story, "V-72-01", kinds=["warning"])
    story.do("hui", "hear_party", result="stated")
    ways.decide(story, "V-72-01", kinds=["warning"])
    corrected(story, "V-72-01")
    ways.close(story)
    assert story.case.outcome == "closed"


def lost_round(employer: Any, *, at: datetime = BEGIN) -> Story:
    """A warning whose order was not followed; the story goes on in the second round."""
    first = Story(employer, at=at, signs=["over_limit"])
    ways.file(first, "V-72-01")
    ways.inspect(first, "V-72-01")
    ways.conclude(first, "V-72-01", kinds=["warning"])
    ways.notify(first, "V-72-01", kinds=["warning"])
    first.do("hui", "hear_party", result="waived")
    ways.decide(first, "V-72-01", kinds=["warning"])
    first.do("hui", "issue_order", "correction", items=["V-72-01"])
    first.do("hui", "serve_order", "correction", way="direct")
    first.later(days=35)
    first.do("hui", "watch", "correction", result="due")
    first.do("hui", "reinspect", "correction", result="not", open_items=["V-72-01"], officers=officers(*ways.TEAM))
    second = db.session.scalars(select(Case).where(Case.earlier_id == first.case_id)).one()
    ways.close(first)
    return Story.of(second, at=first.now)


def test_case_4_is_fined_in_a_second_round_with_its_own_clocks(app: Any, employer: Any) -> None:
    story = lost_round(employer)
    assert story.open() == ["case_lifecycle.propose_filing@HD_LEAD"]
    day = story.now.date().isoformat()
    story.do("hui", "propose_filing", violations=["V-72-01"], officers=officers(*ways.TEAM), acted_on=day, discovered_on=day)
    story.do("chen", "file_case", decision="file")
    assert (story.clock_of("DECIDE").due_at - story.now).days in range(89, 100)
    ways.inspect(story, "V-72-01")
    ways.conclude(story, "V-72-01", kinds=["fine"], fine=80_000)
    ways.notify(story, "V-72-01", kinds=["fine"], fine=80_000, review=True)
    story.later(days=10)  # nobody says anything: the window passes
    assert story.open() == ["case_lifecycle.decide@HD_CHIEF"]
    ways.decide(story, "V-72-01", kinds=["fine"], fine=80_000)


def test_case_5_switched_off_exhaust_is_fined_at_once(app: Any, employer: Any) -> None:
    story = Story(employer, signs=["facilities"])
    ways.file(story, "V-75-06")
    ways.inspect(story, "V-75-06")
    ways.conclude(story, "V-75-06", kinds=["fine"], fine=60_000)
    ways.notify(story, "V-75-06", kinds=["fine"], fine=60_000, review=True)
    story.do("hui", "hear_party", result="waived")
    above = story.refused("chen", "decide", decision="penalise", violations=["V-75-06"], penalty_kinds=["fine"], fine=70_000)
    assert "BR-06" in above
    ways.decide(story, "V-75-06", kinds=["fine"], fine=50_000)


def test_case_8_an_explicit_waiver_shortens_the_way(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-71-01")
    ways.inspect(story, "V-71-01")
    ways.conclude(story, "V-71-01", kinds=["warning"])
    ways.notify(story, "V-71-01", kinds=["warning"])
    assert story.open() == ["case_lifecycle.hear_party@HD_LEAD"]
    story.do("hui", "hear_party", result="waived")
    assert story.open() == ["case_lifecycle.decide@HD_CHIEF"]


def test_case_9_the_legal_review_returns_the_file_and_evidence_is_added(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-71-01")
    ways.inspect(story, "V-71-01")
    ways.conclude(story, "V-71-01", kinds=["fine"], fine=60_000)
    story.do("fan", "review", result="returned")
    assert story.open() == ["case_lifecycle.supplement_evidence@HD_LEAD"]
    story.do(
        "hui",
        "supplement_evidence",
        result="continue",
        violations=["V-71-01"],
        proposed_kinds=["fine"],
        proposed_fine=60_000,
        officers=officers(*ways.TEAM),
    )
    ways.deliberate(story)
    assert story.open() == ["case_lifecycle.review@HD_REV"]
    ways.notify(story, "V-71-01", kinds=["fine"], fine=60_000, review=True)


def test_a_fine_outside_its_range_needs_a_ground(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-71-01")
    ways.inspect(story, "V-71-01")
    said = {"violations": ["V-71-01"], "proposal": "penalise", "proposed_kinds": ["fine"]}
    assert "BR-08" in story.refused("hui", "conclude", proposed_fine=100_001, **said)
    assert "BR-08" in story.refused("hui", "conclude", proposed_fine=40_000, **said)
    story.do("hui", "conclude", proposed_fine=40_000, ground="confessed", **said)


def test_a_hearing_is_asked_for_in_time_and_not_held_too_early(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-75-06")
    ways.inspect(story, "V-75-06")
    ways.conclude(story, "V-75-06", kinds=["stop"])
    ways.notify(story, "V-75-06", kinds=["stop"], review=True)
    story.do("hui", "hear_party", result="hearing")
    tomorrow = (story.now.date().replace(day=story.now.day + 1)).isoformat()
    presider = officers("ting")[0]
    assert "BR-05" in story.refused("ting", "call_hearing", hearing_on=tomorrow, presider=presider)
    later = story.now.date().replace(month=story.now.month + 1).isoformat()
    with transaction():
        accounts.grant_role(person("hui"), "HD_HEAR", actor_id=None, at=story.now, jurisdiction_id=story.case.jurisdiction_id)
    assert "BR-04" in story.refused("ting", "call_hearing", hearing_on=later, presider=officers("hui")[0])
    story.do("ting", "call_hearing", hearing_on=later, presider=presider)
    story.later(days=31)
    story.do("ting", "hold_hearing", result="held", presider=presider)
    story.do("fan", "review_hearing", result="passed")
    assert story.open() == ["case_lifecycle.decide@HD_CHIEF"]


def test_an_act_out_of_limitation_cannot_be_filed(app: Any, employer: Any) -> None:
    story = Story(employer)
    story.do("tao", "town_accept", decision="take")
    story.do("tao", "verify", conclusion="violation")
    story.do("an", "accept", decision="accept")
    said = {"violations": ["V-71-01"], "officers": officers(*ways.TEAM), "discovered_on": "2026-03-02"}
    assert "BR-30" in story.refused("hui", "propose_filing", acted_on="2023-12-01", has_harm="no", **said)
    story.do("hui", "propose_filing", acted_on="2023-12-01", has_harm="yes", **said)


def test_on_the_spot_only_small_fines(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-74-01")
    ways.inspect(story, "V-74-01", procedure="summary")
    said = {"violations": ["V-74-01"], "penalty_kinds": ["fine"], "officers": officers(*ways.TEAM)}
    assert "BR-12" in story.refused("hui", "summary_decision", fine=3_001, **said)
    story.do("hui", "summary_decision", fine=3_000, **said)
    assert set(story.open()) == {"correction.issue_order@HD_LEAD", "case_lifecycle.await_payment@HD_LEAD"}
