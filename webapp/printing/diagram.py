"""The drawing of a process as vectors: the same shapes as on the page, in black and two marks."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

from reportlab.lib.colors import HexColor, white
from reportlab.platypus import Flowable

from bpmn.engine.picture.reading import Box, Edge, Node, Page, read
from webapp.printing import model
from webapp.printing.faces import glyphs_of
from webapp.printing.flowables import draw_line
from webapp.printing.styles import Style
from webapp.printing.typesetting import break_lines

FRAMES = ("participant", "lane")
LINE, DONE, CURRENT = HexColor("#66758c"), HexColor("#17703d"), HexColor("#1d4f91")
DONE_SOFT, CURRENT_SOFT, LANE = HexColor("#e3f4e9"), HexColor("#dbe8f8"), HexColor("#f6f8fb")
LETTERS = 12.0  # size in the units of the drawing
MARGIN = 4.0
HEAD = 28.0  # height of the row of lane names that further parts of a drawing begin with
LEAST = 0.6  # share of a page that a part fills at least, when a place between the shapes is sought for the cut


class Strip(Flowable):  # type: ignore[misc]  # ReportLab is untyped
    """What of a plane fits on one page: the part from ``top`` to ``bottom``, scaled to the width."""

    def __init__(self, picture: model.Picture, page: Page, extent: Box, *, top: float, bottom: float, scale: float) -> None:
        super().__init__()
        self._picture, self._page, self._extent = picture, page, extent
        self._top, self._bottom, self._scale = top, bottom, scale
        self._head = HEAD if top > extent.y else 0.0

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = width, (self._bottom - self._top + self._head) * self._scale
        return width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(0, 0, self.width, self.height)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.translate(0, self.height)
        canvas.scale(self._scale, -self._scale)
        canvas.translate(-self._extent.x, self._head - self._top)
        pen = _Pen(canvas, self._picture)
        pen.page(self._page)
        if self._head:
            pen.lane_names(self._page, top=self._top - self._head)
        canvas.restoreState()


def strips(picture: model.Picture, *, width: float, height: float) -> list[Flowable]:
    """The planes of the drawing, cut to pages of ``width`` x ``height`` points."""
    found: list[Flowable] = []
    for page in read(picture.diagram, picture.process, picture.language).pages:
        extent = _extent(page)
        scale = min(width / extent.width, 0.75)
        cuts = _cuts(page, extent, height / scale)
        found += [Strip(picture, page, extent, top=top, bottom=bottom, scale=scale) for top, bottom in pairwise(cuts)]
    return found


def _cuts(page: Page, extent: Box, room: float) -> list[float]:
    """Where the parts begin, and where the last ends: between the shapes if possible."""
    cuts = [extent.y]
    while extent.bottom - cuts[-1] > room - (HEAD if len(cuts) > 1 else 0):
        lowest = cuts[-1] + room - (HEAD if len(cuts) > 1 else 0)
        cuts.append(_between(page, lowest, highest=lowest - room * (1 - LEAST)))
    return [*cuts, extent.bottom]


def _between(page: Page, lowest: float, *, highest: float) -> float:
    boxes = [box for node in page.nodes if node.kind not in FRAMES for box in (node.box, node.label) if box]
    places = (lowest - step * MARGIN for step in range(int((lowest - highest) / MARGIN)))
    return next((y for y in places if not any(box.y - MARGIN < y < box.bottom + MARGIN for box in boxes)), lowest)


def _extent(page: Page) -> Box:
    boxes = [node.box for node in page.nodes] + [node.label for node in page.nodes if node.label]
    boxes += [Box(x, y, 0, 0) for edge in page.edges for x, y in edge.points]
    left, top = min(box.x for box in boxes) - MARGIN, min(box.y for box in boxes) - MARGIN
    right, bottom = max(box.right for box in boxes) + MARGIN, max(box.bottom for box in boxes) + MARGIN
    return Box(left, top, right - left, bottom - top)


class _Pen:
    """Draws in the units of the drawing, y downwards."""

    def __init__(self, canvas: Any, picture: model.Picture) -> None:
        self._canvas, self._picture = canvas, picture

    def page(self, page: Page) -> None:
        for node in page.nodes:
            if node.kind in FRAMES:
                self._frame(node)
        for edge in page.edges:
            self._edge(edge)
        for node in page.nodes:
            if node.kind not in FRAMES:
                self._node(node)

    def lane_names(self, page: Page, *, top: float) -> None:
        """The row of names above a further part; lanes that lie across have their names beside them anyway."""
        self._canvas.setFillColor(white)
        for node in page.nodes:
            if node.kind in FRAMES and not node.is_horizontal:
                self._canvas.rect(node.box.x, top, node.box.width, HEAD, stroke=0, fill=1)
        for node in page.nodes:
            if node.kind == "lane" and not node.is_horizontal:
                self._frame(replace(node, box=Box(node.box.x, top, node.box.width, HEAD)))

    def _frame(self, node: Node) -> None:
        box, canvas = node.box, self._canvas
        canvas.setStrokeColor(LINE)
        canvas.setFillColor(LANE if node.kind == "lane" else white)
        canvas.setLineWidth(1)
        canvas.rect(box.x, box.y, box.width, box.height, fill=1)
        if node.is_horizontal:
            self._turned(node.name, box)
        else:
            self._words(node.name, Box(box.x, box.y + 2, box.width, 26))

    def _edge(self, edge: Edge) -> None:
        canvas = self._canvas
        canvas.setStrokeColor(LINE)
        canvas.setFillColor(LINE)
        canvas.setLineWidth(1.2)
        for (x1, y1), (x2, y2) in zip(edge.points, edge.points[1:], strict=False):
            canvas.line(x1, y1, x2, y2)
        if len(edge.points) > 1:
            self._head(edge.points[-2], edge.points[-1])
        if edge.name and edge.label:
            self._words(edge.name, edge.label, size=LETTERS - 1.5)

    def _head(self, before: tuple[float, float], end: tuple[float, float]) -> None:
        (x1, y1), (x2, y2) = before, end
        length = max(1.0, ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5)
        dx, dy = (x2 - x1) / length * 7, (y2 - y1) / length * 7
        path = self._canvas.beginPath()
        path.moveTo(x2, y2)
        path.lineTo(x2 - dx - dy / 2, y2 - dy + dx / 2)
        path.lineTo(x2 - dx + dy / 2, y2 - dy - dx / 2)
        path.close()
        self._canvas.drawPath(path, stroke=0, fill=1)

    def _node(self, node: Node) -> None:
        self._colours(node)
        if node.kind.endswith("Event"):
            self._event(node)
        elif node.kind.endswith("Gateway"):
            self._gateway(node)
        else:
            self._canvas.roundRect(node.box.x, node.box.y, node.box.width, node.box.height, 8, fill=1)
            self._words(node.name, node.box)

    def _colours(self, node: Node) -> None:
        reached = {node.id} | node.inside
        is_current, is_done = bool(reached & self._picture.current), bool(reached & self._picture.done)
        self._canvas.setStrokeColor(CURRENT if is_current else DONE if is_done else LINE)
        self._canvas.setFillColor(CURRENT_SOFT if is_current else DONE_SOFT if is_done else white)
        self._canvas.setLineWidth(3 if is_current else 2.2 if is_done else 1.3)

    def _event(self, node: Node) -> None:
        x, y = node.box.centre
        if node.kind == "endEvent":
            self._canvas.setLineWidth(3)
        self._canvas.circle(x, y, node.box.width / 2, fill=1)
        self._beside(node)

    def _gateway(self, node: Node) -> None:
        (x, y), half = node.box.centre, node.box.width / 2
        path = self._canvas.beginPath()
        path.moveTo(x, y - half)
        for place in ((x + half, y), (x, y + half), (x - half, y)):
            path.lineTo(*place)
        path.close()
        self._canvas.drawPath(path, stroke=1, fill=1)
        self._canvas.setLineWidth(2)
        if node.kind == "parallelGateway":
            lines = ((x - 8, y, x + 8, y), (x, y - 8, x, y + 8))
        else:
            lines = ((x - 6, y - 6, x + 6, y + 6), (x + 6, y - 6, x - 6, y + 6))
        self._canvas.lines(lines)
        self._beside(node)

    def _beside(self, node: Node) -> None:
        if node.name:
            x, _ = node.box.centre
            self._words(node.name, node.label or Box(x - 45, node.box.bottom + 2, 90, 28), size=LETTERS - 1)

    def _words(self, text: str, box: Box, *, size: float = LETTERS) -> None:
        """Centred in the box, smaller if it does not fit; text is drawn upright although y runs downwards."""
        lines, size = self._fitted(text, box, size)
        style = Style("song", size, size * 1.2, "centre")
        y = box.y + (box.height - len(lines) * style.leading) / 2 + size
        for line in lines:
            self._canvas.saveState()
            self._canvas.translate(box.x, y)
            self._canvas.scale(1, -1)
            draw_line(self._canvas, line, style, x=0, y=0, room=box.width)
            self._canvas.restoreState()
            y += style.leading

    def _turned(self, text: str, box: Box) -> None:
        style = Style("hei", LETTERS, LETTERS, "centre")
        line = break_lines(text, measure=lambda sign: glyphs_of(sign, "hei", LETTERS), width=box.height)[0]
        self._canvas.saveState()
        self._canvas.translate(box.x + 19, box.bottom)
        self._canvas.scale(1, -1)
        self._canvas.rotate(90)
        draw_line(self._canvas, line, style, x=0, y=0, room=box.height)
        self._canvas.restoreState()

    def _fitted(self, text: str, box: Box, size: float) -> tuple[list[Any], float]:
        while True:
            lines = break_lines(text, measure=partial(glyphs_of, role="song", size=size), width=max(box.width - 4, size))
            if len(lines) * size * 1.2 <= box.height or size <= 7:
                return lines, size
            size -= 1
