"""Who does what: lanes, forms, time limits and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram, Node
from bpmn.engine.lint.edition import Edition
from bpmn.engine.lint.flows import name_of
from bpmn.engine.lint.xml import BPMN, SPIFF
from bpmn.engine.ports import Problem

MAX_NAME = 120
_STEP = {
    "form", "deadline", "opens", "closes", "counts_from", "document", "serves", "decision", "rules", "suggests", "referral_state", "name_en",
    "returns_to", "stage",
}  # fmt: skip
_KNOWN = {"process": {"subject", "name_en", "referral"}, "participant": {"name_en"}, "userTask": _STEP, "startEvent": _STEP | {"starters"}}
_CLOCKS = ("deadline", "opens", "closes")
_CHINESE = re.compile("[\u4e00-\u9fff]")

RULES = table(
    Rule("unknown-role", "泳道“{id}”不是已知的岗位，分给它的任务没有人能办。请核对泳道标识。",
         "The lane “{id}” is no known role, so nobody can do its tasks. Check the lane's id.", "warning"),
    Rule("lane-without-name", "泳道“{id}”没有名称，请命名。", "The lane “{id}” has no name. Name it."),
    Rule("lane-name-twice", "有 {count} 条泳道都叫“{name}”，请改成各不相同。", "{count} lanes are named “{name}”. Give each its own name."),
    Rule("lane-unknown-node", "泳道“{lane}”列出的“{id}”不存在，请删除。", "“{id}”, listed in the lane “{lane}”, does not exist. Remove it.", "warning"),
    Rule("in-two-lanes", "“{id}”在多条泳道中，请只放在一条里。", "“{id}” stands in several lanes. Put it into one."),
    Rule("no-lane", "用户任务“{name}”不在任何泳道中，没有人能办，请放进泳道。",
         "The user task “{name}” stands in no lane, so nobody can do it. Put it into one."),
    Rule("start-without-lane", "开始事件“{name}”不在任何泳道中，没有人能发起，请放进泳道。",
         "The start event “{name}” stands in no lane, so nobody can start the process. Put it into one.", "warning"),
    Rule("no-form", "用户任务“{name}”没有表单，只能填写简单的值。建议指定 form。",
         "The user task “{name}” has no form and takes only plain values. Consider giving it one.", "warning"),
    Rule("unknown-form", "“{name}”的表单“{form}”不存在，请更正或上传该表单。", "The form “{form}” of “{name}” does not exist. Correct it or add that form."),
    Rule("unknown-clock", "“{name}”的 {property} 引用的期限“{code}”不存在，请更正。",
         "The time limit “{code}” in “{property}” of “{name}” does not exist. Correct it."),
    Rule("unknown-name", "“{name}”的 {property} 引用的“{value}”不存在，请更正。",
         "“{value}” in “{property}” of “{name}” does not exist. Correct it."),
    Rule("unknown-property", "“{name}”的属性“{property}”不起作用，请检查拼写。", "The property “{property}” of “{name}” has no effect. Check its spelling.", "warning"),
    Rule("unknown-subject", "流程属性 subject 只能是 case、child 或 campaign，现在是“{value}”，请更正。",
         "The process property “subject” must be case, child or campaign; it is “{value}”. Correct it."),
    Rule("no-name", "“{id}”没有名称，请按要办的事命名。", "“{id}” has no name. Name it for what is to be done."),
    Rule("long-name", "“{id}”的名称超过 {limit} 个字，请缩短。", "The name of “{id}” is longer than {limit} characters. Shorten it."),
    Rule("without-english", "“{name}”没有英文名，请写在说明（documentation）中。",
         "“{name}” has no English name. Write it into the documentation of the element.", "warning"),
)  # fmt: skip


def check(diagram: Diagram, edition: Edition) -> Iterator[Problem]:
    yield from _lanes(diagram, edition)
    if diagram.process is not None:
        yield from _properties(diagram.process, diagram.key)
        yield from _subject(diagram)
        yield from _english(diagram.process, diagram.key)
    for node in diagram.nodes.values():
        yield from _node(diagram, node, edition)


def _lanes(diagram: Diagram, edition: Edition) -> Iterator[Problem]:
    for name, count in Counter(lane.get("name") for lane in diagram.lanes if lane.get("name")).items():
        if count > 1:
            yield RULES["lane-name-twice"].at(None, name=name, count=count)
    for lane in diagram.lanes:
        key = str(lane.get("id") or "")
        if not (lane.get("name") or "").strip():
            yield RULES["lane-without-name"].at(key, id=key)
        if key not in edition.roles:
            yield RULES["unknown-role"].at(key, id=key)
    yield from (RULES["in-two-lanes"].at(key, id=key) for key, count in diagram.placed.items() if count > 1)
    for lane in diagram.lanes:
        missing = [text for ref in lane.iterchildren(f"{BPMN}flowNodeRef") if (text := (ref.text or "").strip()) not in diagram.nodes]
        yield from (RULES["lane-unknown-node"].at(lane.get("id"), lane=lane.get("name"), id=text) for text in missing)


def _subject(diagram: Diagram) -> Iterator[Problem]:
    subject = Node(diagram.key, "process", "", diagram.process).properties.get("subject")
    if subject not in {None, "case", "child", "campaign"}:
        yield RULES["unknown-subject"].at(diagram.key, value=subject)


def _node(diagram: Diagram, node: Node, edition: Edition) -> Iterator[Problem]:
    yield from _properties(node.element, name_of(node), kind=node.kind)
    if len(name_of(node)) > MAX_NAME:
        yield RULES["long-name"].at(node.id, id=node.id, limit=MAX_NAME)
    if node.kind == "userTask":
        yield from _user_task(diagram, node)
    elif node.kind == "startEvent" and node.scope == diagram.key and not _has_lane(diagram, node) and not _is_child(diagram):
        yield RULES["start-without-lane"].at(node.id, name=name_of(node))
    form = node.properties.get("form")
    if form and node.kind in _KNOWN and form not in edition.forms:
        yield RULES["unknown-form"].at(node.id, name=name_of(node), form=form)
    if node.kind in _KNOWN and edition.deadline_codes is not None:
        yield from _clocks(node, edition)
    yield from _names(node, edition)


def _user_task(diagram: Diagram, node: Node) -> Iterator[Problem]:
    if not _has_lane(diagram, node):
        yield RULES["no-lane"].at(node.id, name=name_of(node))
    if not node.properties.get("form"):
        yield RULES["no-form"].at(node.id, name=name_of(node))
    if not node.element.get("name"):
        yield RULES["no-name"].at(node.id, id=node.id)
    yield from _english(node.element, node.id)


def _has_lane(diagram: Diagram, node: Node) -> bool:
    """In a lane itself, or inside a sub-process that is."""
    return node.id in diagram.placed or any(parent.get("id") in diagram.placed for parent in node.element.iterancestors())


def _is_child(diagram: Diagram) -> bool:
    return Node(diagram.key, "process", "", diagram.process).properties.get("subject") == "child"


def _clocks(node: Node, edition: Edition) -> Iterator[Problem]:
    for name in _CLOCKS:
        for code in re.findall(r"[^\s,]+", node.properties.get(name, "")):
            if code not in (edition.deadline_codes or ()):
                yield RULES["unknown-clock"].at(node.id, name=name_of(node), property=name, code=code)


def _names(node: Node, edition: Edition) -> Iterator[Problem]:
    """A rule of law with a misspelt name would be one that nobody judges. "D20?decision=penalise" names D20."""
    for name, known in edition.names.items():
        for part in node.properties.get(name, "").replace(",", " ").split():
            if part.partition("?")[0] not in known:
                yield RULES["unknown-name"].at(node.id, name=name_of(node), property=name, value=part)


def _properties(element: Any, name: str, *, kind: str = "process") -> Iterator[Problem]:
    known = _KNOWN.get(kind, {"name_en"})
    for found in element.findall(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"):
        if found.get("name") not in known or not found.get("value"):
            yield RULES["unknown-property"].at(element.get("id"), name=name, property=found.get("name"))


def _english(element: Any, key: str) -> Iterator[Problem]:
    name = element.get("name") or ""
    given = Node(key, "", "", element).properties.get("name_en") or (element.findtext(f"{BPMN}documentation") or "").strip()
    if _CHINESE.search(name) and not given:
        yield RULES["without-english"].at(key, name=name)
