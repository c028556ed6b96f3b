"""Flows and gateways: every way leads somewhere, every choice is decided."""

from __future__ import annotations

from collections.abc import Iterator

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import ACTIVITIES, GATEWAYS, Diagram, Flow, Node
from bpmn.engine.ports import Problem

MAX_DEPTH = 300  # SpiffWorkflow's parser fails at about 490 nodes in a row
DECIDING = ("exclusiveGateway", "inclusiveGateway")

RULES = table(
    Rule(
        "dangling-flow",
        "连线“{id}”的{end_zh}“{node}”不存在，请接到一个节点上。",
        "The {end} “{node}” of the flow “{id}” does not exist. Connect it to a node.",
    ),
    Rule(
        "crossing-flow",
        "连线“{id}”穿过了子流程的边框，请只连接同一层的节点。",
        "The flow “{id}” crosses the border of a sub-process. Connect nodes of one level only.",
    ),
    Rule("no-start", "“{id}”没有开始事件，请画一个。", "“{id}” has no start event. Draw one."),
    Rule("several-starts", "“{id}”有 {count} 个开始事件，请只留一个。", "“{id}” has {count} start events. Keep one."),
    Rule("no-end", "“{id}”没有结束事件，请画一个。", "“{id}” has no end event. Draw one."),
    Rule(
        "unreachable", "从开始事件走不到“{name}”，请连上或删除。", "“{name}” cannot be reached from the start event. Connect or remove it."
    ),
    Rule(
        "dead-end",
        "“{name}”之后没有连线，请接到下一步或结束事件。",
        "No flow leaves “{name}”. Lead it to the next step or to an end event.",
    ),
    Rule(
        "flow-into-start",
        "连线不能进入开始事件“{name}”，请接到它的下一步。",
        "A flow enters the start event “{name}”. Lead it to the step after it.",
    ),
    Rule("flow-out-of-end", "结束事件“{name}”之后不能再有连线，请删除。", "A flow leaves the end event “{name}”. Remove it."),
    Rule(
        "several-flows-out",
        "“{name}”有 {count} 条出线，请用网关分开。",
        "{count} flows leave “{name}”. Split the way with a gateway.",
    ),
    Rule(
        "condition-on-task",
        "连线“{id}”的条件不起作用，条件只能写在排他或包容网关的出线上，请移到网关。",
        "The condition of the flow “{id}” is ignored. Conditions belong on flows that leave exclusive or inclusive gateways; move it there.",
    ),
    Rule(
        "no-condition",
        "网关“{name}”的出线“{id}”没有条件，请写条件或设为默认线。",
        "The flow “{id}” out of the gateway “{name}” has no condition. Give it one or make it the default.",
    ),
    Rule("no-default", "网关“{name}”没有默认出线，请指定一条。", "The gateway “{name}” has no default flow. Choose one."),
    Rule(
        "bad-default",
        "“{name}”的默认线“{id}”不是它的出线，或不能有默认线，请更正。",
        "The default flow “{id}” does not leave “{name}”, or “{name}” can have none. Correct it.",
    ),
    Rule(
        "default-condition",
        "默认线“{id}”上的条件不起作用，请删除。",
        "The condition of the default flow “{id}” is ignored. Remove it.",
    ),
    Rule(
        "event-gateway-target",
        "事件网关“{name}”之后只能是消息、定时器事件或接收任务，请更正。",
        "Only message and timer events and receive tasks may follow the event gateway “{name}”. Correct it.",
    ),
    Rule(
        "one-timer",
        "事件网关“{name}”之后有多个定时器，它们会共用一个时间，请只留一个。",
        "Several timers follow the event gateway “{name}”; they would share one time. Keep one.",
    ),
    Rule(
        "boundary-lost",
        "边界事件“{name}”没有附在同一层的任务上，请附到任务。",
        "The boundary event “{name}” is not attached to a task of its level. Attach it.",
    ),
    Rule(
        "non-interrupting",
        "边界事件“{name}”不中断任务。请设为中断；提醒由期限负责。",
        "The boundary event “{name}” does not interrupt its task. Make it interrupting; reminders belong to time limits.",
    ),
    Rule(
        "too-long",
        "从“{name}”起的路径超过 {limit} 步，引擎无法处理，请用调用活动拆分。",
        "The way to “{name}” is longer than {limit} steps, too long for the engine. Split it with call activities.",
    ),
)


def check(diagram: Diagram) -> Iterator[Problem]:
    for flow in diagram.flows:
        yield from _flow(diagram, flow)
    if diagram.process is not None:
        yield from _starts(diagram)
    for node in diagram.nodes.values():
        yield from _node(diagram, node)
    yield from _reach(diagram)


def name_of(node: Node) -> str:
    return str(node.element.get("name") or node.id)


def reached(diagram: Diagram, scope: str) -> dict[str, int]:
    """Nodes of one scope that a token can come to, with the depth at which a parser that recurses along flows meets them."""
    start = diagram.start_of(scope)
    depth: dict[str, int] = {}
    waiting = [(start, 1)] if start else []
    while waiting:
        node, level = waiting.pop()
        if node.id not in depth:
            depth[node.id] = level
            waiting += [(found, level + 1) for found in reversed(list(diagram.following(node)))]
    return depth


