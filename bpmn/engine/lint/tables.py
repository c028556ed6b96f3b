"""Decision tables and forms, as their own compilers judge them."""

from __future__ import annotations

from collections.abc import Iterator

from bpmn.engine.decisions import compile_decision
from bpmn.engine.findings import Rule, table
from bpmn.engine.forms import FormRefused, compile_form
from bpmn.engine.lint import xml
from bpmn.engine.ports import Artifact, EngineError, Problem

RULES = table(
    Rule("bad-decision", "决策表“{name}”不能用：{reason}。请改正。", "The decision table “{name}” cannot be used: {reason}. Correct it."),
    Rule("decision-id", "决策表的标识是“{id}”，文件却叫“{name}”，请改成一致。", "The decision's id is “{id}”, but the file is called “{name}”. Make them equal."),
)  # fmt: skip


def check_decision(file: Artifact) -> Iterator[Problem]:
    root, problems = xml.read(file.content, kind="dmn")
    yield from problems
    if root is None:
        return
    try:
        decision = compile_decision(file.content)
    except EngineError as refused:
        yield RULES["bad-decision"].at(None, name=file.key, reason=refused)
        return
    if decision.key != file.key:
        yield RULES["decision-id"].at(decision.key, id=decision.key, name=file.key)


def check_form(file: Artifact) -> Iterator[Problem]:
    try:
        compile_form(file.content)
    except FormRefused as refused:
        yield from refused.problems
