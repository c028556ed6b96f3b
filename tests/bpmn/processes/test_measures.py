"""Every way through the measures that officers take in a case: evidence registered in advance, interim control."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bpmn.engine import runner
from bpmn.engine.ports import Artifact, Outcome
from tests.bpmn.processes.walking import NOW, Host, Walk

OVER = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def registered(artifacts: list[Artifact]) -> Walk:
    """Evidence that waits for the decision what happens to it."""
    walk = Walk(artifacts, "evidence_registration")
    walk.do("propose")
    walk.do("approve", decision="approve")
    walk.do("register")
    return walk


@pytest.fixture
def controlled(artifacts: list[Artifact]) -> Walk:
    """A measure that was approved first and is in force."""
    walk = Walk(artifacts, "interim_control")
    walk.do("propose", urgency="normal")
    walk.do("approve", decision="approve")
    walk.do("impose")
    return walk


def fire(walk: Walk, now: datetime) -> None:
    """Let the timers of the leg ring that are due by then."""
    leg = walk.root
    result = runner.fire_timers(walk.edition.process(leg.key), leg.state, now=now, host=Host())
    leg.state = result.state
    gone = {*result.completed, *result.withdrawn}
    leg.open = {element: task for element, task in leg.open.items() if task.id not in gone} | {task.element: task for task in result.opened}
    leg.end = result.end_elements[-1] if result.outcome is Outcome.COMPLETED else leg.end


def test_evidence_is_registered_only_with_the_approval_of_the_head(artifacts: list[Artifact]) -> None:
    walk = Walk(artifacts, "evidence_registration")
    walk.do("propose")
    assert walk.open_tasks() == ["approve@HD_CHIEF"]
    walk.do("approve", decision="refuse")
    assert walk.root.end == "not_approved"


def test_registered_evidence_is_handled(registered: Walk) -> None:
    assert registered.open_tasks() == ["handle@HD_LEAD"]
    registered.do("handle", outcome="return")
    assert registered.root.end == "handled"


def test_a_registration_without_a_decision_lapses_when_its_time_is_over(registered: Walk) -> None:
    fire(registered, NOW)
    assert registered.open_tasks() == ["handle@HD_LEAD"]
    fire(registered, OVER)
    assert registered.open_tasks() == []
    assert registered.root.end == "lapsed"


def test_a_measure_is_approved_before_it_is_imposed(artifacts: list[Artifact]) -> None:
    walk = Walk(artifacts, "interim_control")
    walk.do("propose", urgency="normal")
    assert walk.open_tasks() == ["approve@HD_CHIEF"]
    walk.do("approve", decision="refuse")
    assert walk.root.end == "not_approved"


def test_an_urgent_measure_is_imposed_first_and_its_approval_made_up(artifacts: list[Artifact]) -> None:
    walk = Walk(artifacts, "interim_control")
    walk.do("propose", urgency="urgent")
    walk.do("impose")
    assert walk.open_tasks() == ["confirm@HD_CHIEF"]
    walk.do("confirm", decision="approve")
    assert walk.open_tasks() == ["watch@HD_OFF"]


def test_an_urgent_measure_that_is_not_confirmed_is_lifted_at_once(artifacts: list[Artifact]) -> None:
    walk = Walk(artifacts, "interim_control")
    walk.do("propose", urgency="urgent")
    walk.do("impose")
    walk.do("confirm", decision="refuse")
    assert walk.open_tasks() == ["lift@HD_OFF"]
    walk.do("lift")
    assert walk.root.end == "lifted"


def test_a_measure_is_lifted_when_the_danger_is_over(controlled: Walk) -> None:
    controlled.do("watch", next_step="lift")
    controlled.do("lift")
    assert controlled.root.end == "lifted"


def test_a_measure_is_released_when_its_time_is_over(controlled: Walk) -> None:
    fire(controlled, NOW)
    assert controlled.open_tasks() == ["watch@HD_OFF"]
    fire(controlled, OVER)
    assert controlled.open_tasks() == ["release@HD_OFF"]
    controlled.do("release")
    assert controlled.root.end == "expired"


def test_a_measure_is_extended_once(controlled: Walk) -> None:
    controlled.do("watch", next_step="extend")
    assert controlled.open_tasks() == ["extend@HD_CHIEF"]
    controlled.do("extend", decision="extend")
    controlled.do("tell")
    assert controlled.root.data["extended"] is True
    controlled.do("watch", next_step="extend")
    assert controlled.open_tasks() == ["watch@HD_OFF"]


def test_a_refused_extension_changes_nothing(controlled: Walk) -> None:
    controlled.do("watch", next_step="extend")
    controlled.do("extend", decision="refuse")
    assert controlled.open_tasks() == ["watch@HD_OFF"]
    assert controlled.root.data["extended"] is False


def test_the_time_of_testing_is_not_counted(controlled: Walk) -> None:
    before = controlled.root.data["ends_at"]
    controlled.do("watch", next_step="test")
    assert controlled.open_tasks() == ["test@HD_OFF"]
    fire(controlled, OVER)
    assert controlled.open_tasks() == ["test@HD_OFF"]
    controlled.do("test")
    assert controlled.open_tasks() == ["watch@HD_OFF"]
    assert controlled.root.data["ends_at"] > before
