"""A diagram as SVG for a page: what is done is ticked, where the case stands is marked by shape and colour."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape

from bpmn.engine.language import language
from bpmn.engine.picture import shapes
from bpmn.engine.picture.labels import HALO, Label, beside_edge, beside_node
from bpmn.engine.picture.lettering import fit, wrap
from bpmn.engine.picture.reading import Box, Drawing, Edge, Node, Page, PictureMissing, read

__all__ = ["PictureMissing", "draw"]

MARGIN = 14.0
ROW, LIST_WIDTH = 44.0, 560.0
FONT = "var(--font,'Noto Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif)"
_FRAMES = ("participant", "lane")
_WORDS = {
    "zh": {"current": "当前环节", "done": "已完成", "none": "无", "stop": "。", "comma": "、", "colon": "："},
    "en": {"current": "current step", "done": "done", "none": "none", "stop": ". ", "comma": ", ", "colon": ": "},
}
_LISTED = {"zh": "此流程没有图形，按顺序列出各环节。", "en": "This process has no drawing; its steps are listed in order."}


def draw(
    diagram: bytes,
    *,
    process: str,
    current: Collection[str] = (),
    done: Collection[str] = (),
    locale: str = "zh",
    labels: Mapping[str, str] | None = None,
) -> str:
    """SVG of one process of a BPMN file, to stand in a page.

    ``current`` and ``done``: element ids; ``labels``: names that win over those of the file, by element id. Colours are
    the custom properties ``--flow-*``; each element is ``<g data-element="id">`` with the class "current" or "done".
    A file without a drawing gives a list of the steps. Raises PictureMissing for an unreadable file or an unknown process.
    """
    tag = language(locale)
    return _Picture(read(diagram, process, tag), set(current), set(done) - set(current), tag, labels or {}).svg()


class _Picture:
    def __init__(self, drawing: Drawing, current: set[str], done: set[str], tag: str, labels: Mapping[str, str]) -> None:
        self._drawing, self._current, self._done, self._tag, self._labels = drawing, current, done, tag, labels
        self._words = _WORDS[tag]
        self._size = 12.0 if tag == "zh" else 11.0

    def svg(self) -> str:
        parts, width, bottom = [], LIST_WIDTH, 0.0
        for page in self._drawing.pages:
            body, extent = self._page(page, bottom)
            parts.append(body)
            width, bottom = max(width if bottom else 0.0, extent.width), bottom + extent.height
        if not parts:
            parts, bottom = self._list()
        size = f'width="{width:.0f}" height="{bottom:.0f}" viewBox="0 0 {width:.0f} {bottom:.0f}"'
        head = f"<title>{escape(self._name(self._drawing.name, ''))}</title><desc>{escape(self._told())}</desc>"
        ground = f'<rect width="100%" height="100%" fill="{shapes.LANE}"/>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram" role="img" {size} font-family="{FONT}" {shapes.COMMON}>'
            f"{head}{ground}{''.join(parts)}</svg>"
        )

    def _page(self, page: Page, top: float) -> tuple[str, Box]:
        """One plane moved below ``top``, and the room it takes."""
        beside = {node.id: beside_node(node, self._name(node.name, node.id), self._size) for node in page.nodes if _is_named_beside(node)}
        written = {edge.id: beside_edge(edge, self._name(edge.name, edge.id), self._size - 0.5) for edge in page.edges}
        boxes = [node.box for node in page.nodes] + [label.box for label in [*beside.values(), *written.values()] if label]
        boxes += [Box(x, y, 0, 0) for edge in page.edges for x, y in edge.points]
        left, upper = min(box.x for box in boxes), min(box.y for box in boxes)
        right, lower = max(box.right for box in boxes), max(box.bottom for box in boxes)
        heading = 28.0 if page.name else 0.0
        frames = [node for node in page.nodes if node.kind in _FRAMES]
        shown = [node for node in page.nodes if node.kind not in _FRAMES]
        body = "".join(
            [
                *(self._frame(node, number) for number, node in enumerate(frames)),
                f"<g {shapes.FLOWS}>",
                *(self._flow(edge) for edge in page.edges),
                "</g>",
                f"<g{HALO}>",
                *(label.svg for label in written.values() if label),
                "</g>",
                *(self._element(node, beside.get(node.id)) for node in sorted(shown, key=_depth)),
            ]
        )
        title = shapes.lettering([page.name], x=MARGIN, y=top + 20, size=13, anchor="start", more=' font-weight="600"') if page.name else ""
        moved = f'<g transform="translate({MARGIN - left:.1f} {top + MARGIN + heading - upper:.1f})">{body}</g>'
        return title + moved, Box(0, top, right - left + 2 * MARGIN, lower - upper + 2 * MARGIN + heading)

    def _frame(self, node: Node, number: int) -> str:
        is_pool, name, box = node.kind == "participant", self._name(node.name, node.id), node.box
        weight = ' font-weight="600"' if is_pool else ""
        if node.is_horizontal:
            lines = wrap(name, width=box.height - 12, size=12, most=1)
            text = "".join(shapes.turned(line, x=box.x + 15, y=box.centre[1], size=12, more=weight) for line in lines)
        else:
            lines, size = fit(name, width=box.width - 8, height=28, size=12)
            text = shapes.lettering(lines, x=box.centre[0], y=box.y + 15, size=size, more=weight)
        shape = shapes.lane(node, is_pool=is_pool, is_even=number % 2 == 0)
        return f'<g data-element="{escape(node.id)}"><title>{escape(name)}</title>{shape}{text}</g>'

    def _flow(self, edge: Edge) -> str:
        return f'<g data-element="{escape(edge.id)}">{shapes.flow(edge)}</g>'

    def _element(self, node: Node, label: Label | None) -> str:
        state, name = self._state(node), self._name(node.name, node.id)
        halo = shapes.halo(node.box, node.kind) if state == "current" else ""
        text = label.svg if label else "" if _is_named_beside(node) else self._inner(node, name, state)
        return self._group(node, name, f"{_drawn(node, state)}{text}{halo}{shapes.badge(node.box, state) if state else ''}")

    def _group(self, node: Node, name: str, inner: str) -> str:
        state = self._state(node)
        told = f"{name}{self._words['colon']}{self._words[state]}" if state else name
        kind = f"element {state}".strip()
        return f'<g class="{kind}" data-element="{escape(node.id)}"><title>{escape(told)}</title>{inner}</g>'

    def _inner(self, node: Node, name: str, state: str) -> str:
        room = 16.0 if node.kind in shapes.TASK_ICONS or node.inside or node.repeats else 0.0
        lines, size = fit(name, width=node.box.width - 12, height=node.box.height - 10 - room, size=self._size)
        x, y = node.box.centre
        if node.is_expanded:
            y = node.box.y + 14
        elif len(lines) > 2 and node.kind in shapes.TASK_ICONS:
            y += 6
        weight = ' font-weight="600"' if state == "current" else ""
        return shapes.lettering(lines, x=x, y=y, size=size, more=weight)

    def _list(self) -> tuple[list[str], float]:
        rows = [shapes.lettering([_LISTED[self._tag]], x=MARGIN, y=24, size=self._size, anchor="start")]
        for number, step in enumerate(self._drawing.steps):
            width = 28.0 if step.kind.endswith(("Event", "Gateway")) else 42.0
            middle = 58 + number * ROW
            node = Node(step.id, step.kind, step.name, Box(MARGIN + 21 - width / 2, middle - 14, width, 28), None)
            state, name = self._state(node), self._name(step.name, step.id)
            told = " · ".join(part for part in (name, step.lane, self._words[state] if state else "") if part)
            text = shapes.lettering([told], x=MARGIN + 60, y=middle, size=self._size, anchor="start")
            rows.append(self._group(node, name, f"{_drawn(node, state)}{text}{shapes.badge(node.box, state) if state else ''}"))
        return rows, 58 + len(self._drawing.steps) * ROW

    def _state(self, node: Node) -> str:
        if node.id in self._current or node.inside & self._current:
            return "current"
        return "done" if node.id in self._done else ""

    def _name(self, name: str, element: str) -> str:
        return self._labels.get(element, name)

    def _told(self) -> str:
        """The position in words, for people who cannot see it."""
        return self._words["stop"].join(self._listed(kind, ids) for kind, ids in (("current", self._current), ("done", self._done))) + (
            self._words["stop"].strip()
        )

    def _listed(self, kind: str, ids: set[str]) -> str:
        names = [self._name(step.name, step.id) for step in self._drawing.steps if step.id in ids]
        return f"{self._words[kind].capitalize()}{self._words['colon']}{self._words['comma'].join(names) or self._words['none']}"


def _drawn(node: Node, state: str) -> str:
    if node.kind.endswith("Gateway"):
        return shapes.gateway(node, state)
    return shapes.event(node, state) if node.kind.endswith("Event") else shapes.activity(node, state)


def _is_named_beside(node: Node) -> bool:
    return node.kind.endswith(("Event", "Gateway"))


def _depth(node: Node) -> int:
    """Expanded sub-processes lie below what they hold, boundary events above what they are attached to."""
    return 0 if node.is_expanded else 2 if node.kind == "boundaryEvent" else 1
