"""What an answer cost inside the server, said in its Server-Timing header: time, processor time, database, statements."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, has_request_context
from sqlalchemy import Engine, event

WATCHED = "BENCH_WATCHED"  # set in the environment: watch
_PART = re.compile(r"(\w+);dur=([\d.]+)")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one answer, in ms. ``cpu``: of the server's thread, SQLite's work included; ``db``: until statements gave their first row."""

    time: float
    cpu: float
    db: float
    statements: int

    @classmethod
    def of(cls, header: str) -> Cost:
        found = {name: float(value) for name, value in _PART.findall(header)}
        return cls(found["time"], found["cpu"], found["db"], int(found["statements"]))


def watch(app: Flask) -> None:
    """Add the header to every answer."""
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_say)
    event.listen(Engine, "before_cursor_execute", _before)
    event.listen(Engine, "after_cursor_execute", _after)


def _begin() -> None:
    g.bench_began, g.bench_db, g.bench_statements = (time.perf_counter(), time.thread_time()), 0.0, 0


def _say(answer: Response) -> Response:
    if "bench_began" in g:
        spent, cpu = time.perf_counter() - g.bench_began[0], time.thread_time() - g.bench_began[1]
        durations = {"time": spent * 1000, "cpu": cpu * 1000, "db": g.bench_db * 1000, "statements": g.bench_statements}
        answer.headers["Server-Timing"] = ", ".join(f"{name};dur={value:.3f}" for name, value in durations.items())
    return answer


def _before(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: Any) -> None:
    if context is not None:
        context.bench_began = time.perf_counter()


def _after(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: Any) -> None:
    if context is not None and has_request_context() and "bench_began" in g:
        g.bench_db += time.perf_counter() - context.bench_began
        g.bench_statements += 1
