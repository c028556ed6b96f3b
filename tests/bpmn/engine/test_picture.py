"""The SVG of a diagram."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree

from bpmn.engine.picture import PictureMissing, draw
from bpmn.engine.picture.lettering import fit, is_chinese, width_of, wrap

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)
PROCESS = """
<bpmn:process id="check" name="检查">
  <bpmn:laneSet id="lanes"><bpmn:lane id="TOWN" name="镇街"><bpmn:documentation>Town</bpmn:documentation>
    <bpmn:flowNodeRef>seen</bpmn:flowNodeRef><bpmn:flowNodeRef>verify</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
  <bpmn:startEvent id="seen" name="发现" />
  <bpmn:userTask id="verify" name="核实并提交完整的书面报告"><bpmn:documentation>Verify and report</bpmn:documentation></bpmn:userTask>
  <bpmn:boundaryEvent id="late" name="逾期" attachedToRef="verify"><bpmn:timerEventDefinition id="t" /></bpmn:boundaryEvent>
  <bpmn:exclusiveGateway id="found" name="结论" default="no" />
  <bpmn:subProcess id="legs" name="分办"><bpmn:userTask id="inner" name="内部环节" /></bpmn:subProcess>
  <bpmn:endEvent id="over" name="&lt;b&gt;结束&amp;"><bpmn:terminateEventDefinition id="x" /></bpmn:endEvent>
  <bpmn:sequenceFlow id="no" name="否" sourceRef="found" targetRef="over" />
