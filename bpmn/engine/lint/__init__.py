"""The checks of an edition before it is published: everything the engine would accept silently and run wrongly.

``RULES`` lists every rule by code. Multi-instance and loop markers, event sub-processes and non-interrupting boundary
events are refused altogether: they stop pruning or multiply work, and child processes and time limits do the same better.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bpmn.engine.compiler import compile_edition
from bpmn.engine.decisions import Decision, compile_decision
from bpmn.engine.findings import Rule, table
from bpmn.engine.forms import Form, FormRefused, compile_form
from bpmn.engine.forms.rules import RULES as FORM_RULES
from bpmn.engine.lint import (
    calls,
    decisions,
    drawing,
    expressions,
    flows,
    people,
    returns,
    schema,
    services,
    structure,
    timing,
    tokens,
    writes,
    xml,
)
from bpmn.engine.lint.diagram import Diagram
from bpmn.engine.lint.edition import ROLE_CODES, Edition
from bpmn.engine.ports import Artifact, EngineError, Problem

__all__ = ["ROLE_CODES", "RULES", "all_rules", "check", "check_file", "file_name"]

_ENDINGS = {"bpmn": "bpmn", "dmn": "dmn", "form": "json"}
_OWN = table(
    Rule("unknown-kind", "“{key}”的类型“{kind}”不支持，请提供 BPMN、DMN 或表单文件。", "“{key}” is of kind “{kind}”. Give a BPMN, DMN or form file."),
    Rule("file-twice", "有两个文件的标识都是“{key}”，请只留一个。", "Two files have the key “{key}”. Keep one."),
    Rule(
        "key-differs",
        "文件以“{key}”登记，里面的标识却是“{id}”，请使两者一致。",
        "The file is registered as “{key}” but its own id is “{id}”. Make them the same.",
    ),
    Rule(
        "does-not-compile",
        "引擎无法编译“{key}”：{reason}。请按此更正后重试。",
        "The engine cannot compile “{key}”: {reason}. Correct this and try again.",
    ),
)  # fmt: skip
_FAMILIES: tuple[dict[str, Rule], ...] = (
    xml.RULES, structure.RULES, flows.RULES, tokens.RULES, calls.RULES, expressions.RULES, timing.RULES, people.RULES, services.RULES,
    writes.RULES, returns.RULES, drawing.RULES, schema.RULES, decisions.RULES, FORM_RULES, _OWN,
)  # fmt: skip
RULES: dict[str, Rule] = {code: rule for family in _FAMILIES for code, rule in family.items()}


def check(
    artifacts: Iterable[Artifact],
    *,
    roles: Collection[str] = ROLE_CODES,
    deadline_codes: Collection[str] | None = None,
    names: Mapping[str, Collection[str]] | None = None,
    told: Callable[[str], object] = lambda name: None,
) -> list[Problem]:
    """Everything wrong with a whole edition, file by file.

    ``deadline_codes``: time limits that diagrams may name (None: not checked); ``names``: what other properties may name, by property.
    ``told`` hears the name of each file before it is read.
    """
    return _Checking(list(artifacts), roles, deadline_codes, names or {}, told).problems()


def check_file(
    content: bytes,
    *,
    kind: str,
    others: Iterable[Artifact] = (),
    roles: Collection[str] = ROLE_CODES,
    deadline_codes: Collection[str] | None = None,
) -> list[Problem]:
    """What is wrong with one file among the ``others`` of its edition. ``kind``: "bpmn", "dmn" or "form"."""
    mine = Artifact(kind, _own_key(content, kind), content, hashlib.sha256(content).hexdigest())
    files = [mine, *(file for file in others if (file.kind, file.key) != (mine.kind, mine.key))]
    return [problem for problem in check(files, roles=roles, deadline_codes=deadline_codes) if problem.file == file_name(mine)]


def all_rules() -> dict[str, Rule]:
    """Every rule by its code, for people to read."""
    return dict(RULES)


def file_name(artifact: Artifact) -> str:
    """How problems name a file: "correction.bpmn"."""
    return f"{artifact.key}.{_ENDINGS.get(artifact.kind, artifact.kind)}"


class _Checking:
    """One run over an edition."""

    def __init__(
        self,
        files: list[Artifact],
        roles: Collection[str],
        deadline_codes: Collection[str] | None,
        names: Mapping[str, Collection[str]],
        told: Callable[[str], object],
    ) -> None:
        self._files, self._roles, self._deadline_codes, self._names, self._told = files, roles, deadline_codes, names, told
        self._found: list[Problem] = []
        self._diagrams: dict[str, Diagram] = {}
        self._decisions: dict[str, Decision | None] = {}
        self._forms: dict[str, Form | None] = {}

    def problems(self) -> list[Problem]:
        for file in self._unique():
            self._told(file_name(file))
            self._read(file)
        processes = [file.key for file in self._files if file.kind == "bpmn"]
        edition = Edition(self._diagrams, processes, self._decisions, self._forms, self._roles, self._deadline_codes, self._names)
        for key, diagram in self._diagrams.items():
            self._told(f"{key}.bpmn")
            self._note(f"{key}.bpmn", _diagram(diagram, edition))
        for key, problem in calls.check(edition):
            self._note(f"{key}.bpmn", [problem])
        if not self._has_errors():
            self._compile()
        return list({(problem.file, problem.code, problem.element, problem.en): problem for problem in self._found_in_order()}.values())

    def _found_in_order(self) -> Iterator[Problem]:
        """By file as they came, errors first."""
        order = {file_name(file): number for number, file in enumerate(self._files)}
        return iter(sorted(self._found, key=lambda problem: (order.get(problem.file or "", 0), problem.severity)))

    def _unique(self) -> Iterator[Artifact]:
        seen: set[tuple[str, str]] = set()
        for file in self._files:
            if (file.kind, file.key) in seen:
                self._note(file_name(file), [_OWN["file-twice"].at(None, key=file.key)])
            seen.add((file.kind, file.key))
            yield file

    def _note(self, file: str, problems: Iterable[Problem]) -> None:
        self._found += [replace(problem, file=file) for problem in problems]

    def _read(self, file: Artifact) -> None:
        readers = {"bpmn": self._read_diagram, "dmn": self._read_decision, "form": self._read_form}
        if file.kind in readers:
            readers[file.kind](file)
        else:
            self._note(file_name(file), [_OWN["unknown-kind"].at(None, key=file.key, kind=file.kind)])

    def _read_diagram(self, file: Artifact) -> None:
        root, problems = xml.read(file.content, kind="bpmn")
        self._note(file_name(file), problems)
        if root is None:
            return
        diagram = Diagram(root)
        problems = list(structure.check(diagram))
        self._note(file_name(file), [*problems, *self._mismatch(file, diagram.key)])
        if diagram.key == file.key and not any(problem.code in {"too-many-nodes", "one-process"} for problem in problems):
            self._diagrams[file.key] = diagram

    def _read_decision(self, file: Artifact) -> None:
        self._decisions[file.key] = None
        root, problems = xml.read(file.content, kind="dmn")
        if root is not None:
            problems += decisions.check(root, file.content)
            problems += self._mismatch(file, str(next((one.get("id") for one in root.iterfind("{*}decision")), file.key)))
        self._note(file_name(file), problems)
        if not problems:
            self._decisions[file.key] = compile_decision(file.content)

    def _read_form(self, file: Artifact) -> None:
        self._forms[file.key] = None
        try:
            form = compile_form(file.content)
        except FormRefused as refused:
            self._note(file_name(file), refused.problems)
        else:
            self._forms[file.key] = form
            self._note(file_name(file), self._mismatch(file, form.key))

    def _mismatch(self, file: Artifact, key: str) -> list[Problem]:
        return [] if key in {file.key, ""} else [_OWN["key-differs"].at(None, key=file.key, id=key)]

    def _compile(self) -> None:
        """Last, the engine itself: its schema and its parser see what no rule of ours does."""
        for key, diagram in self._diagrams.items():
            self._note(f"{key}.bpmn", schema.check(diagram))
        if self._has_errors():
            return
        compiled = compile_edition(self._files)
        for key in self._diagrams:
            self._told(f"{key}.bpmn")
            try:
                compiled.process(key)
            except (EngineError, RecursionError) as error:
                self._note(f"{key}.bpmn", [_OWN["does-not-compile"].at(key, key=key, reason=str(error).splitlines()[0])])

    def _has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self._found)


def _diagram(diagram: Diagram, edition: Edition) -> Iterator[Problem]:
    yield from flows.check(diagram)
    yield from tokens.check(diagram)
    yield from expressions.check(diagram)
    yield from timing.check(diagram)
    yield from people.check(diagram, edition)
    yield from services.check(diagram, edition)
    yield from writes.check(diagram, edition)
    yield from returns.check(diagram)
    yield from drawing.check(diagram)


def _own_key(content: bytes, kind: str) -> str:
    """The id inside a file; "file" if it cannot be read."""
    if kind == "form":
        try:
            return compile_form(content).key
        except FormRefused:
            return "file"
    root: Any = xml.read(content, kind=kind)[0] if kind in {"bpmn", "dmn"} else None
    found = None if root is None else root.find("{*}process" if kind == "bpmn" else "{*}decision")
    return str(found.get("id") or "file") if found is not None else "file"
