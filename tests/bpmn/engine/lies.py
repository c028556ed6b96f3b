"""A sound edition, and for each rule of the checks what to change in it so that it lies."""

from __future__ import annotations

from tests.bpmn.engine.building import artifact

FORM = artifact(
    "form", "note",
    '{"key": "note", "title": {"zh": "记录", "en": "Note"}, "fields": [{"key": "result", "type": "choice", "label": {"zh": "结果", "en": "Result"}, '
    '"required": true, "routes": "result", "options": [{"value": "yes", "label": {"zh": "是", "en": "Yes"}}, '
    '{"value": "no", "label": {"zh": "否", "en": "No"}}]}]}',
)  # fmt: skip
DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="risk"><decisionTable hitPolicy="FIRST"><input>'
    "<inputExpression><text>result</text></inputExpression></input><output name=\"level\" /><rule><inputEntry><text>\"yes\"</text></inputEntry>"
    '<outputEntry><text>"high"</text></outputEntry></rule></decisionTable></decision></definitions>'
)  # fmt: skip
PROPERTIES = '<spiffworkflow:properties><spiffworkflow:property name="form" value="note" /></spiffworkflow:properties>'
GOOD = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="definitions_main" targetNamespace="urn:test">
<bpmn:message id="msg" name="leg.ended" />
<bpmn:process id="main" name="主流程" isExecutable="true">
<bpmn:laneSet id="lanes"><bpmn:lane id="HD_LEAD" name="承办人"><bpmn:flowNodeRef>look</bpmn:flowNodeRef><bpmn:flowNodeRef>answer</bpmn:flowNodeRef><bpmn:flowNodeRef>urge</bpmn:flowNodeRef><bpmn:flowNodeRef>left</bpmn:flowNodeRef></bpmn:lane><bpmn:lane id="HD_CHIEF" name="负责人"></bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="begun" name="开始"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
<bpmn:sequenceFlow id="f1" sourceRef="begun" targetRef="look" />
<bpmn:userTask id="look" name="查看"><bpmn:extensionElements>{PROPERTIES}</bpmn:extensionElements><bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
<bpmn:sequenceFlow id="f2" sourceRef="look" targetRef="judge" />
<bpmn:businessRuleTask id="judge" name="判定"><bpmn:extensionElements><spiffworkflow:calledDecisionId>risk</spiffworkflow:calledDecisionId></bpmn:extensionElements><bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing></bpmn:businessRuleTask>
<bpmn:sequenceFlow id="f3" sourceRef="judge" targetRef="choose" />
<bpmn:exclusiveGateway id="choose" name="选择" default="f5"><bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing><bpmn:outgoing>f5</bpmn:outgoing></bpmn:exclusiveGateway>
<bpmn:sequenceFlow id="f4" sourceRef="choose" targetRef="fork"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">result == "yes"</bpmn:conditionExpression></bpmn:sequenceFlow>
<bpmn:sequenceFlow id="f5" sourceRef="choose" targetRef="done" />
<bpmn:parallelGateway id="fork"><bpmn:incoming>f4</bpmn:incoming><bpmn:outgoing>f6</bpmn:outgoing><bpmn:outgoing>f7</bpmn:outgoing></bpmn:parallelGateway>
<bpmn:sequenceFlow id="f6" sourceRef="fork" targetRef="begin_leg" />
<bpmn:serviceTask id="begin_leg" name="启动"><bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="start_child" resultVariable="child"><spiffworkflow:parameters><spiffworkflow:parameter id="process" type="str" value="'leg'" /></spiffworkflow:parameters></spiffworkflow:serviceTaskOperator></bpmn:extensionElements><bpmn:incoming>f6</bpmn:incoming><bpmn:outgoing>f8</bpmn:outgoing></bpmn:serviceTask>
<bpmn:sequenceFlow id="f8" sourceRef="begin_leg" targetRef="join" />
<bpmn:sequenceFlow id="f7" sourceRef="fork" targetRef="reckon" />
<bpmn:scriptTask id="reckon" name="计算"><bpmn:incoming>f7</bpmn:incoming><bpmn:outgoing>f9</bpmn:outgoing><bpmn:script>score = 1</bpmn:script></bpmn:scriptTask>
<bpmn:sequenceFlow id="f9" sourceRef="reckon" targetRef="join" />
<bpmn:parallelGateway id="join"><bpmn:incoming>f8</bpmn:incoming><bpmn:incoming>f9</bpmn:incoming><bpmn:outgoing>f10</bpmn:outgoing></bpmn:parallelGateway>
<bpmn:sequenceFlow id="f10" sourceRef="join" targetRef="wait" />
<bpmn:intermediateCatchEvent id="wait" name="等待"><bpmn:incoming>f10</bpmn:incoming><bpmn:outgoing>f11</bpmn:outgoing><bpmn:messageEventDefinition messageRef="msg"><bpmn:extensionElements><spiffworkflow:messageVariable>leg</spiffworkflow:messageVariable></bpmn:extensionElements></bpmn:messageEventDefinition></bpmn:intermediateCatchEvent>
<bpmn:sequenceFlow id="f11" sourceRef="wait" targetRef="answer" />
<bpmn:userTask id="answer" name="答复"><bpmn:extensionElements>{PROPERTIES}</bpmn:extensionElements><bpmn:incoming>f11</bpmn:incoming><bpmn:incoming>f14</bpmn:incoming><bpmn:outgoing>f12</bpmn:outgoing></bpmn:userTask>
<bpmn:sequenceFlow id="f12" sourceRef="answer" targetRef="called" />
<bpmn:callActivity id="called" name="调用" calledElement="inner"><bpmn:incoming>f12</bpmn:incoming><bpmn:outgoing>f15</bpmn:outgoing></bpmn:callActivity>
<bpmn:sequenceFlow id="f15" sourceRef="called" targetRef="done" />
<bpmn:boundaryEvent id="late" name="到期" cancelActivity="true" attachedToRef="answer"><bpmn:outgoing>f13</bpmn:outgoing><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">"P3D"</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:sequenceFlow id="f13" sourceRef="late" targetRef="urge" />
<bpmn:userTask id="urge" name="催办"><bpmn:extensionElements>{PROPERTIES}</bpmn:extensionElements><bpmn:incoming>f13</bpmn:incoming><bpmn:outgoing>f14</bpmn:outgoing></bpmn:userTask>
<bpmn:sequenceFlow id="f14" sourceRef="urge" targetRef="answer" />
<bpmn:endEvent id="done" name="结束"><bpmn:incoming>f5</bpmn:incoming><bpmn:incoming>f15</bpmn:incoming></bpmn:endEvent>
</bpmn:process>
<bpmndi:BPMNDiagram id="picture"><bpmndi:BPMNPlane id="plane" bpmnElement="main"><bpmndi:BPMNShape id="shape_look" bpmnElement="look"><dc:Bounds x="10" y="20" width="100" height="80" /></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""
LEG = (
    GOOD[: GOOD.index("<bpmn:message")]
    + '<bpmn:process id="{key}" name="分支" isExecutable="true"><bpmn:laneSet id="lanes"><bpmn:lane id="HD_LEAD" name="承办人"><bpmn:flowNodeRef>fill'
    "</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    '<bpmn:startEvent id="opened" name="开始"><bpmn:outgoing>g1</bpmn:outgoing></bpmn:startEvent><bpmn:sequenceFlow id="g1" sourceRef="opened" '
    'targetRef="fill" /><bpmn:userTask id="fill" name="填写"><bpmn:extensionElements>' + PROPERTIES + "</bpmn:extensionElements><bpmn:incoming>g1"
    '</bpmn:incoming><bpmn:outgoing>g2</bpmn:outgoing></bpmn:userTask><bpmn:sequenceFlow id="g2" sourceRef="fill" targetRef="filled" />'
    '<bpmn:endEvent id="filled" name="结束"><bpmn:incoming>g2</bpmn:incoming></bpmn:endEvent></bpmn:process>'
    + GOOD[GOOD.index("<bpmndi:BPMNDiagram") :]
)  # fmt: skip
_F5 = '<bpmn:sequenceFlow id="f5" sourceRef="choose" targetRef="done" />'
_REVERSED = '<bpmn:exclusiveGateway id="{id}" default="{default}">'
# rule -> what to change in the good diagram


