"""A step returned to an earlier one: the token moves, nothing else does."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from bpmn.engine import runner
from bpmn.engine.compiler import ProcessDefinition, compile_edition
from bpmn.engine.lint import check
from bpmn.engine.ports import EngineError, NotWaiting, Outcome, Problem
from tests.bpmn.engine.building import Flow, process, timer
from tests.bpmn.engine.test_walks import EDITION, ROUTES, Host, Side

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WALKS = 200
LONGEST = 80


def returning(*elements: str) -> str:
    return holding(returns_to=" ".join(elements))


def holding(**properties: str) -> str:
    """A user task with these properties."""
    lines = "".join(f'<spiffworkflow:property name="{name}" value="{value}" />' for name, value in properties.items())
    return f"userTask|<bpmn:extensionElements><spiffworkflow:properties>{lines}</spiffworkflow:properties></bpmn:extensionElements>"


_NODES = {
    "begun": "startEvent", "ask": "userTask", "more": 'exclusiveGateway default="more_draft"', "draft": returning("ask"),
    "late": f'boundaryEvent attachedToRef="draft" cancelActivity="true"|{timer("timeDuration", chr(34) + "P3D" + chr(34))}',
    "approve": returning("draft", "ask"), "fork": "parallelGateway", "left": "userTask", "left_on": returning("left"),
    "right": "userTask", "join": "parallelGateway", "close": "userTask", "done": "endEvent",
}  # fmt: skip
_FLOWS: list[Flow] = [
    ("begun", "ask"), ("ask", "more"), ("more", "ask", "again"), ("more", "draft"), ("draft", "approve"), ("late", "approve"),
    ("approve", "fork"), ("fork", "left"), ("left", "left_on"), ("left_on", "join"), ("fork", "right"), ("right", "join"),
    ("join", "close"), ("close", "done"),
]  # fmt: skip
OFFICE = process("office", _NODES, _FLOWS)


def office() -> ProcessDefinition:
    return compile_edition([OFFICE]).process("office")


def give_back(side: Side, element: str, to: str, now: datetime = NOW) -> None:
    side.take(lambda: runner.return_to(side.definition, side.result.state, side.open[element].id, to, host=Host(), now=now))


def test_the_earlier_step_opens_again_and_the_present_one_is_over() -> None:
    side = Side(office(), {"again": False}, is_pruned=True)
    side.complete("ask", {"asked": 1}, NOW)
    side.complete("draft", {"drafted": 1}, NOW)
    given = side.open["approve"].id
    give_back(side, "approve", "ask")
    assert list(side.open) == ["ask"]
    assert side.result.completed == (given,)
    assert dict(side.result.data) == {"again": False, "asked": 1, "drafted": 1}


def test_what_was_said_before_routes_until_it_is_said_anew() -> None:
    side = Side(office(), {"again": False}, is_pruned=True)
    side.complete("ask", {"asked": 1, "left": "kept"}, NOW)
    side.complete("draft", {}, NOW)
    give_back(side, "approve", "ask")
    side.complete("ask", {"asked": 2}, NOW)
    assert dict(side.result.data) == {"again": False, "asked": 2, "left": "kept"}
    assert list(side.open) == ["draft"]


def test_a_step_with_a_timer_at_its_boundary_takes_the_timer_along() -> None:
    side = Side(office(), {"again": False}, is_pruned=True)
    side.complete("ask", {}, NOW)
    assert len(side.result.timers) == 1
    give_back(side, "draft", "ask")
    assert not side.result.timers
    side.complete("ask", {}, NOW)
    side.complete("draft", {}, NOW)
    give_back(side, "approve", "draft", NOW + timedelta(days=1))
    assert [found.due_at for found in side.result.timers] == [NOW + timedelta(days=4)]
    side.fire(NOW + timedelta(days=5))
    assert list(side.open) == ["approve"]


def test_a_branch_that_went_back_is_waited_for_at_the_join() -> None:
    side = Side(office(), {"again": False}, is_pruned=True)
    for element in ("ask", "draft", "approve", "left"):
        side.complete(element, {}, NOW)
    give_back(side, "left_on", "left")
    side.complete("right", {"right": 1}, NOW)
    assert list(side.open) == ["left"]
    side.complete("left", {"left": 2}, NOW)
    side.complete("left_on", {}, NOW)
    assert list(side.open) == ["close"]
    side.complete("close", {}, NOW)
    assert side.result.outcome is Outcome.COMPLETED
    assert dict(side.result.data) == {"again": False, "left": 2, "right": 1}


def test_a_thousand_returns_keep_the_state_small() -> None:
    side = Side(office(), {"again": False}, is_pruned=True)
    sizes = set()
    side.complete("ask", {}, NOW)
    for _ in range(1_000):
        side.complete("draft", {}, NOW)
        give_back(side, "approve", "draft")
        sizes.add(len(side.result.state) // 100)
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("element", ["left", "nothing", "close", "", "Start", "draft.BoundaryEventSplit"])
def test_only_what_the_diagram_names_is_returned_to(element: str) -> None:
    side = Side(office(), {"again": False}, is_pruned=True)
    side.complete("ask", {}, NOW)
    with pytest.raises(EngineError):
        give_back(side, "draft", element)


def test_a_step_that_is_over_returns_to_nothing() -> None:
    side = Side(office(), {"again": False}, is_pruned=True)
    gone = side.open["ask"].id
    side.complete("ask", {}, NOW)
    with pytest.raises(NotWaiting):
        side.take(lambda: runner.return_to(side.definition, side.result.state, gone, "ask", host=Host(), now=NOW))


@pytest.mark.parametrize("start", range(0, WALKS, 50))
def test_random_returns_never_lose_the_case(start: int) -> None:
    """Pruned and unpruned see the same, one token stays one token, and the case can always reach an end."""
    definitions = [office(), EDITION.process("case_lifecycle")]
    for seed in range(start, start + 50):
        _walk(definitions[seed % 2], random.Random(seed))


def _walk(definition: ProcessDefinition, dice: random.Random) -> None:
    values = {"again": False, **{name: dice.choice(options) for name, options in ROUTES.items()}}
    sides = Side(definition, values, is_pruned=True), Side(definition, values, is_pruned=False)
    now = NOW
    for turn in range(LONGEST):
        first = sides[0]
        assert first.seen() == sides[1].seen()
        if first.result.outcome is not Outcome.RUNNING:
            return
        now += timedelta(hours=1)
        back = [(element, to) for element, task in sorted(first.open.items()) for to in task.properties.get("returns_to", "").split()]
        if back and turn < LONGEST // 2 and dice.random() < 0.5:
            _return(sides, dice.choice(back), now)
        else:
            _go_on(sides, dice, now)


def _return(sides: tuple[Side, Side], back: tuple[str, str], now: datetime) -> None:
    for side in sides:
        before = len(side.open)
        give_back(side, *back, now)
        assert len(side.open) == before
        assert back[1] in side.open


def _go_on(sides: tuple[Side, Side], dice: random.Random, now: datetime) -> None:
    first = sides[0]
    waiting = sorted(found.name for found in first.result.messages)
    values = {"again": False, **{name: dice.choice(options) for name, options in ROUTES.items()}}
    element = dice.choice(sorted(first.open)) if first.open else None
    for side in sides:
        if element:
            side.complete(element, values, now)
        elif waiting:
            side.deliver(waiting[0], {"outcome": "corrected"}, now)
        else:
            side.fire(now + timedelta(days=60))


def problems(**returns: tuple[str, ...]) -> list[Problem]:
    """What the check says of the office with these properties instead of its own."""
    nodes = {key: "userTask" if kind.startswith("userTask|") else kind for key, kind in _NODES.items()}
    changed = process("office", nodes | {key: returning(*to) for key, to in returns.items()}, _FLOWS)
    return [problem for problem in check([changed]) if problem.code.startswith("return-")]


def test_lawful_returns_pass_the_check() -> None:
    assert problems(approve=("draft", "ask"), draft=("ask",), left_on=("left",)) == []


@pytest.mark.parametrize(
    ("task", "to", "code"),
    [
        ("approve", "nothing", "return-unknown"),
        ("approve", "more", "return-unknown"),
        ("approve", "approve", "return-unknown"),
        ("approve", "close", "return-not-before"),
        ("right", "left", "return-not-before"),
        ("close", "approve", "return-over"),
        ("left", "approve", "return-over"),
        ("close", "left", "return-over"),
    ],
)
def test_unlawful_returns_are_found(task: str, to: str, code: str) -> None:
    assert [problem.code for problem in problems(**{task: (to,)})] == [code]


def test_a_time_limit_that_would_start_anew_is_found() -> None:
    """The draft ends what the question opened: answering the question again would open it once more."""
    nodes = _NODES | {"ask": holding(opens="FILE_DAYS"), "draft": holding(closes="FILE_DAYS"), "approve": returning("ask")}
    assert [problem.code for problem in check([process("office", nodes, _FLOWS)]) if problem.code.startswith("return-")] == [
        "return-restarts"
    ]
