"""How nodes are joined: flows, reachability, gateways that fit, cycles that wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import ACTIVITIES, Diagram, Flow, Node
from bpmn.engine.ports import Problem

LONGEST_CHAIN = 300  # SpiffWorkflow's parser recurses along the path: some 490 tasks in a row end in a RecursionError
SPLITTING = frozenset({"exclusiveGateway", "inclusiveGateway"})
WAITING_KINDS = frozenset({"userTask", "receiveTask"})

RULES = table(
    Rule("dangling-flow", "连线“{id}”没有接到节点上，请重新连接。", "The flow “{id}” is not connected to a node at both ends. Connect it."),
    Rule("crossing-flow", "连线“{id}”跨越了子流程的边界，请在同一层内连接。", "The flow “{id}” crosses the border of a sub-process. Connect nodes of one level."),
    Rule("no-start", "“{scope}”没有开始事件，请加上一个。", "“{scope}” has no start event. Add one."),
    Rule("several-starts", "“{scope}”有 {count} 个开始事件，请只保留一个。", "“{scope}” has {count} start events. Keep one."),
    Rule("no-end", "“{scope}”没有结束事件，请加上。", "“{scope}” has no end event. Add one."),
    Rule("event-start", "开始事件不能带触发条件，请改为普通开始事件。", "A start event may have no trigger. Make it a plain start event."),
    Rule("unreachable", "从开始事件到不了“{id}”，它永远不会执行，请连接或删除。", "“{id}” cannot be reached from the start and would never run. Connect or remove it."),
    Rule("dead-end", "“{id}”没有后续，请连到结束事件。", "“{id}” leads nowhere. Connect it to an end event."),
    Rule("flow-into-start", "连线不能指向“{id}”，请改接。", "No flow may lead into “{id}”. Connect it elsewhere."),
    Rule("flow-out-of-end", "结束事件“{id}”之后不能再有连线，请删除。", "No flow may leave the end event “{id}”. Remove it."),
    Rule("several-flows-out", "“{id}”有 {count} 条出线，请用网关分支。", "{count} flows leave “{id}”. Branch with a gateway."),
    Rule(
        "condition-on-task",
        "连线“{id}”不是从排他或包容网关出来的，它的条件不起作用，请把条件移到网关之后。",
        "The flow “{id}” does not leave an exclusive or inclusive gateway, so its condition has no effect. Put it behind a gateway.",
    ),
    Rule("no-condition", "网关的出线“{id}”没有条件也不是默认线，请填写条件。", "The flow “{id}” of a gateway has neither a condition nor is it the default. Give it one."),
    Rule("no-default", "网关“{id}”没有默认出线，条件都不满足时会停住，请设置默认线。", "The gateway “{id}” has no default flow and stops when no condition holds. Set one."),
    Rule("bad-default", "“{id}”的默认线不是它的出线，请重新设置。", "The default of “{id}” is not one of its flows. Set it again."),
    Rule("default-condition", "默认线“{id}”不能带条件，请删除条件。", "The default flow “{id}” may have no condition. Remove it."),
    Rule(
        "never-joins",
        "排他网关“{split}”只走一条分支，并行汇合“{id}”会一直等另一条，请改为排他汇合。",
        "The exclusive gateway “{split}” takes one branch, but the parallel join “{id}” waits for both. Join with an exclusive gateway.",
    ),
    Rule(
        "runs-twice",
        "并行网关“{split}”的分支在排他网关“{id}”汇合，后面的步骤会执行两次，请改为并行汇合。",
        "The branches of the parallel gateway “{split}” meet in the exclusive gateway “{id}”: what follows would run twice. Join them in parallel.",
    ),
    Rule(
        "endless",
        "“{id}”所在的循环中没有等待的步骤，会一直空转，请加入用户任务或消息、定时器。",
        "The loop through “{id}” never waits for anybody and would run for ever. Put a user task, a message or a timer into it.",
    ),
    Rule("too-long", "从开始到“{id}”超过 {limit} 步，请拆成调用活动。", "More than {limit} steps lead to “{id}”. Split the diagram with call activities."),
    Rule("boundary-lost", "边界事件“{id}”没有附着在任务上，请重新放置。", "The boundary event “{id}” is attached to nothing. Place it on a task."),
    Rule(
        "non-interrupting",
        "边界事件“{id}”不中断任务，不支持；提醒由时限自动发出，请改为中断。",
        "The boundary event “{id}” does not interrupt, which is not supported; time limits remind by themselves. Make it interrupting.",
    ),
    Rule("boundary-trigger", "边界事件“{id}”须是定时器、消息或错误事件。", "The boundary event “{id}” must be a timer, message or error event."),
    Rule("catch-trigger", "中间事件“{id}”须是定时器或消息事件。", "The intermediate event “{id}” must be a timer or message event."),
    Rule("one-timer", "事件网关“{id}”后有多个定时器，期限会混在一起，请只留一个。", "Several timers follow the event gateway “{id}” and would share one date. Keep one."),
)  # fmt: skip


def check(diagram: Diagram) -> Iterator[Problem]:
    yield from _flows(diagram)
    yield from _scopes(diagram)
    yield from _nodes(diagram)
    yield from _gateways(diagram)
    yield from _pairs(diagram)
    yield from _cycles(diagram)


def _flows(diagram: Diagram) -> Iterator[Problem]:
    for flow in diagram.flows:
        source, target = diagram.nodes.get(flow.source), diagram.nodes.get(flow.target)
        if source is None or target is None:
            yield RULES["dangling-flow"].at(flow.id, id=flow.id)
        elif not source.scope == target.scope == flow.scope:
            yield RULES["crossing-flow"].at(flow.id, id=flow.id)
        elif target.kind in {"startEvent", "boundaryEvent"}:
            yield RULES["flow-into-start"].at(target.id, id=target.id)
        elif flow.condition is not None and source.kind not in SPLITTING:
            yield RULES["condition-on-task"].at(flow.id, id=flow.id)


def _scopes(diagram: Diagram) -> Iterator[Problem]:
    for scope in {diagram.key, *(node.id for node in diagram.of_kind("subProcess"))}:
        nodes = diagram.scopes.get(scope, [])
        starts = [node for node in nodes if node.kind == "startEvent"]
        if len(starts) != 1:
            yield RULES["several-starts" if starts else "no-start"].at(scope, scope=scope, count=len(starts))
        if not any(node.kind == "endEvent" for node in nodes):
            yield RULES["no-end"].at(scope, scope=scope)
        if len(starts) == 1:
            yield from _reached(diagram, starts[0], nodes)


def _reached(diagram: Diagram, start: Node, nodes: list[Node]) -> Iterator[Problem]:
    """Breadth first; the number of steps to a node bounds the parser's recursion."""
    distance = {start.id: 0}
    queue = [start]
    for node in queue:
        for following in diagram.following(node):
            if following.id not in distance:
                distance[following.id] = distance[node.id] + 1
                queue.append(following)
    for node in nodes:
        if node.id not in distance:
            yield RULES["unreachable"].at(node.id, id=node.id)
    if max(distance.values()) > LONGEST_CHAIN:
        yield RULES["too-long"].at(
            max(distance, key=lambda key: distance[key]), id=max(distance, key=lambda key: distance[key]), limit=LONGEST_CHAIN
        )


