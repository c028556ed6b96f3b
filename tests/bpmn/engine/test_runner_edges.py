"""Where SpiffWorkflow or a hostile diagram would have surprised the host."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bpmn.engine import runner
from bpmn.engine.compiler import compile_edition
from bpmn.engine.ports import Artifact, EngineError, EngineResult, Outcome, Values
from tests.bpmn.engine.building import ASKED, ASKING, LOOP, SIGNS, artifact, process, timer

NOW = datetime(2020, 5, 1, 8, 0, tzinfo=UTC)
SPLIT: dict[str, str] = {"begun": "startEvent", "fork": "parallelGateway", "stay": "userTask", "leave": "userTask", "done": "endEvent"}
SPLIT_FLOWS = [("begun", "fork"), ("fork", "stay"), ("fork", "leave"), ("leave", "out"), ("stay", "done")]


class Host:
    def call(self, operation: str, params: Values) -> Values:
        return {"operation": operation, **params}


class Run:
    """An instance that is saved and restored between all its steps."""

    def __init__(self, *artifacts: Artifact, values: Values | None = None) -> None:
        self.definition = compile_edition(artifacts).process(artifacts[0].key)
        self.open: dict[str, Any] = {}
        self._take(runner.start(self.definition, values or {}, host=Host(), now=NOW))

    def complete(self, element: str, values: Values | None = None, *, now: datetime = NOW) -> EngineResult:
        return self._take(runner.complete(self.definition, self.result.state, self.open[element].id, values or {}, host=Host(), now=now))

    def deliver(self, name: str, payload: Values) -> EngineResult:
        return self._take(runner.deliver(self.definition, self.result.state, name, payload, host=Host(), now=NOW))

    def fire(self, now: datetime) -> EngineResult:
        return self._take(runner.fire_timers(self.definition, self.result.state, host=Host(), now=now))

    def _take(self, result: EngineResult) -> EngineResult:
        self.result = result
        self.open = {element: task for element, task in self.open.items() if task.id not in {*result.completed, *result.withdrawn}}
        self.open |= {task.element: task for task in result.opened}
        return result


def scripted(script: str, *, values: Values | None = None) -> EngineResult:
    nodes = {"begun": "startEvent", "reckon": f"scriptTask|<bpmn:script>{script}</bpmn:script>", "look": "userTask", "done": "endEvent"}
    return Run(process("scripted", nodes, [("begun", "reckon"), ("reckon", "look"), ("look", "done")]), values=values).result


def asking() -> Run:
    return Run(ASKING, ASKED, SIGNS)


def test_a_called_process_opens_its_own_task_in_its_own_lane_though_the_caller_has_one_of_that_id() -> None:
    run = asking()
    assert (run.open["look"].role, run.open["look"].process) == ("HD_LEAD", "asking")
    run.complete("look", {"look": "on"})
    assert (run.open["look"].role, run.open["look"].process) == ("POL", "asked")


def test_a_task_in_a_sub_process_of_a_called_process_belongs_to_that_process() -> None:
    run = asking()
    run.complete("look", {"look": "on"})
    run.complete("look")
    run.fire(NOW + timedelta(hours=4))
    assert (run.open["chase"].role, run.open["chase"].process) == ("POL", "asked")


def test_the_data_of_a_step_is_that_of_its_last_task_even_in_a_called_process() -> None:
    run = asking()
    run.complete("look", {"look": "on"})
    assert run.complete("look", {"found": 7}).data["found"] == 7


def test_an_event_based_gateway_takes_the_message_or_the_timer_whichever_comes_first() -> None:
    told, late = asking(), asking()
    for run in (told, late):
        run.complete("look", {"look": "on"})
        run.complete("look")
        assert [found.name for found in run.result.messages] == ["asked.reply"]
        assert [found.due_at for found in run.result.timers] == [NOW + timedelta(hours=4)]
    assert not late.fire(NOW + timedelta(hours=4, seconds=-1)).opened
    late.fire(NOW + timedelta(hours=4))
    told.deliver("asked.reply", {"text": "yes"})
    assert (list(told.open), list(late.open)) == (["thank"], ["chase"])
    assert told.result.data["reply"] == {"text": "yes"}
    for run, element in ((told, "thank"), (late, "chase")):
        assert not run.result.messages
        assert not run.result.timers
        assert run.complete(element).outcome is Outcome.COMPLETED


def test_an_ended_sub_process_leaves_nothing_in_the_state() -> None:
    run = asking()
    sizes = []
    for _ in range(4):
        run.complete("look", {"look": "again"})
        run.complete("look")
        run.deliver("asked.reply", {})
        run.complete("thank")
        sizes.append(len(run.result.state))
        assert b"in_round" not in run.result.state
    assert max(sizes) - min(sizes) < 50


def test_a_decision_asked_again_answers_for_this_round_only() -> None:
    run = asking()
    assert run.complete("look", {"look": "again"}).data["signs"] == ["a", "b"]
    run.complete("look")
    run.deliver("asked.reply", {})
    run.complete("thank")
    run.complete("look", {"look": "on"})
    assert run.result.data["signs"] == ["c"]
    assert [taken.outputs for taken in run.result.decisions] == [{"signs": ["c"]}]


def test_an_error_end_event_ends_the_instance_beside_open_tasks() -> None:
    nodes = {**SPLIT, "out": 'endEvent|<bpmn:errorEventDefinition errorRef="err" />'}
    run = Run(process("failing", nodes, SPLIT_FLOWS, extra='<bpmn:error id="err" name="void" errorCode="VOID" />'))
    stayed = run.open["stay"].id
    result = run.complete("leave", {"why": "void"})
    assert (result.outcome, result.error_code, result.end_elements) == (Outcome.FAILED, "VOID", ("out",))
    assert result.withdrawn == (stayed,)
    assert (result.timers, result.messages, result.data["why"]) == ((), (), "void")


def test_a_terminate_end_event_withdraws_what_is_open() -> None:
    nodes = {**SPLIT, "out": "endEvent|<bpmn:terminateEventDefinition />"}
    run = Run(process("stopped", nodes, SPLIT_FLOWS))
    stayed = run.open["stay"].id
    result = run.complete("leave")
    assert (result.outcome, result.end_elements, result.withdrawn) == (Outcome.COMPLETED, ("out",), (stayed,))


def test_work_done_is_done_though_its_timer_was_due_before() -> None:
    nodes = {
        "begun": "startEvent", "look": "userTask", "remind": "userTask", "done": "endEvent",
        "late": f'boundaryEvent attachedToRef="look" cancelActivity="true"|{timer("timeDuration", chr(34) + "PT2H" + chr(34))}',
    }  # fmt: skip
    run = Run(process("guarded", nodes, [("begun", "look"), ("look", "done"), ("late", "remind"), ("remind", "done")]))
    result = run.complete("look", now=NOW + timedelta(days=9))
    assert (result.outcome, result.withdrawn) == (Outcome.COMPLETED, ())


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_beyond_the_calendar_is_refused(instant: str) -> None:
    nodes = {"begun": "startEvent", "pause": f"intermediateCatchEvent|{timer('timeDate', 'when')}", "done": "endEvent"}
    with pytest.raises(EngineError, match="instant"):
        Run(process("paused", nodes, [("begun", "pause"), ("pause", "done")]), values={"when": instant})


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("a = 99999999999999999999999", "too large to be stored"), (r"a = '\ud800'", "no character"), (r"a = '\0'", "no character"),
        (r"a = {'\ud800': 1}", "no character"), ("a = {1: 2}[3]", "no entry 3"), ("a = {}[None]", "no entry None"),
        ("a = nope", "reckon: name 'nope' is not defined"), ("a = 1 + 'x'", "unsupported operand"),
    ],
)  # fmt: skip
def test_a_script_that_fails_or_makes_what_no_state_can_hold_is_an_engine_error(script: str, reason: str) -> None:
    with pytest.raises(EngineError, match=reason):
        scripted(script)


def test_the_scripts_of_a_step_share_one_budget() -> None:
    nodes = {
        "begun": "startEvent", "done": "endEvent", "more": 'exclusiveGateway default="more_turn"',
        "turn": "scriptTask|<bpmn:script>n = n + 1\nb = len([x for x in range(2000)])</bpmn:script>",
    }  # fmt: skip
    flows = [("begun", "turn"), ("turn", "more"), ("more", "turn"), ("more", "done", "n == 150")]
    with pytest.raises(EngineError, match="too much work"):
        Run(process("busy", nodes, flows), values={"n": 0})


def test_a_text_may_say_typename_but_no_key_may() -> None:
    assert scripted("a = text", values={"text": "typename"}).data["a"] == "typename"
    with pytest.raises(EngineError, match="typename"):
        scripted("a = 1", values={"deep": [{"typename": 1}]})


@pytest.mark.parametrize("state", [b"", b'{"x"', b"[]", b"null", b"{}"])
def test_a_damaged_state_is_an_engine_error(state: bytes) -> None:
    run = Run(LOOP, values={"stop": False})
    with pytest.raises(EngineError):
        runner.fire_timers(run.definition, state, host=Host(), now=NOW)


@pytest.mark.parametrize("draft", ["<nothing/>", "<noth", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_broken_draft_stops_only_itself(draft: str) -> None:
    run = Run(LOOP, artifact("bpmn", "broken", draft), values={"stop": False})
    assert list(run.open) == ["turn"]


def test_every_walk_leaves_the_shared_specs_as_they_were() -> None:
    def fingerprint(spec: Any) -> list[Any]:
        return [(name, task._inputs, task._outputs, sorted(vars(task))) for name, task in sorted(spec.task_specs.items())]

    run = asking()
    specs = [run.definition.spec, *run.definition.subprocess_specs.values()]
    before = [fingerprint(spec) for spec in specs]
    run.complete("look", {"look": "on"})
    run.complete("look")
    run.fire(NOW + timedelta(days=1))
    run.complete("chase")
    assert run.result.outcome is Outcome.COMPLETED
    assert [fingerprint(spec) for spec in specs] == before