</bpmn:process>"""
POOL = '<bpmn:collaboration id="c"><bpmn:participant id="pool" name="检查案件" processRef="check" /></bpmn:collaboration>'


def shape(element: str, x: float, y: float, width: float = 36, height: float = 36, more: str = "") -> str:
    bounds = f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" />'
    return f'<bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}"{more}>{bounds}</bpmndi:BPMNShape>'


def diagram(process: str = PROCESS, horizontal: str = "true", extra: str = "") -> bytes:
    frames = shape("pool", 0, 0, 700, 300, f' isHorizontal="{horizontal}"') + shape(
        "TOWN", 30, 0, 670, 300, f' isHorizontal="{horizontal}"'
    )
    nodes = shape("seen", 80, 100) + shape("verify", 160, 80, 100, 80) + shape("found", 300, 95, 50, 50)
    nodes += shape("legs", 400, 80, 100, 80) + shape("over", 560, 100) + shape("late", 200, 142)
    flow = '<di:waypoint x="350" y="120" /><di:waypoint x="380" y="200" /><di:waypoint x="560" y="118" />'
    edge = f'<bpmndi:BPMNEdge id="no_di" bpmnElement="no">{flow}</bpmndi:BPMNEdge>'
    plane = f'<bpmndi:BPMNPlane id="p" bpmnElement="c">{frames}{nodes}{edge}</bpmndi:BPMNPlane>'
    drawing = f'<bpmndi:BPMNDiagram id="d">{plane}</bpmndi:BPMNDiagram>{extra}'
    return f'<bpmn:definitions {NAMESPACES} id="defs" targetNamespace="urn:t">{POOL}{process}{drawing}</bpmn:definitions>'.encode()


def parsed(svg: str) -> Any:
    return etree.fromstring(svg.encode())


def group(svg: str, element: str) -> Any:
    return parsed(svg).xpath(f'//*[@data-element="{element}"]')[0]


def texts(node: Any) -> list[str]:
    return ["".join(span.itertext()) for span in node.iter("{*}tspan")]


def test_every_element_is_a_group_with_a_title() -> None:
    svg = draw(diagram(), process="check")
    found = {node.get("data-element"): node for node in parsed(svg).iter("{*}g") if node.get("data-element")}
    assert set(found) == {"pool", "TOWN", "seen", "verify", "late", "found", "legs", "over", "no"}
    assert found["late"].findtext("{*}title") == "逾期"
    assert parsed(svg).findtext("{*}title") == "检查"


def test_position_is_marked_by_shape_class_and_words() -> None:
    svg = draw(diagram(), process="check", current={"verify"}, done={"seen", "verify"})
    verify, seen = group(svg, "verify"), group(svg, "seen")
    assert verify.get("class") == "element current" and seen.get("class") == "element done"
    assert len(list(verify.iter("{*}rect"))) == len(list(group(draw(diagram(), process="check"), "verify").iter("{*}rect"))) + 1
    assert verify.findtext("{*}title").endswith("：当前环节")
    assert parsed(svg).findtext("{*}desc") == "当前环节：核实并提交完整的书面报告。已完成：发现。"


def test_a_collapsed_sub_process_is_current_when_its_inside_is() -> None:
    assert group(draw(diagram(), process="check", current=["inner"]), "legs").get("class") == "element current"


def test_english_names_come_from_the_documentation() -> None:
    svg = draw(diagram(), process="check", locale="en", current=["verify"])
    assert group(svg, "verify").findtext("{*}title") == "Verify and report: current step"
    assert group(svg, "over").findtext("{*}title") == "<b>结束&"


def test_labels_win_over_names() -> None:
    assert texts(group(draw(diagram(), process="check", labels={"legs": "三个部门"}), "legs")) == ["三个部门"]


def test_nothing_of_the_file_can_become_markup_or_style() -> None:
    svg = draw(diagram(), process="check", labels={"verify": '"><script>alert(1)</script>'}, current=["verify"])
    assert "<script" not in svg and "<b>" not in svg
    assert not re.search(r"\sstyle=|<style|\son\w+=|href=|\sid=|url\(", svg)


@pytest.mark.parametrize("horizontal", ["true", "false"])
def test_lane_names_stand_in_their_band(horizontal: str) -> None:
    lane = group(draw(diagram(horizontal=horizontal), process="check"), "TOWN")
    text = next(lane.iter("{*}text"))
    assert ("rotate(-90)" in text.get("transform", "")) == (horizontal == "true")


def test_a_sub_process_with_its_own_page_is_drawn_below() -> None:
    page = f'<bpmndi:BPMNPlane id="p2" bpmnElement="legs">{shape("inner", 0, 0, 100, 80)}</bpmndi:BPMNPlane>'
    svg = draw(diagram(extra=f'<bpmndi:BPMNDiagram id="d2">{page}</bpmndi:BPMNDiagram>'), process="check", current=["inner"])
    assert group(svg, "inner").get("class") == "element current"
    assert float(parsed(svg).get("height")) > 400


def test_a_file_without_a_drawing_gives_a_list() -> None:
    bare = f'<bpmn:definitions {NAMESPACES} id="defs" targetNamespace="urn:t">{PROCESS}</bpmn:definitions>'.encode()
    svg = draw(bare, process="check", current=["verify"], done=["seen"], locale="en")
    assert group(svg, "seen").get("class") == "element done"
    assert texts(group(svg, "verify")) == ["Verify and report · Town · current step"]
    assert "no drawing" in svg


def test_events_gateways_and_tasks_carry_their_markers() -> None:
    plain = draw(diagram(), process="check")
    without = draw(diagram(PROCESS.replace('<bpmn:terminateEventDefinition id="x" />', "")), process="check")
    assert len(list(group(plain, "over").iter("{*}circle"))) == len(list(group(without, "over").iter("{*}circle"))) + 1
    assert len(list(group(plain, "late").iter("{*}circle"))) == 3


@pytest.mark.parametrize(
    "content", [b"", b"<a", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', diagram(PROCESS.replace('"check"', '"other"', 1))]
)
def test_an_unusable_file_says_so(content: bytes) -> None:
    with pytest.raises(PictureMissing):
        draw(content, process="check")


@pytest.mark.parametrize("coordinate", ["nan", "inf", "1e9", "abc", ""])
def test_a_bad_coordinate_is_refused(coordinate: str) -> None:
    with pytest.raises(PictureMissing, match="no coordinate"):
        draw(diagram().replace(b'x="80"', f'x="{coordinate}"'.encode()), process="check")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("现场检查取证", ["现场检查取证"]),
        ("下达限期改正通知书", ["下达限期改正", "通知书"]),
        ("整改并提交报告", ["整改并提交报告"]),
        ("核实（现场、材料）", ["核实（现场、", "材料）"]),
        ("Town verification", ["Town", "verification"]),
    ],
)
def test_names_break_where_people_would(text: str, lines: list[str]) -> None:
    assert wrap(text, width=88, size=12, most=4) == lines


@pytest.mark.parametrize(
    "text", ["长" * 300, "Donaudampfschifffahrtsgesellschaft" * 4, "a b " * 200, "核实abc并提交 the report 到区卫健委"]
)
def test_long_names_shrink_then_end_in_dots(text: str) -> None:
    lines, size = fit(text, width=88, height=60, size=12)
    assert all(width_of(line, size) <= 88 * 1.2 for line in lines)
    assert len(lines) * size * 1.25 <= 60 + size
    assert size >= 9 and (lines[-1].endswith("…") or not is_chinese(text) or len(text) < 50)
