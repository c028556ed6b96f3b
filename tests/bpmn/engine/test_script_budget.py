"""An expression that passes every check still cannot keep a worker busy or fill its memory."""

from __future__ import annotations

import time
import tracemalloc

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn.engine.decisions import compile_cell
from bpmn.engine.guards import MAX_WORK, ScriptStopped, Work
from bpmn.engine.script import SafeEnvironment, ScriptRefused, check_expression, evaluate

LONG = "b = list(range(4000))\n"
# Each ran for more than 7 seconds, or took some 300 MB, before there was a budget.
HUNGRY = [
    LONG + "c = [len(sorted(b)) for x in range(9000)]",
    LONG + "c = [len(b + b) for x in range(9000)]",
    LONG + "c = [b + [x] for x in range(9000)]",
    LONG + "c = [b[1:] for x in range(9000)]",
    LONG + "d = list(range(4000))\nc = [b == d or b < d for x in range(9000)]",
    LONG + "c = [" + " or ".join(["-1 in b"] * 60) + " for x in range(9000)]",
    LONG + "c = [not (set(b) - set(b)) for x in range(9000)]",
    "s = 'x' * 9000\nc = [s + str(x) for x in range(9000)]",
    "a = 'a' * 9999\nc = 'b' * 9998 + 'a'\nd = [len(a.strip(c)) for x in range(9000)]",
    "a = [float('9' * 9999) for x in range(9000)]",
    "a = round(5, -100000000)",
    "a = [" + " + ".join(["x"] * 50) + " for x in range(10000)]\nb = [1]",
]


@pytest.mark.parametrize("script", HUNGRY)
def test_hungry_scripts_are_stopped_soon_and_small(script: str) -> None:
    data: dict[str, object] = {}
    tracemalloc.start()
    began = time.process_time()
    try:
        with pytest.raises(ScriptStopped):
            SafeEnvironment().execute(script, data)
        assert time.process_time() - began < 3  # traced; some 0.15 s untraced
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()
    assert data == {}


def test_the_budget_counts_and_not_the_clock() -> None:
    spent = []
    for _ in range(3):
        work = Work()
        evaluate("[x * 2 for x in items if x in items]", {"items": [1, 2, 3]}, work=work)
        spent.append(MAX_WORK - work.left)
    assert len(set(spent)) == 1
    assert spent[0] < 100


def test_ordinary_conditions_cost_next_to_nothing() -> None:
    work = Work()
    for _ in range(1_000):
        evaluate(
            "decision == 'penalise' and level in ['high', 'low'] and n >= 3", {"decision": "penalise", "level": "low", "n": 5}, work=work
        )
    assert MAX_WORK - work.left == 1_000


def test_a_condition_is_quick_once_compiled() -> None:
    names = {f"f{at}": "30" for at in range(20)}
    best = min(_timed("f1 == '30' and f2 != 'x'", names) for _ in range(20))
    assert best < 20e-6  # 2 us on an idle machine


def _timed(expression: str, names: dict[str, str]) -> float:
    began = time.perf_counter()
    for _ in range(100):
        evaluate(expression, names)
    return (time.perf_counter() - began) / 100


@pytest.mark.parametrize("expression", ["not " * 70 + "n", "-" * 70 + "n", "n" + " + n" * 70])
def test_how_deep_an_expression_may_go_does_not_depend_on_who_asks(expression: str) -> None:
    with pytest.raises(ScriptRefused, match="levels"):
        check_expression(expression, "eval")


def test_every_fault_of_an_expression_is_told_as_a_stop() -> None:
    for expression in ("nope", "{}['a']", "[][1]", "1 / 0", "1 + 'a'", "int('x')", "'a'.get('b')", "min([])"):
        with pytest.raises(ScriptStopped):
            evaluate(expression, {})


@pytest.mark.parametrize(("cell", "value"), [(r'"a\"b?"', 'a"b?'), (r"'it\'s?'", "it's?"), ('"cell_input"', "cell_input"), (r'"\\"', "\\")])
def test_a_quoted_cell_means_its_text_and_nothing_else(cell: str, value: str) -> None:
    assert compile_cell(cell).matches(value, {})
    assert not compile_cell(cell).matches("something else", {})


_numbers = st.one_of(st.sampled_from(["n", "size"]), st.integers(-9, 9_999).map(str))
_texts = st.sampled_from(["text", "'a'", "'粉尘' * 90", "str(n)", "f'{text}{n}'", "text.upper()", "'-'.join(words)"])
_lists = st.sampled_from(["items", "words", "[n, n]", "[items, items]", "list(range(size))", "sorted(items)", "items[1:]", "[]"])


def _values(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "%", "//", "and", "==", "<", "in"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(st.sampled_from(["len", "str", "list", "sum", "sorted", "max", "bool", "round"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: f"[{', '.join(parts)}]"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]} if {t[1]} else n)"),
        inner.map(lambda t: f"{{'k': {t}}}"),
    )


_expressions = st.recursive(st.one_of(_numbers, _texts, _lists), _values, max_leaves=6)
_lines = st.one_of(
    st.tuples(st.sampled_from(["n", "text", "items", "words", "a"]), _expressions).map(" = ".join),
    st.sampled_from(["items += items", "text += text", "a = [items, words, items]", "items = [a, a]", "n = n * n", "a = {'a': a, 'b': a}"]),
)
_scripts = st.tuples(
    st.lists(_lines, min_size=1, max_size=12),
    st.one_of(st.just(""), st.tuples(_expressions, _lists).map(lambda t: f"\nb = [{t[0]} for x in {t[1]}]")),
).map(lambda t: "a = 0\n" + "\n".join(t[0]) + t[1])


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(_scripts)
def test_readable_programs_run_or_stop_within_their_budget(script: str) -> None:
    """Nearly all of these pass the checks: what holds them is the limits at run time."""
    data = {"n": 3, "size": 4_000, "text": "粉尘", "items": list(range(300)), "words": ["a", "b"]}
    before = orjson.dumps(data)
    environment = SafeEnvironment()
    began = time.process_time()
    try:
        environment.execute(script, data)
    except ScriptStopped:
        assert orjson.dumps(data) == before
    except ScriptRefused as refusal:
        assert "for" in str(refusal)
    assert time.process_time() - began < 2
    assert len(orjson.dumps(data)) < 2**20
