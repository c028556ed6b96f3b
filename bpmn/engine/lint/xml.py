"""Files as XML: size, encoding, DOCTYPE, and text that comments cut in two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from bpmn.engine.findings import Rule, table
from bpmn.engine.ports import Problem

MAX_BYTES = 2 * 1024 * 1024
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
OLD_DMN = "{http://www.omg.org/spec/DMN/20180521/MODEL/}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
_ROOTS = {"bpmn": (f"{BPMN}definitions",), "dmn": (f"{DMN}definitions", f"{OLD_DMN}definitions")}

RULES = table(
    Rule(
        "file-too-large",
        "文件大于 {limit} MB，请拆分或删去无用内容。",
        "The file is larger than {limit} MB. Split it or remove what is not needed.",
    ),
    Rule("not-xml", "文件不是有效的 XML，请在第 {line} 行附近更正。", "The file is not valid XML. Correct it near line {line}."),
    Rule("encoding", "文件编码是 {encoding}，请另存为 UTF-8。", "The file is encoded as {encoding}. Save it as UTF-8."),
    Rule("doctype", "文件含有 DOCTYPE，请删除它和所有实体定义。", "The file has a DOCTYPE. Remove it and every entity it defines."),
    Rule(
        "comment-in-text",
        "第 {line} 行的 XML 注释夹在文字或代码旁，会截断内容，请删除注释。",
        "The XML comment in line {line} stands in or beside text or code and cuts it in two. Remove the comment.",
    ),
    Rule(
        "processing-instruction",
        "第 {line} 行有 XML 处理指令（<?…?>），请删除。",
        "Line {line} holds an XML processing instruction (<?…?>). Remove it.",
    ),
    Rule("wrong-root", "文件的根元素是“{root}”，请提供 {kind} 文件。", "The root element of the file is “{root}”. Give a {kind} file."),
)


def read(content: bytes, *, kind: str) -> tuple[Any, list[Problem]]:
    """The root element without comments, and what is wrong; the root is None if nothing more can be checked.

    ``kind``: "bpmn" or "dmn".
    """
    if len(content) > MAX_BYTES:
        return None, [RULES["file-too-large"].at(None, limit=MAX_BYTES // 1024 // 1024)]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Any = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        return None, [RULES["not-xml"].at(None, line=error.lineno)]
    problems = list(_document(root, content, kind))
    if problems:
        return None, problems
    problems = [*_comments(root), *_instructions(root)]
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    return root, problems


def local(element: Any) -> str:
    return etree.QName(element).localname


def _document(root: Any, content: bytes, kind: str) -> Iterator[Problem]:
    """The DOCTYPE is looked for in the parsed document: in the bytes it can hide behind an encoding."""
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None or info.externalDTD is not None:
        yield RULES["doctype"].at(None)
    encoding = (info.encoding or "UTF-8").upper()
    if encoding not in {"UTF-8", "ASCII", "US-ASCII"}:
        yield RULES["encoding"].at(None, encoding=encoding)
    elif not _is_utf8(content):
        yield RULES["encoding"].at(None, encoding="?")
    elif root.tag not in _ROOTS[kind]:
        yield RULES["wrong-root"].at(None, root=local(root), kind=kind.upper())


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _comments(root: Any) -> Iterator[Problem]:
    for comment in root.iter(etree.Comment):
        holder = comment.getparent()
        if holder is None:
            continue
        pieces = [holder.text, *(child.tail for child in holder)]
        is_table = holder.tag.startswith((DMN, OLD_DMN)) and local(holder) != "definitions"
        if is_table or local(holder) == "scriptTask" or any((piece or "").strip() for piece in pieces):
            yield RULES["comment-in-text"].at(_owner(holder), line=comment.sourceline)


def _instructions(root: Any) -> Iterator[Problem]:
    beside = [*root.itersiblings(etree.ProcessingInstruction, preceding=True), *root.itersiblings(etree.ProcessingInstruction)]
    for found in [*beside, *root.iter(etree.ProcessingInstruction)]:
        yield RULES["processing-instruction"].at(_owner(found.getparent()), line=found.sourceline)


def _owner(element: Any) -> str | None:
    """Id of the nearest element that has one."""
    while element is not None and not element.get("id"):
        element = element.getparent()
    return None if element is None else str(element.get("id"))
