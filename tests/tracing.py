"""Where each requirement, rule, time limit and document lives, and what tests it: ``python -m tests.tracing`` writes docs/coverage.md.

A tag is the identifier itself, anywhere in a source file or test; ``R-003..R-006`` names a range.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
COVERAGE = ROOT / "docs" / "coverage.md"
LATER = "later"
SHOWN = 3
_RANGE = re.compile(r"\bR-(\d{3})\.\.R-(\d{3})\b")
_CODE_FOLDERS, _CODE_ENDINGS = ("bpmn", "webapp", "workflows"), {".py", ".bpmn", ".dmn", ".json", ".html"}
# Data and lists that name everything prove nothing.
_NO_HOME = {"webapp/rules/data/time_limits.json", "webapp/documents/kinds.py"}


def main() -> None:
    COVERAGE.write_text(coverage(), encoding="utf-8")
    print(f"wrote {COVERAGE.relative_to(ROOT)}")


def coverage() -> str:
    """The whole page."""
    code, tests = _index(_files(_CODE_FOLDERS)), _index((ROOT / "tests").rglob("*.py"))
    parts = [_part(title, ids, code, tests) for title, ids in _subjects()]
    head = (
        "# Coverage\n\nWritten by `python -m tests.tracing` from the identifiers in code and tests; a test keeps it current."
        " “later”: not built yet.\n"
    )
    return head + "\n" + "\n".join(parts)


def _subjects() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    yield "Requirements of the two documents", [(row["id"], row["en"]) for row in _read("docs/domain/requirements.json")]
    yield "Rules", [(row["id"], row["en"]) for row in _read("docs/domain/rules.json")]
    limits = {row["code"]: row["en"] for row in _read("webapp/rules/data/time_limits.json")}
    yield "Time limits", sorted(limits.items())
    yield "Documents", _kinds()


def _kinds() -> list[tuple[str, str]]:
    from webapp.documents.kinds import KINDS

    return [(kind.code, kind.en) for kind in KINDS.values()]


def _part(title: str, ids: Iterable[tuple[str, str]], code: dict[str, list[str]], tests: dict[str, list[str]]) -> str:
    rows = [(id, name, code.get(id, []), tests.get(id, [])) for id, name in ids]
    done = sum(bool(homes) and bool(tried) for _, _, homes, tried in rows)
    lines = [f"| {id} | {name} | {_listed(homes)} | {_listed(tried)} |" for id, name, homes, tried in rows]
    head = ["| Id | What | Lives in | Tested by |", "| --- | --- | --- | --- |"]
    return "\n".join([f"## {title}: {done} of {len(rows)} built and tested", "", *head, *lines, ""])


def _listed(files: list[str]) -> str:
    if not files:
        return LATER
    more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
    return ", ".join(f"`{name}`" for name in files[:SHOWN]) + more


def _index(files: Iterable[Path]) -> dict[str, list[str]]:
    """Identifier -> files that name it, the ones that name it most often first."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for path in sorted(files):
        name = path.relative_to(ROOT).as_posix()
        if name in _NO_HOME or name.endswith("tracing.py"):
            continue
        for id in _identifiers(path.read_text(encoding="utf-8")):
            found[id][name] = found[id].get(name, 0) + 1
    return {id: sorted(names, key=lambda name: (-names[name], name)) for id, names in found.items()}


def _identifiers(text: str) -> Iterator[str]:
    for first, last in _RANGE.findall(text):
        yield from (f"R-{number:03d}" for number in range(int(first), int(last) + 1))
    yield from re.findall(r"\b(?:R-\d{3}|BR-\d{2}|D\d{2}[AB]?|[A-Z]{2,}(?:_[A-Z0-9]+)*)\b", _RANGE.sub("", text))


def _files(folders: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in _CODE_ENDINGS and "node_modules" not in path.parts:
                yield path


def _read(name: str) -> list[dict[str, str]]:
    return list(json.loads((ROOT / name).read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
