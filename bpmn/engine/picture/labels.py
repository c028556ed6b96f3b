"""Names that stand beside events, gateways and flows, near the place the diagram reserves for them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bpmn.engine.picture import shapes
from bpmn.engine.picture.lettering import width_of, wrap
from bpmn.engine.picture.reading import Box, Edge, Node

HALO = f' stroke="{shapes.LANE}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
GAP = 5.0


@dataclass(frozen=True, slots=True)
class Label:
    svg: str
    box: Box


def beside_node(node: Node, name: str, size: float) -> Label | None:
    """The name of an event or gateway: below it, unless the diagram says above, left or right."""
    if not name:
        return None
    place = node.label or Box(node.box.centre[0] - 45, node.box.bottom + GAP, 90, size * 1.3)
    lines = wrap(name, width=max(place.width + 4, 92), size=size, most=4)
    wide, high = max(width_of(line, size) for line in lines), len(lines) * size * 1.28
    x, y = place.centre
    if place.x >= node.box.centre[0] and node.label:
        anchor, x, left = "start", place.x, place.x
    elif place.right <= node.box.centre[0] and node.label:
        anchor, x, left = "end", place.right, place.right - wide
    else:
        anchor, left = "middle", x - wide / 2
    if place.y >= node.box.centre[1]:
        y = place.y + high / 2
    elif place.bottom <= node.box.centre[1]:
        y = place.bottom - high / 2
    return Label(shapes.lettering(lines, x=x, y=y, size=size, anchor=anchor, more=HALO), Box(left, y - high / 2, wide, high))


def beside_edge(edge: Edge, name: str, size: float) -> Label | None:
    """The name of a flow, on the side of its line where the diagram has it. Inside HALO."""
    if not name:
        return None
    place = edge.label or _middle(edge.points)
    lines = wrap(name, width=max(place.width + 4, 84), size=size, most=3)
    wide, high = max(width_of(line, size) for line in lines), len(lines) * size * 1.28
    start, end = min(pairwise(edge.points), key=lambda part: _distance(place.centre, part))
    x, y = place.centre
    if abs(start[0] - end[0]) < abs(start[1] - end[1]):  # beside a part that runs up or down
        is_right = x >= (start[0] + end[0]) / 2
        left = place.x if is_right else place.right - wide
    else:
        left = _within(x - wide / 2, wide, sorted((start[0], end[0])))
        y = place.bottom - high / 2 if y < start[1] else place.y + high / 2
    return Label(shapes.lettering(lines, x=left + wide / 2, y=y, size=size), Box(left, y - high / 2, wide, high))


def _within(left: float, wide: float, ends: Sequence[float]) -> float:
    """Moved as little as possible so that the text stays over its part of the line, off the boxes at both ends."""
    low, high = ends[0] + 8, ends[1] - 8 - wide
    return min(max(left, low), high) if low <= high else (low + high) / 2


def _middle(points: Sequence[tuple[float, float]]) -> Box:
    """A place beside the longest part of a flow without one."""
    start, end = max(pairwise(points), key=lambda part: math.dist(*part))
    return Box((start[0] + end[0]) / 2 + 4, (start[1] + end[1]) / 2 - 16, 40, 14)


def _distance(point: tuple[float, float], part: tuple[tuple[float, float], tuple[float, float]]) -> float:
    (x, y), ((x1, y1), (x2, y2)) = point, part
    length = math.dist(*part) ** 2
    share = max(0.0, min(1.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length)) if length else 0.0
    return math.dist(point, (x1 + share * (x2 - x1), y1 + share * (y2 - y1)))
