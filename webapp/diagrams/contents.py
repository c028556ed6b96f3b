"""What is in a diagram, decision or form, for people to read. Nothing here raises for the broken file of a draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bpmn.engine import picture
from bpmn.engine.compiler import documentation, properties_of
from bpmn.engine.forms import Form, FormRefused, compile_form
from bpmn.engine.ports import Artifact
from bpmn.engine.xml import BPMN, DiagramRefused, parse_xml
from webapp.core.i18n import locale_tag


@dataclass(frozen=True, slots=True)
class Names:
    """What a file is called in both languages; its key where it says nothing."""

    kind: str
    key: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Step:
    """A user task of a diagram."""

    element: str
    zh: str
    en: str
    role: str
    form: str
    deadline: str
    more: tuple[tuple[str, str], ...]  # further properties: opens, closes, document, decision


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table as it is written. ``inputs``: label and expression of each column."""

    policy: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[str, ...]
    rules: tuple[tuple[str, ...], ...]


def names_of(artifact: Artifact) -> Names:
    readers = {"bpmn": _diagram_names, "dmn": _decision_names, "form": _form_names}
    zh, en = readers[artifact.kind](artifact.content)
    return Names(artifact.kind, artifact.key, zh or artifact.key, en or zh or artifact.key)


def names_by_kind(artifacts: Iterable[Artifact]) -> dict[str, list[Names]]:
    """Every kind is there, in the order diagrams, decisions, forms."""
    found: dict[str, list[Names]] = {"bpmn": [], "dmn": [], "form": []}
    for artifact in sorted(artifacts, key=lambda one: one.key):
        found[artifact.kind].append(names_of(artifact))
    return found


def steps_of(content: bytes) -> list[Step]:
    """The user tasks in the order of the file."""
    root = _root(content)
    if root is None:
        return []
    lanes = {ref.text: lane.get("id", "") for lane in root.iter(f"{BPMN}lane") for ref in lane.iter(f"{BPMN}flowNodeRef") if ref.text}
    return [_step(task, lanes) for task in root.iter(f"{BPMN}userTask")]


def messages_of(content: bytes) -> list[str]:
    root = _root(content)
    return [] if root is None else [name for found in root.iter(f"{BPMN}message") if (name := found.get("name"))]


def starts_of(content: bytes) -> list[str]:
    """Form keys of the start events."""
    root = _root(content)
    starts = [] if root is None else [properties_of(start).get("form") for start in root.iter(f"{BPMN}startEvent")]
    return [form for form in starts if form]


def picture_of(content: bytes, key: str) -> str | None:
    """SVG of the diagram; None if it cannot be drawn."""
    try:
        return picture.draw(content, process=key, locale=locale_tag())
    except picture.PictureMissing:
        return None


def form_of(content: bytes) -> Form | None:
    try:
        return compile_form(content)
    except FormRefused:
        return None


def table_of(content: bytes) -> Table | None:
    root = _root(content)
    table = None if root is None else root.find("{*}decision/{*}decisionTable")
    if table is None:
        return None
    inputs = tuple((found.get("label", ""), _text(found, "{*}inputExpression/{*}text")) for found in table.findall("{*}input"))
    outputs = tuple(found.get("label") or found.get("name", "") for found in table.findall("{*}output"))
    rules = tuple(tuple(_text(cell, "{*}text") for cell in (*row.findall("{*}inputEntry"), *row.findall("{*}outputEntry")))
                  for row in table.findall("{*}rule"))  # fmt: skip
    return Table(table.get("hitPolicy", "UNIQUE"), inputs, outputs, rules)


def _diagram_names(content: bytes) -> tuple[str, str]:
    root = _root(content)
    process = None if root is None else root.find(f"{BPMN}process")
    if process is None:
        return "", ""
    return process.get("name", ""), properties_of(process).get("name_en") or documentation(process)


def _decision_names(content: bytes) -> tuple[str, str]:
    root = _root(content)
    decision = None if root is None else root.find("{*}decision")
    return ("", "") if decision is None else (decision.get("name", ""), _text(decision, "{*}description"))


def _form_names(content: bytes) -> tuple[str, str]:
    form = form_of(content)
    return (form.title.get("zh", ""), form.title.get("en", "")) if form else ("", "")


def _step(task: Any, lanes: dict[str, str]) -> Step:
    own = properties_of(task)
    more = tuple((name, own[name]) for name in ("opens", "closes", "document", "decision") if name in own)
    zh = task.get("name", task.get("id", ""))
    return Step(
        element=task.get("id", ""), zh=zh, en=own.get("name_en") or documentation(task) or zh, role=lanes.get(task.get("id"), ""),
        form=own.get("form", ""), deadline=own.get("deadline", ""), more=more,
    )  # fmt: skip


def _root(content: bytes) -> Any:
    """None for anything but XML without a DOCTYPE."""
    try:
        return parse_xml(content)
    except DiagramRefused:
        return None


def _text(element: Any, path: str) -> str:
    return (element.findtext(path) or "").strip()