def _nodes(diagram: Diagram) -> Iterator[Problem]:
    for node in diagram.nodes.values():
        leaving = diagram.outgoing.get(node.id, [])
        if node.kind == "startEvent" and node.trigger:
            yield RULES["event-start"].at(node.id)
        if node.kind == "endEvent":
            if leaving:
                yield RULES["flow-out-of-end"].at(node.id, id=node.id)
        elif not leaving:
            yield RULES["dead-end"].at(node.id, id=node.id)
        elif len(leaving) > 1 and not node.kind.endswith("Gateway"):
            yield RULES["several-flows-out"].at(node.id, id=node.id, count=len(leaving))
        yield from _events(diagram, node)


def _events(diagram: Diagram, node: Node) -> Iterator[Problem]:
    if node.kind == "intermediateCatchEvent" and node.trigger not in {"timer", "message"}:
        yield RULES["catch-trigger"].at(node.id, id=node.id)
    if node.kind != "boundaryEvent":
        return
    host = diagram.nodes.get(node.attached_to)
    if host is None or host.kind not in ACTIVITIES or host.scope != node.scope:
        yield RULES["boundary-lost"].at(node.id, id=node.id)
    if node.element.get("cancelActivity", "true") != "true":
        yield RULES["non-interrupting"].at(node.id, id=node.id)
    if node.trigger not in {"timer", "message", "error"}:
        yield RULES["boundary-trigger"].at(node.id, id=node.id)


