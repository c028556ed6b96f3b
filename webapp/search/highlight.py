"""Show in a text why it was found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from webapp.core.readings import readings


def marked(text: str | None, words: Iterable[str]) -> Markup:
    """The text, escaped, with what the words found in ``mark`` elements: as written, or as its initials or spelling are read."""
    text = text or ""
    key, places = _key(text)
    found: set[int] = set()
    for word in words:
        found |= {places[one] for one in _hits(key, word)}
    return _with_marks(text, found)


def is_hit(text: str | None, words: Iterable[str]) -> bool:
    """Whether one of the words is found in the text at all."""
    key, _ = _key(text or "")
    return any(_hits(key, word) for word in words)


def _key(text: str) -> tuple[str, list[int]]:
    """What is compared, and for each of its characters where it stands in the text."""
    signs = [(one, place) for place, sign in enumerate(text) for one in unicodedata.normalize("NFKC", sign).lower() if one.isalnum()]
    return "".join(one for one, _ in signs), [place for _, place in signs]


def _hits(key: str, word: str) -> Sequence[int]:
    at = key.find(word)
    if at >= 0:
        return range(at, at + len(word))
    return _read_hits(key, word) if word.isascii() and key and not key.isascii() else ()


def _read_hits(key: str, word: str) -> Sequence[int]:
    for reading in readings(key):
        if len(reading) != len(key):
            continue
        at = "".join(syllable[0] for syllable in reading).find(word)
        if at >= 0:
            return range(at, at + len(word))
        spelled = _spelled(reading, word)
        if spelled:
            return spelled
    return ()


def _spelled(reading: Sequence[str], word: str) -> Sequence[int]:
    """The syllables that ``word`` spells, from the beginning of one on; the last may be begun only."""
    for start in range(len(reading)):
        rest, place = word, start
        while rest and place < len(reading) and rest.startswith(reading[place]):
            rest, place = rest[len(reading[place]) :], place + 1
        if not rest:
            return range(start, place)
        if place > start and place < len(reading) and reading[place].startswith(rest):
            return range(start, place + 1)
    return ()


def _with_marks(text: str, found: set[int]) -> Markup:
    parts, is_open = [], False
    for place, sign in enumerate(text):
        if (place in found) != is_open:
            parts.append(Markup("</mark>") if is_open else Markup("<mark>"))
            is_open = not is_open
        parts.append(escape(sign))
    return Markup("").join(parts) + (Markup("</mark>") if is_open else Markup(""))
