"""The grid under a drawing: nodes in cells, flows on the lines between them, and how many pixels each line gets.

Every column has ``TRACKS`` lines before it and three lines through its nodes. Every row has its upper border, tracks,
one line through its nodes, and tracks again. A grid point is a pair of line numbers. x is the direction of time and y
crosses the lanes, in a vertical drawing too: `bpmn.drawing.layout` swaps them at the end.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

TRACKS = 4
COLUMN_LINES, ROW_LINES = TRACKS + 3, 2 * TRACKS + 2
RIGHT, LEFT, DOWN, UP = (1, 0), (-1, 0), (0, 1), (0, -1)

# Costs of a way, in pixels of detour: a turn, a crossing, two flows on one line (of the same source: at a fork), a door
# above or below, the door against the direction of time.
BEND, CROSSING, CONFLICT, FORK, SIDE_DOOR, BACK_DOOR = 24, 60, 400, 200, 10, 90
ROUNDS = 8

# Pixels.
HEADER = 30  # strip with the name of a pool or lane
GAP = 32  # between two columns without lines between them
TRACK = 12  # between two parallel lines
PAD = 18  # above and below the nodes of a row: room for the labels of events
EVENT_ROOM = PAD + 18  # the same beside boundary events, half of which stand out
ROW = 60  # height of a row without nodes
LABEL_FONT, LABEL_WIDTH, LABEL_LINE = 11, 90, 14  # bpmn-js wraps labels of events, gateways and flows so

Point = tuple[int, int]
Pixel = tuple[float, float]
State = tuple[Point, Point]  # a grid point and the direction in which it was reached
Place = tuple[Point, int]  # a grid point, passed along x (0) or along y (1)


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    def turned(self) -> Box:
        return Box(self.y, self.x, self.height, self.width)

    def overlap(self, other: Box) -> float:
        """Common area, in square pixels."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(across, 0) * max(down, 0)


NOWHERE = Box(0, 0, 0, 0)


@dataclass(eq=False)
class Node:
    id: str
    tag: str
    name: str
    lane: int
    width: int
    height: int
    host: Node | None = None  # the activity a boundary event sits on
    side: Point = DOWN  # the edge of the host it sits on
    dock: int = 0  # which of the three lines through the column: -1, 0, 1
    column: int = 0
    row: int = 0  # within the lane while placing, within the drawing afterwards
    box: Box = NOWHERE
    label: Box | None = None

    @property
    def base(self) -> Node:
        """The node that has the cell: the host of a boundary event, otherwise the node itself."""
        return self.host or self

    @property
    def is_activity(self) -> bool:
        return not self.tag.endswith(("Event", "Gateway"))

    @property
    def centre(self) -> Point:
        """The grid point in the middle of the node (inside the host, for a boundary event)."""
        return self.column * COLUMN_LINES + TRACKS + 1 + self.dock, self.row * ROW_LINES + TRACKS + 1


@dataclass(eq=False)
class Flow:
    id: str
    name: str
    source: Node
    target: Node
    is_back: bool = False  # closes a loop
    path: list[Point] = field(default_factory=list)
    points: list[Pixel] = field(default_factory=list)
    branch: list[Pixel] = field(default_factory=list)  # the points behind the part shared with flows of the same source
    label: Box | None = None


@dataclass
class Drawing:
    """One process, or what is inside one sub-process."""

    nodes: list[Node]
    flows: list[Flow]
    lane_ids: list[str]
    is_vertical: bool
    lane_of_row: list[int] = field(default_factory=list)
    lanes: list[Box] = field(default_factory=list)

    @property
    def columns(self) -> int:
        return 1 + max(node.column for node in self.nodes)