def _gateways(diagram: Diagram) -> Iterator[Problem]:
    for node in diagram.of_kind("exclusiveGateway", "inclusiveGateway"):
        leaving = diagram.outgoing.get(node.id, [])
        default = node.element.get("default")
        if len(leaving) > 1:
            yield from _branches(node, leaving, default)
    for node in diagram.of_kind("eventBasedGateway"):
        timers = [flow for flow in diagram.outgoing.get(node.id, []) if diagram.nodes[flow.target].trigger == "timer"]
        if len(timers) > 1:
            yield RULES["one-timer"].at(node.id, id=node.id)


def _branches(node: Node, leaving: list[Flow], default: str | None) -> Iterator[Problem]:
    if not default:
        yield RULES["no-default"].at(node.id, id=node.id)
    elif default not in {flow.id for flow in leaving}:
        yield RULES["bad-default"].at(node.id, id=node.id)
    for flow in leaving:
        if flow.id == default and flow.condition is not None:
            yield RULES["default-condition"].at(flow.id, id=flow.id)
        elif flow.id != default and not flow.condition:
            yield RULES["no-condition"].at(flow.id, id=flow.id)


def _pairs(diagram: Diagram) -> Iterator[Problem]:
    """A split and the first gateway in which all its branches meet must be of one kind."""
    for split in diagram.of_kind("exclusiveGateway", "parallelGateway"):
        leaving = diagram.outgoing.get(split.id, [])
        if len(leaving) < 2:
            continue
        for join in _meeting(diagram, split, leaving):
            if (split.kind, join.kind) == ("exclusiveGateway", "parallelGateway"):
                yield RULES["never-joins"].at(join.id, id=join.id, split=split.id)
            if (split.kind, join.kind) == ("parallelGateway", "exclusiveGateway"):
                yield RULES["runs-twice"].at(join.id, id=join.id, split=split.id)


def _meeting(diagram: Diagram, split: Node, leaving: list[Flow]) -> Iterator[Node]:
    """Joins that two branches reach straight, without another gateway on the way."""
    met: set[str] = set()
    for flow in leaving:
        node: Node | None = diagram.nodes[flow.target]
        for _ in range(len(diagram.nodes)):
            if node is None or node.kind.endswith("Gateway"):
                break
            following = diagram.outgoing.get(node.id, [])
            node = diagram.nodes[following[0].target] if len(following) == 1 else None
        if node is not None and node.id != split.id and len(diagram.incoming.get(node.id, [])) > 1:
            if node.id in met:
                yield node
            met.add(node.id)


def _cycles(diagram: Diagram) -> Iterator[Problem]:
    """Cycles made only of nodes that wait for nobody. Depth first, without recursion."""
    busy = {node.id for node in diagram.nodes.values() if not _waits(node)}
    done: set[str] = set()
    for start in sorted(busy):
        found = _loop_from(diagram, start, busy, done)
        if found:
            yield RULES["endless"].at(found, id=found)


def _loop_from(diagram: Diagram, start: str, busy: set[str], done: set[str]) -> str | None:
    path: list[tuple[str, Iterable[str]]] = []
    on_path: set[str] = set()

    def enter(node_id: str) -> None:
        on_path.add(node_id)
        path.append((node_id, iter([flow.target for flow in diagram.outgoing.get(node_id, []) if flow.target in busy])))

    if start not in done:
        enter(start)
    while path:
        node_id, following = path[-1]
        target = next(iter(following), None)
        if target is None:
            path.pop()
            on_path.discard(node_id)
            done.add(node_id)
        elif target in on_path:
            done.update(on_path)
            return target
        elif target not in done:
            enter(target)
    return None


def _waits(node: Node) -> bool:
    return (
        node.kind in WAITING_KINDS
        or node.trigger in {"message", "timer"}
        or node.kind in {"callActivity", "subProcess", "eventBasedGateway"}
    )
