"""The drawing inside a diagram file: shapes and edges with their names in one language."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from bpmn.engine.ports import EngineError

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
FARTHEST = 50_000.0  # pixels; a drawing beyond that is a mistake or an attack
_FLOW_NODES = ("Task", "task", "Event", "Gateway", "subProcess", "transaction", "callActivity", "adHocSubProcess")


class PictureMissing(EngineError):
    """This file holds no picture of that process."""


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Node:
    """One shape. ``trigger``: local name of the event definition without its ending, "timer"; ``inside``: elements of a sub-process."""

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None
    trigger: str = ""
    is_horizontal: bool = True
    is_expanded: bool = False
    interrupts: bool = True
    repeats: str = ""  # "parallel", "sequential" or "loop"
    inside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Edge:
    id: str
    kind: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One plane: the process, or the inside of a collapsed sub-process. ``name`` heads the page."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One element of a process without a drawing."""

    id: str
    kind: str
    name: str
    lane: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """``pages``: the process first; empty when the file has no drawing of it. ``steps``: its elements in file order."""

    name: str
    pages: tuple[Page, ...]
    steps: tuple[Step, ...]


@lru_cache(maxsize=64)
def read(diagram: bytes, process: str, tag: str) -> Drawing:
    """``tag``: "zh" or "en". Raises PictureMissing if there is no such process or a coordinate is no number."""
    root = _parse(diagram)
    found = next((node for node in root.iter(f"{BPMN}process") if node.get("id") == process), None)
    if found is None:
        raise PictureMissing(f"no process {process} in this file")
    elements = {node.get("id"): node for node in root.iter() if isinstance(node.tag, str) and node.tag.startswith(BPMN) and node.get("id")}
    reader = _Reader(elements, tag)
    planes = {plane.get("bpmnElement"): plane for plane in root.iter(f"{DI}BPMNPlane")}
    pages = [reader.page(plane, name) for plane, name in _planes(found, elements, planes, reader)]
    return Drawing(reader.name(found), tuple(page for page in pages if page.nodes), tuple(reader.steps(found)))


def _parse(diagram: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root: Any = etree.fromstring(diagram, parser)
    except etree.XMLSyntaxError as error:
        raise PictureMissing("the diagram is not readable XML") from error
    if root.getroottree().docinfo.doctype:
        raise PictureMissing("a DOCTYPE is not allowed in a diagram")
    return root


def _planes(process: Any, elements: dict[str, Any], planes: dict[str, Any], reader: _Reader) -> Iterator[tuple[Any, str]]:
    """The plane of the process, directly or through its pool, then those of its sub-processes."""
    key = process.get("id")
    pool = next((node for node in elements.values() if node.tag == f"{BPMN}participant" and node.get("processRef") == key), None)
    holder = pool.getparent().get("id") if pool is not None else None
    for own in (key, holder):
        if own in planes:
            yield planes[own], ""
            break
    for part in process.iter(f"{BPMN}subProcess", f"{BPMN}transaction", f"{BPMN}adHocSubProcess"):
        if part.get("id") in planes:
            yield planes[part.get("id")], reader.name(part)


class _Reader:
    def __init__(self, elements: dict[str, Any], tag: str) -> None:
        self._elements, self._tag = elements, tag
        self._defaults = {node.get("default") for node in elements.values() if node.get("default")}

    def name(self, element: Any) -> str:
        """Chinese: the name; English: the property ``name_en``, else the documentation of a named element, else the name."""
        name = element.get("name", "")
        if self._tag == "zh":
            return _one_line(name)
        path = f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"
        given = next((found.get("value") for found in element.findall(path) if found.get("name") == "name_en"), None)
        return _one_line(given or (name and element.findtext(f"{BPMN}documentation")) or name)

    def page(self, plane: Any, name: str) -> Page:
        nodes = [self._node(shape) for shape in plane.iterchildren(f"{DI}BPMNShape") if shape.get("bpmnElement") in self._elements]
        edges = [self._edge(edge) for edge in plane.iterchildren(f"{DI}BPMNEdge") if edge.get("bpmnElement") in self._elements]
        return Page(name, tuple(nodes), tuple(edge for edge in edges if len(edge.points) > 1))

    def steps(self, process: Any) -> Iterator[Step]:
        lanes = {
            (ref.text or "").strip(): self.name(lane) for lane in process.iter(f"{BPMN}lane") for ref in lane.findall(f"{BPMN}flowNodeRef")
        }
        for node in process.iter():
            kind = etree.QName(node).localname
            if node.get("id") and kind.endswith(_FLOW_NODES):
                yield Step(node.get("id"), kind, self.name(node) or node.get("id"), lanes.get(node.get("id"), ""))

    def _node(self, shape: Any) -> Node:
        element = self._elements[shape.get("bpmnElement")]
        trigger = next((etree.QName(child).localname for child in element if str(child.tag).endswith("EventDefinition")), "")
        inside = frozenset(child.get("id") for child in element.iterdescendants() if child.get("id")) if _holds(element) else frozenset()
        return Node(
            id=element.get("id"), kind=etree.QName(element).localname, name=self.name(element), box=_box(shape), label=_label(shape),
            trigger=trigger.removesuffix("EventDefinition"), is_horizontal=shape.get("isHorizontal") != "false",
            is_expanded=shape.get("isExpanded") == "true",
            interrupts=element.get("cancelActivity") not in {"false", "0"} and element.get("isInterrupting") not in {"false", "0"},
            repeats=_repeats(element), inside=inside,
        )  # fmt: skip

    def _edge(self, edge: Any) -> Edge:
        element = self._elements[edge.get("bpmnElement")]
        points = tuple((_number(point.get("x")), _number(point.get("y"))) for point in edge.iterchildren(f"{DD}waypoint"))
        key, kind = element.get("id"), etree.QName(element).localname
        return Edge(key, kind, self.name(element) if kind != "association" else "", points, _label(edge), key in self._defaults)


def _holds(element: Any) -> bool:
    return str(element.tag).endswith(("ubProcess", "transaction"))


def _repeats(element: Any) -> str:
    several = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if several is not None:
        return "sequential" if several.get("isSequential") in {"true", "1"} else "parallel"
    return "loop" if element.find(f"{BPMN}standardLoopCharacteristics") is not None else ""


def _label(shape: Any) -> Box | None:
    label = shape.find(f"{DI}BPMNLabel")
    return _box(label) if label is not None and label.find(f"{DC}Bounds") is not None else None


def _box(shape: Any) -> Box:
    bounds = shape.find(f"{DC}Bounds")
    if bounds is None:
        raise PictureMissing(f"the shape of {shape.get('bpmnElement')} has no bounds")
    x, y, width, height = (_number(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Box(x, y, max(width, 0.0), max(height, 0.0))


def _number(text: str | None) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not abs(value) <= FARTHEST:
        raise PictureMissing(f"{text!r:.40} is no coordinate")
    return value


def _one_line(text: str) -> str:
    return " ".join(text.split())
