"""Decision tables: read from DMN, evaluated the same way inside and outside a process.

A cell is an expression of ``bpmn.engine.script``. Empty or "-" matches everything; a cell that starts with a comparison
compares the input (``>= 3``); one with ``?`` is a condition on it (``1 < ? < 5``, ``? in ["a", "b"]``); any other must equal it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bpmn.engine.guards import Work, kept
from bpmn.engine.ports import EngineError
from bpmn.engine.script import check_expression, evaluate
from bpmn.engine.xml import parse_xml

MAX_CELL_CHARS = 200
MAX_RULES = 500
POLICIES = ("UNIQUE", "FIRST", "COLLECT")
INPUT = "cell_input"
_VALUES = (
    ast.Constant,
    ast.Name,
    ast.UnaryOp,
    ast.BinOp,
    ast.Subscript,
)  # `"a","b"` or `in ("a")` would compare with a tuple and never match
_COMPARISONS = ("<", ">", "==", "!=")


class DecisionRefused(EngineError):
    """This decision table cannot be used."""


@dataclass(frozen=True, slots=True)
class Cell:
    """``source``: None matches everything."""

    source: str | None
    is_condition: bool

    def matches(self, value: Any, names: Mapping[str, Any], *, work: Work | None = None) -> bool:
        if self.source is None:
            return True
        found = evaluate(self.source, {**names, INPUT: value}, work=work)
        return bool(found) if self.is_condition else bool(found == value)


@dataclass(frozen=True, slots=True)
class Rule:
    cells: tuple[Cell, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One table. ``inputs``: expressions; ``outputs``: names of the results."""

    key: str
    policy: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]

    def evaluate(self, names: Mapping[str, Any], *, work: Work | None = None) -> dict[str, Any]:
        """Output name -> value of the matching rule; for COLLECT a list of all; empty if none matches.

        ``work``: the budget of the engine step; without it the table has one of its own.
        Raises DecisionRefused if a UNIQUE table has two matches, ScriptStopped.
        """
        work = work or Work()
        values = self.input_values(names, work=work)
        matching = [rule for rule in self.rules if _matches(rule, values, names, work=work)]
        if self.policy == "UNIQUE" and len(matching) > 1:
            raise DecisionRefused(f"{self.key}: {len(matching)} rules match, a UNIQUE table allows one")
        if self.policy == "COLLECT":
            rows = [_results(rule, names, work=work) for rule in matching]
            return {name: [row[at] for row in rows] for at, name in enumerate(self.outputs)}
        return dict(zip(self.outputs, _results(matching[0], names, work=work), strict=True)) if matching else {}

    def input_values(self, names: Mapping[str, Any], *, work: Work | None = None) -> list[Any]:
        return [kept(evaluate(source, names, work=work)) for source in self.inputs]

    def considered(self, names: Mapping[str, Any], *, work: Work | None = None) -> dict[str, Any]:
        """Input expression -> value: what the decision was based on."""
        return dict(zip(self.inputs, self.input_values(names, work=work), strict=True))


def compile_decision(content: bytes) -> Decision:
    """Raises DecisionRefused, ScriptRefused."""
    root = parse_xml(content)
    decision = root.find("{*}decision")
    table = decision.find("{*}decisionTable") if decision is not None else None
    if table is None:
        raise DecisionRefused("the file has no decision table")
    policy = table.get("hitPolicy", "UNIQUE")
    if policy not in POLICIES or table.get("aggregation"):
        raise DecisionRefused(f"hit policy {policy} is not supported, use {', '.join(POLICIES)}")
    inputs = tuple(_checked(found.findtext("{*}inputExpression/{*}text")) for found in table.findall("{*}input"))
    outputs = tuple(found.get("name", "") for found in table.findall("{*}output"))
    rows = table.findall("{*}rule")
    if len(rows) > MAX_RULES or not inputs or not all(outputs):
        raise DecisionRefused(f"a table needs inputs, named outputs and at most {MAX_RULES} rules")
    return Decision(decision.get("id"), policy, inputs, outputs, tuple(_rule(row, len(inputs), len(outputs)) for row in rows))


def compile_cell(text: str) -> Cell:
    """Raises DecisionRefused, ScriptRefused."""
    if len(text) > MAX_CELL_CHARS:
        raise DecisionRefused(f"a cell has more than {MAX_CELL_CHARS} characters")
    if text in ("", "-"):
        return Cell(None, is_condition=True)
    source = _with_input(text).strip()
    if text.startswith(_COMPARISONS):
        source = f"{INPUT} {source}"
    check_expression(source, "eval")
    is_condition = any(isinstance(node, ast.Name) and node.id == INPUT for node in ast.walk(ast.parse(source, mode="eval")))
    if not is_condition and not _is_value(source):
        raise DecisionRefused(f"{text}: write a value, a comparison like >= 3, or a condition with ?, like ? in [1, 2]")
    return Cell(source, is_condition=is_condition)


def _is_value(source: str) -> bool:
    body = ast.parse(source, mode="eval").body
    return isinstance(body, _VALUES) and not (isinstance(body, ast.UnaryOp) and isinstance(body.op, ast.Not))


def _matches(rule: Rule, values: list[Any], names: Mapping[str, Any], *, work: Work) -> bool:
    return all(cell.matches(value, names, work=work) for cell, value in zip(rule.cells, values, strict=True))


def _results(rule: Rule, names: Mapping[str, Any], *, work: Work) -> list[Any]:
    return [kept(evaluate(source, names, work=work)) for source in rule.outputs]


def _rule(row: Any, inputs: int, outputs: int) -> Rule:
    cells = tuple(compile_cell((found.findtext("{*}text") or "").strip()) for found in row.findall("{*}inputEntry"))
    results = tuple(_checked(found.findtext("{*}text")) for found in row.findall("{*}outputEntry"))
    if (len(cells), len(results)) != (inputs, outputs):
        raise DecisionRefused("a rule has too few or too many cells")
    return Rule(cells, results)


def _checked(text: str | None) -> str:
    source = (text or "").strip()
    if len(source) > MAX_CELL_CHARS:
        raise DecisionRefused(f"a cell has more than {MAX_CELL_CHARS} characters")
    check_expression(source, "eval")
    return source


def _with_input(text: str) -> str:
    """Every ``?`` outside a quoted text becomes the input's name."""
    made, quote, is_escaped = [], "", False
    for character in text:
        if is_escaped or (quote and character == "\\"):
            is_escaped = not is_escaped
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        made.append(f" {INPUT} " if character == "?" and not quote else character)
    return "".join(made)
