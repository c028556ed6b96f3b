"""Tell what a person would dislike in the drawing of a BPMN file: overlaps, lines through boxes, labels on lines.

    python -m bpmn.drawing.check FILE ...

Reads only the drawing (``bpmndi``), so it judges files from `bpmn.drawing.layout` and from the browser editor alike. Prints one
sentence per fault, then the size, crossings and turns of each diagram. Exit status 1 if there is a fault.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
TOUCH = 2  # pixels by which things may touch before it counts


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the boxes have more in common than their borders; one of them may be a line."""
        across = self.left < other.right - TOUCH and other.left < self.right - TOUCH
        down = self.top < other.bottom - TOUCH and other.top < self.bottom - TOUCH
        return across and down

    def is_inside(self, other: Box) -> bool:
        within = other.left <= self.left and self.right <= other.right
        return within and other.top <= self.top and self.bottom <= other.bottom


@dataclass(frozen=True)
class Line:
    """A straight part of a flow."""

    flow: str
    source: str
    target: str
    box: Box  # without width or height

    @property
    def is_flat(self) -> bool:
        return self.box.top == self.box.bottom

    @property
    def body(self) -> Box:
        """The line as thick as it needs to be to meet things on both sides of it."""
        return Box(self.box.left - TOUCH, self.box.top - TOUCH, self.box.right + TOUCH, self.box.bottom + TOUCH)


@dataclass
class Plane:
    nodes: dict[str, Box]
    lanes: dict[str, Box]
    labels: dict[str, Box]
    lines: list[Line]
    hosts: dict[str, str]  # boundary event -> activity
    lane_of: dict[str, str]
    turns: int = 0


def read_planes(path: Path) -> Iterator[Plane]:
    """Every diagram drawn in a file."""
    root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    elements = {element.get("id"): element for element in root.iter(f"{BPMN}*")}
    hosts = {attribute(event, "id"): attribute(event, "attachedToRef") for event in root.iter(f"{BPMN}boundaryEvent")}
    lane_of = {str(ref.text): attribute(lane, "id") for lane in root.iter(f"{BPMN}lane") for ref in lane.iterchildren(f"{BPMN}flowNodeRef")}
    for diagram in root.iter(f"{BPMNDI}BPMNPlane"):
        plane = Plane({}, {}, {}, [], hosts, lane_of)
        for shape in diagram.iter(f"{BPMNDI}BPMNShape"):
            key = attribute(shape, "bpmnElement")
            kind = etree.QName(elements[key]).localname
            if kind != "participant":
                (plane.lanes if kind == "lane" else plane.nodes)[key] = bounds(shape)
        for label in diagram.iterfind(f".//{BPMNDI}BPMNLabel[{DC}Bounds]"):
            plane.labels[attribute(next(label.iterancestors()), "bpmnElement")] = bounds(label)
        for edge in diagram.iter(f"{BPMNDI}BPMNEdge"):
            add_lines(plane, edge, elements[attribute(edge, "bpmnElement")])
        yield plane


def attribute(element: etree._Element, name: str) -> str:
    """A required attribute. Raises KeyError with its name."""
    return str(element.attrib[name])


def bounds(parent: etree._Element) -> Box:
    found = next(parent.iterchildren(f"{DC}Bounds"))
    x, y, width, height = (float(attribute(found, key)) for key in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


def add_lines(plane: Plane, edge: etree._Element, flow: etree._Element) -> None:
    points = [(float(attribute(point, "x")), float(attribute(point, "y"))) for point in edge.iter(f"{DI}waypoint")]
    plane.turns += len(points) - 2
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        box = Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        plane.lines.append(Line(attribute(flow, "id"), attribute(flow, "sourceRef"), attribute(flow, "targetRef"), box))


def find_faults(plane: Plane) -> Iterator[str]:
    """One sentence per fault."""
    yield from find_node_faults(plane)
    yield from find_line_faults(plane)
    yield from find_label_faults(plane)


def find_node_faults(plane: Plane) -> Iterator[str]:
    for (a, box_a), (b, box_b) in itertools.combinations(plane.nodes.items(), 2):
        if box_a.meets(box_b) and plane.hosts.get(a) != b and plane.hosts.get(b) != a:
            yield f"{a} and {b} overlap"
    for key, box in plane.nodes.items():
        lane = plane.lanes.get(plane.lane_of.get(key, ""))
        if lane and key not in plane.hosts and not box.is_inside(lane):
            yield f"{key} stands outside its lane"


def find_line_faults(plane: Plane) -> Iterator[str]:
    for line in plane.lines:
        if line.box.left != line.box.right and line.box.top != line.box.bottom:
            yield f"{line.flow} runs aslant"
        yield from (f"{line.flow} runs through {key}" for key, box in plane.nodes.items() if runs_through(line, box))
    for a, b in itertools.combinations(plane.lines, 2):
        if a.target != b.target and a.source != b.source and a.is_flat == b.is_flat and a.body.meets(b.body):
            yield f"{a.flow} and {b.flow} lie on each other"


def runs_through(line: Line, box: Box) -> bool:
    inner = Box(box.left + TOUCH, box.top + TOUCH, box.right - TOUCH, box.bottom - TOUCH)
    return line.body.meets(inner)


def find_label_faults(plane: Plane) -> Iterator[str]:
    for (a, box_a), (b, box_b) in itertools.combinations(plane.labels.items(), 2):
        if box_a.meets(box_b):
            yield f"the labels of {a} and {b} overlap"
    for label, box in plane.labels.items():
        yield from (f"the label of {label} covers {key}" for key, other in plane.nodes.items() if box.meets(other))
        flows = {line.flow for line in plane.lines if box.meets(line.body)}
        yield from (f"{flow} runs through the label of {label}" for flow in sorted(flows))
        lanes = [key for key, lane in plane.lanes.items() if box.meets(lane) and not box.is_inside(lane)]
        yield from (f"the label of {label} crosses the border of {key}" for key in lanes)


def count_crossings(lines: list[Line]) -> int:
    """How often flows of different targets cross."""
    flat = [line for line in lines if line.is_flat]
    steep = [line for line in lines if not line.is_flat]
    return sum(a.body.meets(b.body) for a in flat for b in steep if a.target != b.target and a.source != b.source)


def size(plane: Plane) -> str:
    boxes = list(plane.nodes.values()) + list(plane.lanes.values())
    width = max(box.right for box in boxes) - min(box.left for box in boxes)
    return f"{width:.0f} x {max(box.bottom for box in boxes) - min(box.top for box in boxes):.0f} pixels"


def main(paths: list[str]) -> int:
    failed = False
    for path in paths:
        for plane in read_planes(Path(path)):
            faults = list(find_faults(plane))
            failed |= bool(faults)
            for fault in faults:
                sys.stdout.write(f"{path}: {fault}\n")
            crossings = count_crossings(plane.lines)
            sys.stdout.write(f"{path}: {len(plane.nodes)} nodes, {size(plane)}, {crossings} crossings, {plane.turns} turns\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
