"""SVG of single shapes. Colours are custom properties with fallbacks, in attributes: no style sheet, no style attribute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from bpmn.engine.picture.reading import Box, Edge, Node

NODE = "var(--flow-node,#fff)"
LINE = "currentColor"  # COMMON says which: said in full it would be a tenth of a long picture
LANE = "var(--flow-lane,#f6f8fb)"
TEXT = "var(--flow-text,#18222f)"
DONE, DONE_SOFT = "var(--flow-done,#17703d)", "var(--flow-done-soft,#e3f4e9)"
CURRENT, CURRENT_SOFT = "var(--flow-current,#1d4f91)", "var(--flow-current-soft,#dbe8f8)"
PLAIN = ""
COLOURS = {PLAIN: (LINE, NODE), "done": (DONE, DONE_SOFT), "current": (CURRENT, CURRENT_SOFT)}
CORNER = 8.0  # radius where a flow turns
# What most shapes have in common stands once around them: a long diagram is a third shorter for it.
COMMON = f'color="var(--flow-line,#66758c)" fill="{TEXT}" text-anchor="middle" stroke-linejoin="round"'
FLOWS = f'fill="none" stroke="{LINE}" stroke-width="1.5"'

# In a box of 16 x 16; "{c}" is the line colour.
TASK_ICONS = {
    "userTask": '<circle cx="8" cy="5" r="3"/><path d="M2.5 14.500c0-3.6 2.3-5.3 5.5-5.300s5.5 1.7 5.5 5.300z"/>',
    "manualTask": '<path d="M2 9h3l3-3h5v2H9m4 0h1.500v2H9m5 0v2H9m4 0v1.500H6L4 13H2z"/>',
    "scriptTask": '<path d="M3.5 1.500h9v13h-9zM5.5 5h5M5.5 8h5M5.5 11h3"/>',
    "serviceTask": '<circle cx="8" cy="8" r="5.9" stroke-width="2.2" stroke-dasharray="2.317" stroke-linecap="butt"/>'
    '<circle cx="8" cy="8" r="4.3"/><circle cx="8" cy="8" r="1.6"/>',
    "businessRuleTask": '<path d="M1.5 3h13v10h-13zM1.5 6.300h13M1.5 9.600h13M6 6.300V13"/>',
    "receiveTask": '<path d="M1.5 3.500h13v9h-13zM1.5 4l6.5 5 6.5-5"/>',
    "sendTask": '<path fill="{c}" d="M1.5 3.500h13v9h-13z"/><path stroke="{n}" d="M1.5 4l6.5 5 6.5-5"/>',
}
TRIGGERS = {
    "timer": '<circle cx="8" cy="8" r="6.5"/><path d="M8 4v4.300l3 1.7"/>',
    "message": '<path d="M1.5 3.500h13v9h-13zM1.5 4l6.5 5 6.5-5"/>',
    "error": '<path d="M3 13l3-9 4 6 3-7-3 10-4-6z"/>',
    "escalation": '<path d="M8 2l4.5 11L8 8.5 3.5 13z"/>',
    "signal": '<path d="M8 2.500l6 10.500H2z"/>',
    "conditional": '<path d="M3 2h10v12H3zM5 5h6M5 8h6M5 11h6"/>',
    "cancel": '<path d="M4 4l8 8M12 4l-8 8" stroke-width="2.5"/>',
    "compensate": '<path d="M8 4v8L2 8zM14 4v8L8 8z"/>',
    "link": '<path d="M2 6h6V3l6 5-6 5v-3H2z"/>',
    "terminate": '<circle cx="8" cy="8" r="6" fill="{c}"/>',
}
GATES = {
    "exclusiveGateway": '<path d="M4.5 4l7 8M11.5 4l-7 8" stroke-width="2.4"/>',
    "parallelGateway": '<path d="M8 2v12M2 8h12" stroke-width="2.4"/>',
    "inclusiveGateway": '<circle cx="8" cy="8" r="5.5" stroke-width="2.4"/>',
    "eventBasedGateway": '<circle cx="8" cy="8" r="7"/><path d="M8 3.500l4.3 3.1-1.6 5H5.300l-1.6-5z"/>',
    "complexGateway": '<path d="M8 2v12M2 8h12M4 4l8 8M12 4l-8 8" stroke-width="1.8"/>',
}


def activity(node: Node, state: str) -> str:
    stroke, fill = COLOURS[state]
    width = 3.2 if node.kind == "callActivity" else 2 if state else 1.5
    parts = [_rect(node.box, radius=9, fill=fill, stroke=stroke, width=width)]
    if node.kind in TASK_ICONS:
        parts.append(_icon(TASK_ICONS[node.kind], node.box.x + 6, node.box.y + 6, size=15, stroke=stroke, fill=fill))
    if node.kind == "transaction":
        parts.append(_rect(_inset(node.box, 3), radius=7, fill="none", stroke=stroke, width=1))
    return "".join([*parts, *_bottom_marks(node, stroke)])


def event(node: Node, state: str) -> str:
    stroke, fill = COLOURS[state]
    x, y = node.box.centre
    radius = min(node.box.width, node.box.height) / 2
    dashes = "" if node.interrupts else ' stroke-dasharray="4 3"'
    parts = [_circle(x, y, radius, fill=fill, stroke=stroke, width=3.6 if node.kind == "endEvent" else 1.6, more=dashes)]
    if node.kind in {"boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"}:
        parts.append(_circle(x, y, radius - 3.5, fill="none", stroke=stroke, width=1.3, more=dashes))
    if node.trigger in TRIGGERS:
        throws = node.kind in {"endEvent", "intermediateThrowEvent"}
        size = radius * (0.95 if node.kind == "boundaryEvent" else 1.05)
        inner = (stroke, fill) if throws else (fill, fill)
        parts.append(
            _icon(TRIGGERS[node.trigger], x - size / 2, y - size / 2, size=size, stroke=stroke, fill=inner[0] if throws else "none")
        )
    return "".join(parts)


def gateway(node: Node, state: str) -> str:
    stroke, fill = COLOURS[state]
    x, y = node.box.centre
    across, down = node.box.width / 2, node.box.height / 2
    corners = f"M{_n(x)} {_n(y - down)}L{_n(x + across)} {_n(y)}L{_n(x)} {_n(y + down)}L{_n(x - across)} {_n(y)}Z"
    diamond = f'<path d="{corners}" fill="{fill}" stroke="{stroke}" stroke-width="{2 if state else 1.5}"/>'
    size = min(across, down) * 0.95
    return diamond + _icon(GATES.get(node.kind, ""), x - size / 2, y - size / 2, size=size, stroke=stroke, fill="none")


def halo(box: Box, kind: str) -> str:
    """A second outline around what happens now: the position must not depend on colour alone."""
    around = Box(box.x - 5, box.y - 5, box.width + 10, box.height + 10)
    radius = 13.0 if "Event" not in kind else around.width / 2
    return _rect(around, radius=radius, fill="none", stroke=CURRENT, width=2, more=' stroke-dasharray="7 4"')


def badge(box: Box, state: str) -> str:
    """A tick for what is done, an arrow for what happens now, at the upper right corner."""
    x, y = box.right - 3, box.y + 3
    colour = COLOURS[state][0]
    sign = f"M{_n(x - 3.6)} {_n(y + 0.2)}l2.6 2.7 4.8-5.5" if state == "done" else f"M{_n(x - 2.4)} {_n(y - 4)}l6 4-6 4z"
    fill = "none" if state == "done" else NODE
    return (
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="8.5" fill="{colour}" stroke="{NODE}" stroke-width="1.5"/>'
        f'<path d="{sign}" fill="{fill}" stroke="{NODE}" stroke-width="1.8" stroke-linecap="round"/>'
    )


def lane(node: Node, *, is_pool: bool, is_even: bool) -> str:
    """A pool or lane with its band for the name: at the left, or on top of a vertical one."""
    box = node.box
    band = Box(box.x, box.y, 30, box.height) if node.is_horizontal else Box(box.x, box.y, box.width, 30)
    tint = 0.10 if is_pool else 0.05 if is_even else 0.0
    border = f' stroke-opacity="{0.9 if is_pool else 0.45}"'
    head = f'<rect {_at(band)} fill="{LINE}" fill-opacity="{0.16 if is_pool else 0.09}"/>'
    body = "" if is_pool or not tint else f'<rect {_at(box)} fill="{LINE}" fill-opacity="{tint}"/>'
    return body + head + _rect(box, radius=3 if is_pool else 0, fill="none", stroke=LINE, width=1.2 if is_pool else 1, more=border)


def flow(edge: Edge) -> str:
    """A line with rounded corners and its arrow head, drawn as a shape: markers need ids, and ids collide on a page. Inside FLOWS."""
    dashes = ' stroke-dasharray="5 4"' if edge.kind != "sequenceFlow" else ""
    head = "" if edge.kind == "association" else _arrow(edge.points)
    line = f'<path d="{_way(edge.points)}"{dashes}/>'
    return line + head + (_slash(edge.points) if edge.is_default else "")


def lettering(lines: Sequence[str], *, x: float, y: float, size: float, anchor: str = "middle", more: str = "") -> str:
    """Lines around the vertical centre ``y``."""
    height = size * 1.28
    top = y - height * len(lines) / 2 + height / 2 + size * 0.36
    spans = "".join(f'<tspan x="{_n(x)}" y="{_n(top + number * height)}">{escape(line)}</tspan>' for number, line in enumerate(lines))
    start = "" if anchor == "middle" else f' text-anchor="{anchor}"'
    return f'<text font-size="{_n(size)}"{start}{more}>{spans}</text>' if lines else ""


def turned(text: str, *, x: float, y: float, size: float, more: str = "") -> str:
    """One line that reads upwards, centred on a point."""
    place = f'transform="translate({_n(x + size * 0.36)} {_n(y)}) rotate(-90)"'
    return f'<text {place} font-size="{_n(size)}"{more}>{escape(text)}</text>'


def _bottom_marks(node: Node, stroke: str) -> list[str]:
    x, y = node.box.centre[0], node.box.bottom - 16
    marks = []
    if node.inside and not node.is_expanded:
        marks.append('<path d="M2 2h12v12H2zM8 4.500v7M4.5 8h7"/>')
    if node.repeats:
        ways = {"parallel": "M5 3v10M8 3v10M11 3v10", "sequential": "M3 5h10M3 8h10M3 11h10", "loop": "M5 12a5 5 0 1 1 5 1M5 12v-3M5 12h3"}
        marks.append(f'<path d="{ways[node.repeats]}"/>')
    left = x - 8 * len(marks)
    return [_icon(mark, left + 16 * number, y, size=14, stroke=stroke, fill="none") for number, mark in enumerate(marks)]


def _icon(drawing: str, x: float, y: float, *, size: float, stroke: str, fill: str) -> str:
    drawn = drawing.replace("{c}", stroke).replace("{n}", NODE)
    place = f'transform="translate({_n(x)} {_n(y)}) scale({_n(size / 16)})"'
    return f'<g {place} fill="{fill}" stroke="{stroke}" stroke-width="1.3" stroke-linecap="round">{drawn}</g>'


def _rect(box: Box, *, radius: float, fill: str, stroke: str, width: float, more: str = "") -> str:
    return f'<rect {_at(box)} rx="{_n(radius)}" fill="{fill}" stroke="{stroke}" stroke-width="{_n(width)}"{more}/>'


def _circle(x: float, y: float, radius: float, *, fill: str, stroke: str, width: float, more: str = "") -> str:
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(max(radius, 1))}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"{more}/>'


def _at(box: Box) -> str:
    return f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'


def _inset(box: Box, by: float) -> Box:
    return Box(box.x + by, box.y + by, max(box.width - 2 * by, 0), max(box.height - 2 * by, 0))


def _way(points: Sequence[tuple[float, float]]) -> str:
    """Straight parts joined by short curves; the last part stops inside the arrow head."""
    parts = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        start, end = _towards(corner, before, CORNER), _towards(corner, after, CORNER)
        parts.append(f"L{_n(start[0])} {_n(start[1])}Q{_n(corner[0])} {_n(corner[1])} {_n(end[0])} {_n(end[1])}")
    last = _towards(points[-1], points[-2], 6)
    return "".join([*parts, f"L{_n(last[0])} {_n(last[1])}"])


def _towards(start: tuple[float, float], end: tuple[float, float], distance: float) -> tuple[float, float]:
    """The point ``distance`` away from ``start``, at most half way to ``end``."""
    length = math.dist(start, end)
    share = min(distance / length, 0.5) if length else 0.0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _arrow(points: Sequence[tuple[float, float]]) -> str:
    (x, y), before = points[-1], points[-2]
    angle = math.degrees(math.atan2(y - before[1], x - before[0]))
    place = f'transform="translate({_n(x)} {_n(y)}) rotate({_n(angle)})"'
    return f'<path {place} d="M0 0L-9 4.2L-9-4.2Z" fill="{LINE}" stroke-width="1"/>'


def _slash(points: Sequence[tuple[float, float]]) -> str:
    (x, y), after = points[0], points[1]
    angle = math.degrees(math.atan2(after[1] - y, after[0] - x))
    place = f'transform="translate({_n(x)} {_n(y)}) rotate({_n(angle)})"'
    return f'<path {place} d="M7 5L11-5"/>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
