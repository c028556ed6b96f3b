"""A document becomes a PDF: frames, page numbers, index, outline. Runs in the renderer only.

It is set once: the index refers to small drawings of the page numbers, which are made at the end, when the numbers are known.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)  # fmt: skip

from webapp.printing import faces, model
from webapp.printing.diagram import strips
from webapp.printing.flowables import ROOM_OF_TOTAL, TOTAL, IndexEntry, LastLine, Lines, Mark, PageNumbers, Paragraph, RuleLine, draw_text
from webapp.printing.styles import STYLES
from webapp.printing.typesetting import clean

WIDTH, HEIGHT = 156 * mm, 225 * mm  # type area of GB/T 9704-2012
TOP, BINDING = 37 * mm, 28 * mm
BOTTOM = A4[1] - TOP - HEIGHT
FOOT = 18 * mm
LONGEST_CELL = 400  # characters; longer answers are printed below their label, over the whole width
ROOM_BELOW_HEADING = 80.0  # points a heading needs, itself included: it never stands alone at the foot of a page
ROOM_OF_TITLE = 60.0  # points: a page that has more free is as good as a new one
PIECE = 2000  # characters of one paragraph: a longer text is set in several, so that a page break finds its place quickly
GRID = HexColor("#b9c3d0")


def render(document: model.Document) -> model.Printed:
    """Raises FontsMissing."""
    faces.register()
    faces.missing.clear()
    out = io.BytesIO()
    template = _template(document, out)
    template.build(list(_Story(document).flowables()))
    return model.Printed(out.getvalue(), template.page, tuple(sorted(faces.missing)))


class _Story:
    """The blocks of a document as what ReportLab sets on pages. ``_pages``: key -> page, known once they are drawn."""

    def __init__(self, document: model.Document) -> None:
        self._document = document
        self._pages: dict[str, int] = {}
        self._cache: Lines = {}

    def flowables(self) -> Iterator[Flowable]:
        for number, block in enumerate(self._document.blocks):
            yield from self._set(block, f"b{number}", is_first=number == 0)
        if self._document.pages_label:
            yield LastLine(self._document.pages_label, "note", self._cache)
        yield PageNumbers(self._pages)

    def _set(self, block: model.Block, key: str, *, is_first: bool) -> Iterator[Flowable]:
        match block:
            case model.Text(text, style):
                yield from self._before(style)
                yield from self._text(text, style)
            case model.Chapter(title, style):
                if not is_first:
                    yield PageBreak()
                yield Mark(title, key, self._pages)
                if style != "hidden":
                    yield from self._text(title, style)
            case model.Section(title):
                yield CondPageBreak(ROOM_BELOW_HEADING)
                yield Mark(title, key, self._pages, level=1)
                yield from self._text(title, "section")
            case model.Facts(rows):
                yield from self._facts(rows)
            case model.Table():
                yield self._table(block)
            case model.Index(title):
                yield from self._index(title)
            case model.Picture():
                yield from self._picture(block)
            case model.Rule(colour):
                yield RuleLine(colour)
            case model.Together(blocks):
                flowables = [flowable for one in blocks for flowable in self._set(one, key, is_first=False)]
                yield KeepTogether([flowable for flowable in flowables if not isinstance(flowable, CondPageBreak)])
            case model.Space(millimetres):
                yield Spacer(1, millimetres * mm)

    def _before(self, style: str) -> Iterator[Flowable]:
        if style == "official_heading":
            yield CondPageBreak(4 * STYLES[style].leading)  # three lines of text cannot be split

    def _text(self, text: str, style: str) -> Iterator[Flowable]:
        text = clean(text)
        faces.note_missing(text)
        for paragraph in text.split("\n"):
            for start in range(0, max(1, len(paragraph)), PIECE):
                yield Paragraph(paragraph[start : start + PIECE], style, self._cache)

    def _facts(self, rows: Any) -> Iterator[Flowable]:
        short: list[tuple[str, str]] = []
        for label, text in rows:
            if len(text) <= LONGEST_CELL:
                short.append((label, text))
                continue
            yield from self._grid(short)
            short = []
            yield from self._text(label, "label")
            yield from self._text(text, "body")
        yield from self._grid(short)

    def _grid(self, rows: list[tuple[str, str]]) -> Iterator[Flowable]:
        if rows:
            cells = [[self._cell(label, "label"), self._cell(text, "cell")] for label, text in rows]
            yield _grid(cells, [WIDTH * 0.26, WIDTH * 0.74], repeat=0)

    def _table(self, table: model.Table) -> Flowable:
        head = [self._cell(text, "label") for text in table.head]
        body = [[self._cell(text, "cell") for text in row] for row in table.rows]
        return _grid([head, *body], [WIDTH * share for share in table.widths], repeat=1)

    def _cell(self, text: str, style: str) -> list[Flowable]:
        return list(self._text(text, style))

    def _index(self, title: str) -> Iterator[Flowable]:
        yield from self._text(title, "chapter")
        for number, block in enumerate(self._document.blocks):
            if isinstance(block, model.Chapter):
                yield IndexEntry(block.title, f"b{number}")

    def _picture(self, picture: model.Picture) -> Iterator[Flowable]:
        room = HEIGHT - 20 * mm
        for number, strip in enumerate(strips(picture, width=WIDTH, height=room)):
            if number:
                yield PageBreak()
            yield strip


class _Rows(Table):  # type: ignore[misc]  # ReportLab is untyped
    """Rows go to the next page whole; only one that no page holds is split."""

    def split(self, width: float, height: float) -> list[Flowable]:
        self.splitInRow = int(height > HEIGHT - ROOM_OF_TITLE)
        return list(super().split(width, height))


def _grid(cells: list[list[Any]], widths: list[float], *, repeat: int) -> Table:
    face = ("FONTNAME", (0, 0), (-1, -1), "song")  # or the file would name Helvetica, which is not embedded
    lines = [face, ("GRID", (0, 0), (-1, -1), 0.5, GRID), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    padding = [(side, (0, 0), (-1, -1), 4) for side in ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")]
    shade = [("BACKGROUND", (0, 0), (-1, 0), HexColor("#eef2f7"))] if repeat else [("BACKGROUND", (0, 0), (0, -1), HexColor("#f6f8fb"))]
    return _Rows(cells, widths, repeatRows=repeat, style=TableStyle([*lines, *padding, *shade]), spaceAfter=6)


def _template(document: model.Document, out: io.BytesIO) -> BaseDocTemplate:
    template = _TwoSided(
        out, pagesize=A4, invariant=1, initialFontName="song", creator="Zhijian 职健", lang=document.language,
        title=clean(document.title), author=clean(document.author), subject=clean(document.subject),
        keywords=[clean(word) for word in document.keywords],
    )  # fmt: skip
    lefts = (BINDING, A4[0] - BINDING - WIDTH)
    template.addPageTemplates([PageTemplate(None, [_frame(left)], onPage=lambda canvas, _: _furnish(canvas, document)) for left in lefts])
    return template


class _TwoSided(BaseDocTemplate):  # type: ignore[misc]
    """Odd pages by the first template, even ones by the second: ReportLab's own alternation takes each twice."""

    def _setPageTemplate(self) -> None:  # noqa: N802 - overrides ReportLab's
        self.pageTemplate = self.pageTemplates[self.page % 2]


