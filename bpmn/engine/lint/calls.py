"""Processes that call or start each other: no endless calls, no endless loops, no tree that explodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram, Node
from bpmn.engine.lint.edition import Edition
from bpmn.engine.lint.flows import name_of
from bpmn.engine.lint.services import child_of
from bpmn.engine.lint.timing import lasts
from bpmn.engine.ports import Problem

MAX_EXPANDED = 2_000

RULES = table(
    Rule(
        "calls-itself",
        "流程“{process}”经由调用活动调用了自己：{way}。请断开这个圈。",
        "The process “{process}” calls itself: {way}. Break the circle.",
    ),
    Rule(
        "starts-at-once",
        "流程“{process}”不等任何人就又启动自己：{way}。请在中间加用户任务。",
        "The process “{process}” starts itself again without waiting for anybody: {way}. Put a user task in between.",
    ),
    Rule(
        "starts-itself",
        "流程“{process}”经由子流程又启动自己：{way}。请确认不会没完没了。",
        "The process “{process}” starts itself through child processes: {way}. Make sure that this comes to an end.",
        "warning",
    ),
    Rule(
        "too-large",
        "“{process}”连同调用的流程共有 {count} 步以上，最多 {limit} 步，请减少调用。",
        "“{process}” has {count} steps or more with all the processes it calls; {limit} are allowed. Call fewer processes.",
    ),
    Rule(
        "endless",
        "环路经过“{name}”却不等待任何人，会一直转下去。请在环中加入用户任务、消息或超过一分钟的定时器。",
        "The loop through “{name}” waits for nobody and would run for ever. Put a user task, a message or a timer"
        " of more than a minute into it.",
    ),
)


def check(edition: Edition) -> Iterator[tuple[str, Problem]]:
    """Problems with the key of their diagram."""
    calls = {key: _calls(diagram, edition) for key, diagram in edition.diagrams.items()}
    cyclic = set()
    for key in calls:
        way = _way_back(key, calls)
        if way:
            cyclic.add(key)
            yield key, RULES["calls-itself"].at(key, process=key, way=" → ".join(way))
    if not cyclic:
        yield from _sizes(edition, calls)
    waiting = _Waiting(edition)
    at_once = {key: waiting.started_at_once(diagram) for key, diagram in edition.diagrams.items()}
    ever = {key: _children(diagram, edition) for key, diagram in edition.diagrams.items()}
    for key in edition.diagrams:
        code = "starts-at-once" if _way_back(key, at_once) else "starts-itself"
        way = _way_back(key, at_once) or _way_back(key, ever)
        if way:
            yield key, RULES[code].at(key, process=key, way=" → ".join(way))
    for key, diagram in edition.diagrams.items():
        yield from ((key, problem) for problem in waiting.loops(diagram))


def _calls(diagram: Diagram, edition: Edition) -> list[str]:
    return [node.called for node in diagram.of_kind("callActivity") if node.called in edition.diagrams]


def _children(diagram: Diagram, edition: Edition) -> list[str]:
    children = (child_of(node) for node in diagram.of_kind("serviceTask"))
    return [child for child in children if child in edition.diagrams and child is not None]


def _way_back(key: str, calls: Mapping[str, Iterable[str]]) -> list[str]:
    """A way from a process to itself, empty without one."""
    ways = [[key]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for called in calls.get(way[-1], ()):
            if called == key:
                return [*way, key]
            if called not in seen:
                seen.add(called)
                ways.append([*way, called])
    return []


def _sizes(edition: Edition, calls: Mapping[str, list[str]]) -> Iterator[tuple[str, Problem]]:
    @cache
    def size(key: str) -> int:
        return min(len(edition.diagrams[key].nodes) + sum(size(called) for called in calls[key]), MAX_EXPANDED + 1)

    for key in calls:
        if size(key) > MAX_EXPANDED:
            yield key, RULES["too-large"].at(key, process=key, count=size(key), limit=MAX_EXPANDED)


class _Waiting:
    """Where a process surely waits for somebody, so that a loop through it cannot run for ever."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._passable: dict[tuple[str, str], bool] = {}

    def waits(self, diagram: Diagram, node: Node) -> bool:
        if node.kind in {"userTask", "receiveTask"} or node.trigger == "message":
            return True
        if node.trigger == "timer":
            return lasts(node)
        if node.kind == "subProcess":
            return not self._is_passable(diagram, node.id)
        called = self._edition.diagrams.get(node.called) if node.kind == "callActivity" else None
        return called is not None and not self._is_passable(called, called.key)

    def loops(self, diagram: Diagram) -> Iterator[Problem]:
        """What is left after removing, again and again, nodes that nothing leads to or from."""
        left = {key: set(self._at_once(diagram, node)) for key, node in diagram.nodes.items()}
        while True:
            targets = set().union(*left.values()) if left else set()
            kept = {key: ways & left.keys() for key, ways in left.items() if key in targets and ways & left.keys()}
            if len(kept) == len(left):
                break
            left = kept
        if left:
            first = next(node for key, node in diagram.nodes.items() if key in left)
            yield RULES["endless"].at(first.id, name=name_of(first))

    def started_at_once(self, diagram: Diagram) -> list[str]:
        """Processes started before anybody is waited for."""
        start = diagram.start_of(diagram.key)
        passed = self._passed(diagram, start) if start else {}
        inner = [node for key in passed for node in diagram.scopes.get(key, ())]  # what stands in a sub-process may run as well
        children = (child_of(node) for node in [*passed.values(), *inner] if node.kind == "serviceTask")
        return [child for child in children if child in self._edition.diagrams and child is not None]

    def _is_passable(self, diagram: Diagram, scope: str) -> bool:
        """Whether a token can run through a scope without waiting. A scope that contains itself counts as waiting; that is another rule."""
        key = (diagram.key, scope)
        if key not in self._passable:
            self._passable[key] = False
            start = diagram.start_of(scope)
            passed = self._passed(diagram, start) if start else {}
            self._passable[key] = any(node.kind == "endEvent" for node in passed.values())
        return self._passable[key]

    def _passed(self, diagram: Diagram, start: Node) -> dict[str, Node]:
        passed: dict[str, Node] = {}
        nodes = [start]
        while nodes:
            node = nodes.pop()
            if node.id not in passed:
                passed[node.id] = node
                nodes += [diagram.nodes[key] for key in self._at_once(diagram, node)]
        return passed

    def _at_once(self, diagram: Diagram, node: Node) -> Iterator[str]:
        """Where a token may be a moment after it came to ``node``. Boundary events fire whatever the task itself waits for."""
        if not self.waits(diagram, node):
            yield from (flow.target for flow in diagram.outgoing.get(node.id, ()))
        yield from (boundary.id for boundary in diagram.boundaries.get(node.id, ()))
