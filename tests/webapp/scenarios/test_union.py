"""The trade union's word. The number is that of domain/06, 6.7."""

from __future__ import annotations

from typing import Any

from tests.webapp.scenarios import ways
from tests.webapp.scenarios.telling import Story, officers


def test_case_22_an_ignored_opinion_of_the_union_becomes_a_penalty_case(app: Any, employer: Any) -> None:
    """The union's letter and the employer's answer (P54) come later; here its report goes straight to the district."""
    story = Story(employer, by="hui", source="union", description="工会提出书面意见要求纠正，用人单位逾期未答复，工会提请查处。")
    assert story.case.source == "union"
    assert story.open() == ["case_lifecycle.accept@HD_INTAKE"]
    story.do("an", "accept", decision="accept")
    story.do("hui", "propose_filing", violations=["V-72-02"], officers=officers(*ways.TEAM), acted_on="2026-02-20")
    story.do("chen", "file_case", decision="file")
    ways.inspect(story, "V-72-02")
    ways.conclude(story, "V-72-02", kinds=["warning"])
    assert story.open() == ["case_lifecycle.give_notice@HD_CHIEF"]
