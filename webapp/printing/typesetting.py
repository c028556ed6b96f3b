"""Chinese line breaking: text becomes lines of glyphs. Knows no PDF; the widths come from the caller.

Why not ReportLab's own: its ``wordWrap="CJK"`` started 19 of 226 lines with forbidden punctuation and cannot justify
(interface facts, 6.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile
from typing import NamedTuple

NO_START = frozenset("，。、；：？！…）〕】》〉」』”’％‰℃·—～.,;:?!)]}%'")
NO_END = frozenset("（〔【《〈「『“‘([{￥$§№")
SQUEEZABLE = frozenset("，。、；：？！）〕】》〉」』”’（〔【《〈「『“‘")
SQUEEZE = 0.225  # share of a full-width sign that may be taken away
LONGEST_RUN = 24  # Latin letters and digits kept together; longer codes may break anywhere
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


class Glyph(NamedTuple):
    sign: str
    font: str
    size: float
    rise: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """``is_last``: of its paragraph, so never stretched."""

    glyphs: tuple[Glyph, ...]
    width: float
    is_last: bool


Measure = Callable[[str], list[Glyph]]  # the glyphs of one character: several where no font has it


def clean(text: str) -> str:
    """Line ends as ``\\n``, tabs as spaces, without characters nobody can see."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text).replace("\t", "    "))


def break_lines(text: str, *, measure: Measure, width: float, indent: float = 0.0) -> list[Line]:
    """Lines of at most ``width`` points; the first of each paragraph is ``indent`` shorter."""
    lines: list[Line] = []
    for paragraph in clean(text).split("\n"):
        lines += _Setter(width, indent).lines(_clusters(paragraph, measure))
    return lines


def _clusters(text: str, measure: Measure) -> Iterator[list[Glyph]]:
    """What must stay on one line: a sign with the punctuation that clings to it, a Latin word, a number."""
    held: list[Glyph] = []
    for sign in text:
        glyphs = measure(sign)
        if held and not _clings(held, glyphs[0]):
            yield held
            held = []
        held = held + glyphs
    if held:
        yield held


def _clings(held: list[Glyph], glyph: Glyph) -> bool:
    before, sign = held[-1].sign, glyph.sign
    if len(held) >= LONGEST_RUN:
        return False
    return sign in NO_START or before in NO_END or (_is_latin(before) and _is_latin(sign))


def _is_latin(sign: str) -> bool:
    return (sign.isascii() and not sign.isspace()) or sign in "₀₁₂₃₄₅₆₇₈₉²³µμ"


def _width(glyphs: Iterable[Glyph]) -> float:
    return sum(glyph.width for glyph in glyphs)


class _Setter:
    """One paragraph being set."""

    def __init__(self, width: float, indent: float) -> None:
        self._room, self._indent = width, indent
        self._done: list[Line] = []
        self._held: list[Glyph] = []
        self._width = 0.0

    def lines(self, clusters: Iterator[list[Glyph]]) -> list[Line]:
        for cluster in clusters:
            self._add(cluster)
        self._end(is_last=True)
        return self._done

    def _add(self, cluster: list[Glyph]) -> None:
        width = _width(cluster)
        if self._held and self._width + width > self._left() + 0.01:
            if self._fits_squeezed(cluster, width):
                self._hold(cluster, width)
                self._end()
                return
            self._end()
        if not self._held and self._done:  # a line does not begin with the space that ended the one before
            cluster = list(dropwhile(lambda glyph: glyph.sign == " ", cluster))
            width = _width(cluster)
        self._hold(cluster, width)
        while self._width > self._left() + 0.01 and len(self._held) > 1:
            self._cut()

    def _fits_squeezed(self, cluster: list[Glyph], width: float) -> bool:
        saved = sum(glyph.width * SQUEEZE for glyph in (*self._held, *cluster) if glyph.sign in SQUEEZABLE)
        return len(cluster) <= 3 and self._width + width - saved <= self._left()

    def _hold(self, cluster: list[Glyph], width: float) -> None:
        self._held = self._held + cluster
        self._width += width

    def _cut(self) -> None:
        """A cluster longer than a line is cut where the line ends."""
        room, kept, width = self._left(), 0, 0.0
        while kept < len(self._held) and width + self._held[kept].width <= room:
            width, kept = width + self._held[kept].width, kept + 1
        rest = self._held[max(1, kept) :]
        self._held, self._width = self._held[: max(1, kept)], _width(self._held[: max(1, kept)])
        self._end()
        self._hold(rest, _width(rest))

    def _end(self, *, is_last: bool = False) -> None:
        glyphs = self._held
        while glyphs and glyphs[-1].sign == " ":
            glyphs = glyphs[:-1]
        if glyphs or (is_last and not self._done):
            self._done.append(Line(tuple(glyphs), _width(glyphs), is_last))
        elif is_last and self._done:
            last = self._done[-1]
            self._done[-1] = Line(last.glyphs, last.width, True)
        self._held, self._width = [], 0.0

    def _left(self) -> float:
        return self._room - (0 if self._done else self._indent)
