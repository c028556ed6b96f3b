"""The check of a whole edition: everything that SpiffWorkflow accepts silently and runs wrongly is refused here, in words.

Each family of rules is a module with a table ``RULES`` and a ``check``; ``all_rules`` lists them for people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from bpmn.engine.compiler import compile_edition
from bpmn.engine.findings import Rule, table
from bpmn.engine.forms import FormRefused, compile_form
from bpmn.engine.lint import meaning, structure, tables, wiring, xml
from bpmn.engine.lint.diagram import Diagram
from bpmn.engine.ports import Artifact, EngineError, Problem

ROLE_CODES = ("GRID", "TOWN", "HD_INTAKE", "HD_LEAD", "HD_CHIEF", "HD_PRIN", "POL", "HRSS_INJ", "CIV", "ADMIN")
MAX_EXPANDED = 2_000  # nodes of a process with everything it calls: a call tree of 6 kB can expand to 262,144

RULES = table(
    Rule("key-differs", "流程标识是“{id}”，文件却叫“{name}”，请改成一致。", "The process id is “{id}”, but the file is called “{name}”. Make them equal."),
    Rule("does-not-compile", "流程“{name}”不能编译：{reason}。请检查该图。", "The process “{name}” does not compile: {reason}. Check the diagram."),
)  # fmt: skip


def check(
    artifacts: Iterable[Artifact], *, roles: Collection[str] = ROLE_CODES, deadline_codes: Collection[str] | None = None
) -> list[Problem]:
    """Everything wrong with an edition, file by file. Errors refuse publication, warnings do not."""
    files = list(artifacts)
    around = _surroundings(files, roles, deadline_codes)
    problems: list[Problem] = []
    diagrams: dict[str, Diagram] = {}
    for file in files:
        found = list(_check_file(file, around, diagrams))
        problems += [
            replace(problem, file=problem.file or f"{file.key}.{'json' if file.kind == 'form' else file.kind}") for problem in found
        ]
    problems += _calls(diagrams)
    if not any(problem.severity == "error" for problem in problems):
        problems += _compiled(files)
    return problems


def all_rules() -> dict[str, Rule]:
    """Every rule by its code."""
    found: dict[str, Rule] = {}
    for family in (xml.RULES, structure.RULES, wiring.RULES, meaning.RULES, tables.RULES, RULES):
        found |= family
    return found


def _check_file(file: Artifact, around: meaning.Surroundings, diagrams: dict[str, Diagram]) -> Iterator[Problem]:
    if file.kind == "form":
        yield from tables.check_form(file)
    elif file.kind == "dmn":
        yield from tables.check_decision(file)
    else:
        yield from _check_diagram(file, around, diagrams)


def _check_diagram(file: Artifact, around: meaning.Surroundings, diagrams: dict[str, Diagram]) -> Iterator[Problem]:
    root, problems = xml.read(file.content, kind="bpmn")
    yield from problems
    if root is None:
        return
    diagram = Diagram(root)
    first = list(structure.check(diagram))
    yield from first
    if diagram.process is None or any(problem.severity == "error" for problem in first):
        return  # what follows needs a graph of known parts
    if diagram.key != file.key:
        yield RULES["key-differs"].at(diagram.key, id=diagram.key, name=file.key)
    diagrams[diagram.key] = diagram
    yield from wiring.check(diagram)
    yield from meaning.check(diagram, around)


def _surroundings(files: list[Artifact], roles: Collection[str], clocks: Collection[str] | None) -> meaning.Surroundings:
    keys = {kind: {file.key for file in files if file.kind == kind} for kind in ("bpmn", "dmn", "form")}
    routes = {file.key: _routes(file) for file in files if file.kind == "form"}
    return meaning.Surroundings(keys["bpmn"], keys["dmn"], keys["form"], roles, clocks, routes)


def _routes(file: Artifact) -> frozenset[str]:
    try:
        return frozenset(field.routes for field in compile_form(file.content).fields if field.routes)
    except FormRefused:
        return frozenset()


def _calls(diagrams: dict[str, Diagram]) -> list[Problem]:
    """Circles of calls, and how large a process grows with what it calls."""
    calls = {key: [node.called for node in diagram.of_kind("callActivity")] for key, diagram in diagrams.items()}
    starts = {key: sorted(meaning.children_of(diagram)) for key, diagram in diagrams.items()}
    problems = []
    for key in diagrams:
        if _leads_back(key, calls):
            problems.append(meaning.RULES["calls-itself"].at(None, name=key))
        elif _expanded(key, calls, diagrams, {}) > MAX_EXPANDED:
            problems.append(meaning.RULES["too-large"].at(None, name=key, limit=MAX_EXPANDED))
        if _leads_back(key, starts):
            problems.append(meaning.RULES["starts-itself"].at(None, name=key))
    return problems


def _leads_back(key: str, edges: dict[str, list[str]]) -> bool:
    seen, queue = set(), list(edges.get(key, []))
    for found in queue:
        if found == key:
            return True
        if found not in seen:
            seen.add(found)
            queue += edges.get(found, [])
    return False


def _expanded(key: str, calls: dict[str, list[str]], diagrams: dict[str, Diagram], known: dict[str, int]) -> int:
    """Nodes with everything called, each call counted. A circle elsewhere counts as nothing: it is reported where it is."""
    if key not in known:
        known[key] = 0
        own = len(diagrams[key].nodes) if key in diagrams else 0
        known[key] = own + sum(_expanded(called, calls, diagrams, known) for called in calls.get(key, []))
    return known[key]


def _compiled(files: list[Artifact]) -> list[Problem]:
    """The last word is the engine's own: every process must compile."""
    edition = compile_edition(files)
    problems = []
    for file in files:
        if file.kind == "bpmn":
            try:
                edition.process(file.key)
            except EngineError as refused:
                problems.append(RULES["does-not-compile"].at(None, file=f"{file.key}.bpmn", name=file.key, reason=refused))
    return problems
