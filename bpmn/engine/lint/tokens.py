"""The token game: joins that wait for ever, and steps that run twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram, Flow, Node
from bpmn.engine.lint.flows import name_of
from bpmn.engine.ports import Problem

MAX_MARKINGS = 20_000
MAX_SUBSETS_OF = 6  # outgoing flows of an inclusive gateway that are combined with each other
Marking = frozenset[str]  # ids of the flows that hold a token

RULES = table(
    Rule(
        "never-joins",
        "并行网关“{name}”会一直等不到某条进线（前面只走其中一条）。请改为排他网关，或把前面的分支改为并行。",
        "The parallel gateway “{name}” can wait for ever for a way that is not taken. Make it exclusive, or make the split before it parallel.",
    ),
    Rule(
        "runs-twice",
        "“{name}”之后的步骤会执行两次（前面的并行分支没有汇合）。请用并行网关汇合。",
        "What follows “{name}” runs twice, because parallel ways meet there without a join. Join them with a parallel gateway.",
    ),
)


def check(diagram: Diagram) -> Iterator[Problem]:
    for scope in diagram.scopes:
        game = _Game(diagram, scope)
        game.play()
        yield from (RULES["never-joins"].at(key, name=name_of(diagram.nodes[key])) for key in game.stuck)
        yield from (RULES["runs-twice"].at(key, name=name_of(diagram.nodes[key])) for key in game.doubled)


class _Game:
    """Plays every choice of one scope. Of all nodes that may go on, the one earliest on the way goes first: no choice is lost by
    that, since no node takes another's token, and ways that meet are seen to meet.
    """

    def __init__(self, diagram: Diagram, scope: str) -> None:
        self._diagram = diagram
        self._start = diagram.start_of(scope)
        self._flows = {flow.id: flow for flow in diagram.flows}
        self._rank = _ranks(diagram, self._start) if self._start else {}
        self.stuck: dict[str, None] = {}
        self.doubled: dict[str, None] = {}

    def play(self) -> None:
        if self._start is None:
            return
        seen: set[Marking] = set()
        waiting = list(self._after(self._start, frozenset()))
        while waiting and len(seen) < MAX_MARKINGS:
            marking = waiting.pop()
            if marking not in seen:
                seen.add(marking)
                waiting += self._next(marking)

    def _next(self, marking: Marking) -> list[Marking]:
        held: dict[str, list[str]] = {}
        for key in marking:
            held.setdefault(self._flows[key].target, []).append(key)
        nodes = sorted((self._diagram.nodes[key] for key in held), key=lambda node: self._rank.get(node.id, 0))
        for node in nodes:
            if node.kind == "inclusiveGateway":
                continue
            if node.kind != "parallelGateway":
                return list(self._after(node, marking - {held[node.id][0]}))
            if len(held[node.id]) == len(self._diagram.incoming.get(node.id, ())):
                return list(self._after(node, marking - set(held[node.id])))
        for node in nodes:  # an inclusive join waits until nothing else can come
            if node.kind == "inclusiveGateway":
                return list(self._after(node, marking - set(held[node.id])))
        self.stuck |= dict.fromkeys(node.id for node in nodes)
        return []

    def _after(self, node: Node, marking: Marking) -> Iterator[Marking]:
        """What may come of a node that has taken its tokens."""
        if node.trigger == "terminate":
            yield frozenset()
            return
        for flows in self._outcomes(node):
            given = {flow.id for flow in flows}
            if given & marking:
                self.doubled[node.id] = None
            yield marking | given

    def _outcomes(self, node: Node) -> Iterator[Sequence[Flow]]:
        ways = self._diagram.outgoing.get(node.id, [])
        if node.kind in {"exclusiveGateway", "eventBasedGateway"} and ways:
            yield from ((way,) for way in ways)
        elif node.kind == "inclusiveGateway" and len(ways) > 1:
            yield from _subsets(node, ways)
        else:
            yield ways
        for boundary in self._diagram.boundaries.get(node.id, ()):
            yield self._diagram.outgoing.get(boundary.id, [])


def _subsets(node: Node, ways: list[Flow]) -> Iterator[Sequence[Flow]]:
    """The default alone, or any of the others together."""
    default = [way for way in ways if way.id == node.element.get("default")]
    others = [way for way in ways if way not in default]
    if default:
        yield default
    yield others
    sizes = range(1, len(others)) if len(others) <= MAX_SUBSETS_OF else (1,)
    for size in sizes:
        yield from combinations(others, size)


def _ranks(diagram: Diagram, start: Node) -> dict[str, int]:
    """Order along the way, loops left out: the reverse of the order in which a depth-first walk leaves the nodes."""
    left: list[str] = []
    entered = {start.id}
    stack = [(start, iter(list(diagram.following(start))))]
    while stack:
        node, following = stack[-1]
        found = next((one for one in following if one.id not in entered), None)
        if found is None:
            left.append(node.id)
            stack.pop()
        else:
            entered.add(found.id)
            stack.append((found, iter(list(diagram.following(found)))))
    return {key: number for number, key in enumerate(reversed(left))}
