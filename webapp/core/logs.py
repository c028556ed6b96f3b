"""Log lines without personal data: JSON for machines, short lines for a terminal.

An error is told by its kind and the places it passed. Its text is left out: databases and parsers put values into theirs.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import orjson

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
FORMS = ("auto", "json", "plain")
QUIET = ("alembic", "spiff", "httpx", "werkzeug")
FRAMES = 12  # the innermost places of an error that are kept


def configure(form: str = "auto", *, stream: TextIO | None = None) -> None:
    """Write every logger's lines to ``stream`` (standard error). ``form``: json, plain, or auto: plain on a terminal."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(PlainLines() if form == "plain" or (form == "auto" and out.isatty()) else JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """One object a line: at, level, logger, event, what the call gave as ``extra={"fields": {...}}``, and the error."""

    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(entry_of(record), default=str).decode()


class PlainLines(logging.Formatter):
    """09:41:02 INFO event key=value."""

    def format(self, record: logging.LogRecord) -> str:
        entry = entry_of(record)
        rest = " ".join(f"{key}={_flat(value)}" for key, value in entry.items() if key not in ("at", "level", "logger", "event"))
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        return f"{at} {record.levelname} {entry['event']} {rest}".rstrip()


def entry_of(record: logging.LogRecord) -> dict[str, Any]:
    """What a line tells. Line breaks are flattened, so that nobody can write a second line."""
    entry: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": _flat(record.getMessage()),
    }
    entry.update(getattr(record, "fields", {}))
    if record.exc_info and record.exc_info[0]:
        entry["error"], entry["places"] = _error(record.exc_info)
    return entry


def _flat(value: object) -> str:
    return "".join(character if character.isprintable() else " " for character in str(value))


def _error(info: ExcInfo) -> tuple[str, list[str]]:
    kind, error, trace = info
    frames = traceback.extract_tb(trace)[-FRAMES:]
    name = f"{kind.__module__}.{kind.__qualname__}" if kind else ""
    sqlstate = getattr(getattr(error, "orig", None), "sqlstate", None)
    return f"{name} {sqlstate}" if sqlstate else name, [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
