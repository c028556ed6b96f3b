"""Addresses of files for the browser: those of the source, and the bundles that ``make assets`` builds from ``webapp/frontend``.

Every page but the diagram editor works without the bundles.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import orjson
from flask import current_app, url_for

FOLDER = "dist"


def asset(name: str) -> str:
    """Address of a static file with its content hash, so that browsers may keep it for a year."""
    return url_for("static", filename=name, v=_content_hash(Path(str(current_app.static_folder)) / name))


def dist(name: str) -> str | None:
    """Address of a file of the bundles ("editor.js", "pages.js"); None while they are not built."""
    manifest = Path(str(current_app.static_folder)) / FOLDER / "manifest.json"
    if not manifest.is_file():
        return None
    built = _read(manifest, manifest.stat().st_mtime_ns).get(name)
    return asset(f"{FOLDER}/{built}") if built else None


def _content_hash(path: Path) -> str:
    return _hash_of(path, path.stat().st_mtime_ns) if path.is_file() else "missing"


@cache
def _hash_of(path: Path, _modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@cache
def _read(manifest: Path, _modified: int) -> dict[str, str]:
    try:
        return dict(orjson.loads(manifest.read_bytes()))
    except (ValueError, TypeError):
        return {}
