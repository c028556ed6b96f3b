"""Paragraph styles. Sizes in points; 三号 is 16, 二号 22, 四号 14, 小四 12, 五号 10.5.

The decision follows GB/T 9704-2012: 22 lines of 28 characters of 三号 on 156 x 225 mm, so 28.95 points from line to line and,
because 28 characters of 16 points are wider than 156 mm, 15.79 points from character to character (figures as cited in the
design's interface facts, 6.2; the standard itself was not seen).
"""

from __future__ import annotations

from dataclasses import dataclass

OFFICIAL_LEADING, OFFICIAL_SIZE = 28.95, 15.79


@dataclass(frozen=True, slots=True)
class Style:
    """``align``: left, justify, centre or right; ``indent``: of the first line, ``inset``: of all on the right, in characters."""

    role: str
    size: float
    leading: float
    align: str = "justify"
    indent: float = 0.0
    before: float = 0.0
    after: float = 0.0
    colour: str = "#1b1b1b"
    inset: float = 0.0


STYLES = {
    "body": Style("song", 10.5, 17, after=3),
    "small": Style("song", 9, 13.5, "left"),
    "head": Style("song", 9, 13.5, "left", colour="#555555"),
    "foot": Style("song", 10.5, 16, "left"),
    "cell": Style("song", 9.5, 14.5, "left"),
    "label": Style("hei", 9.5, 14.5, "left"),
    "note": Style("kai", 10.5, 16, "left", after=4, colour="#555555"),
    "cover_title": Style("title", 34, 48, "centre", after=12),
    "cover_line": Style("song", 16, 30, "centre"),
    "chapter": Style("title", 18, 28, "centre", after=12),
    "section": Style("hei", 12, 20, "left", before=8, after=3),
    "index": Style("song", 11, 20, "left"),
    "red_head": Style("title", 30, 44, "centre", colour="#c8102e"),
    "official_no": Style("song", OFFICIAL_SIZE, OFFICIAL_LEADING, "centre"),
    "official_title": Style("title", 22, 33, "centre", before=14, after=14),
    "official": Style("song", OFFICIAL_SIZE, OFFICIAL_LEADING, indent=2),
    "official_plain": Style("song", OFFICIAL_SIZE, OFFICIAL_LEADING),
    "official_heading": Style("hei", OFFICIAL_SIZE, OFFICIAL_LEADING, "left", indent=2),
    "official_right": Style("song", OFFICIAL_SIZE, OFFICIAL_LEADING, "right", inset=4),
    "official_note": Style("kai", 14, 24, "left"),
}
