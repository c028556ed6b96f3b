"""What a draft changes in a file: element by element in a diagram, line by line in tables and forms."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from lxml import etree

from bpmn.engine.xml import BPMN, DiagramRefused, parse_xml
from webapp.core.i18n import locale_tag
from webapp.diagrams.contents import picture_of

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
MAX_LINES = 4_000
_SILENT = frozenset({"incoming", "outgoing", "flowNodeRef", "laneSet", "definitions", "collaboration"})
_MARK = re.compile(r'data-element="([A-Za-z_][\w.-]*)"')


@dataclass(frozen=True, slots=True)
class Detail:
    """One fact about an element. ``before`` or ``after`` empty: it was not there."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One element of a diagram. ``name`` is in the language of the request."""

    element: str
    kind: str
    name: str
    how: str
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text difference. ``how``: added, removed or "" for one that stands beside."""

    how: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """``pictures``: before and after, for diagrams that can be drawn. ``lines`` None: too long to compare here."""

    changes: tuple[Change, ...] = ()
    pictures: tuple[str | None, str | None] = (None, None)
    lines: tuple[Line, ...] | None = ()
    is_drawing_only: bool = False


def difference(kind: str, key: str, before: bytes | None, after: bytes) -> Difference:
    """``before`` None: the file is new. Files that cannot be read are compared as text."""
    if before == after:
        return Difference()
    if kind == "bpmn":
        old, new = _facts(before), _facts(after)
        if new is not None and (old is not None or before is None):
            return _of_diagrams(key, before, after, old or {}, new)
    return Difference(lines=_lines(_as_text(kind, before or b""), _as_text(kind, after)))


def _of_diagrams(key: str, before: bytes | None, after: bytes, old: Mapping[str, Facts], new: Mapping[str, Facts]) -> Difference:
    changes = tuple(_changes(old, new))
    marks = {change.element: change.how for change in changes}
    pictures = (_marked(picture_of(before, key), marks) if before else None, _marked(picture_of(after, key), marks))
    return Difference(changes=changes, pictures=pictures, is_drawing_only=not changes)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one element says, apart from where it is drawn."""

    kind: str
    names: Mapping[str, str]  # by language
    said: Mapping[str, str]


def _changes(old: Mapping[str, Facts], new: Mapping[str, Facts]) -> Iterator[Change]:
    for element in [*new, *(gone for gone in old if gone not in new)]:
        before, after = old.get(element), new.get(element)
        if before == after:
            continue
        facts = after or before
        assert facts is not None  # the element comes from one of the two
        how = CHANGED if before and after else ADDED if after else REMOVED
        yield Change(element, facts.kind, facts.names.get(locale_tag()) or element, how, tuple(_details(before, after)))


def _details(before: Facts | None, after: Facts | None) -> Iterator[Detail]:
    old, new = before.said if before else {}, after.said if after else {}
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield Detail(name, old.get(name, ""), new.get(name, ""))


def _facts(content: bytes | None) -> dict[str, Facts] | None:
    """Facts by element id; None if there is no such file or it cannot be read."""
    try:
        root = parse_xml(content) if content is not None else None
    except DiagramRefused:
        return None
    if root is None:
        return None
    lanes = {ref.text: lane.get("name") or lane.get("id") for lane in root.iter(f"{BPMN}lane") for ref in lane.iter(f"{BPMN}flowNodeRef")}
    found = (node for node in root.iter() if isinstance(node.tag, str) and node.tag.startswith(BPMN) and node.get("id"))
    shown = [node for node in found if _local(node) not in _SILENT and not _local(node).endswith("EventDefinition")]
    return {node.get("id"): _facts_of(node, lanes.get(node.get("id"))) for node in shown}


def _facts_of(node: Any, lane: str | None) -> Facts:
    said = {_word(name): value for name, value in node.attrib.items() if name != "id"}
    if lane:
        said["lane"] = lane
    for child in node:
        _collect(child, said)
    english = said.get("name_en") or said.get("documentation") or node.get("name", "")
    return Facts(_local(node), {"zh": node.get("name", ""), "en": english}, said)


def _collect(node: Any, said: dict[str, str]) -> None:
    """Texts and attributes of what stands inside an element, down to the next element that has facts of its own."""
    word = _local(node)
    if word in _SILENT or (node.tag.startswith(BPMN) and node.get("id") and not word.endswith("EventDefinition")):
        return
    if word in {"property", "parameter"}:
        said[node.get("name") or node.get("id") or word] = node.get("value", "")
    else:
        said |= {f"{word} {_word(name)}": value for name, value in node.attrib.items() if _word(name) not in {"id", "type"}}
        if (node.text or "").strip():
            said[word] = node.text.strip()
    for child in node:
        _collect(child, said)


def _marked(svg: str | None, marks: Mapping[str, str]) -> str | None:
    """The picture with ``data-change`` on what differs; the stylesheet draws it, the list beside says it in words."""
    if svg is None:
        return None
    return _MARK.sub(lambda found: f'{found[0]} data-change="{marks[found[1]]}"' if found[1] in marks else found[0], svg)


def _as_text(kind: str, content: bytes) -> list[str]:
    """Lines that compare well: JSON and XML are laid out the same way on both sides."""
    if kind == "form":
        with suppress(orjson.JSONDecodeError):
            content = orjson.dumps(orjson.loads(content), option=orjson.OPT_INDENT_2)
    else:
        with suppress(DiagramRefused):
            root = parse_xml(content)
            etree.indent(root)
            content = etree.tostring(root, encoding="utf-8")
    return content.decode("utf-8", errors="replace").splitlines()


def _lines(before: list[str], after: list[str]) -> tuple[Line, ...] | None:
    if len(before) + len(after) > MAX_LINES:
        return None
    hows = {"+": ADDED, "-": REMOVED, " ": "", "@": "gap"}
    unified = list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]
    return tuple(Line(hows[line[0]], "" if line[0] == "@" else line[1:]) for line in unified)


def _local(node: Any) -> str:
    return etree.QName(node).localname


def _word(name: str) -> str:
    return name.rpartition("}")[2]
