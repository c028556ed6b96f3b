"""Whatever an administrator writes into a diagram runs bounded or not at all."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn.engine import script
from bpmn.engine.guards import ScriptStopped
from bpmn.engine.script import SafeEnvironment, ScriptRefused, check_expression, evaluate

DATA = {"n": 3, "text": "粉尘", "items": [1, 2, 3], "row": {"a": 1, "b": [1]}, "deep": {"a": {"b": {"c": 1}}}}
ESCAPES = [
    "__import__('os').system('id')",
    "open('/etc/hostname').read()",
    "().__class__.__bases__[0].__subclasses__()",
    "''.__class__",
    "'{0.__class__}'.format(n)",
    "'%s' % n.__class__",
    "(lambda: 1)()",
    "[x for x in items].__class__",
    "eval('1')",
    "exec('1')",
    "compile('1','','eval')",
    "getattr(n, 'real')",
    "globals()",
    "locals()",
    "vars()",
    "dir()",
    "type(n)",
    "object()",
    "breakpoint()",
    "input()",
    "(x for x in items).gi_frame",
    "n.real",
    "row.__init__",
    "__builtins__",
    "__ｉｍｐｏｒｔ__('os')",
    "𝐨𝐩𝐞𝐧('/etc/passwd')",
    "f'{n!r}'",
    "f'{n:>1000000000}'",
    "(y := 1)",
    "print(n)",
    "super()",
    "memoryview(b'')",
    "b'bytes'",
    "1j",
    "...",
    "await n",
    "*items,",
]
SCRIPT_ESCAPES = [
    "import os",
    "from os import path",
    "def f(): pass",
    "class A: pass",
    "while True: pass",
    "for x in items: pass",
    "with open('x') as f: pass",
    "try: pass\nexcept: pass",
    "del n",
    "global n",
    "raise ValueError",
    "assert n",
    "async def f(): pass",
    "row['a'] = 2",
    "row.a = 2",
    "a, b = 1, 2",
    "len = 3",
    "_x = 1",
    "items.append(4)",
    "items += [4]\nitems.append(5)",
    "n: int = 1",
    "lambda: 1",
    "match n:\n case 1: pass",
]
BOMBS = [
    "len([0] * 10 ** 8)",
    "'x' * 10 ** 9",
    "10 ** 10 ** 8",
    "[x for x in range(10 ** 9)]",
    "[0 for x in items for y in items]",
    "[[y for y in items] for x in items]",
    "sum([items, items], [])",
    "list(range(10 ** 8))",
    "str(range(10 ** 9))",
    "int('9' * 5000)",
    "'-'.join(['x' * 9999 for i in range(9999)])",
    "'x' * 9999 * 9999",
    "9 * " * 200 + "9",
    "'a'.join('b' * 9000).join('c' * 9000)",
]
SCRIPT_BOMBS = [
    "a = 'x'\n" + "a = a + a\n" * 40,
    "a = [1]\n" + "a = a + a\n" * 40,
    "a = 'x'\n" + "a += a\n" * 40,
    "a = 'xy'\n" + "a = a.join(a)\n" * 12,
    "a = 'x'\n" + "a = f'{a}{a}'\n" * 40,
    "a = [1]\n" + "a = [a, a]\n" * 30,
    "a = 1\n" + "a = [a]\n" * 400,
    "a = {}\n" + "a = {'k': a}\n" * 30,
    "a = 2\n" + "a = a * a\n" * 40,
    "a = (1,)\n" + "a = (a, a)\n" * 30,
    "a = list(range(9000))\n" + "a = [x for x in [a, a]]\n" * 9,
    "a = 'x' * 9000\nb = [a, a, a, a]\nc = [b, b, b, b]\nd = str(c)",
    "a = [1]\n" + "a = [a, a]\n" * 9 + "b = a == a",
    "a = dict([[str(x), range(900)] for x in range(900)])",
]


@pytest.mark.parametrize("source", ESCAPES)
def test_what_is_no_plain_expression_is_refused(source: str) -> None:
    with pytest.raises(ScriptRefused):
        check_expression(source, "eval")
    with pytest.raises(ScriptRefused):
        evaluate(source, DATA)


@pytest.mark.parametrize("source", SCRIPT_ESCAPES)
def test_what_is_no_plain_script_is_refused(source: str) -> None:
    with pytest.raises(ScriptRefused):
        SafeEnvironment().execute(source, dict(DATA))


@pytest.mark.parametrize("source", BOMBS)
def test_no_expression_explodes(source: str) -> None:
    with pytest.raises((ScriptRefused, ScriptStopped)):
        evaluate(source, DATA)


@pytest.mark.parametrize("source", SCRIPT_BOMBS)
def test_no_script_explodes_and_nothing_of_it_stays(source: str) -> None:
    data = dict(DATA)
    with pytest.raises((ScriptRefused, ScriptStopped)):
        SafeEnvironment().execute(source, data)
    assert data == DATA


@pytest.mark.parametrize(
    "source", ["-" * 100_000 + "n", "(" * 5000 + "n" + ")" * 5000, "n" + "+n" * 3000, "not " * 5000 + "n", "", "   ", "n n"]
)
def test_unreadable_text_is_a_refusal_and_not_a_crash(source: str) -> None:
    with pytest.raises(ScriptRefused):
        check_expression(source, "eval")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("n >= 3 and text == '粉尘'", True),
        ("row['a'] + n", 4),
        ("row.get('z', 9)", 9),
        ("len(items) == 3", True),
        ("[x * 2 for x in items if x > 1]", [4, 6]),
        ("f'{text}{n}'", "粉尘3"),
        ("text in ['粉尘', '噪声']", True),
        ("max(items)", 3),
        ("'a' if n else 'b'", "a"),
        ("\n  n == 3\n", True),
        ("{**row, 'c': 1}['c']", 1),
        ("sorted(items)[0]", 1),
        ("n // 2 % 2", 1),
        ("' ,'.join(['a', 'b'])", "a ,b"),
        ("not n", False),
        ("1 < n < 5", True),
        ("int('12') + 1", 13),
        ("str(n)", "3"),
    ],
)
def test_useful_expressions_work(source: str, value: Any) -> None:
    assert evaluate(source, DATA) == value


def test_a_script_assigns_and_does_not_touch_what_it_reads() -> None:
    data = {"items": [1], "n": 1}
    shared = data["items"]
    SafeEnvironment().execute("items += [2]\nif n > 0:\n  level = 'high'\nelse:\n  level = 'low'\ndoubled = [x * 2 for x in items]", data)
    assert data == {"items": [1, 2], "n": 1, "level": "high", "doubled": [2, 4]}
    assert shared == [1]


def test_a_condition_is_compiled_once() -> None:
    evaluate("n == 31", DATA)
    before = script._compiled.cache_info()
    evaluate("n == 31", DATA)
    after = script._compiled.cache_info()
    assert (after.hits - before.hits, after.misses - before.misses) == (1, 0)


_names = st.sampled_from(["n", "text", "items", "row", "deep", "missing", "x", "_hidden", "__class__", "len", "os"])
_atoms = st.one_of(
    _names, st.integers(-(10**6), 10**6).map(str), st.sampled_from(["'a'", "''", "True", "None", "[]", "{}", "1.5", "10**9", "b'x'"])
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "<<", "@", "and", "or", "<", "==", "in", "is", "if 1 else"])
    calls = st.sampled_from(
        ["len", "str", "int", "list", "range", "sum", "sorted", "min", "dict", "open", "eval", "getattr", "type", "print"]
    )
    attributes = st.sampled_from(["join", "split", "get", "items", "append", "format", "__class__", "real", "lower"])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(calls, inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, attributes, inner).map(lambda t: f"({t[0]}).{t[1]}({t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]})[{t[1]}]"),
        st.lists(inner, max_size=4).map(lambda parts: f"[{', '.join(parts)}]"),
        st.tuples(inner, inner).map(lambda t: f"{{{t[0]}: {t[1]}}}"),
        st.tuples(inner, inner, inner).map(lambda t: f"[{t[0]} for x in {t[1]} if {t[2]}]"),
        inner.map(lambda t: f"f'{{{t}}}'" if "'" not in t else t),
        inner.map(lambda t: f"(lambda: {t})"),
        inner.map(lambda t: f"not {t}"),
    )


EXPRESSIONS = st.recursive(_atoms, _grown, max_leaves=12)
STATEMENTS = st.one_of(
    st.tuples(_names, EXPRESSIONS).map(lambda t: f"{t[0]} = {t[1]}"),
    st.tuples(_names, EXPRESSIONS).map(lambda t: f"{t[0]} += {t[1]}"),
    EXPRESSIONS,
    st.tuples(EXPRESSIONS, _names, EXPRESSIONS).map(lambda t: f"if {t[0]}:\n  {t[1]} = {t[2]}"),
    st.just("while True: pass"),
    st.just("import os"),
)
ORDINARY = (TypeError, ValueError, KeyError, IndexError, NameError, ZeroDivisionError, AttributeError, OverflowError)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(STATEMENTS, min_size=1, max_size=6).map("\n".join))
def test_generated_programs_are_refused_stopped_or_leave_data_that_can_be_saved(source: str) -> None:
    data: dict[str, Any] = orjson.loads(orjson.dumps(DATA))
    before = orjson.dumps(data)
    try:
        SafeEnvironment().execute(source, data)
    except (ScriptRefused, ScriptStopped, *ORDINARY):
        assert orjson.dumps(data) == before
    assert len(orjson.dumps(data)) < 10**6
