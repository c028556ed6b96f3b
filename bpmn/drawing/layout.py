"""Draw a BPMN process that has no picture yet: pool, lanes, nodes, flows and labels.

    python -m bpmn.drawing.layout FILE ...              lanes are rows, time runs to the right
    python -m bpmn.drawing.layout --vertical FILE ...   lanes are columns, time runs down

The file is rewritten in place: the drawing is replaced, missing ``incoming`` and ``outgoing`` references are added, and
the text is laid out as bpmn-js saves it, so that a later edit in the browser shows as a small difference. The result
depends on the file alone: a second run changes nothing. Two things in the file steer the picture: the order of the
lanes and the order of the nodes.

How: every node gets a cell (row of a lane, column); the column is the longest way from the start, except that a
hand-over to another lane goes straight up or down. Flows then look for the cheapest way along the lines between the
cells, where turns and crossings cost and other nodes block (`bpmn.drawing.grid`). Labels come last, on the nearest free place.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from bpmn.drawing.grid import DOWN, HEADER, UP, Box, Drawing, Flow, Node, Pixel, Point, Router, give_space, label_size

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
PREFIXES = {"bpmndi": BPMNDI[1:-1], "dc": DC[1:-1], "di": DI[1:-1]}

# Pixels, as bpmn-js draws new shapes; the keys are endings of element names.
ACTIVITY = (100, 80)
SIZES = {"Event": (36, 36), "Gateway": (50, 50)} | dict.fromkeys(("task", "Task", "Activity", "Process", "transaction"), ACTIVITY)
PATIENCE = 3
COLLAPSED = {"isExpanded": "false"}
MARKS = {"exclusiveGateway": {"isMarkerVisible": "true"}} | dict.fromkeys(("subProcess", "adHocSubProcess", "transaction"), COLLAPSED)


def draw_file(path: Path, *, is_vertical: bool) -> None:
    """Replace the drawing in a BPMN file."""
    tree = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True))
    root = tree.getroot()
    for old in root.findall(f"{BPMNDI}BPMNDiagram"):
        root.remove(old)
    for process in root.findall(f"{BPMN}process"):
        pool = root.find(f"{BPMN}collaboration/{BPMN}participant[@processRef='{process.get('id')}']")
        draw(process, pool, is_vertical=is_vertical)
    etree.indent(root, space="  ")
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{as_saved(root)}\n', encoding="utf-8")


def as_saved(root: etree._Element) -> str:
    """The text as bpmn-js saves it, so that a later edit in the browser is a small difference."""
    text = etree.tostring(root, encoding="unicode").replace('"/>', '" />')
    return re.sub("<[^>]*>", lambda tag: tag[0].replace("'", "&#39;"), text)


def draw(container: etree._Element, pool: etree._Element | None, *, is_vertical: bool) -> None:
    """Add a diagram of a process, or of what is inside a sub-process, and one of each sub-process in it."""
    add_references(container)
    drawing = read_drawing(container, is_vertical=is_vertical)
    if not drawing.nodes:
        return
    place(drawing)
    Router(drawing).route_all()
    give_space(drawing)
    if is_vertical:
        turn(drawing)
    place_labels(drawing)
    write_diagram(container, drawing, pool=pool)
    for element, _ in flow_nodes(container):
        if element.find(f"{BPMN}sequenceFlow") is not None:
            draw(element, None, is_vertical=is_vertical)


# -- reading ---------------------------------------------------------------------------------------------------------


def read_drawing(container: etree._Element, *, is_vertical: bool) -> Drawing:
    """The nodes, flows and lanes of a process or sub-process, in the order of the file."""
    lanes = container.findall(f"{BPMN}laneSet/{BPMN}lane")
    lane_of = {ref.text: number for number, lane in enumerate(lanes) for ref in lane.iter(f"{BPMN}flowNodeRef")}
    nodes: dict[str, Node] = {}
    for element, (width, height) in flow_nodes(container):
        key, tag = attribute(element, "id"), etree.QName(element).localname
        size = (height, width) if is_vertical else (width, height)
        nodes[key] = Node(key, tag, element.get("name", ""), lane_of.get(key, 0), *size)
    for element in container.iterfind(f"{BPMN}boundaryEvent"):
        nodes[attribute(element, "id")].host = nodes[attribute(element, "attachedToRef")]
    flows = []
    for element in container.iterfind(f"{BPMN}sequenceFlow"):
        source, target = nodes[attribute(element, "sourceRef")], nodes[attribute(element, "targetRef")]
        flows.append(Flow(attribute(element, "id"), element.get("name", ""), source, target))
    return Drawing(list(nodes.values()), flows, [attribute(lane, "id") for lane in lanes], is_vertical)


def attribute(element: etree._Element, name: str) -> str:
    """A required attribute. Raises KeyError with its name."""
    return str(element.attrib[name])


def flow_nodes(container: etree._Element) -> Iterator[tuple[etree._Element, tuple[int, int]]]:
    """The events, gateways and activities of a process with their sizes."""
    for element in container.iterchildren(f"{BPMN}*"):
        name = etree.QName(element).localname
        yield from ((element, size) for ending, size in SIZES.items() if name.endswith(ending))


# -- placing: a cell for every node ----------------------------------------------------------------------------------


def place(drawing: Drawing) -> None:
    """Give every node its column and row."""
    mark_back_flows(drawing)
    seat_boundary_events(drawing)
    cells = Cells(patience=PATIENCE if drawing.is_vertical else 0)
    for node in in_order(drawing):
        cells.put(node, [flow for flow in drawing.flows if flow.target is node and not flow.is_back])
    for event in drawing.nodes:
        event.column, event.row = event.base.column, event.base.row
    number_rows(drawing)


def mark_back_flows(drawing: Drawing) -> None:
    """Mark the flows that close a loop: those that lead to a node on the way we came."""
    seen: set[Node] = set()

    def visit(node: Node, trail: set[Node]) -> None:
        seen.add(node)
        for flow in drawing.flows:
            if flow.source.base is node:
                flow.is_back = flow.target in trail
                if flow.target not in seen:
                    visit(flow.target, trail | {flow.target})

    for node in drawing.nodes:
        if node not in seen and not node.host:
            visit(node, {node})


def seat_boundary_events(drawing: Drawing) -> None:
    """Boundary events sit on the edge nearer to the lane they lead to: the first on the right, the next on the left."""
    taken: set[tuple[Node, Point, int]] = set()
    for event in [node for node in drawing.nodes if node.host]:
        lanes = [flow.target.lane for flow in drawing.flows if flow.source is event]
        sides = (UP, DOWN) if lanes and lanes[0] < event.base.lane else (DOWN, UP)
        seats = [(event.base, side, dock) for side in sides for dock in (1, -1)]
        _, event.side, event.dock = seat = next(seat for seat in seats if seat not in taken)
        taken.add(seat)
        if event.dock == -1:  # two of them ask for the longer side, also in a vertical drawing
            event.base.width = ACTIVITY[0]


def in_order(drawing: Drawing) -> Iterator[Node]:
    """Every node with a cell, sources before targets, otherwise in the order of the file."""
    waiting = [node for node in drawing.nodes if not node.host]
    while waiting:
        blocked = {flow.target for flow in drawing.flows if not flow.is_back and flow.source.base in waiting}
        node = next(node for node in waiting if node not in blocked)
        waiting.remove(node)
        yield node


class Cells:
    """The cells taken so far, and the walls: straight hand-overs from lane to lane within one column.

    ``patience``: how many columns a node may wait for a free cell before its lane gets another row. Rows are cheap in a
    drawing that grows to the right, and dear in one that grows down.
    """

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.taken: dict[tuple[int, int], list[Node]] = defaultdict(list)
        self.walls: list[tuple[int, int, int]] = []  # column, upper and lower lane

    def put(self, node: Node, flows: list[Flow]) -> None:
        """Give ``node`` the first column that the flows into it allow, and a free row of its lane."""
        columns = self.columns_for(node, flows)
        node.column = next((column for column in columns if not self.taken[column, node.lane]), columns[0])
        others = self.taken[node.column, node.lane]
        rows = [flow.source.base.row for flow in flows if flow.source.lane == node.lane]
        used = [other.row for other in others]
        node.row = next(row for row in itertools.chain(rows, itertools.count()) if row not in used)
        others.append(node)
        for source in [flow.source.base for flow in flows]:
            if source.column == node.column and source.lane != node.lane:
                self.walls.append((node.column, min(source.lane, node.lane), max(source.lane, node.lane)))

    def columns_for(self, node: Node, flows: list[Flow]) -> list[int]:
        """The columns to try: those no wall runs through, or that of the host for what a boundary event leads to."""
        first = max((self.first_column(flow) for flow in flows), default=0)
        if any(flow.source.host and flow.source.lane == node.lane and flow.source.host.column == first for flow in flows):
            return [first]
        walled = {column for column, upper, lower in self.walls if upper < node.lane < lower}
        free = (column for column in itertools.count(first) if column not in walled)
        return list(itertools.islice(free, 1 + self.patience))

    def first_column(self, flow: Flow) -> int:
        """The column of the source if the target can stand straight above or below it, otherwise the next one."""
        source, target = flow.source.base, flow.target
        if source.lane == target.lane:
            return source.column + (not flow.source.host)
        upper, lower = sorted((source.lane, target.lane))
        between = any(self.taken[source.column, lane] for lane in range(upper, lower + 1) if lane != source.lane)
        crossed = any(column == source.column and a < lower and upper < b for column, a, b in self.walls)
        return source.column + (between or crossed)


def number_rows(drawing: Drawing) -> None:
    """Turn the rows of the lanes into rows of the drawing; a lane without nodes has one too."""
    for lane in range(max(1, len(drawing.lane_ids))):
        members = [node for node in drawing.nodes if node.lane == lane]
        first, count = len(drawing.lane_of_row), 1 + max((node.row for node in members), default=0)
        for node in members:
            node.row += first
        drawing.lane_of_row += [lane] * count


def turn(drawing: Drawing) -> None:
    """Swap x and y."""
    for node in drawing.nodes:
        node.box = node.box.turned()
    for flow in drawing.flows:
        flow.points = [(y, x) for x, y in flow.points]
        flow.branch = [(y, x) for x, y in flow.branch]
    drawing.lanes = [lane.turned() for lane in drawing.lanes]


# -- labels ----------------------------------------------------------------------------------------------------------


def place_labels(drawing: Drawing) -> None:
    """Put every label on the first place where it covers least: events and gateways first, then flows."""
    obstacles = [node.box for node in drawing.nodes]
    obstacles += [line for flow in drawing.flows for line in lines_of(flow.points)]
    for x, y, width, height in drawing.lanes:
        obstacles += lines_of([(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)])
    for node in drawing.nodes:
        if node.name and not node.is_activity:
            node.label = best(places_around(node), obstacles)
    for flow in drawing.flows:
        if flow.name:
            flow.label = best(places_along(flow), obstacles)


def best(places: list[Box], obstacles: list[Box]) -> Box:
    """The place that covers least, the earlier of equals; it becomes an obstacle itself."""
    covered = [sum(50 + area for box in obstacles if (area := place.overlap(box))) for place in places]
    place = places[covered.index(min(covered))]
    obstacles.append(place)
    return place


def lines_of(points: list[Pixel]) -> list[Box]:
    """The straight parts of a line as boxes three pixels thick."""
    return [
        Box(min(a[0], b[0]) - 1.5, min(a[1], b[1]) - 1.5, abs(a[0] - b[0]) + 3, abs(a[1] - b[1]) + 3) for a, b in itertools.pairwise(points)
    ]


def places_around(node: Node) -> list[Box]:
    """Where the label of an event or gateway may stand: below, above, at the corners, at the sides."""
    width, height = label_size(node.name)
    x, y = node.box.x + node.box.width / 2, node.box.y + node.box.height / 2
    far_x, far_y = node.box.width / 2 + 5, node.box.height / 2 + 5
    near = 14  # a label this far from the middle touches neither the circle nor the diamond
    spots = [(x - width / 2, y + far_y), (x - width / 2, y - far_y - height)]
    for gap in (near, far_y):
        for top in (y - gap - height, y + gap):
            spots += [(x + near, top), (x - near - width, top)]
    spots += [(x + 6, y + far_y), (x - 6 - width, y + far_y)]
    spots += [(x + far_x, y - height / 2), (x - far_x - width, y - height / 2)]
    return [Box(left, top, width, height) for left, top in spots]


def places_along(flow: Flow) -> list[Box]:
    """Where the label of a flow may stand: beside its first parts, near their beginnings."""
    width, height = label_size(flow.name)
    places = []
    for (x1, y1), (x2, y2) in list(itertools.pairwise(flow.branch))[:3]:
        for shift in (12, 6, 24, 40, 80):  # twelve pixels leave the mark of a default flow free
            if y1 == y2:
                left = x1 + shift if x2 > x1 else x1 - shift - width
                places += [Box(left, y1 - height - 2, width, height), Box(left, y1 + 2, width, height)]
            else:
                top = y1 + shift if y2 > y1 else y1 - shift - height
                places += [Box(x1 + 6, top, width, height), Box(x1 - 6 - width, top, width, height)]
    return places


# -- writing ---------------------------------------------------------------------------------------------------------


def add_references(container: etree._Element) -> None:
    """Give every node its ``incoming`` and ``outgoing`` flows, which bpmn-js and bpmnlint expect."""
    for element, _ in flow_nodes(container):
        for old in element.findall(f"{BPMN}incoming") + element.findall(f"{BPMN}outgoing"):
            element.remove(old)
        first = len(element.findall(f"{BPMN}documentation") + element.findall(f"{BPMN}extensionElements"))
        for end, reference in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
            for flow in reversed(container.findall(f"{BPMN}sequenceFlow[@{reference}='{element.get('id')}']")):
                child = etree.Element(f"{BPMN}{end}")
                child.text = flow.get("id")
                element.insert(first, child)


def write_diagram(container: etree._Element, drawing: Drawing, *, pool: etree._Element | None) -> None:
    """Add the drawing to the end of the file."""
    key, root = attribute(container, "id"), container.getroottree().getroot()
    shown = container if pool is None else next(pool.iterancestors())
    diagram = etree.SubElement(root, f"{BPMNDI}BPMNDiagram", id=f"{key}_diagram", nsmap=PREFIXES)
    plane = etree.SubElement(diagram, f"{BPMNDI}BPMNPlane", id=f"{key}_plane", bpmnElement=attribute(shown, "id"))
    direction = {"isHorizontal": "false" if drawing.is_vertical else "true"}
    if pool is not None:
        add_shape(plane, attribute(pool, "id"), box=pool_box(drawing), marks=direction)
    for lane, box in reversed(list(zip(drawing.lane_ids, drawing.lanes, strict=bool(drawing.lane_ids)))):
        add_shape(plane, lane, box=box, marks=direction)
    on_top = [node for node in reversed(drawing.nodes) if node.host]
    for node in [*(node for node in drawing.nodes if not node.host), *on_top]:
        add_label(add_shape(plane, node.id, box=node.box, marks=MARKS.get(node.tag, {})), node.label)
    for flow in drawing.flows:
        edge = etree.SubElement(plane, f"{BPMNDI}BPMNEdge", id=f"{flow.id}_di", bpmnElement=flow.id)
        for x, y in flow.points:
            etree.SubElement(edge, f"{DI}waypoint", x=f"{x:.0f}", y=f"{y:.0f}")
        add_label(edge, flow.label)


def pool_box(drawing: Drawing) -> Box:
    first, last = drawing.lanes[0], drawing.lanes[-1]
    if drawing.is_vertical:
        return Box(first.x, first.y - HEADER, last.x + last.width - first.x, first.height + HEADER)
    return Box(first.x - HEADER, first.y, first.width + HEADER, last.y + last.height - first.y)


def add_shape(plane: etree._Element, element: str, *, box: Box, marks: dict[str, str]) -> etree._Element:
    attributes = {"id": f"{element}_di", "bpmnElement": element} | marks
    shape = etree.SubElement(plane, f"{BPMNDI}BPMNShape", attributes)
    add_bounds(shape, box)
    return shape


def add_label(parent: etree._Element, box: Box | None) -> None:
    if box:
        add_bounds(etree.SubElement(parent, f"{BPMNDI}BPMNLabel"), box)


def add_bounds(parent: etree._Element, box: Box) -> None:
    etree.SubElement(parent, f"{DC}Bounds", {key: f"{value:.0f}" for key, value in box._asdict().items()})


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("diagrams", nargs="+", type=Path)
    arguments.add_argument("--vertical", action="store_true", help="lanes as columns, time runs down")
    options = arguments.parse_args()
    for path in options.diagrams:
        draw_file(path, is_vertical=options.vertical)
    return 0


if __name__ == "__main__":
    sys.exit(main())
