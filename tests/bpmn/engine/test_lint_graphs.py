"""Gateways that do not fit, loops that never wait, calls that explode: small graphs, from a line per node."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from bpmn.engine.lint import check
from bpmn.engine.ports import Artifact
from tests.bpmn.engine.building import INNER, LOOP, MAZE, Flow, child, message, process, timer

ALWAYS = {"no-drawing", "no-form", "message-nobody"}  # warnings that these bare graphs earn
SCRIPT = "scriptTask|<bpmn:script>x = 1</bpmn:script>"
LONG, SHORT = timer("timeDuration", '"PT2H"'), timer("timeDuration", '"PT30S"')
MESSAGE = '<bpmn:message id="msg" name="main.ended" />'


def found(*files: Artifact) -> set[str]:
    return {problem.code for problem in check(files)} - ALWAYS


def graph(nodes: dict[str, str], flows: list[Flow], *, extra: str = "") -> set[str]:
    return found(process("main", {"begun": "startEvent", "done": "endEvent", **nodes}, flows, extra=extra))


def test_the_graphs_of_the_engine_tests_are_sound() -> None:
    assert found(MAZE, INNER, LOOP) == set()


def test_a_parallel_join_behind_a_nested_choice_is_found() -> None:
    nodes = {"choice": 'exclusiveGateway default="choice_b"', "a": "userTask", "b": "userTask", "more": 'exclusiveGateway default="more_d"',
             "c": "userTask", "d": "userTask", "meet": "exclusiveGateway", "join": "parallelGateway"}  # fmt: skip
    flows: list[Flow] = [
        ("begun", "choice"), ("choice", "a", "x == 1"), ("choice", "b"), ("a", "more"), ("more", "c", "x == 2"), ("more", "d"),
        ("c", "meet"), ("d", "meet"), ("meet", "join"), ("b", "join"), ("join", "done"),
    ]  # fmt: skip
    assert graph(nodes, flows) == {"never-joins"}


def test_parallel_ways_that_meet_without_a_join_behind_other_steps_are_found() -> None:
    nodes = {"fork": "parallelGateway", "a": "userTask", "b": 'exclusiveGateway default="b_c"', "c": "userTask", "after": "userTask"}
    flows: list[Flow] = [
        ("begun", "fork"), ("fork", "a"), ("fork", "b"), ("b", "c"), ("b", "after", "x == 1"), ("a", "after"),
        ("c", "after"), ("after", "done"),
    ]  # fmt: skip
    assert graph(nodes, flows) == {"runs-twice"}


def test_a_boundary_event_may_leave_a_parallel_block_only_to_its_join() -> None:
    late = f'boundaryEvent attachedToRef="a" cancelActivity="true"|{LONG}'
    nodes = {"fork": "parallelGateway", "a": "userTask", "b": "userTask", "late": late, "join": "parallelGateway", "gave_up": "endEvent"}
    flows: list[Flow] = [
        ("begun", "fork"),
        ("fork", "a"),
        ("fork", "b"),
        ("a", "join"),
        ("b", "join"),
        ("join", "done"),
        ("late", "gave_up"),
    ]
    assert graph(nodes, flows) == {"never-joins"}


def test_inclusive_splits_and_joins_fit() -> None:
    nodes = {"some": 'inclusiveGateway default="some_c"', "a": "userTask", "b": "userTask", "c": "userTask", "join": "inclusiveGateway"}
    flows: list[Flow] = [
        ("begun", "some"), ("some", "a", "x == 1"), ("some", "b", "y == 1"), ("some", "c"), ("a", "join"), ("b", "join"), ("c", "join"),
        ("join", "done"),
    ]  # fmt: skip
    assert graph(nodes, flows) == set()
    assert graph(nodes | {"join": "parallelGateway"}, flows) == {"never-joins"}
    assert graph(nodes | {"join": "exclusiveGateway"}, flows) == {"runs-twice"}


def test_a_terminate_end_takes_the_other_branch_with_it() -> None:
    nodes = {"fork": "parallelGateway", "a": "userTask", "b": "userTask", "stop": "endEvent|<bpmn:terminateEventDefinition />"}
    flows: list[Flow] = [("begun", "fork"), ("fork", "a"), ("fork", "b"), ("a", "stop"), ("b", "done")]
    assert graph(nodes, flows) == set()


def test_wide_parallel_blocks_are_played_fast() -> None:
    nodes = {"fork": "parallelGateway", "join": "parallelGateway"}
    flows: list[Flow] = [("begun", "fork"), ("join", "done")]
    for number in range(40):
        nodes |= {
            f"q{number}": f'exclusiveGateway default="q{number}_t{number}"',
            f"t{number}": "userTask",
            f"m{number}": "exclusiveGateway",
        }
        flows += [("fork", f"q{number}"), (f"q{number}", f"t{number}"), (f"q{number}", f"m{number}", "x == 1")]
        flows += [(f"t{number}", f"m{number}"), (f"m{number}", "join")]
    started = time.perf_counter()
    assert graph(nodes, flows) == set()
    assert time.perf_counter() - started < 5


LOOPING: list[Flow] = [("begun", "turn"), ("turn", "more"), ("more", "turn", "x < 9"), ("more", "done")]


@pytest.mark.parametrize(
    ("turn", "codes"),
    [
        (SCRIPT, {"endless"}),
        (f"intermediateCatchEvent|{SHORT}", {"endless"}),
        (f"intermediateCatchEvent|{timer('timeDate', 'due_at')}", {"endless"}),
        (f"intermediateCatchEvent|{LONG}", set()),
        (f"intermediateCatchEvent|{message('msg', 'reply')}", set()),
        ("userTask", set()),
        ('callActivity calledElement="inner"', set()),
        ('callActivity calledElement="quick"', {"endless"}),
    ],
)
def test_a_loop_must_wait_for_somebody(turn: str, codes: set[str]) -> None:
    more = 'exclusiveGateway default="more_done"'
    main = process("main", {"begun": "startEvent", "turn": turn, "more": more, "done": "endEvent"}, LOOPING, extra=MESSAGE)
    quick = process("quick", {"opened": "startEvent", "run": SCRIPT, "ran": "endEvent"}, [("opened", "run"), ("run", "ran")])
    assert found(main, quick, INNER) == codes


def test_a_boundary_timer_that_may_be_due_already_does_not_make_a_loop_wait() -> None:
    def looping(expression: str) -> set[str]:
        late = f'boundaryEvent attachedToRef="ask" cancelActivity="true"|{expression}'
        return graph(
            {"ask": "userTask", "late": late, "note": SCRIPT}, [("begun", "ask"), ("ask", "done"), ("late", "note"), ("note", "ask")]
        )

    assert looping(timer("timeDate", "due_at")) == {"endless"}
    assert looping(LONG) == set()


def test_two_timers_on_one_event_gateway_are_refused() -> None:
    nodes = {"first": "eventBasedGateway", "soon": f"intermediateCatchEvent|{LONG}", "later": f"intermediateCatchEvent|{LONG}"}
    flows: list[Flow] = [("begun", "first"), ("first", "soon"), ("first", "later"), ("soon", "done"), ("later", "done")]
    assert graph(nodes, flows) == {"one-timer"}


def test_a_flow_into_a_sub_process_is_refused() -> None:
    inner = (
        '<bpmn:startEvent id="in" /><bpmn:scriptTask id="deep"><bpmn:script>x = 1</bpmn:script></bpmn:scriptTask><bpmn:endEvent id="out" />'
    )
    inner += '<bpmn:sequenceFlow id="i1" sourceRef="in" targetRef="deep" /><bpmn:sequenceFlow id="i2" sourceRef="deep" targetRef="out" />'
    sound: list[Flow] = [("begun", "part"), ("part", "done")]
    assert graph({"part": f"subProcess|{inner}"}, sound) == set()
    assert "crossing-flow" in graph({"part": f"subProcess|{inner}", "look": "userTask"}, [*sound[1:], ("begun", "look"), ("look", "deep")])


def test_processes_that_start_each_other_at_once_are_refused() -> None:
    def starter(key: str, other: str, between: str) -> Artifact:
        nodes = {"begun": "startEvent", "between": between, "go": f"serviceTask|{child(other)}", "done": "endEvent"}
        return process(key, nodes, [("begun", "between"), ("between", "go"), ("go", "done")])

    assert found(starter("ping", "pong", SCRIPT), starter("pong", "ping", SCRIPT)) == {"starts-at-once"}
    assert found(starter("ping", "pong", SCRIPT), starter("pong", "ping", "userTask")) == {"starts-itself"}


def test_a_circle_of_calls_is_told_on_every_process_in_it() -> None:
    def caller(key: str, other: str) -> Artifact:
        return process(key, {"a": "startEvent", "c": f'callActivity calledElement="{other}"', "z": "endEvent"}, [("a", "c"), ("c", "z")])

    problems = check([caller("one", "two"), caller("two", "three"), caller("three", "two")])
    assert {problem.file for problem in problems if problem.code == "calls-itself"} == {"two.bpmn", "three.bpmn"}


def test_branches_that_write_one_variable_through_a_called_process_are_refused() -> None:
    writer = process("writer", {"a": "startEvent", "w": SCRIPT, "z": "endEvent"}, [("a", "w"), ("w", "z")])
    nodes = {
        "fork": "parallelGateway",
        "one": SCRIPT,
        "two": 'callActivity calledElement="writer"',
        "join": "parallelGateway",
        "last": SCRIPT,
    }
    flows: list[Flow] = [
        ("begun", "fork"),
        ("fork", "one"),
        ("fork", "two"),
        ("one", "join"),
        ("two", "join"),
        ("join", "last"),
        ("last", "done"),
    ]
    main = process("main", {"begun": "startEvent", "done": "endEvent", **nodes}, flows)
    assert found(main, writer) == {"same-variable"}
    other = process("writer", {"a": "startEvent", "w": SCRIPT.replace("x", "y"), "z": "endEvent"}, [("a", "w"), ("w", "z")])
    assert found(main, other) == set()


def test_a_long_way_that_a_short_cut_hides_is_found() -> None:
    """The parser follows the first flow to its end, however short another way is."""
    nodes = {"skip": 'exclusiveGateway default="skip_t0"'} | {f"t{number}": "userTask" for number in range(310)}
    flows: list[Flow] = [("begun", "skip"), ("skip", "t0"), ("skip", "t309", "x == 1"), ("t309", "done")]
    flows += [(f"t{number}", f"t{number + 1}") for number in range(309)]
    assert graph(nodes, flows) == {"too-long"}


def test_a_diagram_of_the_benchmark_kind_passes_with_warnings() -> None:
    """No forms, no drawing, lanes that are no roles: what other engines' users bring along."""
    nodes = {
        "discover": "userTask",
        "score": SCRIPT,
        "gate": 'exclusiveGateway default="gate_low"',
        "enforce": "userTask",
        "low": "endEvent",
    }
    flows: list[Flow] = [
        ("begun", "discover"), ("discover", "score"), ("score", "gate"), ("gate", "low"), ("gate", "enforce", "x >= 50"),
        ("enforce", "done"),
    ]  # fmt: skip
    main = process("main", {"begun": "startEvent", "done": "endEvent", **nodes}, flows)
    foreign = replace(main, content=main.content.replace(b'id="HD_LEAD"', b'id="Lane_patrol"'))
    problems = check([foreign])
    assert {problem.code for problem in problems} == {"unknown-role", "no-form", "no-drawing"}
    assert {problem.severity for problem in problems} == {"warning"}


@pytest.mark.parametrize(
    "source", ["-" * 100_000 + "n", "(" * 1_900, "x" + ".y" * 900, "__ｉｍｐｏｒｔ__('os')", "[a for a in b for c in d]", "1 if"]
)
def test_hostile_conditions_are_refused_and_not_run(source: str) -> None:
    nodes = {"gate": 'exclusiveGateway default="gate_done"', "low": "endEvent"}
    assert graph(nodes, [("begun", "gate"), ("gate", "low", source), ("gate", "done")]) == {"bad-expression"}