def _flow(diagram: Diagram, flow: Flow) -> Iterator[Problem]:
    for end, zh, key in (("source", "起点", flow.source), ("target", "终点", flow.target)):
        if key not in diagram.nodes:
            yield RULES["dangling-flow"].at(flow.id, id=flow.id, end=end, end_zh=zh, node=key)
    source, target = diagram.nodes.get(flow.source), diagram.nodes.get(flow.target)
    if source and target and not source.scope == target.scope == flow.scope:
        yield RULES["crossing-flow"].at(flow.id, id=flow.id)
    if source and flow.condition is not None and source.kind not in DECIDING:
        yield RULES["condition-on-task"].at(flow.id, id=flow.id)


def _starts(diagram: Diagram) -> Iterator[Problem]:
    scopes = [diagram.key, *(node.id for node in diagram.of_kind("subProcess"))]
    for scope in scopes:
        count = sum(node.kind == "startEvent" for node in diagram.scopes.get(scope, ()))
        if count == 0:
            yield RULES["no-start"].at(scope or None, id=scope)
        elif count > 1:
            yield RULES["several-starts"].at(scope, id=scope, count=count)
        if not any(node.kind == "endEvent" for node in diagram.scopes.get(scope, ())):
            yield RULES["no-end"].at(scope or None, id=scope)


def _node(diagram: Diagram, node: Node) -> Iterator[Problem]:
    ways, name = diagram.outgoing.get(node.id, []), name_of(node)
    if node.kind in {"startEvent", "boundaryEvent"} and diagram.incoming.get(node.id):
        yield RULES["flow-into-start"].at(node.id, name=name)
    if node.kind == "endEvent":
        if ways:
            yield RULES["flow-out-of-end"].at(node.id, name=name)
    elif not ways:
        yield RULES["dead-end"].at(node.id, name=name)
    if len(ways) > 1 and node.kind not in GATEWAYS | {"endEvent"}:
        yield RULES["several-flows-out"].at(node.id, name=name, count=len(ways))
    yield from _choice(node, ways)
    if node.kind == "eventBasedGateway":
        yield from _event_gateway(diagram, node)
    if node.kind == "boundaryEvent":
        yield from _boundary(diagram, node)


def _choice(node: Node, ways: list[Flow]) -> Iterator[Problem]:
    default, name = node.element.get("default"), name_of(node)
    if default and (node.kind not in DECIDING or default not in {flow.id for flow in ways}):
        yield RULES["bad-default"].at(node.id, name=name, id=default)
    if node.kind not in DECIDING:
        return
    yield from (RULES["default-condition"].at(flow.id, id=flow.id) for flow in ways if flow.id == default and flow.condition is not None)
    is_choice = len(ways) > 1 or any(flow.condition is not None for flow in ways)
    if is_choice and not default:
        yield RULES["no-default"].at(node.id, name=name)
    unconditional = [flow for flow in ways if flow.condition is None and flow.id != default]
    if is_choice and (default or len(unconditional) > 1):  # a single one without a condition is the missing default
        yield from (RULES["no-condition"].at(flow.id, name=name, id=flow.id) for flow in unconditional)


def _event_gateway(diagram: Diagram, node: Node) -> Iterator[Problem]:
    targets = [diagram.nodes[flow.target] for flow in diagram.outgoing.get(node.id, ())]
    if not all(target.kind == "receiveTask" or (target.kind == "intermediateCatchEvent" and target.trigger) for target in targets):
        yield RULES["event-gateway-target"].at(node.id, name=name_of(node))
    if sum(target.trigger == "timer" for target in targets) > 1:
        yield RULES["one-timer"].at(node.id, name=name_of(node))


def _boundary(diagram: Diagram, node: Node) -> Iterator[Problem]:
    holder = diagram.nodes.get(node.attached_to)
    if holder is None or holder.kind not in ACTIVITIES or holder.scope != node.scope:
        yield RULES["boundary-lost"].at(node.id, name=name_of(node))
    if node.element.get("cancelActivity") == "false":
        yield RULES["non-interrupting"].at(node.id, name=name_of(node))


def _reach(diagram: Diagram) -> Iterator[Problem]:
    for scope, nodes in diagram.scopes.items():
        depth = reached(diagram, scope)
        deep = [node for node in nodes if depth.get(node.id, 0) > MAX_DEPTH]
        if deep:
            yield RULES["too-long"].at(deep[0].id, name=name_of(deep[0]), limit=MAX_DEPTH)
        if diagram.start_of(scope) is None:
            continue
        for node in nodes:
            is_lost = node.kind == "boundaryEvent" and node.attached_to not in diagram.nodes
            if node.id not in depth and node.kind != "startEvent" and not is_lost:
                yield RULES["unreachable"].at(node.id, name=name_of(node))
