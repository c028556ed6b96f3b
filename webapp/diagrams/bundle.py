"""The browser bundle of the editor: built by ``make assets``, not part of the source; every other page works without it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson
from flask import current_app

from webapp.core.web import asset

FOLDER = "dist"


def dist(name: str) -> str | None:
    """Address of a file of the bundle ("editor.js"); None while the bundle is not built."""
    manifest = Path(str(current_app.static_folder)) / FOLDER / "manifest.json"
    if not manifest.is_file():
        return None
    built = _read(manifest, manifest.stat().st_mtime_ns).get(name)
    return asset(f"{FOLDER}/{built}") if built else None


@cache
def _read(manifest: Path, _modified: int) -> dict[str, str]:
    try:
        return dict(orjson.loads(manifest.read_bytes()))
    except (ValueError, TypeError):
        return {}
