"""What the engine asks of others: messages, child processes, decisions, errors, called processes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from bpmn.engine.findings import Rule, table
from bpmn.engine.forms.reading import is_variable
from bpmn.engine.lint.diagram import Diagram, Node
from bpmn.engine.lint.edition import OPERATIONS, Edition
from bpmn.engine.lint.flows import name_of
from bpmn.engine.lint.xml import BPMN, SPIFF
from bpmn.engine.ports import Problem

START_CHILD = "start_child"
ENDED = ".ended"
_TRIGGERED = {"intermediateCatchEvent": "catch-trigger", "boundaryEvent": "boundary-trigger"}

RULES = table(
    Rule("unknown-message", "“{name}”引用的消息“{message}”不存在，请选择消息。", "“{name}” refers to the message “{message}”, which does not exist. Choose one."),
    Rule(
        "message-nobody",
        "没有人会发出消息“{message}”。等待子流程结束请用“子流程标识.ended”。",
        "Nobody sends the message “{message}”. To wait for a child process use “<its id>.ended”.",
        "warning",
    ),
    Rule(
        "bad-variable",
        "“{name}”的结果变量“{variable}”不可用：请用小写字母、数字和下划线，不能是保留词或函数名。",
        "The result variable “{variable}” of “{name}” cannot be used: small letters, digits and underscores, no reserved word or function.",
    ),
    Rule("catch-trigger", "中间事件“{name}”没有类型，请设为消息或定时器。", "The event “{name}” has no type. Make it a message or a timer."),
    Rule("boundary-trigger", "边界事件“{name}”没有类型，请设为消息、定时器或错误。", "The boundary event “{name}” has no type. Make it a message, timer or error."),
    Rule("message-name", "消息“{id}”没有名称，请填写。", "The message “{id}” has no name. Give it one."),
    Rule("message-variable", "“{name}”没有写明把答复存到哪个变量（messageVariable），答复会丢失。", "“{name}” names no messageVariable, so the answer is lost. Name one.", "warning"),
    Rule("event-with-two-triggers", "事件“{name}”有多个类型，请只留一个。", "The event “{name}” has several types. Keep one."),
    Rule("unknown-error", "“{name}”引用的错误“{error}”不存在，请选择错误。", "“{name}” refers to the error “{error}”, which does not exist. Choose one."),
    Rule(
        "error-never-raised",
        "任务“{name}”不会发出错误，错误边界事件只能附在子流程或调用活动上，请移动。",
        "The task “{name}” raises no error. Attach the error event to a sub-process or call activity.",
    ),
    Rule(
        "unknown-service",
        "服务任务“{name}”的操作“{operator}”不存在，请使用 start_child 或系统提供的操作，且只用一个。",
        "The service task “{name}” calls “{operator}”, which does not exist. Use start_child or an operation of the system, once.",
    ),
    Rule(
        "operation-parameters",
        "服务任务“{name}”的操作 {operation} 需要参数“{wanted}”和一个结果变量，不多不少，请更正。",
        "The operation {operation} of the service task “{name}” needs the parameters “{wanted}” and a result variable, no more. Correct it.",
    ),
    Rule(
        "child-not-named",
        "服务任务“{name}”要有一个参数 process，值为加引号的流程标识，请更正。",
        "The service task “{name}” needs one parameter process: the quoted id of the process to start. Correct it.",
    ),
    Rule("unknown-process", "“{name}”调用或启动的流程“{process}”不存在，请更正。", "The process “{process}”, which “{name}” calls or starts, does not exist. Correct it."),
    Rule("unknown-decision", "“{name}”引用的决策“{decision}”不存在，请更正。", "The decision “{decision}” of “{name}” does not exist. Correct it."),
)  # fmt: skip


def check(diagram: Diagram, edition: Edition) -> Iterator[Problem]:
    for message in diagram.root.iterchildren(f"{BPMN}message"):
        if not message.get("name"):
            yield RULES["message-name"].at(message.get("id"), id=message.get("id"))
    for node in diagram.nodes.values():
        yield from _events(diagram, node)
        if node.trigger == "message" or node.kind == "receiveTask":
            yield from _message(diagram, node, edition)
        if node.kind == "serviceTask":
            yield from _service(node, edition)
        elif node.kind == "businessRuleTask":
            yield from _decision(node, edition)
        elif node.kind == "callActivity" and node.called not in edition.processes:
            yield RULES["unknown-process"].at(node.id, name=name_of(node), process=node.called)


def child_of(node: Node) -> str | None:
    """Id of the process that a service task starts."""
    parameters = [found for operator in operators(node) for found in operator.iter(f"{SPIFF}parameter")]
    if len(parameters) != 1 or parameters[0].get("id") != "process" or parameters[0].get("type") is None:
        return None
    try:
        value = ast.literal_eval((parameters[0].get("value") or "")[:200])
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def operators(node: Node) -> list[Any]:
    return list(node.element.iterfind(f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator"))


def decision_of(node: Node) -> str:
    return str(node.element.findtext(f"{BPMN}extensionElements/{SPIFF}calledDecisionId") or "").strip()


def message_variable(node: Node) -> str | None:
    found = next(node.element.iter(f"{SPIFF}messageVariable"), None)
    return None if found is None else (found.text or "").strip()


def _events(diagram: Diagram, node: Node) -> Iterator[Problem]:
    definitions = [child for child in node.element if str(child.tag).endswith("EventDefinition")]
    if len(definitions) > 1:
        yield RULES["event-with-two-triggers"].at(node.id, name=name_of(node))
    elif not definitions and node.kind in _TRIGGERED:
        yield RULES[_TRIGGERED[node.kind]].at(node.id, name=name_of(node))
    if node.trigger == "error":
        reference = definitions[0].get("errorRef")
        known = {error.get("id") for error in diagram.root.iterchildren(f"{BPMN}error")}
        if reference is not None and reference not in known:
            yield RULES["unknown-error"].at(node.id, name=name_of(node), error=reference)
        holder = diagram.nodes.get(node.attached_to)
        if node.kind == "boundaryEvent" and holder and holder.kind not in {"callActivity", "subProcess"}:
            yield RULES["error-never-raised"].at(node.id, name=name_of(holder))


def _message(diagram: Diagram, node: Node, edition: Edition) -> Iterator[Problem]:
    holder = node.element if node.kind == "receiveTask" else node.element.find(f"{BPMN}messageEventDefinition")
    reference = holder.get("messageRef") or ""
    message = next((found for found in diagram.root.iterchildren(f"{BPMN}message") if found.get("id") == reference), None)
    if message is None:
        yield RULES["unknown-message"].at(node.id, name=name_of(node), message=reference)
    elif not _is_sent(message.get("name") or "", edition):
        yield RULES["message-nobody"].at(node.id, message=message.get("name"))
    if not message_variable(node):
        yield RULES["message-variable"].at(node.id, name=name_of(node))
    else:
        yield from _variable(node, message_variable(node))


def _is_sent(name: str, edition: Edition) -> bool:
    return name.endswith(ENDED) and name.removesuffix(ENDED) in edition.processes


def _service(node: Node, edition: Edition) -> Iterator[Problem]:
    found, process = operators(node), child_of(node)
    if len(found) == 1 and found[0].get("id") in OPERATIONS:
        yield from _parameters(node, found[0])
    elif len(found) != 1 or found[0].get("id") != START_CHILD:
        yield RULES["unknown-service"].at(node.id, name=name_of(node), operator=", ".join(str(one.get("id")) for one in found))
    elif process is None:
        yield RULES["child-not-named"].at(node.id, name=name_of(node))
    elif process not in edition.processes:
        yield RULES["unknown-process"].at(node.id, name=name_of(node), process=process)
    yield from _variable(node, found[0].get("resultVariable") if found else None)


def _parameters(node: Node, operator: Any) -> Iterator[Problem]:
    """What an operation needs, no more and no less; a missing result variable would lose the answer."""
    name = str(operator.get("id"))
    wanted = OPERATIONS[name]
    given = {str(found.get("id")) for found in operator.iter(f"{SPIFF}parameter")}
    if given != wanted or not operator.get("resultVariable"):
        yield RULES["operation-parameters"].at(node.id, name=name_of(node), operation=name, wanted=", ".join(sorted(wanted)))


def _decision(node: Node, edition: Edition) -> Iterator[Problem]:
    if decision_of(node) not in edition.decisions:
        yield RULES["unknown-decision"].at(node.id, name=name_of(node), decision=decision_of(node))


def _variable(node: Node, variable: str | None) -> Iterator[Problem]:
    if variable is not None and not is_variable(variable):
        yield RULES["bad-variable"].at(node.id, name=name_of(node), variable=variable)
