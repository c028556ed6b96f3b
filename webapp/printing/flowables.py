"""Our own pieces of a page: paragraph, chapter mark, index, rule, process picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from webapp.printing.faces import glyphs_of
from webapp.printing.styles import STYLES, Style
from webapp.printing.typesetting import Glyph, Line, break_lines, clean

ROOM_FOR_PAGE = 60  # points at the end of a line of the index
ROOM_OF_NUMBER = 28  # points of these without dots
TOTAL, ROOM_OF_TOTAL = "total", 18  # the drawing of the number of all pages, and its width in points
WIDEST_STRETCH = 2.5  # characters: a line that lacks more is left ragged
Lines = dict[tuple[str, str, float], list[Line]]


class Paragraph(Flowable):  # type: ignore[misc]  # ReportLab is untyped
    """Set once per text, style and width: ``cache`` outlives the passes over a document."""

    def __init__(self, text: str, style: str, cache: Lines, *, lines: list[Line] | None = None, is_first: bool = True) -> None:
        super().__init__()
        self._text, self._label, self._name, self._style, self._cache = text, text, style, STYLES[style], cache
        self._lines, self._is_first = lines, is_first
        self._is_part = lines is not None

    def getSpaceBefore(self) -> float:
        return self._style.before if self._is_first else 0.0

    def getSpaceAfter(self) -> float:
        return self._style.after

    def minWidth(self) -> float:
        return self._style.size * 2

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        if not self._is_part:
            self._lines = self._set(width)
        assert self._lines is not None
        self.width, self.height = width, len(self._lines) * self._style.leading
        return width, self.height

    def split(self, width: float, height: float) -> list[Paragraph]:
        """No line alone at the foot or the head of a page."""
        self.wrap(width, height)
        assert self._lines is not None
        fitting, total = int(height / self._style.leading + 1e-6), len(self._lines)
        if fitting >= total:
            return [self]
        fitting = min(fitting, total - 2)
        if fitting < 2:
            return []
        parts = (self._lines[:fitting], self._is_first), (self._lines[fitting:], False)
        return [Paragraph(self._text, self._name, self._cache, lines=lines, is_first=first) for lines, first in parts]

    def draw(self) -> None:
        assert self._lines is not None
        style = self._style
        y = self.height - style.leading + (style.leading - style.size) / 2 + style.size * 0.12
        for number, line in enumerate(self._lines):
            indent = style.indent * style.size if number == 0 and self._is_first else 0.0
            draw_line(self.canv, line, style, x=indent, y=y, room=self.width - style.inset * style.size - indent)
            y -= style.leading

    def _set(self, width: float) -> list[Line]:
        key = (self._text, self._name, width)
        if key not in self._cache:
            role, size = self._style.role, self._style.size
            self._cache[key] = break_lines(
                self._text, measure=lambda sign: glyphs_of(sign, role, size), width=width, indent=self._style.indent * size
            )
        return self._cache[key]


class LastLine(Paragraph):
    """The last paragraph of a document; ``{pages}`` in it is the number of the page it stands on."""

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        if not self._is_part:
            self._text = self._label.format(pages=self.canv.getPageNumber())
        return super().wrap(width, height)


def draw_line(canvas: Any, line: Line, style: Style, *, x: float, y: float, room: float) -> None:
    """One line in its alignment, in as few pieces as fonts and sizes allow."""
    if not line.glyphs:
        return
    spare, stretch = room - line.width, 0.0
    if style.align == "centre":
        x += spare / 2
    elif style.align == "right":
        x += spare
    elif len(line.glyphs) > 1 and (spare < 0 or (style.align == "justify" and not line.is_last and spare < style.size * WIDEST_STRETCH)):
        stretch = spare / (len(line.glyphs) - 1)
    text = canvas.beginText(x, y)
    text.setFillColor(HexColor(style.colour))
    text.setCharSpace(stretch)
    for piece, first in _pieces(line.glyphs):
        text.setFont(first.font, first.size)
        text.setRise(first.rise)
        text.textOut(piece)
    canvas.drawText(text)


def draw_text(canvas: Any, text: str, style: Style, *, x: float, y: float, room: float) -> None:
    """What of a text fits on one line."""
    line = break_lines(text, measure=lambda sign: glyphs_of(sign, style.role, style.size), width=room)[0]
    draw_line(canvas, line, style, x=x, y=y, room=room)


def _pieces(glyphs: tuple[Glyph, ...]) -> list[tuple[str, Glyph]]:
    found: list[tuple[str, Glyph]] = []
    for glyph in glyphs:
        if found and found[-1][1][1:4] == glyph[1:4]:
            found[-1] = (found[-1][0] + glyph.sign, found[-1][1])
        else:
            found.append((glyph.sign, glyph))
    return found


class Mark(Flowable):  # type: ignore[misc]
    """Takes no room: tells outline and index where a chapter or section begins. ``pages``: key -> page, filled while drawing."""

    def __init__(self, title: str, key: str, pages: dict[str, int], *, level: int = 0) -> None:
        super().__init__()
        self._title, self._key, self._pages, self._level = clean(title), key, pages, level

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        return width, 0.0

    def draw(self) -> None:
        if self._level == 0:
            self._pages[self._key] = self.canv.getPageNumber()
        self.canv.bookmarkHorizontal(self._key, 0, 20)
        self.canv.addOutlineEntry(self._title, self._key, self._level, closed=self._level > 0)


class IndexEntry(Flowable):  # type: ignore[misc]
    """Title, dots, page; the line is a link."""

    def __init__(self, title: str, key: str) -> None:
        super().__init__()
        self._title, self._key = title, key
        self._style = STYLES["index"]
        self._lines: list[Line] = []

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        role, size = self._style.role, self._style.size
        self._lines = break_lines(self._title, measure=lambda sign: glyphs_of(sign, role, size), width=width - ROOM_FOR_PAGE)
        self.width, self.height = width, self._style.leading * len(self._lines)
        return width, self.height

    def draw(self) -> None:
        style = self._style
        lowest = (style.leading - style.size) / 2 + 1
        for below, line in enumerate(self._lines, start=1):
            draw_line(self.canv, line, style, x=0, y=lowest + self.height - below * style.leading, room=self.width)
        self._dots(self._lines[-1].width + 6, self.width - ROOM_OF_NUMBER, lowest)
        self.canv.saveState()
        self.canv.translate(self.width, lowest)
        self.canv.doForm(self._key)
        self.canv.restoreState()
        self.canv.linkRect("", self._key, (0, 0, self.width, self.height), relative=1, thickness=0)

    def _dots(self, left: float, right: float, y: float) -> None:
        self.canv.saveState()
        self.canv.setDash(0.6, 3.4)
        self.canv.setLineWidth(0.6)
        self.canv.line(left, y + 2.5, right, y + 2.5)
        self.canv.restoreState()


class PageNumbers(Flowable):  # type: ignore[misc]
    """At the very end: the drawings of the page numbers that the entries of the index refer to."""

    def __init__(self, pages: Mapping[str, int]) -> None:
        super().__init__()
        self._pages, self._style = pages, STYLES["index"]

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        return width, 0.0

    def draw(self) -> None:
        style = self._style
        for key, page in self._pages.items():
            self.canv.beginForm(key, -ROOM_FOR_PAGE, -style.size, style.size, style.leading)
            self.canv.setFont(style.role, style.size)
            self.canv.drawRightString(0, 0, str(page))
            self.canv.endForm()
        self._total()

    def _total(self) -> None:
        style = STYLES["foot"]
        self.canv.beginForm(TOTAL, 0, -style.size, ROOM_OF_TOTAL, style.leading)
        self.canv.setFont(style.role, style.size)
        self.canv.drawCentredString(ROOM_OF_TOTAL / 2, 0, str(self.canv.getPageNumber()))
        self.canv.endForm()


class RuleLine(Flowable):  # type: ignore[misc]
    """A rule over the whole width."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour, self._width = ("#c8102e", 1.6) if colour == "red" else ("#1b1b1b", 0.7)

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = width, 6.0
        return width, self.height

    def draw(self) -> None:
        self.canv.setStrokeColor(HexColor(self._colour))
        self.canv.setLineWidth(self._width)
        self.canv.line(0, 3, self.width, 3)
