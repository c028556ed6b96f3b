"""Code in diagrams: conditions and scripts must compile in the safe environment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram, Node
from bpmn.engine.lint.flows import name_of
from bpmn.engine.lint.xml import BPMN
from bpmn.engine.ports import Problem
from bpmn.engine.script import ScriptRefused, check_expression

_PYTHON = {"python", "text/python", "text/x-python", "application/python", "application/x-python"}
_REASONS = (
    (r"longer than (\d+) characters", r"超过 \1 个字符"),
    (r"empty", "没有内容"),
    (r"not readable: .*", "写法有误"),
    (r"too deeply nested or not readable", "嵌套太深或写法有误"),
    (r"more than (\d+) parts", r"超过 \1 个成分"),
    (r"more than one `for`", "最多一个 for"),
    (r"the name (.*) is not allowed", r"不能用名称 \1"),
    (r"this constant is not allowed", "不能用这个常量"),
    (r"only the listed functions and methods may be called", "只能调用列出的函数和方法"),
    (r"only plain names can be assigned", "只能给变量名赋值"),
    (r"(.*) is not allowed(, write .*)?", r"不能用 \1"),
)

RULES = table(
    Rule(
        "bad-expression",
        "“{place}”中的表达式“{source}”不能用：{reason_zh}。请只用变量、常量、比较和列出的函数。",
        "The expression “{source}” of “{place}” cannot be used: {reason}. Use variables, constants, comparisons and the listed functions only.",
    ),
    Rule(
        "no-script",
        "脚本任务“{name}”没有脚本，请填写或删除该任务。",
        "The script task “{name}” has no script. Write one or remove the task.",
    ),
    Rule(
        "script-format",
        "“{name}”的语言是“{language}”，引擎只运行 Python 表达式，请删除此属性并用 Python 书写。",
        "The language of “{name}” is “{language}”; the engine runs Python expressions only. Remove the attribute and write Python.",
    ),
)


def check(diagram: Diagram) -> Iterator[Problem]:
    for flow in diagram.flows:
        if flow.condition is not None:
            language = flow.element.find(f"{BPMN}conditionExpression").get("language")
            yield from _language(flow.id, flow.id, language)
            yield from refused(flow.condition, "eval", element=flow.id, place=flow.element.get("name") or flow.id)
    for node in diagram.of_kind("scriptTask"):
        yield from _script(node)


def refused(source: str, mode: str, *, element: str, place: str) -> Iterator[Problem]:
    """A problem if the environment would refuse the text. ``mode``: "eval" or "exec"."""
    try:
        check_expression(source, mode)
    except ScriptRefused as error:
        yield RULES["bad-expression"].at(element, place=place, source=source, reason=str(error), reason_zh=in_chinese(str(error)))


def in_chinese(reason: str) -> str:
    """The reason of a refusal in Chinese; one that is not known stays English."""
    for pattern, zh in _REASONS:
        found = re.fullmatch(pattern, reason)
        if found:
            return found.expand(zh)
    return reason


def script_of(node: Node) -> str:
    return (node.element.findtext(f"{BPMN}script") or "").strip()


def _script(node: Node) -> Iterator[Problem]:
    yield from _language(node.id, name_of(node), node.element.get("scriptFormat"))
    if not script_of(node):
        yield RULES["no-script"].at(node.id, name=name_of(node))
    else:
        yield from refused(script_of(node), "exec", element=node.id, place=name_of(node))


def _language(element: str, name: str, language: str | None) -> Iterator[Problem]:
    if language and language.lower() not in _PYTHON:
        yield RULES["script-format"].at(element, name=name, language=language)
