"""What the parts of a diagram refer to: lanes, forms, expressions, timers, messages, services, decisions and called processes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram, Node
from bpmn.engine.lint.xml import BPMN, SPIFF
from bpmn.engine.ports import EngineError, Problem
from bpmn.engine.script import ScriptRefused, assigned_names, check_expression
from bpmn.engine.timers import TimerRefused, due_instant

KNOWN_PROPERTIES = frozenset({"form", "name_en", "deadline", "opens", "closes", "document", "decision", "subject"})
OPERATIONS = {"start_child": "process"}  # operator -> the parameter that names a process
MAX_NAME = 120
_QUOTED = re.compile(r"""^\s*(["'])([^"']*)\1\s*$""")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

RULES = table(
    Rule("no-lane", "“{id}”不在任何泳道中，请放入负责人的泳道。", "“{id}” stands in no lane. Put it into the lane of who does it."),
    Rule("lane-without-name", "泳道“{id}”没有名称，请填写。", "The lane “{id}” has no name. Give it one."),
    Rule("lane-name-twice", "泳道名称“{name}”重复，请改成不同的名称。", "The lane name “{name}” is used twice. Make the names different."),
    Rule("unknown-role", "泳道“{id}”不是已知的角色代码，没有人能办理其中的任务。", "The lane “{id}” is no known role code: nobody could work on its tasks.", "warning"),
    Rule("no-form", "用户任务“{id}”没有表单，只能通过接口提交少量数值。", "The user task “{id}” has no form: only a few values can be sent, by the interface.", "warning"),
    Rule("unknown-form", "“{id}”使用的表单“{name}”不存在，请上传或改正。", "“{id}” uses the form “{name}”, which does not exist. Add it or correct the name."),
    Rule("unknown-clock", "“{id}”引用的时限代码“{name}”不存在，请改正。", "“{id}” names the time limit “{name}”, which does not exist. Correct it."),
    Rule("unknown-property", "“{id}”的属性“{name}”不起作用，请检查拼写。", "The property “{name}” of “{id}” has no effect. Check its spelling.", "warning"),
    Rule("no-name", "“{id}”没有名称，请填写。", "“{id}” has no name. Give it one."),
    Rule("long-name", "“{id}”的名称超过 {limit} 个字，请缩短。", "The name of “{id}” is longer than {limit} characters. Shorten it."),
    Rule("bad-expression", "“{id}”的表达式“{source}”不能用：{reason}。请改写。", "The expression “{source}” of “{id}” cannot be used: {reason}. Rewrite it."),
    Rule("no-script", "脚本任务“{id}”没有脚本，请填写。", "The script task “{id}” has no script. Write one."),
    Rule("script-format", "脚本任务“{id}”写明了格式“{name}”，请删除；只能用本系统的表达式。", "The script task “{id}” names the format “{name}”. Remove it: only our expressions run."),
    Rule("bad-timer", "定时器“{id}”不能用：{reason}。请填写变量名或带引号的时长，例如 \"P3D\"。", "The timer “{id}” cannot be used: {reason}. Give a variable or a quoted duration such as \"P3D\"."),
    Rule("timer-cycle", "定时器“{id}”会重复，不支持，请改为一次性的。", "The timer “{id}” repeats, which is not supported. Make it fire once."),
    Rule("unknown-message", "“{id}”引用的消息不存在，请重新选择。", "“{id}” refers to a message that does not exist. Choose one."),
    Rule("message-name", "消息“{id}”没有名称，请填写。", "The message “{id}” has no name. Give it one."),
    Rule("message-nobody", "没有流程会发出消息“{name}”，“{id}”可能一直等待。", "No process of this edition sends the message “{name}”: “{id}” may wait for ever.", "warning"),
    Rule("message-variable", "“{id}”没有指定保存答复的变量，请填写 messageVariable。", "“{id}” names no variable for the answer. Give a messageVariable."),
    Rule("unknown-service", "服务任务“{id}”的操作“{name}”不存在，请使用 start_child。", "The service task “{id}” calls “{name}”, which does not exist. Use start_child."),
    Rule("child-not-named", "“{id}”要启动的流程须写成带引号的名称。", "The process that “{id}” starts must be a quoted name."),
    Rule("unknown-process", "“{id}”引用的流程“{name}”不存在，请上传或改正。", "“{id}” refers to the process “{name}”, which does not exist. Add it or correct the name."),
    Rule("unknown-decision", "“{id}”引用的决策表“{name}”不存在，请上传或改正。", "“{id}” refers to the decision “{name}”, which does not exist. Add it or correct the name."),
    Rule("calls-itself", "流程“{name}”直接或间接调用自己，请去掉循环调用。", "The process “{name}” calls itself, directly or through others. Break the circle."),
    Rule("starts-itself", "流程“{name}”启动的子流程又启动它自己，请去掉循环。", "The children of “{name}” start it again without end. Break the circle.", "warning"),
    Rule("too-large", "流程“{name}”连同调用的流程展开后超过 {limit} 个节点，请精简。", "With all it calls, the process “{name}” grows to more than {limit} nodes. Make it smaller."),
    Rule("same-variable", "并行网关“{id}”的两条分支都写变量“{name}”，后完成的会覆盖先完成的，请用不同的变量。", "Two branches of “{id}” write the variable “{name}”; the later one would overwrite the other. Use different variables."),
    Rule("no-drawing", "文件没有图形，网页上看不到流程图，请先排版。", "The file has no drawing, so pages cannot show the diagram. Lay it out first.", "warning"),
    Rule("bad-coordinate", "“{id}”的坐标“{value}”不是数字，请重新放置。", "The coordinate “{value}” of “{id}” is not a number. Place it again."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rest of the edition offers. ``routes``: form -> engine variables it writes; ``clocks`` None: not checked."""

    processes: Collection[str]
    decisions: Collection[str]
    forms: Collection[str]
    roles: Collection[str]
    clocks: Collection[str] | None = None
    routes: dict[str, frozenset[str]] = field(default_factory=dict)


def check(diagram: Diagram, around: Surroundings) -> Iterator[Problem]:
    yield from _lanes(diagram, around)
    messages = {str(found.get("id")): found for found in diagram.root.iterchildren(f"{BPMN}message")}
    for node in diagram.nodes.values():
        yield from _named(node)
        yield from _properties(node, around)
        yield from _expressions(node, diagram)
        yield from _messages(node, messages, around)
        yield from _references(node, around)
    for found in messages.values():
        if not found.get("name"):
            yield RULES["message-name"].at(found.get("id"), id=found.get("id"))
    yield from _parallel_writes(diagram, around)
    yield from _drawing(diagram)


def children_of(diagram: Diagram) -> set[str]:
    """Processes the diagram starts as children."""
    return {name for node in diagram.of_kind("serviceTask") for name in [_child_name(node)] if name}


def _lanes(diagram: Diagram, around: Surroundings) -> Iterator[Problem]:
    names = Counter(str(lane.get("name") or "") for lane in diagram.lanes)
    for lane in diagram.lanes:
        key, name = str(lane.get("id") or ""), str(lane.get("name") or "")
        if not name:
            yield RULES["lane-without-name"].at(key, id=key)
        elif names[name] > 1:
            yield RULES["lane-name-twice"].at(key, name=name)
        if key not in around.roles:
            yield RULES["unknown-role"].at(key, id=key)
    placed = {(ref.text or "").strip() for lane in diagram.lanes for ref in lane.findall(f"{BPMN}flowNodeRef")}
    for node in diagram.of_kind("userTask"):
        if node.id not in placed and node.scope not in placed:
            yield RULES["no-lane"].at(node.id, id=node.id)


def _named(node: Node) -> Iterator[Problem]:
    name = str(node.element.get("name") or "")
    if node.kind == "userTask" and not name:
        yield RULES["no-name"].at(node.id, id=node.id)
    if len(name) > MAX_NAME:
        yield RULES["long-name"].at(node.id, id=node.id, limit=MAX_NAME)


def _properties(node: Node, around: Surroundings) -> Iterator[Problem]:
    own = node.properties
    form = own.get("form")
    if form and form not in around.forms:
        yield RULES["unknown-form"].at(node.id, id=node.id, name=form)
    if node.kind == "userTask" and not form:
        yield RULES["no-form"].at(node.id, id=node.id)
    for name in own.keys() - KNOWN_PROPERTIES:
        yield RULES["unknown-property"].at(node.id, id=node.id, name=name)
    if around.clocks is not None:
        for code in " ".join(own.get(name, "") for name in ("deadline", "opens", "closes")).replace(",", " ").split():
            if code not in around.clocks:
                yield RULES["unknown-clock"].at(node.id, id=node.id, name=code)


def _expressions(node: Node, diagram: Diagram) -> Iterator[Problem]:
    for flow in diagram.outgoing.get(node.id, []):
        if flow.condition:
            yield from _expression(flow.id, flow.condition, "eval")
    if node.kind == "scriptTask":
        script = (node.element.findtext(f"{BPMN}script") or "").strip()
        if node.element.get("scriptFormat"):
            yield RULES["script-format"].at(node.id, id=node.id, name=node.element.get("scriptFormat"))
        if script:
            yield from _expression(node.id, script, "exec")
        else:
            yield RULES["no-script"].at(node.id, id=node.id)
    for parameter in node.element.iter(f"{SPIFF}parameter"):
        yield from _expression(node.id, str(parameter.get("value") or ""), "eval")
    if node.trigger == "timer":
        yield from _timer(node)


def _expression(element: str, source: str, mode: str) -> Iterator[Problem]:
    try:
        check_expression(source, mode)
    except ScriptRefused as refused:
        yield RULES["bad-expression"].at(element, id=element, source=source, reason=refused)


def _timer(node: Node) -> Iterator[Problem]:
    definition = node.element.find(f"{BPMN}timerEventDefinition")
    if definition.find(f"{BPMN}timeCycle") is not None:
        yield RULES["timer-cycle"].at(node.id, id=node.id)
        return
    kind = next((name for name in ("timeDate", "timeDuration") if definition.find(f"{BPMN}{name}") is not None), None)
    source = (definition.findtext(f"{BPMN}{kind}") or "").strip() if kind else ""
    quoted = _QUOTED.match(source)
    try:
        if quoted:
            due_instant(quoted[2], now=datetime(2026, 1, 1, tzinfo=UTC))
        elif not _NAME.fullmatch(source):
            check_expression(source, "eval")
    except (TimerRefused, ScriptRefused) as refused:
        yield RULES["bad-timer"].at(node.id, id=node.id, reason=refused)


def _messages(node: Node, messages: dict[str, Any], around: Surroundings) -> Iterator[Problem]:
    definition = node.element.find(f"{BPMN}messageEventDefinition")
    holder = node.element if node.kind == "receiveTask" else definition
    if holder is None:
        return
    found = messages.get(str(holder.get("messageRef") or ""))
    if found is None:
        yield RULES["unknown-message"].at(node.id, id=node.id)
        return
    if holder.find(f"{BPMN}extensionElements/{SPIFF}messageVariable") is None:
        yield RULES["message-variable"].at(node.id, id=node.id)
    sender, _, verb = str(found.get("name") or "").rpartition(".")
    if verb != "ended" or sender not in around.processes:
        yield RULES["message-nobody"].at(node.id, id=node.id, name=found.get("name"))


def _references(node: Node, around: Surroundings) -> Iterator[Problem]:
    if node.kind == "callActivity" and node.called not in around.processes:
        yield RULES["unknown-process"].at(node.id, id=node.id, name=node.called)
    if node.kind == "businessRuleTask":
        decision = (node.element.findtext(f"{BPMN}extensionElements/{SPIFF}calledDecisionId") or "").strip()
        if decision not in around.decisions:
            yield RULES["unknown-decision"].at(node.id, id=node.id, name=decision)
    if node.kind == "serviceTask":
        yield from _service(node, around)


def _service(node: Node, around: Surroundings) -> Iterator[Problem]:
    operator = node.element.find(f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator")
    name = "" if operator is None else str(operator.get("id") or "")
    if name not in OPERATIONS:
        yield RULES["unknown-service"].at(node.id, id=node.id, name=name)
        return
    child = _child_name(node)
    if child is None:
        yield RULES["child-not-named"].at(node.id, id=node.id)
    elif child not in around.processes:
        yield RULES["unknown-process"].at(node.id, id=node.id, name=child)


def _child_name(node: Node) -> str | None:
    wanted = [found for found in node.element.iter(f"{SPIFF}parameter") if found.get("id") == OPERATIONS["start_child"]]
    quoted = _QUOTED.match(str(wanted[0].get("value") or "")) if len(wanted) == 1 else None
    return quoted[2] if quoted else None


def _parallel_writes(diagram: Diagram, around: Surroundings) -> Iterator[Problem]:
    """Branches of a parallel or inclusive split must write different variables: the last copy would win."""
    for split in diagram.of_kind("parallelGateway", "inclusiveGateway"):
        leaving = diagram.outgoing.get(split.id, [])
        if len(leaving) < 2:
            continue
        branches = [_branch(diagram, flow.target) for flow in leaving]
        shared = set.intersection(*branches) if len(branches) > 1 else set()
        written = [frozenset(name for key in branch - shared for name in _written(diagram.nodes[key], around)) for branch in branches]
        twice = Counter(name for names in written for name in names)
        for name in sorted(name for name, times in twice.items() if times > 1):
            yield RULES["same-variable"].at(split.id, id=split.id, name=name)


def _branch(diagram: Diagram, start: str) -> set[str]:
    """Everything reachable from one branch; what all branches reach lies behind the join."""
    found, queue = {start}, [start]
    for key in queue:
        for following in diagram.following(diagram.nodes[key]):
            if following.id not in found:
                found.add(following.id)
                queue.append(following.id)
    return found


def _written(node: Node, around: Surroundings) -> set[str]:
    if node.kind == "scriptTask":
        try:
            return set(assigned_names((node.element.findtext(f"{BPMN}script") or "").strip()))
        except (SyntaxError, EngineError, ValueError, RecursionError, MemoryError):
            return set()
    names = {str(found.get("resultVariable")) for found in node.element.iter(f"{SPIFF}serviceTaskOperator") if found.get("resultVariable")}
    names |= {(found.text or "").strip() for found in node.element.iter(f"{SPIFF}messageVariable")}
    return names | set(around.routes.get(node.properties.get("form", ""), ()))


def _drawing(diagram: Diagram) -> Iterator[Problem]:
    planes = [element for element in diagram.root.iter() if isinstance(element.tag, str) and element.tag.endswith("}BPMNPlane")]
    if not planes:
        yield RULES["no-drawing"].at(None)
    for element in (found for plane in planes for found in plane.iter()):
        for name in ("x", "y", "width", "height"):
            value = element.get(name)
            if value is not None and not _is_number(value):
                yield RULES["bad-coordinate"].at(
                    element.get("id") or element.getparent().get("bpmnElement"), id=element.getparent().get("bpmnElement"), value=value
                )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d{1,6}(\.\d{1,6})?", text) is not None
