"""A diagram as a graph, for the checks: tolerant of everything that structure.py has already reported."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from bpmn.engine.lint.xml import BPMN, SPIFF, local

Key = TypeVar("Key")
Value = TypeVar("Value")

EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})
TASKS = frozenset(
    {"userTask", "scriptTask", "serviceTask", "businessRuleTask", "receiveTask", "sendTask", "manualTask", "task"}
)  # fmt: skip
CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | CONTAINERS | {"callActivity"}
NODES = EVENTS | GATEWAYS | ACTIVITIES


@dataclass(frozen=True, eq=False)
class Node:
    """One flow node. ``scope``: id of the process or sub-process it stands in; ``trigger``: "timer" of timerEventDefinition."""

    id: str
    kind: str
    scope: str
    element: Any

    @cached_property
    def trigger(self) -> str:
        definitions = (local(child) for child in self.element if isinstance(child.tag, str))
        return next((name.removesuffix("EventDefinition") for name in definitions if name.endswith("EventDefinition")), "")

    @cached_property
    def properties(self) -> dict[str, str]:
        return properties_of(self.element)

    @property
    def called(self) -> str:
        return str(self.element.get("calledElement") or "")

    @property
    def attached_to(self) -> str:
        return str(self.element.get("attachedToRef") or "")


@dataclass(frozen=True, eq=False)
class Flow:
    """One sequence flow; ``condition`` is None without one."""

    id: str
    source: str
    target: str
    scope: str
    condition: str | None
    element: Any


class Diagram:
    """The process of one file."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.processes = list(root.iterchildren(f"{BPMN}process"))
        self.process: Any = self.processes[0] if self.processes else None
        self.key = str(self.process.get("id") or "") if self.process is not None else ""

    @cached_property
    def nodes(self) -> dict[str, Node]:
        found = (Node(str(node.get("id")), local(node), self._scope(node), node) for node in self._elements() if local(node) in NODES)
        return {node.id: node for node in found}

    @cached_property
    def flows(self) -> list[Flow]:
        return [self._flow(node) for node in self._elements() if local(node) == "sequenceFlow"]

    @cached_property
    def outgoing(self) -> dict[str, list[Flow]]:
        return _grouped((flow.source, flow) for flow in self.flows if flow.source in self.nodes and flow.target in self.nodes)

    @cached_property
    def incoming(self) -> dict[str, list[Flow]]:
        return _grouped((flow.target, flow) for flow in self.flows if flow.source in self.nodes and flow.target in self.nodes)

    @cached_property
    def boundaries(self) -> dict[str, list[Node]]:
        """Boundary events by the activity they are attached to."""
        return _grouped((node.attached_to, node) for node in self.nodes.values() if node.kind == "boundaryEvent")

    @cached_property
    def scopes(self) -> dict[str, list[Node]]:
        """Nodes by the process or sub-process they stand in."""
        return _grouped((node.scope, node) for node in self.nodes.values())

    @cached_property
    def lanes(self) -> list[Any]:
        return [] if self.process is None else list(self.process.iter(f"{BPMN}lane"))

    @cached_property
    def placed(self) -> Counter[str]:
        """How many lanes list each node."""
        refs = (ref for lane in self.lanes for ref in lane.iterchildren(f"{BPMN}flowNodeRef"))
        return Counter((ref.text or "").strip() for ref in refs)

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.kind in kinds)

    def following(self, node: Node) -> Iterator[Node]:
        """Where a token can go from here: along flows, and out of boundary events."""
        for flow in self.outgoing.get(node.id, ()):
            yield self.nodes[flow.target]
        yield from self.boundaries.get(node.id, ())

    def start_of(self, scope: str) -> Node | None:
        return next((node for node in self.scopes.get(scope, ()) if node.kind == "startEvent"), None)

    def _elements(self) -> Iterator[Any]:
        if self.process is not None:
            yield from (node for node in self.process.iter(f"{BPMN}*") if node.get("id"))

    def _flow(self, element: Any) -> Flow:
        condition = element.find(f"{BPMN}conditionExpression")
        text = None if condition is None else (condition.text or "").strip()
        source, target = str(element.get("sourceRef") or ""), str(element.get("targetRef") or "")
        return Flow(str(element.get("id")), source, target, self._scope(element), text, element)

    def _scope(self, element: Any) -> str:
        return str(element.getparent().get("id") or "")


def properties_of(element: Any) -> dict[str, str]:
    path = f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"
    return {str(found.get("name")): str(found.get("value") or "") for found in element.findall(path)}


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    grouped: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return dict(grouped)
