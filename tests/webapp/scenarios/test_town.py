"""Cases that end at the town, and clues that go elsewhere. Numbers are those of domain/06, 6.7. Covers R-092, R-097."""

from __future__ import annotations

from typing import Any

from tests.webapp.scenarios import ways
from tests.webapp.scenarios.telling import Story, officers


def test_case_1_is_corrected_on_the_spot_and_closed_by_the_town(app: Any, employer: Any) -> None:
    story = Story(employer, urgency="C", signs=["ppe"], description="露天喷漆未戴防毒口罩，当场整改并承诺在喷漆房内作业。")
    story.do("tao", "town_accept", decision="take")
    story.later(days=1)
    story.do("tao", "verify", conclusion="corrected")
    assert story.case.outcome == "corrected_on_spot"
    assert story.clock_of("TOWN_VERIFY").ending == "met"
    assert not story.open()


def test_case_6_a_refused_inspection_is_punished_and_the_paper_left_with_a_witness(app: Any, employer: Any) -> None:
    story = Story(employer, signs=["refused_entry"], employer_response="refused")
    ways.file(story, "V-72-09")
    ways.inspect(story, "V-72-09", signature="refused", witness="村委会演示一、演示二")
    ways.conclude(story, "V-72-09", kinds=["warning"])
    story.do("chen", "give_notice", violations=["V-72-09"], proposed_kinds=["warning"])
    sentence = story.refused("hui", "serve_notice", way="lien", witness="")
    assert "见证人" in sentence
    story.do("hui", "serve_notice", way="lien", witness="居委会演示某某")
    story.do("hui", "hear_party", result="waived")
    ways.decide(story, "V-72-09", kinds=["warning"])
    assert story.open() == ["correction.issue_order@HD_LEAD"]


def test_an_absent_employer_is_visited_again_within_two_working_days(app: Any, employer: Any) -> None:
    story = Story(employer, employer_response="absent")
    story.do("tao", "town_accept", decision="take")
    story.do("tao", "verify", conclusion="absent")
    revisit = story.open_task("revisit")
    assert (revisit.due_at - story.now).days in (2, 3)
    story.do("tao", "revisit", present="yes")
    assert story.open() == ["case_lifecycle.verify@TOWN"]


def test_a_clue_about_an_open_case_is_merged_into_it(app: Any, employer: Any) -> None:
    first, second = Story(employer), Story(employer)
    assert "BR-MERGE" in second.refused("tao", "town_accept", decision="merge", duplicate_of="TC-2026-99999")
    second.do("tao", "town_accept", decision="merge", duplicate_of=first.case.case_no)
    assert second.case.outcome == "merged"


def test_the_town_asks_once_for_a_review_of_a_rejection(app: Any, employer: Any) -> None:
    story = Story(employer)
    story.do("tao", "town_accept", decision="take")
    story.do("tao", "verify", conclusion="violation")
    story.do("an", "accept", decision="reject")
    story.do("tao", "answer_rejection", answer="review")
    story.do("an", "accept_again", decision="reject")
    assert story.case.outcome == "rejected"


def test_a_town_without_the_power_on_that_day_may_not_punish(app: Any, employer: Any) -> None:
    story = Story(employer)
    story.do("tao", "town_accept", decision="take")
    sentence = story.refused("tao", "verify", conclusion="punish", violations=["V-70-04"])
    assert "BR-17" in sentence
    assert "V-70-04" in sentence


def test_one_officer_or_an_expired_certificate_is_refused(app: Any, employer: Any) -> None:
    story = Story(employer)
    story.do("tao", "town_accept", decision="take")
    story.do("tao", "verify", conclusion="violation")
    story.do("an", "accept", decision="accept")
    assert "BR-03" in story.refused("hui", "propose_filing", violations=["V-71-01"], officers=officers("hui"))
    assert "expired" in story.refused("hui", "propose_filing", violations=["V-71-01"], officers=officers("hui", "lu2"))
