"""Every way through a campaign visit."""

from __future__ import annotations

from typing import Any

import pytest

from bpmn.engine import runner
from bpmn.engine.ports import Artifact
from tests.bpmn.processes.walking import NOW, Host, Leg, Walk

KINDS = {"DUST": "inspect_dust", "PLATING": "inspect_plating", "AUTOREP": "inspect_auto_repair"}


class Visit(Walk):
    """A visit of one kind, opened by the launch of a campaign."""

    def __init__(self, artifacts: list[Artifact], kind: str) -> None:
        self.kind = kind
        super().__init__(artifacts, "campaign_visit")

    def _start(self, key: str, *, parent: Leg | None, values: Any) -> None:
        leg, host = Leg(key, parent), Host()
        self.legs.append(leg)
        told = {"kind": self.kind, "campaign_id": 7}
        self._store(leg, runner.start(self.edition.process(key), told, host=host, now=NOW), host=host)


@pytest.fixture(params=KINDS)
def visit(artifacts: list[Artifact], request: pytest.FixtureRequest) -> Visit:
    return Visit(artifacts, request.param)


@pytest.fixture
def on_site(visit: Visit) -> Visit:
    """A visit that waits for the check on site."""
    visit.do("check_list", situation="running")
    return visit


def test_a_visit_begins_with_the_list_check_of_the_town(visit: Visit) -> None:
    assert visit.open_tasks() == ["check_list@TOWN"]


@pytest.mark.parametrize("situation", ["closed", "not_applicable"])
def test_who_does_not_belong_is_left_out(visit: Visit, situation: str) -> None:
    visit.do("check_list", situation=situation)
    assert (visit.root.end, visit.open_tasks()) == ("not_applicable", [])


def test_each_kind_is_checked_with_its_own_list(on_site: Visit) -> None:
    assert on_site.open_tasks() == [f"{KINDS[on_site.kind]}@TOWN"]


@pytest.mark.parametrize(("conclusion", "end"), [("pass", "passed"), ("hand_over", "handed_over")])
def test_a_check_ends_the_visit(on_site: Visit, conclusion: str, end: str) -> None:
    on_site.do(KINDS[on_site.kind], conclusion=conclusion)
    assert on_site.root.end == end


@pytest.mark.parametrize(("result", "end"), [("corrected", "corrected"), ("hand_over", "handed_over")])
def test_a_correction_is_looked_at_until_it_is_done_or_handed_over(on_site: Visit, result: str, end: str) -> None:
    on_site.do(KINDS[on_site.kind], conclusion="correction")
    for _ in range(3):
        assert on_site.open_tasks() == ["recheck@TOWN"]
        on_site.do("recheck", result="again")
    on_site.do("recheck", result=result)
    assert (on_site.root.end, on_site.open_tasks()) == (end, [])


def test_the_engine_learns_what_routes_and_nothing_else(on_site: Visit) -> None:
    on_site.do(KINDS[on_site.kind], conclusion="correction")
    assert on_site.root.data.keys() <= {"kind", "campaign_id", "situation", "conclusion"}
