"""Branches that run side by side must not write the same variable: the last one's stale copy would win."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram, Flow, Node
from bpmn.engine.lint.edition import Edition
from bpmn.engine.lint.expressions import script_of
from bpmn.engine.lint.flows import name_of
from bpmn.engine.lint.services import decision_of, message_variable, operators
from bpmn.engine.ports import Problem
from bpmn.engine.script import ScriptRefused, assigned_names, check_expression

RULES = table(
    Rule(
        "same-variable",
        "“{first}”和“{second}”同时进行，却都写变量“{variable}”，会丢失其中一个值。请用不同的变量。",
        "“{first}” and “{second}” run side by side and both write “{variable}”; one value would be lost. Use different variables.",
    ),
)


def check(diagram: Diagram, edition: Edition) -> Iterator[Problem]:
    told: set[tuple[str, str, str]] = set()
    for split in diagram.of_kind("parallelGateway", "inclusiveGateway"):
        ways = diagram.outgoing.get(split.id, ())
        branches = [_reached(diagram, flow, split) for flow in ways] if len(ways) > 1 else []
        for one, other in combinations(branches, 2):
            for first, second, variable in _clashes(one, other, diagram, edition):
                if (first.id, second.id, variable) not in told:
                    told.add((first.id, second.id, variable))
                    yield RULES["same-variable"].at(second.id, first=name_of(first), second=name_of(second), variable=variable)


def _reached(diagram: Diagram, flow: Flow, split: Node) -> dict[str, Node]:
    """What a branch leads to, not counting what lies behind the split itself."""
    reached: dict[str, Node] = {}
    nodes = [diagram.nodes[flow.target]]
    while nodes:
        node = nodes.pop()
        if node.id not in reached and node.id != split.id:
            reached[node.id] = node
            nodes += diagram.following(node)
            nodes += diagram.scopes.get(node.id, ())
    return reached


def _clashes(one: dict[str, Node], other: dict[str, Node], diagram: Diagram, edition: Edition) -> Iterator[tuple[Node, Node, str]]:
    """Writers of one variable on both branches before they meet: whatever both lead to lies behind the join."""
    first = _writers([node for key, node in one.items() if key not in other], diagram, edition)
    second = _writers([node for key, node in other.items() if key not in one], diagram, edition)
    yield from ((first[name], second[name], name) for name in sorted(first.keys() & second.keys()))


def _writers(nodes: list[Node], diagram: Diagram, edition: Edition) -> dict[str, Node]:
    return {name: node for node in nodes for name in _written(node, edition, {diagram.key})}


def _written(node: Node, edition: Edition, callers: set[str]) -> set[str]:
    """Variables an element writes; a called process hands back all of its own."""
    if node.kind == "userTask":
        form = edition.forms.get(node.properties.get("form", ""))
        return {line.routes for line in form.answerable if line.routes} if form else set()
    if node.kind == "scriptTask":
        return _assigned(script_of(node))
    if node.kind == "serviceTask":
        return {operator.get("resultVariable") for operator in operators(node)} - {None}
    if node.kind == "businessRuleTask":
        decision = edition.decisions.get(decision_of(node))
        return set(decision.outputs) if decision else set()
    called = edition.diagrams.get(node.called)
    if node.kind == "callActivity" and called and called.key not in callers:
        return set().union(*(_written(inner, edition, callers | {called.key}) for inner in called.nodes.values()))
    variable = message_variable(node) if node.kind != "subProcess" else None
    return {variable} if variable else set()


def _assigned(script: str) -> set[str]:
    try:
        check_expression(script, "exec")
    except ScriptRefused:
        return set()
    return set(assigned_names(script))