class Router:
    """Finds a way for every flow.

    ``used`` tells the flows that pass a place; ``price`` makes places where flows keep meeting dearer, until those that
    have another way take it.
    """

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.xs, self.ys = column_positions(drawing), row_positions(drawing)
        self.used: dict[Place, list[Flow]] = defaultdict(list)
        self.price: dict[Place, float] = defaultdict(float)
        self.cells: dict[Point, Node] = {}
        for node in drawing.nodes:
            x, y = node.base.centre
            self.cells |= {(x + dock, y): node.base for dock in (-1, 0, 1)}
        self.seats = {(node.host, node.side, node.dock) for node in drawing.nodes if node.host}

    def route_all(self) -> None:
        """Short ways first, loops last; then again, now that every flow knows the others. The best round counts."""
        best, ways = float("inf"), {}
        for _ in range(ROUNDS):
            for flow in sorted(self.drawing.flows, key=self.urgency):
                for place in self.places(flow):
                    self.used[place].remove(flow)
                flow.path = self.find_way(flow)
                for place in self.places(flow):
                    self.used[place].append(flow)
            for place, flows in self.used.items():
                self.price[place] += CONFLICT / ROUNDS * any(self.conflict(flow, place) for flow in flows)
            if (score := self.score()) < best:
                best, ways = score, {flow: flow.path for flow in self.drawing.flows}
        for flow, way in ways.items():
            flow.path = way

    def score(self) -> float:
        """What the whole drawing costs: conflicts, crossings, turns and length."""
        cost = 0.0
        for (point, axis), flows in self.used.items():
            cost += sum(self.conflict(flow, (point, axis)) for flow in flows)
            cost += sum(CROSSING * (self.conflict(flow, (point, 1 - axis)) == CONFLICT) for flow in flows)
        for flow in self.drawing.flows:
            cost += BEND * len(corners(flow.path)) + sum(self.length(a, b) for a, b in itertools.pairwise(flow.path))
        return cost

    def urgency(self, flow: Flow) -> tuple[bool, float]:
        return flow.is_back, self.length(flow.source.centre, flow.target.centre)

    def places(self, flow: Flow) -> Iterator[Place]:
        """The places outside the nodes; where a flow turns it passes along both directions."""
        for a, b in itertools.pairwise(flow.path):
            axis = 0 if a[1] == b[1] else 1
            yield from ((point, axis) for point in (a, b) if point not in self.cells)

    def find_way(self, flow: Flow) -> list[Point]:
        """The cheapest way from node to node (A* over states)."""
        order = itertools.count()
        came_from: dict[State, State | None] = {}
        queue: list[tuple[float, float, int, State, State | None]] = []
        for way, cost in exits(flow.source):
            queue.append((cost, cost, next(order), (flow.source.centre, way), None))
        while queue:
            _, cost, _, state, previous = heapq.heappop(queue)
            if state in came_from:
                continue
            came_from[state] = previous
            if previous and self.is_arrival(flow.target, state):
                return trace(came_from, state)
            for following, step in self.steps(flow, state):
                estimate = cost + step + self.length(following[0], flow.target.centre)
                heapq.heappush(queue, (estimate, cost + step, next(order), following, state))
        raise ValueError(f"no way from {flow.source.id} to {flow.target.id}")

    def is_arrival(self, target: Node, state: State) -> bool:
        """At the middle of a side; above and below an activity also beside the middle."""
        point, way = state
        dock = point[0] - target.centre[0]
        fits = dock == 0 or (target.is_activity and way in (UP, DOWN))
        return self.cells.get(point) is target and fits and (target, (-way[0], -way[1]), dock) not in self.seats

    def steps(self, flow: Flow, state: State) -> Iterator[tuple[State, float]]:
        """The next states with the cost of going there. Inside a node a flow does not turn."""
        point, way = state
        for new_way in (way,) if point in self.cells else (RIGHT, LEFT, DOWN, UP):
            following = (point[0] + new_way[0], point[1] + new_way[1]), new_way
            if new_way != (-way[0], -way[1]) and self.is_open(flow, following, start=point):
                turn = 0 if new_way == way else BEND + self.conflict(flow, (point, axis_of(new_way)))
                yield following, turn + self.step_cost(flow, following, start=point)

    def is_open(self, flow: Flow, state: State, *, start: Point) -> bool:
        """Not outside the drawing, not along the border of a row, not into a node unless to arrive there."""
        following, way = state
        if not (0 <= following[0] < len(self.xs) - 1 and 0 < following[1] < len(self.ys) - 1):
            return False
        node = self.cells.get(following)
        if node is None:
            return way in (UP, DOWN) or following[1] % ROW_LINES != 0
        if node is self.cells.get(start):
            return True
        return node is flow.target and (way in (LEFT, RIGHT) or self.is_arrival(node, state))

    def step_cost(self, flow: Flow, state: State, *, start: Point) -> float:
        following, way = state
        axis = axis_of(way)
        cost = self.length(start, following) + self.price[following, axis] + self.conflict(flow, (following, axis))
        cost += CROSSING * (self.conflict(flow, (following, 1 - axis)) == CONFLICT)
        if following in self.cells and start not in self.cells:
            cost += {RIGHT: 0, LEFT: BACK_DOOR}.get(way, SIDE_DOOR)
        return cost

    def conflict(self, flow: Flow, place: Place) -> float:
        """The cost of sharing a line: nothing with flows to the same target, little with those of the same source."""
        others = [other for other in self.used.get(place, ()) if other.target is not flow.target]
        if not others:
            return 0
        return FORK if all(other.source is flow.source for other in others) else CONFLICT

    def length(self, a: Point, b: Point) -> float:
        return abs(self.xs[a[0]] - self.xs[b[0]]) + abs(self.ys[a[1]] - self.ys[b[1]])


