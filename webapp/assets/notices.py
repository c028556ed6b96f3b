"""What the bundle contains of others, with their licences."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

HEAD = """The files for the browser (diagram editor, htmx) contain the following works of others.
The bpmn.io mark on the canvas must stay visible: see the licence of bpmn-js.
"""
# bpmn-js carries the icon font without its licence.
FONT_LICENCE = Path(__file__).resolve().parents[1] / "frontend" / "bpmn-font-licence.txt"


def notices(work: Path, inputs: Iterable[str]) -> str:
    """``inputs``: files of the bundle as esbuild names them, relative to ``work``."""
    packages = {package for name in inputs if (package := _package(name))}
    parts = [_notice((work / package).resolve()) for package in sorted(packages, key=lambda name: name.rpartition("node_modules/")[2])]
    return f"\n{'-' * 100}\n\n".join([HEAD, *parts, f"bpmn-font\n\n{FONT_LICENCE.read_text(encoding='utf-8')}"])


def _package(name: str) -> str | None:
    """The folder of the package a file belongs to."""
    before, mark, after = name.rpartition("node_modules/")
    if not mark:
        return None
    parts = after.split("/")
    return before + mark + "/".join(parts[: 2 if parts[0].startswith("@") else 1])


def _notice(folder: Path) -> str:
    told: dict[str, Any] = orjson.loads((folder / "package.json").read_bytes())
    texts = [path.read_text(encoding="utf-8", errors="replace").strip() for path in sorted(folder.iterdir()) if _is_licence(path)]
    text = "\n\n".join(texts) or f"Licence: {told.get('license', 'not stated')}"
    return f"{told['name']} {told['version']}\n\n{text}\n"


def _is_licence(path: Path) -> bool:
    return path.is_file() and path.stem.upper() in {"LICENSE", "LICENCE", "COPYING", "NOTICE"}
