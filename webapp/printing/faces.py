"""The font faces of the roles inside ReportLab: registration, fallback per character, text that can be copied.

Only the process that prints may import this: the four faces take 80 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts

from webapp.printing.fonts import ROLES, font_files
from webapp.printing.typesetting import Glyph

FALLBACK = ("song", "kai", "hei", "title")
_LOWERED = {chr(0x2080 + digit): str(digit) for digit in range(10)}
_faces: dict[str, Any] = {}
missing: set[str] = set()  # characters of the document being printed that no face has


def register() -> None:
    """Make the roles known. Raises FontsMissing."""
    if _faces:
        return
    for role, path in font_files().items():
        face = ttfonts.TTFont(role, str(path))
        pdfmetrics.registerFont(face)
        _faces[role] = face
    ttfonts.makeToUnicodeCMap = _to_unicode_map
    rl_config.useA85 = 0  # plain bytes: a fifth smaller, and sooner written


@lru_cache(200_000)
def glyphs_of(sign: str, role: str, size: float) -> list[Glyph]:
    """The glyphs of one character in the role's face or, where it lacks it, another's; its code point where all lack it."""
    found = _face_for(sign, role)
    if found is not None:
        return [Glyph(sign, found, size, 0.0, pdfmetrics.stringWidth(sign, found, size))]
    if sign.isspace():
        return glyphs_of(" ", role, size)
    if sign in _LOWERED:
        small = size * 0.65
        return [Glyph(_LOWERED[sign], role, small, -size * 0.12, pdfmetrics.stringWidth(_LOWERED[sign], role, small))]
    return [Glyph(part, "song", size, 0.0, pdfmetrics.stringWidth(part, "song", size)) for part in code_point(sign)]


def note_missing(text: str) -> None:
    """Remember what no face has; ``glyphs_of`` is cached and cannot."""
    missing.update(sign for sign in set(text) if sign not in _LOWERED and not sign.isspace() and _face_for(sign, "song") is None)


def code_point(sign: str) -> str:
    """How a character is printed that no face has."""
    return f"〔U+{ord(sign):04X}〕"


def _face_for(sign: str, role: str) -> str | None:
    order = (role, *(other for other in FALLBACK if other != role))
    return next((name for name in order if ord(sign) in _faces[name].face.charToGlyph), None)


def _to_unicode_map(fontname: str, subset: list[int]) -> str:
    """What text a viewer finds for each glyph; ReportLab 5.1 itself writes code points above U+FFFF wrongly."""
    pairs = [f"<{glyph:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for glyph, code in enumerate(subset)]
    blocks = [f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in _in_hundreds(pairs)]
    return "\n".join([
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        f"/CIDSystemInfo << /Registry ({fontname}) /Ordering ({fontname}) /Supplement 0 >> def",
        f"/CMapName /{fontname} def /CMapType 2 def",
        f"1 begincodespacerange <00> <{len(subset) - 1:02X}> endcodespacerange",
        *blocks,
        "endcmap CMapName currentdict /CMap defineresource pop end end",
    ])  # fmt: skip


def _in_hundreds(items: list[str]) -> Iterator[list[str]]:
    return (items[start : start + 100] for start in range(0, len(items), 100))


assert set(FALLBACK) == set(ROLES)
