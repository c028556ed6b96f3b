"""Rules an import linter cannot see."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("bpmn", "webapp", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
OURS = [path for path in SOURCES if path.is_relative_to(ROOT / "bpmn") or path.is_relative_to(ROOT / "webapp")]
INNER = [
    path
    for path in OURS
    if path.is_relative_to(ROOT / "webapp") and path.stem not in {"views", "cli", "loop", "db", "wsgi", "installation"}
]
ENTRY_POINTS = {"views.py", "cli.py", "loop.py", "sweeps.py", "outbox.py", "installation.py", "db.py", "child.py", "web.py"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "misc"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", INNER, ids=relative)
def test_only_entry_points_commit(path: Path) -> None:
    offenders = [call.lineno for call in calls(path) if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"]
    assert not offenders, f"commits on lines {offenders}: move it to the view, command or loop"


@pytest.mark.parametrize("path", OURS, ids=relative)
def test_functions_and_files_stay_readable(path: Path) -> None:
    source = path.read_text()
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f"{node.name} ({node.end_lineno - node.lineno + 1})" for node in functions if node.end_lineno - node.lineno >= 60]
    assert not long, f"split: {long}"
    assert source.count("\n") <= 400, "split the file"


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_modules_are_named_for_what_they_hold(path: Path) -> None:
    assert not {path.stem, *path.parent.parts} & FORBIDDEN_NAMES


@pytest.mark.parametrize("path", [p for p in OURS if p.name not in ENTRY_POINTS], ids=relative)
def test_only_entry_points_catch_everything(path: Path) -> None:
    handlers = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler)]
    broad = [node.lineno for node in handlers if node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception"})]
    assert not broad, f"catches everything on lines {broad}"


@pytest.mark.parametrize(
    "path", [p for p in OURS if p.stem in {"services", "models", "queries", "step", "submissions", "chain"}], ids=relative
)
def test_services_do_not_know_the_request(path: Path) -> None:
    imported = [
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "flask"
        for alias in node.names
    ]
    assert not {"request", "g", "session"} & set(imported)


@pytest.mark.parametrize("path", OURS, ids=relative)
def test_models_derive_from_our_base(path: Path) -> None:
    assert "db.Model" not in path.read_text().replace("never db.Model", "")