def exits(node: Node) -> list[tuple[Point, float]]:
    """The directions in which a flow may leave, with their costs."""
    return [(node.side, 0.0)] if node.host else [(RIGHT, 0), (DOWN, SIDE_DOOR), (UP, SIDE_DOOR), (LEFT, BACK_DOOR)]


def axis_of(way: Point) -> int:
    return 0 if way[0] else 1


def trace(came_from: dict[State, State | None], state: State | None) -> list[Point]:
    path = []
    while state:
        path.append(state[0])
        state = came_from[state]
    return path[::-1]


def give_space(drawing: Drawing) -> None:
    """Turn grid lines into pixels, with room for the lines that are used: boxes of nodes and lanes, points of flows."""
    steps = [step for flow in drawing.flows for step in itertools.pairwise(flow.path)]
    xs = column_positions(drawing, {a[0] for a, b in steps if a[0] == b[0]})
    ys = row_positions(drawing, {a[1] for a, b in steps if a[1] == b[1]})
    for node in drawing.nodes:
        x, y = xs[node.centre[0]], ys[node.centre[1]]
        y += node.side[1] * node.host.height / 2 if node.host else 0
        node.box = Box(x - node.width / 2, y - node.height / 2, node.width, node.height)
    for flow in drawing.flows:
        points = [(xs[x], ys[y]) for x, y in corners(flow.path)]
        flow.points = [border(flow.source, *points[:2]), *points[1:-1], border(flow.target, *points[:-3:-1])]
        shared = count_shared(flow, drawing)
        fork = [(xs[x], ys[y]) for x, y in corners(flow.path[shared:])[:-1]]
        flow.branch = [*fork, flow.points[-1]] if shared else flow.points
    tops = [ys[drawing.lane_of_row.index(lane) * ROW_LINES] for lane in sorted(set(drawing.lane_of_row))]
    drawing.lanes = [Box(HEADER, top, xs[-1] - HEADER, end - top) for top, end in itertools.pairwise([*tops, ys[-1]])]


def column_positions(drawing: Drawing, used: set[int] | None = None) -> list[float]:
    """The x of every vertical grid line. A gap is as wide as the lines and the labels in it ask for."""
    positions: list[float] = []
    x = 2.0 * HEADER  # of the pool and of the lanes
    for column in range(drawing.columns + 1):
        tracks, room = spread(column * COLUMN_LINES, used)
        before, behind = max(GAP / 2, label_room(drawing, column)), max(GAP / 2, fork_room(drawing, column))
        gap = before + room + behind
        positions += [x + before + track for track in tracks]
        x += gap
        if column < drawing.columns:
            width = max(node.width for node in drawing.nodes if node.column == column and not node.host)
            positions += [x + width * share for share in (0.22, 0.5, 0.78)]
            x += width
    return [*positions, x]


