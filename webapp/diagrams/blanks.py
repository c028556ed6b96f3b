"""New files to begin with: sound as they are, so that the first check shows nothing but what the author adds."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import orjson


def content(kind: str, key: str, *, name_zh: str, name_en: str) -> bytes:
    """The smallest useful file of a kind: "bpmn", "dmn" or "form"."""
    makers = {"bpmn": _diagram, "dmn": _decision, "form": _form}
    return makers[kind](key, name_zh, name_en or name_zh)


_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" \
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="definitions_{key}" targetNamespace="urn:zhijian:bpmn">
  <bpmn:collaboration id="collaboration_{key}">
    <bpmn:participant id="pool_{key}" name={zh} processRef="{key}">
      <bpmn:documentation>{en}</bpmn:documentation>
    </bpmn:participant>
  </bpmn:collaboration>
  <bpmn:process id="{key}" name={zh} isExecutable="true">
    <bpmn:documentation>{en}</bpmn:documentation>
    <bpmn:laneSet id="lanes_{key}">
      <bpmn:lane id="HD_LEAD" name="区卫健承办人">
        <bpmn:documentation>District health case lead</bpmn:documentation>
        <bpmn:flowNodeRef>begun</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>handle</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>done</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="begun" name="开始">
      <bpmn:documentation>Start</bpmn:documentation>
      <bpmn:outgoing>to_handle</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:sequenceFlow id="to_handle" sourceRef="begun" targetRef="handle" />
    <bpmn:userTask id="handle" name="办理">
      <bpmn:documentation>Handle</bpmn:documentation>
      <bpmn:incoming>to_handle</bpmn:incoming>
      <bpmn:outgoing>to_done</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="to_done" sourceRef="handle" targetRef="done" />
    <bpmn:endEvent id="done" name="办结">
      <bpmn:documentation>Done</bpmn:documentation>
      <bpmn:incoming>to_done</bpmn:incoming>
    </bpmn:endEvent>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram_{key}">
    <bpmndi:BPMNPlane id="plane_{key}" bpmnElement="collaboration_{key}">
      <bpmndi:BPMNShape id="pool_{key}_di" bpmnElement="pool_{key}" isHorizontal="true"><dc:Bounds x="100" y="80" width="700" height="180" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="HD_LEAD_di" bpmnElement="HD_LEAD" isHorizontal="true"><dc:Bounds x="130" y="80" width="670" height="180" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="begun_di" bpmnElement="begun"><dc:Bounds x="192" y="152" width="36" height="36" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="handle_di" bpmnElement="handle"><dc:Bounds x="380" y="130" width="120" height="80" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="done_di" bpmnElement="done"><dc:Bounds x="652" y="152" width="36" height="36" /></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="to_handle_di" bpmnElement="to_handle"><di:waypoint x="228" y="170" /><di:waypoint x="380" y="170" /></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="to_done_di" bpmnElement="to_done"><di:waypoint x="500" y="170" /><di:waypoint x="652" y="170" /></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""  # noqa: E501 - one shape a line reads best
_DECISION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="definitions_{key}" name={zh} namespace="urn:zhijian:dmn">
  <decision id="{key}" name={zh}>
    <description>{en}</description>
    <decisionTable id="{key}_table" hitPolicy="FIRST">
      <input id="in_1" label="条件"><inputExpression id="expression_1" typeRef="string"><text>result</text></inputExpression></input>
      <output id="out_1" name="advice" />
      <rule id="rule_1">
        <inputEntry id="cell_1"><text>-</text></inputEntry>
        <outputEntry id="value_1"><text>"none"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""


def _diagram(key: str, name_zh: str, name_en: str) -> bytes:
    return _DIAGRAM.format(key=key, zh=quoteattr(name_zh), en=escape(name_en)).encode()


def _decision(key: str, name_zh: str, name_en: str) -> bytes:
    return _DECISION.format(key=key, zh=quoteattr(name_zh), en=escape(name_en)).encode()


def _form(key: str, name_zh: str, name_en: str) -> bytes:
    question = {"key": "opinion", "type": "textarea", "label": {"zh": "办理意见", "en": "Opinion"}, "required": True, "rows": 4}
    form = {"key": key, "title": {"zh": name_zh, "en": name_en}, "fields": [question]}
    return orjson.dumps(form, option=orjson.OPT_INDENT_2) + b"\n"
