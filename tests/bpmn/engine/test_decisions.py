"""Decision tables mean what they say, inside and outside a process."""

from __future__ import annotations

from typing import Any

import pytest

from bpmn.engine.decisions import DecisionRefused, compile_cell, compile_decision
from bpmn.engine.ports import EngineError
from bpmn.engine.script import ScriptRefused


def table(*rules: tuple[str, str, str], policy: str = "UNIQUE", extra: str = "") -> bytes:
    """Inputs ``workers`` and ``industry``, output ``level``."""
    rows = "".join(
        f"<rule><inputEntry><text>{_xml(first)}</text></inputEntry><inputEntry><text>{_xml(second)}</text></inputEntry>"
        f"<outputEntry><text>{_xml(output)}</text></outputEntry></rule>"
        for first, second, output in rules
    )
    inputs = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in ("workers", "industry"))
    head = '<?xml version="1.0"?>' + extra + '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
    body = f'<decision id="risk"><decisionTable hitPolicy="{policy}">{inputs}<output name="level" />{rows}</decisionTable></decision>'
    return f"{head}{body}</definitions>".encode()


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    ("cell", "value", "matches"),
    [
        ("", 7, True), ("-", None, True), ('"dust"', "dust", True), ('"dust"', "noise", False), (">= 10", 10, True), ("> 10", 10, False),
        ("1 < ? < 5", 3, True), ("1 < ? < 5", 5, False), ('? in ["dust", "noise"]', "noise", True), ('? != "a?b"', "a?b", False),
        ("True", True, True), ("3", 3, True), ("other", 3, True), ("!= 3", 4, True), ("? is None", None, True),
    ],
)  # fmt: skip
def test_a_cell_matches(cell: str, value: Any, matches: bool) -> None:
    assert compile_cell(cell).matches(value, {"other": 3}) is matches


@pytest.mark.parametrize("cell", ['"a","b"', "[1..2]", "not(1)", 'in ("a")', "?" * 300, "open('x')", "? ?", "'" * 199, "?" + '"' * 150])
def test_a_cell_that_means_nothing_is_refused(cell: str) -> None:
    with pytest.raises((DecisionRefused, ScriptRefused)):
        compile_cell(cell)


def test_a_unique_table_takes_the_one_match() -> None:
    decision = compile_decision(table((">= 10", '"dust"', '"high"'), ("< 10", "", '"low"')))
    assert decision.evaluate({"workers": 12, "industry": "dust"}) == {"level": "high"}
    assert decision.evaluate({"workers": 2, "industry": "x"}) == {"level": "low"}
    assert decision.evaluate({"workers": 12, "industry": "x"}) == {}


def test_a_unique_table_with_two_matches_says_so() -> None:
    decision = compile_decision(table(("", "", '"a"'), (">= 1", "", '"b"')))
    with pytest.raises(DecisionRefused, match="2 rules"):
        decision.evaluate({"workers": 3, "industry": ""})


def test_first_and_collect_mean_what_they_say() -> None:
    rules = (("", "", '"a"'), (">= 1", "", "workers + 1"))
    assert compile_decision(table(*rules, policy="FIRST")).evaluate({"workers": 3, "industry": ""}) == {"level": "a"}
    assert compile_decision(table(*rules, policy="COLLECT")).evaluate({"workers": 3, "industry": ""}) == {"level": ["a", 4]}


@pytest.mark.parametrize("policy", ["ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "first"])
def test_other_hit_policies_are_refused(policy: str) -> None:
    with pytest.raises(DecisionRefused):
        compile_decision(table(policy=policy))


def test_a_doctype_and_a_missing_table_are_refused() -> None:
    with pytest.raises(EngineError):
        compile_decision(table(extra='<!DOCTYPE definitions [<!ENTITY a "1">]>'))
    with pytest.raises(DecisionRefused):
        compile_decision(b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="x" /></definitions>')


def test_a_comment_does_not_cut_a_cell() -> None:
    cut = table((">= 10", '"dust"', '"high"')).replace(b"&gt;= 10", b"&gt;= <!-- --> 10")
    assert compile_decision(cut).evaluate({"workers": 5, "industry": "dust"}) == {}
