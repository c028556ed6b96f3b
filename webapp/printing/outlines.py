"""Make one TrueType font of the slices and outlines that packages of fonts contain: ReportLab embeds nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, TTLibError, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.varLib import instancer

UNITS_OF_ERROR = 1.0  # of 1000 per em, when cubic curves become quadratic
KEPT = {"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"}  # what ReportLab reads
LAYOUT = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx")


class Unprintable(Exception):
    """A file is no font that can be embedded; the message says why."""


def joined(slices: Iterable[bytes], name: str, *, weight: int | None = None) -> TTFont:
    """One font, called ``name``, of all slices; the first slice gives the measures. ``weight``: of a variable font."""
    font = _merged([_prepared(data, weight) for data in slices])
    _rename(font, name)
    return font


def copyright_notices(font: TTFont) -> list[str]:
    """Copyright, licence and address of the licence, as far as the font names them."""
    return [str(found) for name_id in (0, 13, 14) if (found := font["name"].getDebugName(name_id))]


def count_characters(path: Path) -> int:
    """How many characters a font file can print. Raises Unprintable."""
    try:
        with path.open("rb") as file, TTFont(file, lazy=True) as font:
            if "glyf" not in font:
                raise Unprintable("It has no TrueType outlines. Convert it, or use another file.")
            return len(font.getBestCmap() or {})
    except (TTLibError, OSError) as error:
        raise Unprintable("It is not a font file. Put the right file there.") from error


def _prepared(data: bytes, weight: int | None) -> TTFont:
    """One slice with the wanted weight, quadratic outlines and only the tables ReportLab reads."""
    font = TTFont(BytesIO(data), recalcTimestamp=False)
    if weight:
        _drop(font, set(LAYOUT))
        font = instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    if "CFF " in font:
        _make_quadratic(font)
    _drop(font, set(font.keys()) - KEPT - {"GlyphOrder"})
    return font


def _drop(font: TTFont, tables: set[str]) -> None:
    for table in tables & set(font.keys()):
        del font[table]


def _make_quadratic(font: TTFont) -> None:
    outlines, glyphs = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, UNITS_OF_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphs, font["glyf"].glyphOrder = glyphs, font.getGlyphOrder()
    font["maxp"].tableVersion = 0x00010000
    for limit in ("Zones", "TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements"):
        setattr(font["maxp"], f"max{limit}", 1 if limit == "Zones" else 0)
    font["maxp"].maxSizeOfInstructions = font["maxp"].maxComponentElements = 0
    font.sfntVersion = "\x00\x01\x00\x00"


def _merged(slices: Sequence[TTFont]) -> TTFont:
    font = slices[0]
    characters: dict[int, str] = {}
    glyphs, metrics = {".notdef": font["glyf"][".notdef"]}, {".notdef": font["hmtx"][".notdef"]}
    for number, part in enumerate(slices):
        names = {name: f"{name}.{number}" for name in part.getGlyphOrder()} | {".notdef": ".notdef"}
        for name in part.getGlyphOrder():
            glyph = part["glyf"][name]
            for component in glyph.components if glyph.isComposite() else []:
                component.glyphName = names[component.glyphName]
            glyphs.setdefault(names[name], glyph)
            metrics.setdefault(names[name], part["hmtx"][name])
        characters |= {code: names[name] for code, name in (part.getBestCmap() or {}).items() if code not in characters}
    font.setGlyphOrder(list(glyphs))
    font["glyf"].glyphs, font["glyf"].glyphOrder = glyphs, list(glyphs)
    font["hmtx"].metrics = metrics
    font["cmap"].tables = [_character_table(4, 1, characters), _character_table(12, 10, characters)]
    font["post"].formatType = 3.0
    font.flavor = None
    return font


def _character_table(form: int, encoding: int, characters: dict[int, str]) -> CmapSubtable:
    table = CmapSubtable.newSubtable(form)
    table.platformID, table.platEncID, table.language = 3, encoding, 0
    table.cmap = {code: name for code, name in characters.items() if form == 12 or code <= 0xFFFF}
    return table


def _rename(font: TTFont, name: str) -> None:
    """ReportLab takes two fonts with one PostScript name for the same font, and two weights of a family share theirs."""
    for name_id in (1, 3, 4, 6, 16):
        font["name"].removeNames(nameID=name_id)
        if name_id != 16:
            font["name"].setName(name, name_id, 3, 1, 0x409)
