"""Text in boxes: SVG breaks no lines, so widths are estimated from the kind of letter."""

from __future__ import annotations

import math
import re
import unicodedata

_TOKENS = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]+|\S")
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]")
_NEVER_FIRST = set("，。、；：？！）》”’】〉%‰…")
_NEVER_LAST = set("（《“‘【〈")


def width_of(text: str, size: float) -> float:
    """Estimated pixels."""
    return size * sum(_ems(letter) for letter in text)


def wrap(text: str, *, width: float, size: float, most: int) -> list[str]:
    """At most ``most`` lines, each within ``width`` where words allow; the rest becomes "…".

    Chinese breaks one character before the edge, as the editor does, so that authors see the breaks they chose; Latin
    words and leftover single characters are spread over lines of about equal length.
    """
    lines = _fill(text, width, size)
    if len(lines) > 1 and is_chinese(text):
        lines = _fill(text, width - size, size)
    if 1 < len(lines) <= most and (not is_chinese(text) or len(lines[-1]) == 1):
        evened = _fill(text, max(width_of(text, size) / len(lines) + size * 0.6, width * 0.45), size)
        lines = evened if len(evened) == len(lines) else lines
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], _cut(lines[most - 1], width, size, more=True)]


def fit(text: str, *, width: float, height: float, size: float, smallest: float = 9.0) -> tuple[list[str], float]:
    """Lines and font size that fill a box; the font shrinks before text is cut."""
    while True:
        most = max(1, math.floor(height / (size * 1.25)))
        lines = wrap(text, width=width, size=size, most=most)
        is_cut = sum(len(line) for line in lines) < len(text.replace(" ", ""))
        if size <= smallest or not (is_cut or any(width_of(line, size) > width * 1.05 for line in lines)):
            return [_cut(line, width * 1.15, size) for line in lines], size
        size -= 1


def is_chinese(text: str) -> bool:
    return bool(_CHINESE.search(text))


def _fill(text: str, width: float, size: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for token, gap in _pieces(text):
        longer = f"{line}{gap if line else ''}{token}"
        must_stay = token[0] in _NEVER_FIRST or (line and line[-1] in _NEVER_LAST)
        if line and width_of(longer, size) > width and not must_stay:
            lines.append(line)
            line = token
        else:
            line = longer
    return [*lines, line] if line else lines


def _pieces(text: str) -> list[tuple[str, str]]:
    """Words and single Chinese characters, each with the space before it."""
    return [(found.group(), " " if found.start() > 0 and text[found.start() - 1].isspace() else "") for found in _TOKENS.finditer(text)]


def _cut(line: str, width: float, size: float, *, more: bool = False) -> str:
    """The line, shortened to the width with "…" at its end; also when there would be ``more`` text after it."""
    if not more and width_of(line, size) <= width:
        return line
    while line and width_of(line + "…", size) > width:
        line = line[:-1]
    return line.rstrip() + "…"


def _ems(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in "iljtfI.,:;'|!() ":
        return 0.32
    return 0.86 if letter in "mwMW@%" else 0.68 if letter.isupper() else 0.56
