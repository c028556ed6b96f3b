"""Decision tables: one table a file, and cells that mean what their author meant."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from bpmn.engine.decisions import MAX_CELL_CHARS, MAX_RULES, POLICIES, DecisionRefused, compile_cell, compile_decision
from bpmn.engine.findings import Rule, table
from bpmn.engine.forms.reading import is_variable
from bpmn.engine.lint.expressions import in_chinese, refused
from bpmn.engine.lint.structure import PROCESS_KEY
from bpmn.engine.lint.xml import DMN, OLD_DMN, local
from bpmn.engine.ports import EngineError, Problem
from bpmn.engine.script import ScriptRefused

_CHILDREN: dict[str, set[str]] = {
    "definitions": {"decision"},
    "decision": {"description", "decisionTable"},
    "decisionTable": {"input", "output", "rule"},
    "input": {"inputExpression", "inputValues"},
    "inputExpression": {"text"},
    "inputValues": {"text"},
    "output": {"outputValues"},
    "outputValues": {"text"},
    "rule": {"description", "inputEntry", "outputEntry"},
    "inputEntry": {"description", "text"},
    "outputEntry": {"description", "text"},
}
_FEEL_WORDS = {"true", "false", "null"}

RULES = table(
    Rule("one-decision", "文件中有 {count} 个决策，请每个文件只放一个决策。", "The file holds {count} decisions. Put one decision in each file."),
    Rule("bad-decision-id", "决策标识“{id}”不可用：请用小写字母开头，只用小写字母、数字和下划线，最多 40 个字符。",
         "The decision id “{id}” cannot be used: begin with a small letter, use small letters, digits and underscores only, 40 characters at most."),
    Rule("unsupported-in-table", "决策中不支持“{tag}”，请删除。", "“{tag}” is not supported in a decision. Remove it."),
    Rule("no-table", "决策“{id}”没有可用的决策表，请加上输入、带名称的输出和规则。",
         "The decision “{id}” has no usable table. Give it inputs, named outputs and rules."),
    Rule("hit-policy", "不支持命中策略“{policy}”，请用 {policies}，且不带汇总方式。", "The hit policy “{policy}” is not supported. Use {policies}, without aggregation."),
    Rule("too-many-rules", "决策表有 {count} 条规则，最多 {limit} 条，请拆分。", "The table has {count} rules; {limit} are allowed. Split it."),
    Rule("bad-output", "输出“{name}”不可用：请给它一个变量名（小写字母、数字、下划线），不能重复。",
         "The output “{name}” cannot be used: give it a variable name of small letters, digits and underscores, each name once."),
    Rule("cell-count", "规则“{rule}”的单元格数与表头不符，请补齐或删除。", "The rule “{rule}” has too few or too many cells. Match it to the columns."),
    Rule("cell-too-long", "单元格“{id}”超过 {limit} 个字符，请缩短。", "The cell “{id}” has more than {limit} characters. Shorten it."),
    Rule("cell-refused", "单元格“{source}”不能用（{reason_zh}）。请写值、比较（>= 3）或带 ? 的条件（? in [\"a\", \"b\"]）。",
         "The cell “{source}” cannot be used ({reason}). Write a value, a comparison (>= 3) or a condition with ? (? in [\"a\", \"b\"])."),
    Rule("cell-list", "单元格“{source}”像 FEEL 的列表或 not()，永远不会命中。请写成 ? in [\"a\", \"b\"] 或 ? not in [\"a\"]。",
         "The cell “{source}” looks like a FEEL list or not(), which never matches. Write ? in [\"a\", \"b\"] or ? not in [\"a\"]."),
    Rule("cell-word", "单元格“{source}”不是值：请写 True、False、None，或给文字加引号。",
         "The cell “{source}” is no value. Write True, False or None, or put quotes around text."),
)  # fmt: skip


def check(root: Any, content: bytes) -> Iterator[Problem]:
    """``content``: the file again, for the compiler of decisions; ``root``: the same, parsed."""
    decisions = [child for child in root.iterchildren(etree.Element) if local(child) == "decision"]
    if len(decisions) != 1:
        yield RULES["one-decision"].at(None, count=len(decisions))
        return
    problems = [*_elements(root), *_decision(decisions[0])]
    yield from problems
    if not problems:
        yield from _compiled(decisions[0], content)


def _elements(element: Any) -> Iterator[Problem]:
    allowed = _CHILDREN.get(local(element), set())
    for child in element.iterchildren(etree.Element):
        if not child.tag.startswith((DMN, OLD_DMN)):
            if local(child) != "DMNDI":
                yield RULES["unsupported-in-table"].at(element.get("id"), tag=local(child))
        elif local(child) not in allowed:
            yield RULES["unsupported-in-table"].at(child.get("id") or element.get("id"), tag=local(child))
        else:
            yield from _elements(child)


def _decision(decision: Any) -> Iterator[Problem]:
    key = str(decision.get("id") or "")
    if not PROCESS_KEY.fullmatch(key):
        yield RULES["bad-decision-id"].at(key or None, id=key)
    tables = decision.findall("{*}decisionTable")
    parts = [tables[0].findall(f"{{*}}{name}") for name in ("input", "output", "rule")] if len(tables) == 1 else []
    if not all(parts[:2]) or not parts:
        yield RULES["no-table"].at(key, id=key)
        return
    policy = tables[0].get("hitPolicy", "UNIQUE")
    if policy not in POLICIES or tables[0].get("aggregation"):
        yield RULES["hit-policy"].at(key, policy=policy, policies=", ".join(POLICIES))
    inputs, outputs, rules = parts
    if len(rules) > MAX_RULES:
        yield RULES["too-many-rules"].at(key, count=len(rules), limit=MAX_RULES)
    names = Counter(output.get("name") or "" for output in outputs)
    yield from (RULES["bad-output"].at(key, name=name) for name, count in names.items() if count > 1 or not is_variable(name))
    for column in inputs:
        yield from _cell(column, (column.findtext("{*}inputExpression/{*}text") or "").strip(), is_condition=False)
    for rule in rules[:MAX_RULES]:
        yield from _rule(rule, len(inputs), len(outputs))


def _rule(rule: Any, inputs: int, outputs: int) -> Iterator[Problem]:
    conditions, results = rule.findall("{*}inputEntry"), rule.findall("{*}outputEntry")
    if (len(conditions), len(results)) != (inputs, outputs):
        yield RULES["cell-count"].at(rule.get("id"), rule=rule.get("id"))
    for cell in conditions:
        yield from _cell(cell, _text(cell), is_condition=True)
    for cell in results:
        yield from _cell(cell, _text(cell), is_condition=False)


def _cell(cell: Any, text: str, *, is_condition: bool) -> Iterator[Problem]:
    key = cell.get("id")
    if len(text) > MAX_CELL_CHARS:
        yield RULES["cell-too-long"].at(key, id=key, limit=MAX_CELL_CHARS)
    elif not is_condition:
        yield from refused(text, "eval", element=key, place=key)
        if text in _FEEL_WORDS:
            yield RULES["cell-word"].at(key, source=text)
    elif text in _FEEL_WORDS:
        yield RULES["cell-word"].at(key, source=text)
    elif _looks_like_feel(text):
        yield RULES["cell-list"].at(key, source=text)
    else:
        yield from _condition(key, text)


def _condition(key: str, text: str) -> Iterator[Problem]:
    try:
        compile_cell(text)
    except ScriptRefused as error:
        yield RULES["cell-refused"].at(key, source=text, reason=str(error), reason_zh=in_chinese(str(error)))
    except DecisionRefused:
        yield RULES["cell-list"].at(key, source=text)


def _looks_like_feel(text: str) -> bool:
    """A list, a range or ``not(...)`` without ``?``: valid to read, but it never matches."""
    if "?" in text:
        return False
    if text.startswith(("[", "]", "(", "not", "in ", "in(")) and ".." in text:
        return True
    try:
        body = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text.startswith(("in ", "in(", "not in"))
    is_not = isinstance(body, ast.UnaryOp) and isinstance(body.op, ast.Not)
    return is_not or isinstance(body, ast.Tuple | ast.List | ast.Set)


def _compiled(decision: Any, content: bytes) -> Iterator[Problem]:
    try:
        compile_decision(content)
    except EngineError:
        yield RULES["no-table"].at(decision.get("id"), id=decision.get("id"))


def _text(cell: Any) -> str:
    return (cell.findtext("{*}text") or "").strip()