def row_positions(drawing: Drawing, used: set[int] | None = None) -> list[float]:
    """The y of every horizontal grid line."""
    positions: list[float] = []
    y = 0.0
    for row in range(len(drawing.lane_of_row)):
        height = max((node.height for node in drawing.nodes if node.row == row), default=ROW)
        above, room_above = spread(row * ROW_LINES + 1, used)
        below, room_below = spread(row * ROW_LINES + TRACKS + 2, used)
        top = y + TRACK + room_above + side_room(drawing, row, height=height, side=UP)
        bottom = top + height + side_room(drawing, row, height=height, side=DOWN)
        positions += [y, *(y + TRACK * 0.75 + track for track in above)]
        positions += [top + height / 2, *(bottom + TRACK * 0.25 + track for track in below)]
        y = bottom + room_below + TRACK
    return [*positions, y]


def spread(first: int, used: set[int] | None) -> tuple[list[float], float]:
    """Where the tracks from grid line ``first`` lie, and how far the last used one is from the first."""
    offsets = [0.0]
    for line in range(first, first + TRACKS):
        offsets.append(offsets[-1] + TRACK * (used is None or line in used))
    return offsets[:-1], max(0.0, offsets[-1] - TRACK)


def label_room(drawing: Drawing, column: int) -> float:
    """The room before the tracks of a column that the labels of flows leaving along the rows need."""
    leaving = [flow for flow in drawing.flows if flow.name and flow.path and flow.source.column == column - 1]
    ahead = [flow for flow in leaving if flow.path[1][0] > flow.path[0][0]]
    return max((label_size(flow.name)[drawing.is_vertical] + TRACK + 2 for flow in ahead), default=0)


def fork_room(drawing: Drawing, column: int) -> float:
    """The room behind the tracks of a column for the label of a flow that goes straight on where others of its source turn off."""
    forks = Counter(flow.source for flow in drawing.flows if flow.path and flow.path[1][0] > flow.path[0][0])
    straight = [flow for flow in drawing.flows if flow.name and flow.path and len(corners(flow.path)) == 2 and flow.target.column == column]
    labels = [
        label_size(flow.name)[drawing.is_vertical] for flow in straight if flow.source.column == column - 1 and forks[flow.source] > 1
    ]
    return max(labels, default=0) + (TRACK + 8) * bool(labels)


def side_room(drawing: Drawing, row: int, *, height: float, side: Point) -> float:
    """The room above or below a row that boundary events and the labels of flows across the rows need."""
    events = [EVENT_ROOM for node in drawing.nodes if node.host and node.row == row and node.side == side]
    across = [flow for flow in drawing.flows if flow.name and flow.path and flow.source.row == row]
    labels = [
        label_size(flow.name)[not drawing.is_vertical] + PAD - (height - flow.source.height) / 2
        for flow in across
        if flow.path[1][1] - flow.path[0][1] == side[1]
    ]
    return max([PAD, *events, *labels])


def label_size(text: str) -> Pixel:
    """Width and height of a label as bpmn-js wraps it."""
    width = sum(LABEL_FONT * (1 if ord(sign) > 0x2E7F else 0.62) for sign in text) + 2
    return min(width, LABEL_WIDTH), LABEL_LINE * max(1, -(-width // LABEL_WIDTH))


def corners(path: list[Point]) -> list[Point]:
    """The two ends and the points where a way turns."""
    triples = zip(path[:-2], path[1:-1], path[2:], strict=True)
    return [path[0], *(b for a, b, c in triples if a[0] != c[0] and a[1] != c[1]), path[-1]]


def border(node: Node, inside: Pixel, outside: Pixel) -> Pixel:
    """Where a line from inside ``node`` leaves it."""
    x, y, width, height = node.box
    if inside[0] == outside[0]:
        return inside[0], y + height if outside[1] > inside[1] else y
    return (x + width if outside[0] > inside[0] else x), inside[1]


def count_shared(flow: Flow, drawing: Drawing) -> int:
    """How many steps a flow goes together with another flow of the same source; 0 if all of them."""
    siblings = [other for other in drawing.flows if other.source is flow.source and other is not flow]
    others = {point for sibling in siblings for point in sibling.path}
    shared = sum(1 for _ in itertools.takewhile(others.__contains__, flow.path)) - 1
    return shared if 0 < shared < len(flow.path) - 1 else 0
