"""The BPMN schema: the grammar of the file, once the rules that speak plainly have nothing to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram
from bpmn.engine.lint.xml import local
from bpmn.engine.ports import Problem

RULES = table(
    Rule(
        "schema",
        "第 {line} 行的“{tag}”不符合 BPMN 格式，请在编辑器中重新保存，或更正此处（{reason}）。",
        "“{tag}” in line {line} is not as BPMN wants it. Save the file again in the editor, or correct it there ({reason}).",
    ),
)


def check(diagram: Diagram) -> Iterator[Problem]:
    """The first violation; those after it mostly follow from it."""
    if VALIDATOR.validator.validate(diagram.root):
        return
    error = VALIDATOR.validator.error_log[0]
    element = _element(diagram.root, error.line, error.message)
    yield RULES["schema"].at(_owner(element), line=error.line, tag=local(element), reason=_plain(error.message))


def _element(root: Any, line: int, message: str) -> Any:
    """The element that the message names, in its line."""
    in_line = [element for element in root.iter(etree.Element) if element.sourceline == line]
    return next((element for element in in_line if f"'{element.tag}'" in message), in_line[0] if in_line else root)


def _plain(message: str) -> str:
    """Without the addresses of name spaces."""
    return re.sub(r"\{[^}]*\}", "", message).partition(": ")[2] or message


def _owner(element: Any) -> str | None:
    """Id of the nearest element that people can see in the editor."""
    while element is not None:
        key = element.get("bpmnElement") or element.get("id")
        if key:
            return str(key)
        element = element.getparent()
    return None
