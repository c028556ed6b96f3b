"""Pruning, saving and restoring after every step change nothing that anybody can see."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import bpmn
from bpmn.engine import runner, state
from bpmn.engine.compiler import CompiledEdition, ProcessDefinition, compile_edition
from bpmn.engine.ports import Artifact, EngineResult, Outcome, Values
from tests.bpmn.engine.building import ASKED, ASKING, INNER, LOOP, MAZE, SIGNS, artifact
from tests.bpmn.processes.walking import ANSWERS

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SHIPPED = Path(bpmn.__file__).parent
WALKS = 500
LONGEST = 60
# What no shipped form asks and the diagrams of the tests test.
OWN = {"kind": ["DUST", "PLATING", "AUTOREP"], "look": ["again", "on", "on"]}


def routes() -> dict[str, list[Any]]:
    """What the gateways of the shipped diagrams test, with every value a form can give."""
    found: dict[str, list[Any]] = {}
    for path in sorted((SHIPPED / "forms").glob("*.json")):
        for line in json.loads(path.read_text(encoding="utf-8"))["fields"]:
            if "routes" in line:
                found.setdefault(line["routes"], []).extend(_answers(line))
    return found | OWN


def _answers(line: dict[str, Any]) -> list[Any]:
    values = [option["value"] for option in line.get("options", ())]
    if line["type"] == "choices":
        return [[], *([value] for value in values), values]
    if line["type"] == "reference":
        return [["V-71-01"]] if line.get("many") else ["1"]
    return values or {"number": [None, 60_000], "integer": [None, 3], "date": ["2026-03-02"]}.get(line["type"], [True, False])


def files() -> list[Artifact]:
    found = [*(SHIPPED / "processes").glob("*.bpmn"), *(SHIPPED / "decisions").glob("*.dmn")]
    return [artifact(path.suffix[1:], path.stem, path.read_text()) for path in found]


EDITION = compile_edition([*files(), MAZE, INNER, LOOP, ASKED, ASKING, SIGNS])
KEYS = [*sorted(path.stem for path in (SHIPPED / "processes").glob("*.bpmn")), "maze", "maze", "asking"]


ROUTES = routes()


class Host:
    def call(self, operation: str, params: Values) -> Values:
        return ANSWERS.get(operation, {"operation": operation, **params})


class Side:
    """One of two runs of the same walk."""

    def __init__(self, definition: ProcessDefinition, values: Values, *, is_pruned: bool) -> None:
        self.definition, self._is_pruned = definition, is_pruned
        self.open: dict[str, Any] = {}
        self.take(lambda: runner.start(definition, values, host=Host(), now=NOW))

    def complete(self, element: str, values: Values, now: datetime) -> None:
        task = self.open[element]
        self.take(lambda: runner.complete(self.definition, self.result.state, task.id, values, host=Host(), now=now))

    def deliver(self, name: str, payload: Values, now: datetime) -> None:
        self.take(lambda: runner.deliver(self.definition, self.result.state, name, payload, host=Host(), now=now))

    def fire(self, now: datetime) -> None:
        self.take(lambda: runner.fire_timers(self.definition, self.result.state, host=Host(), now=now))

    def seen(self) -> Any:
        """Everything a host can see of the instance."""
        result = self.result
        timers = sorted((timer.element, timer.due_at) for timer in result.timers)
        tasks = sorted((task.element, task.role, task.process) for task in self.open.values())
        return (
            tasks,
            timers,
            sorted(found.name for found in result.messages),
            result.outcome,
            result.end_elements,
            result.error_code,
            result.data,
        )

    def take(self, verb: Any) -> None:
        with _pruning(is_on=self._is_pruned):
            self.result: EngineResult = verb()
        gone = {*self.result.completed, *self.result.withdrawn}
        self.open = {element: task for element, task in self.open.items() if task.id not in gone}
        self.open |= {task.element: task for task in self.result.opened}


@contextmanager
def _pruning(*, is_on: bool) -> Iterator[None]:
    kept = state.prune
    if not is_on:
        state.prune = lambda workflow: None
    try:
        yield
    finally:
        state.prune = kept


@pytest.mark.parametrize("start", range(0, WALKS, 50))
def test_a_pruned_walk_equals_an_unpruned_one(start: int) -> None:
    for seed in range(start, start + 50):
        _walk(EDITION.process(KEYS[seed % len(KEYS)]), random.Random(seed))


def _walk(definition: ProcessDefinition, dice: random.Random) -> None:
    values = {name: dice.choice(options) for name, options in ROUTES.items()}
    sides = Side(definition, values, is_pruned=True), Side(definition, values, is_pruned=False)
    now = NOW
    for _ in range(LONGEST):
        pruned, whole = sides
        assert pruned.seen() == whole.seen()
        if pruned.result.outcome is not Outcome.RUNNING:
            return
        now += timedelta(hours=dice.choice([1, 5, 30, 80]))
        _move(sides, dice, now)
    assert len(sides[0].result.state) < 40_000


def _move(sides: tuple[Side, Side], dice: random.Random, now: datetime) -> None:
    """One step: complete an open task, else hand in a message, else let the timers fire."""
    first = sides[0]
    element = dice.choice(sorted(first.open)) if first.open else None
    waiting = sorted(found.name for found in first.result.messages)
    values = {name: dice.choice(options) for name, options in ROUTES.items()}
    outcome = {"outcome": dice.choice(["corrected", "not_corrected", "filed"]), "text": dice.choice(["void", "back", "on"])}
    fires = bool(first.result.timers) and (not element or dice.random() < 0.3)
    for side in sides:
        if fires:
            side.fire(now)
        elif element:
            side.complete(element, values, now)
        elif waiting:
            side.deliver(waiting[0], outcome, now)


def test_two_thousand_loops_keep_their_open_task_and_a_small_state() -> None:
    side = Side(EDITION.process("loop"), {"stop": False}, is_pruned=True)
    sizes = set()
    for turn in range(2_000):
        side.complete("turn", {"turn": turn, "stop": False}, NOW)
        assert list(side.open) == ["turn"]
        sizes.add(len(side.result.state) // 100)
    assert max(sizes) - min(sizes) <= 1
    side.complete("turn", {"stop": True}, NOW)
    assert side.result.outcome is Outcome.COMPLETED


def test_the_maze_is_walked_through_all_its_parts() -> None:
    """The random walks are worth something only if they reach the join, the boundary timer, the message and the error end."""
    side = Side(EDITION.process("maze"), {}, is_pruned=True)
    side.complete("look", {"look": "on"}, NOW)
    assert sorted(side.open) == ["fill", "left"]
    side.complete("fill", {}, NOW)
    side.complete("left", {}, NOW)
    assert [timer.element for timer in side.result.timers] == ["pause"]
    side.fire(NOW + timedelta(hours=1))
    assert not side.open
    side.fire(NOW + timedelta(hours=2))
    assert list(side.open) == ["answer"]
    side.fire(NOW + timedelta(days=4))
    assert list(side.open) == ["remind"]
    assert len(side.result.withdrawn) == 1
    side.complete("remind", {}, NOW + timedelta(days=4))
    side.complete("answer", {}, NOW + timedelta(days=4))
    side.deliver("maze.reply", {"text": "void"}, NOW + timedelta(days=4))
    assert (side.result.outcome, side.result.error_code) == (Outcome.FAILED, "VOID")


assert isinstance(EDITION, CompiledEdition)
