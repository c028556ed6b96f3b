"""The drawing in a diagram file: without it people see a list, with a broken one nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram
from bpmn.engine.lint.xml import BPMN
from bpmn.engine.ports import Problem

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_PLACES = (
    ("{http://www.omg.org/spec/DD/20100524/DC}Bounds", ("x", "y", "width", "height")),
    ("{http://www.omg.org/spec/DD/20100524/DI}waypoint", ("x", "y")),
)
FARTHEST = 50_000

RULES = table(
    Rule(
        "bad-coordinate",
        "图形“{shape}”的坐标“{value}”不是合适的数，请在编辑器中移动一下该图形再保存。",
        "The coordinate “{value}” of the shape “{shape}” is no suitable number. Move the shape in the editor and save again.",
    ),
    Rule("no-bounds", "图形“{shape}”没有位置和大小，请在编辑器中重画。", "The shape “{shape}” has no place and size. Draw it again in the editor."),
    Rule("no-drawing", "流程没有图形，只能显示为列表。建议在编辑器中画好。", "The process has no drawing and shows as a list. Consider drawing it in the editor.", "warning"),
    Rule("not-drawn", "“{name}”没有画出来，请在编辑器中补画。", "“{name}” is not drawn. Draw it in the editor.", "warning"),
)  # fmt: skip


def check(diagram: Diagram) -> Iterator[Problem]:
    yield from _coordinates(diagram.root)
    planes = list(diagram.root.iter(f"{DI}BPMNPlane"))
    if not _has_plane(diagram, planes):
        yield RULES["no-drawing"].at(diagram.key or None)
        return
    drawn = {shape.get("bpmnElement") for plane in planes for shape in plane}
    for node in diagram.nodes.values():
        if node.id not in drawn and node.scope == diagram.key:
            yield RULES["not-drawn"].at(node.id, name=node.element.get("name") or node.id)


def _coordinates(root: Any) -> Iterator[Problem]:
    for tag, names in _PLACES:
        for place in root.iter(tag):
            bad = [place.get(name) for name in names if not _is_coordinate(place.get(name))]
            yield from (RULES["bad-coordinate"].at(_shape(place), shape=_shape(place), value=value) for value in bad[:1])
    for shape in root.iter(f"{DI}BPMNShape"):
        if shape.find(_PLACES[0][0]) is None:
            yield RULES["no-bounds"].at(shape.get("bpmnElement"), shape=shape.get("bpmnElement"))


def _is_coordinate(text: str | None) -> bool:
    try:
        value = float(text or "")
    except ValueError:
        return False
    return math.isfinite(value) and abs(value) <= FARTHEST


def _shape(place: Any) -> str | None:
    while place is not None and not place.get("bpmnElement"):
        place = place.getparent()
    return None if place is None else str(place.get("bpmnElement"))


def _has_plane(diagram: Diagram, planes: list[Any]) -> bool:
    pools = [pool for pool in diagram.root.iter(f"{BPMN}participant") if pool.get("processRef") == diagram.key]
    owners = {diagram.key, *(pool.getparent().get("id") for pool in pools)}
    return any(plane.get("bpmnElement") in owners and len(plane) for plane in planes)
