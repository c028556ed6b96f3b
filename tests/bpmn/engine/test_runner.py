"""The four verbs, and what they refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bpmn.engine import runner
from bpmn.engine.compiler import DiagramRefused, compile_edition
from bpmn.engine.ports import Artifact, EngineError, NotWaiting, Outcome, Values
from tests.bpmn.engine.building import INNER, LOOP, MAZE, artifact, child, decision, message, process, timer

NOW = datetime(2020, 5, 1, 8, 0, tzinfo=UTC)  # long before the machine's clock
DMN = artifact(
    "dmn", "risk",
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="risk"><decisionTable hitPolicy="FIRST"><input>'
    '<inputExpression><text>workers</text></inputExpression></input><output name="level" />'
    "<rule><inputEntry><text>&gt;= 10</text></inputEntry>"
    '<outputEntry><text>"high"</text></outputEntry></rule></decisionTable></decision></definitions>',
)  # fmt: skip


class Host:
    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def call(self, operation: str, params: Values) -> Values:
        self.calls.append((operation, dict(params)))
        return {"started": params["process"]}


def begin(*artifacts: Artifact, values: Values | None = None, host: Host | None = None) -> Any:
    definition = compile_edition(artifacts).process(artifacts[0].key)
    return definition, runner.start(definition, values or {}, host=host or Host(), now=NOW)


def test_a_service_task_calls_the_host_and_keeps_its_answer() -> None:
    nodes = {"begun": "startEvent", "call": f"serviceTask|{child('leg')}", "look": "userTask", "done": "endEvent"}
    host = Host()
    definition, result = begin(process("caller", nodes, [("begun", "call"), ("call", "look"), ("look", "done")]), host=host)
    assert host.calls == [("start_child", {"process": "leg"})]
    done = runner.complete(definition, result.state, result.opened[0].id, {}, host=host, now=NOW)
    assert done.data["child"] == {"started": "leg"}
    assert done.end_elements == ("done",)


def test_a_decision_is_recorded_with_what_it_was_based_on() -> None:
    nodes = {"begun": "startEvent", "judge": f"businessRuleTask|{decision('risk')}", "done": "endEvent"}
    _, result = begin(process("judged", nodes, [("begun", "judge"), ("judge", "done")]), DMN, values={"workers": 12})
    assert result.outcome is Outcome.COMPLETED
    assert [(taken.decision, taken.inputs, taken.outputs) for taken in result.decisions] == [("risk", {"workers": 12}, {"level": "high"})]
    assert result.data["level"] == "high"


@pytest.mark.parametrize(("kind", "expression"), [("timeDuration", '"PT2H"'), ("timeDate", "when")])
def test_a_timer_follows_the_hosts_clock_and_not_the_machines(kind: str, expression: str) -> None:
    nodes = {"begun": "startEvent", "pause": f"intermediateCatchEvent|{timer(kind, expression)}", "look": "userTask", "done": "endEvent"}
    due_at = NOW + timedelta(hours=2)
    paused = process("paused", nodes, [("begun", "pause"), ("pause", "look"), ("look", "done")])
    definition, result = begin(paused, values={"when": due_at.isoformat()})
    assert [(found.element, found.due_at) for found in result.timers] == [("pause", due_at)]
    early = runner.fire_timers(definition, result.state, now=due_at - timedelta(seconds=1), host=Host())
    assert early.timers == result.timers
    fired = runner.fire_timers(definition, early.state, now=due_at, host=Host())
    assert [task.element for task in fired.opened] == ["look"]


@pytest.mark.parametrize("value", ["2026-01-01T00:00:00", "P99999999999Y", "PT", "P0", "tomorrow", "R3/PT1H", 5, "P400Y", "P1Y" * 50])
def test_a_timer_that_means_nothing_stops_the_step(value: Any) -> None:
    nodes = {"begun": "startEvent", "pause": f"intermediateCatchEvent|{timer('timeDate', 'when')}", "done": "endEvent"}
    with pytest.raises(EngineError):
        begin(process("paused", nodes, [("begun", "pause"), ("pause", "done")]), values={"when": value})


def test_a_repeating_timer_is_not_compiled() -> None:
    nodes = {
        "begun": "startEvent",
        "pause": f"intermediateCatchEvent|{timer('timeCycle', chr(34) + 'R3/PT1H' + chr(34))}",
        "done": "endEvent",
    }
    with pytest.raises(EngineError, match="repeating"):
        begin(process("cycle", nodes, [("begun", "pause"), ("pause", "done")]))


def test_a_message_is_delivered_only_to_who_waits() -> None:
    nodes = {"begun": "startEvent", "wait": f"intermediateCatchEvent|{message('msg', 'reply')}", "done": "endEvent"}
    waiting = process("waiting", nodes, [("begun", "wait"), ("wait", "done")], extra='<bpmn:message id="msg" name="leg.ended" />')
    definition, result = begin(waiting)
    assert [found.name for found in result.messages] == ["leg.ended"]
    with pytest.raises(NotWaiting):
        runner.deliver(definition, result.state, "other.ended", {}, host=Host(), now=NOW)
    done = runner.deliver(definition, result.state, "leg.ended", {"outcome": "filed"}, host=Host(), now=NOW)
    assert done.data["reply"] == {"outcome": "filed"}


def test_a_task_that_is_not_open_cannot_be_completed() -> None:
    definition, result = begin(LOOP, values={"stop": False})
    with pytest.raises(NotWaiting):
        runner.complete(definition, result.state, uuid4(), {}, host=Host(), now=NOW)


def test_a_failed_script_leaves_the_state_usable() -> None:
    nodes = {
        "begun": "startEvent",
        "ask": "userTask",
        "reckon": "scriptTask|<bpmn:script>total = 10 / share</bpmn:script>",
        "done": "endEvent",
    }
    definition, result = begin(process("reckoned", nodes, [("begun", "ask"), ("ask", "reckon"), ("reckon", "done")]))
    task_id = result.opened[0].id
    with pytest.raises(EngineError, match="division"):
        runner.complete(definition, result.state, task_id, {"share": 0}, host=Host(), now=NOW)
    assert runner.complete(definition, result.state, task_id, {"share": 5}, host=Host(), now=NOW).data["total"] == 2


@pytest.mark.parametrize(
    "values",
    [{"typename": "x"}, {"a": {"typename": "x"}}, {"a": "x" * 17_000}, {"a": [[[[[[[[[[1]]]]]]]]]]}, {"a": {1, 2}}, {"a": float("nan")}],
)
def test_values_that_would_break_the_state_are_refused(values: Any) -> None:
    definition, result = begin(LOOP, values={"stop": False})
    if values == {"a": pytest.approx(float("nan"), nan_ok=True)}:
        done = runner.complete(definition, result.state, result.opened[0].id, values, host=Host(), now=NOW)
        assert done.data["a"] is None  # JSON has no such number
        return
    with pytest.raises(EngineError):
        runner.complete(definition, result.state, result.opened[0].id, values, host=Host(), now=NOW)


def test_a_cycle_that_waits_for_nobody_is_stopped() -> None:
    nodes = {
        "begun": "startEvent", "turn": "scriptTask|<bpmn:script>n = n + 1</bpmn:script>", "more": 'exclusiveGateway default="more_turn"',
        "done": "endEvent",
    }  # fmt: skip
    endless = process("endless", nodes, [("begun", "turn"), ("turn", "more"), ("more", "turn"), ("more", "done", "n < 0")])
    with pytest.raises(EngineError, match="steps"):
        begin(endless, values={"n": 0})


def test_a_split_that_can_never_join_is_told_at_once() -> None:
    nodes = {
        "begun": "startEvent",
        "choose": 'exclusiveGateway default="choose_b"',
        "a": "manualTask",
        "b": "manualTask",
        "join": "parallelGateway",
    }
    nodes |= {"a": "scriptTask|<bpmn:script>x = 1</bpmn:script>", "b": "scriptTask|<bpmn:script>y = 1</bpmn:script>", "done": "endEvent"}
    flows = [("begun", "choose"), ("choose", "a", "1 == 2"), ("choose", "b"), ("a", "join"), ("b", "join"), ("join", "done")]
    with pytest.raises(EngineError, match="wait for nothing"):
        begin(process("stuck", nodes, flows))


def test_state_of_another_edition_is_refused() -> None:
    _, result = begin(LOOP, values={"stop": False})
    other = compile_edition([LOOP, INNER]).process("loop")
    with pytest.raises(EngineError, match="another edition"):
        runner.complete(other, result.state, result.opened[0].id, {}, host=Host(), now=NOW)


def test_a_broken_draft_does_not_stop_the_others() -> None:
    edition = compile_edition([LOOP, INNER, artifact("bpmn", "broken", "<nothing/>")])
    with pytest.raises(DiagramRefused):
        edition.process("missing")
    with pytest.raises(EngineError):
        edition.process("broken")


def test_specs_are_shared_and_stay_as_they_are() -> None:
    definition = compile_edition([MAZE, INNER]).process("maze")
    before = sorted(definition.spec.task_specs)
    for _ in range(3):
        result = runner.start(definition, {}, host=Host(), now=NOW)
        runner.complete(definition, result.state, result.opened[0].id, {"look": "on"}, host=Host(), now=NOW)
    assert sorted(definition.spec.task_specs) == before
