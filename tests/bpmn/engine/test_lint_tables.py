"""Decision tables that are refused, and those that are not."""

from __future__ import annotations

import pytest

from bpmn.engine.lint import check
from tests.bpmn.engine.building import artifact

NAMESPACE = 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"'
INPUT = '<input id="i1"><inputExpression id="e1"><text>industry</text></inputExpression></input>'
OUTPUT = '<output id="o1" name="level" />'


def rule(cell: str, result: str = '"high"') -> str:
    cell, result = (text.replace("&", "&amp;").replace("<", "&lt;") for text in (cell, result))
    return (
        f'<rule id="r1"><inputEntry id="c1"><text>{cell}</text></inputEntry><outputEntry id="x1"><text>{result}</text></outputEntry></rule>'
    )


def table(body: str = "", *, policy: str = "FIRST", more: str = "", key: str = "risk") -> str:
    rows = body or INPUT + OUTPUT + rule('"mining"')
    decision = f'<decision id="{key}"><decisionTable id="t1" hitPolicy="{policy}">{rows}</decisionTable></decision>'
    return f'<definitions {NAMESPACE} id="d1">{decision}{more}</definitions>'


def codes(content: str, key: str = "risk") -> set[str]:
    return {problem.code for problem in check([artifact("dmn", key, content)])}


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "COLLECT"])
def test_known_hit_policies_are_accepted(policy: str) -> None:
    assert codes(table(policy=policy)) == set()


@pytest.mark.parametrize(
    "cell", ["", "-", '"mining"', "> 1", ">= 2.5", "1 < ? < 2", '? in ["a", "b"]', '? not in ["a"]', "None", "True", "-3", 'limit["a"]']
)
def test_cells_that_mean_something_are_accepted(cell: str) -> None:
    assert codes(table(INPUT + OUTPUT + rule(cell))) == set()


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('"a","b"', "cell-list"), ("not(1)", "cell-list"), ('not("a")', "cell-list"), ("[1..2]", "cell-list"),
        ('in ("a","b")', "cell-list"),
        ('["a", "b"]', "cell-list"), ('("a", "b")', "cell-list"), ("true", "cell-word"), ("null", "cell-word"),
        ("open('x')", "cell-refused"),
        ("a.b", "cell-refused"), ("= 1", "cell-refused"), ("?" * 60 + "'" * 60, "cell-refused"), ("'" * 250, "cell-too-long"),
        ("-" * 190 + "n", "cell-refused"), ("(" * 190, "cell-refused"),
    ],
)  # fmt: skip
def test_cells_that_never_match_or_cannot_run_are_refused(cell: str, code: str) -> None:
    assert codes(table(INPUT + OUTPUT + rule(cell))) == {code}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (table(policy="PRIORITY"), "hit-policy"),
        (table(INPUT + OUTPUT + rule('"a"', "")), "bad-expression"),
        (table(INPUT + OUTPUT + rule('"a"', "high risk")), "bad-expression"),
        (table(INPUT + OUTPUT + rule('"a"', "true")), "cell-word"),
        (table(INPUT.replace("industry", "__import__('os')") + OUTPUT + rule('"a"')), "bad-expression"),
        (table(INPUT + OUTPUT.replace("level", "Level 1") + rule('"a"')), "bad-output"),
        (table(INPUT + OUTPUT + OUTPUT.replace("o1", "o2") + rule('"a"')), "bad-output"),
        (table(INPUT + OUTPUT.replace("level", "len") + rule('"a"')), "bad-output"),
        (table(INPUT + INPUT.replace("1", "2") + OUTPUT + rule('"a"')), "cell-count"),
        (table(INPUT + rule('"a"')), "no-table"),
        (table(OUTPUT), "no-table"),
        (table(more='<decision id="second" />'), "one-decision"),
        (table(key="Risk 1"), "bad-decision-id"),
        (table(INPUT + OUTPUT + rule('"a"') + '<annotation id="a1" />'), "unsupported-in-table"),
        (table(INPUT + OUTPUT + rule('"a"') * 501), "too-many-rules"),
        (table(INPUT + OUTPUT + rule('"a"').replace('"a"', '"a"<!-- -->, 1')), "comment-in-text"),
        (table().replace("<decision ", "<!-- beside --><decision "), ""),
        (f"<definitions {NAMESPACE} />", "one-decision"),
        ("<definitions />", "wrong-root"),
    ],
)
def test_tables_that_cannot_be_used_are_refused(content: str, code: str) -> None:
    found = codes(content)
    assert code in found if code else found == set()
