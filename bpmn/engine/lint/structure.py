"""What may stand where: an allow-list of elements, so that code runs from no other place than those we check."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram
from bpmn.engine.lint.xml import BPMN, SPIFF, local
from bpmn.engine.ports import Problem

MAX_NODES = 500
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
PROCESS_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_RESERVED = re.compile(r"Start|End|Root|.*\.(EndJoin|BoundaryEventSplit|BoundaryEventJoin|BoundaryEventParent)")
_BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"

_COMMON = {"documentation", "extensionElements"}
_WIRED = _COMMON | {"incoming", "outgoing"}
_FLOW = {
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "userTask", "scriptTask",
    "serviceTask", "businessRuleTask", "receiveTask", "callActivity", "subProcess", "exclusiveGateway", "parallelGateway",
    "inclusiveGateway", "eventBasedGateway", "sequenceFlow", "textAnnotation", "association", "group",
}  # fmt: skip
_CHILDREN: dict[str, set[str]] = {
    "definitions": {"collaboration", "process", "message", "error", "category"},
    "collaboration": _COMMON | {"participant", "textAnnotation", "association", "group"},
    "participant": _COMMON,
    "process": _COMMON | _FLOW | {"laneSet"},
    "subProcess": _WIRED | _FLOW,
    "laneSet": _COMMON | {"lane"},
    "lane": _COMMON | {"flowNodeRef"},
    "startEvent": _WIRED,
    "endEvent": _WIRED | {"errorEventDefinition", "terminateEventDefinition"},
    "intermediateCatchEvent": _WIRED | {"messageEventDefinition", "timerEventDefinition"},
    "intermediateThrowEvent": _WIRED,
    "boundaryEvent": _WIRED | {"messageEventDefinition", "timerEventDefinition", "errorEventDefinition"},
    "userTask": _WIRED,
    "scriptTask": _WIRED | {"script"},
    "serviceTask": _WIRED,
    "businessRuleTask": _WIRED,
    "receiveTask": _WIRED,
    "callActivity": _WIRED,
    "exclusiveGateway": _WIRED,
    "parallelGateway": _WIRED,
    "inclusiveGateway": _WIRED,
    "eventBasedGateway": _WIRED,
    "sequenceFlow": _COMMON | {"conditionExpression"},
    "messageEventDefinition": {"extensionElements"},
    "timerEventDefinition": {"timeDate", "timeDuration", "timeCycle"},
    "textAnnotation": _COMMON | {"text"},
    "association": _COMMON,
    "group": _COMMON,
    "category": _COMMON | {"categoryValue"},
}
_EXTENSIONS = {
    "serviceTask": {"properties", "serviceTaskOperator"},
    "businessRuleTask": {"properties", "calledDecisionId"},
    "messageEventDefinition": {"messageVariable"},
    "receiveTask": {"properties", "messageVariable"},
}
_EXTENSION_CHILDREN = {"properties": {"property"}, "serviceTaskOperator": {"parameters"}, "parameters": {"parameter"}}
_FLAGS = {
    "cancelActivity", "completionQuantity", "instantiate", "isClosed", "isCollection", "isExecutable", "isForCompensation", "isImmediate",
    "isInterrupting", "isSequential", "parallelMultiple", "scriptsOnInstances", "testBefore", "triggeredByEvent",
    "isHorizontal", "isExpanded", "isMarkerVisible", "isMessageVisible", "isBold", "isItalic",
} - {"completionQuantity"}  # fmt: skip
_ADVICE = {
    "multiInstanceLoopCharacteristics": "multi-instance",
    "standardLoopCharacteristics": "multi-instance",
    "adHocSubProcess": "ad-hoc",
    "transaction": "transaction",
    "signal": "signal",
    "signalEventDefinition": "signal",
    "linkEventDefinition": "link",
    "compensateEventDefinition": "compensation",
    "cancelEventDefinition": "transaction",
    "escalation": "escalation",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "complexGateway": "complex-gateway",
    "task": "plain-task",
    "manualTask": "plain-task",
    "sendTask": "send",
    "messageFlow": "send",
    "childLaneSet": "nested-lanes",
    "correlationKey": "correlation",
    "correlationProperty": "correlation",
}

RULES = table(
    Rule(
        "unsupported-element",
        "“{tag}”不能放在“{parent}”里，请删除或改用支持的元素。",
        "“{tag}” cannot stand in “{parent}”. Remove it or use a supported element.",
    ),
    Rule(
        "multi-instance",
        "不支持多实例和循环标记。请为每个对象各启动一个子流程，或用网关画出循环。",
        "Multi-instance and loop markers are not supported. Start one child process for each subject, or draw the loop with a gateway.",
    ),
    Rule("ad-hoc", "不支持临时子流程，请画出确定的顺序。", "Ad-hoc sub-processes are not supported. Draw a definite order."),
    Rule(
        "transaction",
        "不支持事务子流程和取消事件，请改用普通子流程和错误事件。",
        "Transactions and cancel events are not supported. Use a sub-process with an error event.",
    ),
    Rule(
        "event-sub-process",
        "不支持事件子流程，请改用任务上的中断边界事件。",
        "Event sub-processes are not supported. Use an interrupting boundary event on a task.",
    ),
    Rule("signal", "不支持信号事件，请改用消息事件。", "Signal events are not supported. Use message events."),
    Rule("link", "不支持链接事件，请直接画连线。", "Link events are not supported. Draw the flow itself."),
    Rule("compensation", "不支持补偿，请用任务画出纠正的步骤。", "Compensation is not supported. Draw the steps that put things right."),
    Rule("escalation", "不支持升级事件，请用网关和任务画出督办的步骤。", "Escalation events are not supported. Draw the supervision with a gateway and a task."),
    Rule("conditional", "不支持条件事件，请改用网关上的条件。", "Conditional events are not supported. Put the condition on a gateway."),
    Rule("complex-gateway", "不支持复杂网关，请改用排他、并行或包容网关。", "Complex gateways are not supported. Use exclusive, parallel or inclusive gateways."),
    Rule("plain-task", "请把普通任务和手工任务改为用户任务。", "Make plain and manual tasks user tasks."),
    Rule(
        "send",
        "不支持发送消息。启动其他流程请用服务任务 start_child。",
        "Sending messages is not supported. To start another process use a service task with start_child.",
    ),
    Rule("nested-lanes", "不支持嵌套泳道，请把泳道放在同一层。", "Nested lanes are not supported. Put all lanes on one level."),
    Rule("correlation", "不支持消息关联，请删除；消息按案件送达。", "Message correlation is not supported. Remove it; messages are delivered by case."),
    Rule(
        "code-place",
        "“{name}”处不能写代码或模板。代码只能写在网关条件、脚本任务、定时器、服务任务参数和决策表中，请删除。",
        "Neither code nor templates may stand in “{name}”. Code belongs in conditions of gateways, script tasks, timers,"
        " parameters of service tasks and decision tables only. Remove it.",
    ),
    Rule(
        "foreign-extension",
        "其他软件的扩展“{name}”不起作用，建议删除。",
        "The extension “{name}” of another program has no effect. Consider removing it.",
        "warning",
    ),
    Rule("flag", "属性 {name} 的值是“{value}”，请写成 true 或 false。", "The attribute {name} is “{value}”. Write true or false."),
    Rule("unsupported-attribute", "不支持属性 {name}=“{value}”，请删除。", "The attribute {name}=“{value}” is not supported. Remove it."),
    Rule("missing-id", "“{tag}”没有标识，请加上 id。", "A “{tag}” has no id. Give it one."),
    Rule("duplicate-id", "标识“{id}”用了 {count} 次，请改成各不相同。", "The id “{id}” is used {count} times. Make all ids different."),
    Rule(
        "reserved-id",
        "标识“{id}”是引擎保留的名称，请改名，例如 {id_zh}。",
        "The id “{id}” is reserved by the engine. Rename it, for example to {id_zh}.",
    ),
    Rule(
        "bad-id",
        "标识“{id}”不可用：请用字母开头，只用字母、数字和下划线，最多 80 个字符。",
        "The id “{id}” cannot be used: begin with a letter, use letters, digits and underscores only, 80 characters at most.",
    ),
    Rule(
        "bad-process-id",
        "流程标识“{id}”不可用：请用小写字母开头，只用小写字母、数字和下划线，最多 40 个字符。",
        "The process id “{id}” cannot be used: begin with a small letter, use small letters, digits and underscores only,"
        " 40 characters at most.",
    ),
    Rule("one-process", "文件中有 {count} 个流程，请每个文件只放一个流程。", "The file holds {count} processes. Put one process in each file."),
    Rule("not-executable", "流程标为不可执行，请把 isExecutable 设为 true。", "The process is marked as not executable. Set isExecutable to true."),
    Rule("too-many-nodes", "图中有 {count} 个节点，最多 {limit} 个，请拆成调用活动。", "The diagram has {count} nodes; {limit} are allowed. Split it with call activities."),
)  # fmt: skip


def check(diagram: Diagram) -> Iterator[Problem]:
    yield from _processes(diagram)
    yield from _children(diagram.root)
    yield from _ids(diagram)
    yield from _flags(diagram.root)
    if len(diagram.nodes) > MAX_NODES:
        yield RULES["too-many-nodes"].at(diagram.key, count=len(diagram.nodes), limit=MAX_NODES)


def _processes(diagram: Diagram) -> Iterator[Problem]:
    if len(diagram.processes) != 1:
        yield RULES["one-process"].at(None, count=len(diagram.processes))
    for process in diagram.processes:
        key = str(process.get("id") or "")
        if not PROCESS_KEY.fullmatch(key):
            yield RULES["bad-process-id"].at(key or None, id=key)
        if process.get("isExecutable") in {"false", "0"}:
            yield RULES["not-executable"].at(key)


def _children(element: Any) -> Iterator[Problem]:
    """Walk down the allow-list; what is not on it is reported once and not entered."""
    allowed = _CHILDREN.get(local(element), set())
    for child in element.iterchildren(etree.Element):
        if child.tag == f"{BPMN}extensionElements" and "extensionElements" in allowed:
            yield from _extensions(child, element)
        elif child.tag.startswith(BPMN) and local(child) in allowed:
            yield from _children(child)
        elif child.tag != f"{_BPMNDI}BPMNDiagram" or element.getparent() is not None:
            yield _refused(child, element)
    if element.get("triggeredByEvent") in {"true", "1"}:
        yield RULES["event-sub-process"].at(element.get("id"))


def _refused(child: Any, parent: Any) -> Problem:
    advice = _ADVICE.get(local(child), "unsupported-element")
    return RULES[advice].at(child.get("id") or _owner(parent), tag=local(child), parent=local(parent))


def _extensions(extensions: Any, owner: Any) -> Iterator[Problem]:
    allowed = _EXTENSIONS.get(local(owner), {"properties"})
    for child in extensions.iterchildren(etree.Element):
        if not child.tag.startswith(SPIFF):
            yield RULES["foreign-extension"].at(_owner(owner), name=local(child))
        elif local(child) in allowed:
            yield from _inside_extension(child, owner)
        else:
            yield RULES["code-place"].at(_owner(owner), name=local(child))


def _inside_extension(extension: Any, owner: Any) -> Iterator[Problem]:
    for child in extension.iterchildren(etree.Element):
        if child.tag.startswith(SPIFF) and local(child) in _EXTENSION_CHILDREN.get(local(extension), set()):
            yield from _inside_extension(child, owner)
        else:
            yield RULES["code-place"].at(_owner(owner), name=local(child))


def _ids(diagram: Diagram) -> Iterator[Problem]:
    elements = [element for element in diagram.root.iter(etree.Element) if not element.tag.startswith(SPIFF)]
    times = Counter(element.get("id") for element in elements if element.get("id"))
    for twice, count in times.items():
        if count > 1:
            yield RULES["duplicate-id"].at(twice, id=twice, count=count)
    for element in elements:
        if element.tag.startswith(BPMN) and local(element) in _FLOW | {"lane", "process", "message", "error"}:
            yield from _id(element)


def _id(element: Any) -> Iterator[Problem]:
    key = element.get("id")
    if not key:
        yield RULES["missing-id"].at(_owner(element), tag=local(element))
    elif _RESERVED.fullmatch(key):
        yield RULES["reserved-id"].at(key, id=key, id_zh=f"{re.sub('[^A-Za-z0-9]', '_', key).lower()}_step")
    elif local(element) != "process" and not WORD.fullmatch(key):
        yield RULES["bad-id"].at(key, id=key)


def _flags(root: Any) -> Iterator[Problem]:
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if name in _FLAGS and value not in {"true", "false"}:
                yield RULES["flag"].at(_owner(element), name=name, value=value)
            elif _is_unsupported(name, value):
                yield RULES["unsupported-attribute"].at(_owner(element), name=etree.QName(name).localname, value=value)


def _is_unsupported(name: str, value: str) -> bool:
    if name in {"isForCompensation", "instantiate", "parallelMultiple"}:
        return value == "true"
    return name.startswith(SPIFF) or (name in {"startQuantity", "completionQuantity"} and value != "1")


def _owner(element: Any) -> str | None:
    while element is not None and not element.get("id"):
        element = element.getparent()
    return None if element is None else str(element.get("id"))
