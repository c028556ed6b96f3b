"""Which events any receiver wants: a small file, so that a step of a process asks no database about it."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import orjson
from flask import current_app
from sqlalchemy import select

from webapp.core.db import db
from webapp.webhooks.models import Receiver

FILE = "webhooks.json"


def is_wanted(event_name: str) -> bool:
    """Whether some receiver may want it. What is owed is decided later, by the receivers themselves."""
    path = _path()
    try:
        return event_name in _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return False


def write_down() -> None:
    """After receivers changed, and now and then in case a crash came between."""
    names = sorted({name for events in db.session.scalars(select(Receiver.events).where(Receiver.is_active)) for name in events})
    path, body = _path(), orjson.dumps(names)
    if path.exists() and path.read_bytes() == body:
        return
    fresh = path.with_name(f"{FILE}.{os.getpid()}.new")
    fresh.write_bytes(body)
    fresh.replace(path)


def _path() -> Path:
    return Path(current_app.config["ZHIJIAN"].home) / FILE


@lru_cache(16)
def _read(path: Path, _modified: int) -> frozenset[str]:
    return frozenset(orjson.loads(path.read_bytes()))