def _returns(task: str, name: str, to: str) -> tuple[str, str]:
    head = f'<bpmn:userTask id="{task}" name="{name}"><bpmn:extensionElements>'
    property_of = f'<spiffworkflow:property name="returns_to" value="{to}" />'
    return head + PROPERTIES, head + PROPERTIES.replace("</spiffworkflow:properties>", f"{property_of}</spiffworkflow:properties>")


LIES: dict[str, list[tuple[str, str]]] = {
    "doctype": [('<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE x>')],
    "not-xml": [("</bpmn:definitions>", "")],
    "wrong-root": [("bpmn:definitions", "bpmn:collaboration")],
    "comment-in-text": [('result == "yes"', 'result == "yes" <!-- --> and 1 == 2')],
    "processing-instruction": [("score = 1", "score = 1<?x y?>")],
    "unsupported-element": [('<bpmn:parallelGateway id="fork">', '<bpmn:dataObject id="d" /><bpmn:parallelGateway id="fork">')],
    "multi-instance": [("</bpmn:callActivity>", '<bpmn:multiInstanceLoopCharacteristics isSequential="true" /></bpmn:callActivity>')],
    "ad-hoc": [
        ('<bpmn:callActivity id="called" name="调用" calledElement="inner">', '<bpmn:adHocSubProcess id="called">'),
        ("</bpmn:callActivity>", "</bpmn:adHocSubProcess>"),
    ],
    "transaction": [
        ('<bpmn:callActivity id="called" name="调用" calledElement="inner">', '<bpmn:transaction id="called">'),
        ("</bpmn:callActivity>", "</bpmn:transaction>"),
    ],
    "event-sub-process": [(_F5, _F5 + '<bpmn:subProcess id="sub" triggeredByEvent="true"></bpmn:subProcess>')],
    "signal": [("</bpmn:endEvent>", '<bpmn:signalEventDefinition id="s" /></bpmn:endEvent>')],
    "link": [
        (
            '<bpmn:messageEventDefinition messageRef="msg">',
            '<bpmn:linkEventDefinition id="l" /><bpmn:messageEventDefinition messageRef="msg">',
        )
    ],
    "compensation": [("</bpmn:endEvent>", '<bpmn:compensateEventDefinition id="s" /></bpmn:endEvent>')],
    "escalation": [("</bpmn:endEvent>", '<bpmn:escalationEventDefinition id="s" /></bpmn:endEvent>')],
    "conditional": [("</bpmn:endEvent>", '<bpmn:conditionalEventDefinition id="s" /></bpmn:endEvent>')],
    "complex-gateway": [("bpmn:parallelGateway", "bpmn:complexGateway")],
    "plain-task": [
        ('<bpmn:callActivity id="called" name="调用" calledElement="inner">', '<bpmn:task id="called">'),
        ("</bpmn:callActivity>", "</bpmn:task>"),
    ],
    "send": [
        ('<bpmn:callActivity id="called" name="调用" calledElement="inner">', '<bpmn:sendTask id="called">'),
        ("</bpmn:callActivity>", "</bpmn:sendTask>"),
    ],
    "nested-lanes": [("<bpmn:flowNodeRef>left</bpmn:flowNodeRef>", '<bpmn:childLaneSet id="c" />')],
    "correlation": [('<bpmn:message id="msg"', '<bpmn:correlationProperty id="c" /><bpmn:message id="msg"')],
    "code-place": [(PROPERTIES, PROPERTIES + "<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>")],
    "foreign-extension": [(PROPERTIES, PROPERTIES + '<x:y xmlns:x="urn:x" />')],
    "flag": [('cancelActivity="true"', 'cancelActivity="1"')],
    "unsupported-attribute": [('<bpmn:userTask id="look"', '<bpmn:userTask startQuantity="2" id="look"')],
    "missing-id": [(' id="f9"', "")],
    "duplicate-id": [('id="f9"', 'id="f8"')],
    "reserved-id": [('"done"', '"End"')],
    "bad-id": [('id="join"', 'id="join-it"'), ('Ref="join"', 'Ref="join-it"')],
    "bad-process-id": [('<bpmn:process id="main"', '<bpmn:process id="Main Process"')],
    "not-executable": [('isExecutable="true"', 'isExecutable="false"')],
    "one-process": [("</bpmn:process>", '</bpmn:process><bpmn:process id="other" isExecutable="true" />')],
    "dangling-flow": [('sourceRef="judge" targetRef="choose"', 'sourceRef="judge" targetRef="nowhere"')],
    "no-start": [
        ('<bpmn:startEvent id="begun" name="开始"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>', ""),
        ('<bpmn:sequenceFlow id="f1" sourceRef="begun" targetRef="look" />', ""),
    ],
    "several-starts": [
        (
            '<bpmn:sequenceFlow id="f1"',
            '<bpmn:startEvent id="again" /><bpmn:sequenceFlow id="f0" sourceRef="again" targetRef="look" /><bpmn:sequenceFlow id="f1"',
        )
    ],
    "no-end": [
        ('<bpmn:endEvent id="done" name="结束"><bpmn:incoming>f5</bpmn:incoming><bpmn:incoming>f15</bpmn:incoming></bpmn:endEvent>', ""),
        (_F5, ""),
        ('<bpmn:sequenceFlow id="f15" sourceRef="called" targetRef="done" />', ""),
    ],
    "unreachable": [
        (
            _F5,
            _F5
            + '<bpmn:scriptTask id="lost"><bpmn:script>y = 1</bpmn:script></bpmn:scriptTask><bpmn:sequenceFlow id="f99" sourceRef="lost" targetRef="done" />',
        )
    ],
    "dead-end": [('<bpmn:sequenceFlow id="f15" sourceRef="called" targetRef="done" />', "")],
    "flow-into-start": [('sourceRef="urge" targetRef="answer"', 'sourceRef="urge" targetRef="begun"')],
    "flow-out-of-end": [(_F5, _F5 + '<bpmn:sequenceFlow id="f99" sourceRef="done" targetRef="answer" />')],
    "several-flows-out": [(_F5, _F5 + '<bpmn:sequenceFlow id="f99" sourceRef="urge" targetRef="done" />')],
    "condition-on-task": [
        (
            'sourceRef="look" targetRef="judge" />',
            'sourceRef="look" targetRef="judge"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">1 == 2</bpmn:conditionExpression></bpmn:sequenceFlow>',
        )
    ],
    "no-condition": [('<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">result == "yes"</bpmn:conditionExpression>', "")],
    "no-default": [(' default="f5"', "")],
    "bad-default": [('default="f5"', 'default="f8"')],
    "default-condition": [('default="f5"', 'default="f4"')],
    "never-joins": [
        ('<bpmn:parallelGateway id="fork">', _REVERSED.format(id="fork", default="f6")),
        ('</bpmn:parallelGateway>\n<bpmn:sequenceFlow id="f6"', '</bpmn:exclusiveGateway>\n<bpmn:sequenceFlow id="f6"'),
    ],
    "runs-twice": [
        ('<bpmn:parallelGateway id="join">', '<bpmn:exclusiveGateway id="join">'),
        ('</bpmn:parallelGateway>\n<bpmn:sequenceFlow id="f10"', '</bpmn:exclusiveGateway>\n<bpmn:sequenceFlow id="f10"'),
    ],
    "endless": [('sourceRef="choose" targetRef="done"', 'sourceRef="choose" targetRef="judge"')],
    "boundary-lost": [('attachedToRef="answer"', 'attachedToRef="nothing"')],
    "non-interrupting": [('cancelActivity="true"', 'cancelActivity="false"')],
    "boundary-trigger": [
        (
            '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">"P3D"</bpmn:timeDuration></bpmn:timerEventDefinition>',
            "",
        )
    ],
    "catch-trigger": [
        (
            '<bpmn:messageEventDefinition messageRef="msg"><bpmn:extensionElements><spiffworkflow:messageVariable>leg</spiffworkflow:messageVariable></bpmn:extensionElements></bpmn:messageEventDefinition>',
            "",
        )
    ],
    "no-lane": [("<bpmn:flowNodeRef>urge</bpmn:flowNodeRef>", "")],
    "lane-without-name": [('id="HD_CHIEF" name="负责人"', 'id="HD_CHIEF"')],
    "lane-name-twice": [('name="负责人"', 'name="承办人"')],
    "unknown-role": [('id="HD_CHIEF"', 'id="BOSS"')],
    "no-form": [
        (
            f'<bpmn:userTask id="urge" name="催办"><bpmn:extensionElements>{PROPERTIES}</bpmn:extensionElements>',
            '<bpmn:userTask id="urge" name="催办">',
        )
    ],
    "unknown-form": [
        (
            f'<bpmn:userTask id="urge" name="催办"><bpmn:extensionElements>{PROPERTIES}',
            '<bpmn:userTask id="urge" name="催办"><bpmn:extensionElements>' + PROPERTIES.replace("note", "nothing"),
        )
    ],
    "unknown-clock": [
        (
            PROPERTIES,
            PROPERTIES.replace(
                "</spiffworkflow:properties>", '<spiffworkflow:property name="deadline" value="SOON" /></spiffworkflow:properties>'
            ),
        )
    ],
    "unknown-name": [
        (
            PROPERTIES,
            PROPERTIES.replace(
                "</spiffworkflow:properties>", '<spiffworkflow:property name="rules" value="LAW-1 LAW-9" /></spiffworkflow:properties>'
            ),
        )
    ],
    "unknown-property": [
        (
            PROPERTIES,
            PROPERTIES.replace(
                "</spiffworkflow:properties>", '<spiffworkflow:property name="dedline" value="X" /></spiffworkflow:properties>'
            ),
        )
    ],
    "no-name": [('name="催办"', "")],
    "long-name": [("催办", "催" * 130)],
    "bad-expression": [('result == "yes"', "result.__class__")],
    "no-script": [("<bpmn:script>score = 1</bpmn:script>", "")],
    "script-format": [('<bpmn:scriptTask id="reckon"', '<bpmn:scriptTask scriptFormat="javascript" id="reckon"')],
    "timer-duration": [('"P3D"', '"P99999999999Y"')],
    "timer-instant": [("bpmn:timeDuration", "bpmn:timeDate"), ('"P3D"', '"2026-11-08T09:00:00"')],
    "timer-not-quoted": [('"P3D"', "P3D")],
    "timer-expression": [('"P3D"', "due_at + 1")],
    "timer-empty": [('"P3D"', "")],
    "lane-unknown-node": [
        ("<bpmn:flowNodeRef>urge</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>urge</bpmn:flowNodeRef><bpmn:flowNodeRef>x</bpmn:flowNodeRef>")
    ],
    "in-two-lanes": [('name="负责人">', 'name="负责人"><bpmn:flowNodeRef>urge</bpmn:flowNodeRef>')],
    "start-without-lane": [('name="开始"', 'name="起点"')],
    "unknown-subject": [
        (
            '<bpmn:laneSet id="lanes">',
            '<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="subject" value="Case" />'
            '</spiffworkflow:properties></bpmn:extensionElements><bpmn:laneSet id="lanes">',
        ),
    ],
    "without-english": [("查看", "看看")],
    "not-drawn": [('bpmnElement="look"', 'bpmnElement="judge"')],
    "no-bounds": [('<dc:Bounds x="10" y="20" width="100" height="80" />', "")],
    "schema": [("<bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>", "<bpmn:outgoing>f1</bpmn:outgoing>text</bpmn:startEvent>")],
    "event-gateway-target": [("bpmn:parallelGateway", "bpmn:eventBasedGateway")],
    "event-with-two-triggers": [("<bpmn:timerEventDefinition>", '<bpmn:errorEventDefinition id="e" /><bpmn:timerEventDefinition>')],
    "unknown-error": [("</bpmn:endEvent>", '<bpmn:errorEventDefinition errorRef="nothing" /></bpmn:endEvent>')],
    "error-never-raised": [
        (
            '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">"P3D"</bpmn:timeDuration></bpmn:timerEventDefinition>',
            '<bpmn:errorEventDefinition id="e" />',
        ),
    ],
    "bad-variable": [('resultVariable="child"', 'resultVariable="len"')],
    "starts-at-once": [
        ("value=\"'leg'\"", "value=\"'main'\""),
        ('sourceRef="begun" targetRef="look"', 'sourceRef="begun" targetRef="judge"'),
        ('sourceRef="look" targetRef="judge"', 'sourceRef="look" targetRef="answer"'),
    ],
    "timer-cycle": [("bpmn:timeDuration", "bpmn:timeCycle")],
    "unknown-message": [('messageRef="msg"', 'messageRef="other"')],
    "message-name": [('<bpmn:message id="msg"', '<bpmn:message id="msg2" /><bpmn:message id="msg"')],
    "message-nobody": [('name="leg.ended"', 'name="other.ended"')],
    "message-variable": [("<spiffworkflow:messageVariable>leg</spiffworkflow:messageVariable>", "")],
    "unknown-service": [('serviceTaskOperator id="start_child"', 'serviceTaskOperator id="send_mail"')],
    "operation-parameters": [('serviceTaskOperator id="start_child"', 'serviceTaskOperator id="due_date"')],
    "child-not-named": [("value=\"'leg'\"", 'value="result"')],
    "unknown-process": [("value=\"'leg'\"", "value=\"'nothing'\"")],
    "unknown-decision": [("<spiffworkflow:calledDecisionId>risk<", "<spiffworkflow:calledDecisionId>other<")],
    "calls-itself": [('calledElement="inner"', 'calledElement="main"')],
    "starts-itself": [("value=\"'leg'\"", "value=\"'main'\"")],
    "return-unknown": [_returns("urge", "催办", "judge")],
    "return-not-before": [_returns("look", "查看", "answer")],
    "return-over": [_returns("answer", "答复", "look")],
    "same-variable": [("score = 1", "child = 1")],
    "no-drawing": [(GOOD[GOOD.index("<bpmndi:BPMNDiagram") : GOOD.index("</bpmn:definitions>")], "")],
    "bad-coordinate": [('x="10"', 'x="ten"')],
    "key-differs": [('<bpmn:process id="main"', '<bpmn:process id="renamed"')],
}
# What the good edition is warned about: it has no English, hardly a drawing, and a lane that lists a node that is gone.