def _frame(left: float) -> Frame:
    return Frame(left, BOTTOM, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def _furnish(canvas: Any, document: model.Document) -> None:
    """Foot, running head, and the page number outside: right on odd pages, left on even ones."""
    number = canvas.getPageNumber()
    is_odd = number % 2 == 1
    left = BINDING if is_odd else A4[0] - BINDING - WIDTH
    if document.foot:
        draw_text(canvas, document.foot, STYLES["foot"], x=left, y=FOOT, room=WIDTH)
    if document.page_line:
        _draw_page_line(canvas, document.page_line, right=left + WIDTH)
    if number == 1:
        return
    canvas.saveState()
    draw_text(canvas, document.running_head, STYLES["head"], x=left, y=A4[1] - 24 * mm, room=WIDTH)
    if document.page_line:
        canvas.restoreState()
        return
    canvas.setFont("song", 14)
    canvas.setFillColor(HexColor("#1b1b1b"))
    text = f"— {number} —"
    if is_odd:
        canvas.drawRightString(left + WIDTH - 14, 28 * mm, text)
    else:
        canvas.drawString(left + 14, 28 * mm, text)
    canvas.restoreState()


def _draw_page_line(canvas: Any, line: str, *, right: float) -> None:
    """The number of all pages is a drawing that is made at the end, as the index has them."""
    style = STYLES["foot"]
    before, _, after = line.format(page=canvas.getPageNumber(), pages="\n").partition("\n")
    canvas.saveState()
    canvas.setFont(style.role, style.size)
    canvas.drawRightString(right, FOOT, after)
    room = canvas.stringWidth(after, style.role, style.size) + ROOM_OF_TOTAL
    canvas.drawRightString(right - room, FOOT, before)
    canvas.translate(right - room, FOOT)
    canvas.doForm(TOTAL)
    canvas.restoreState()
