"""The parts a completed task cannot do without, bare: the engine step, and one commit.

``python -m benchmarks.parts engine`` or ``commit DATABASE_URL``; see ``responder``.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bpmn.engine import runner
from bpmn.engine.compiler import ProcessDefinition, compile_edition
from bpmn.engine.ports import Artifact, Values

WORK = Path(__file__).parent / "same_work.bpmn"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROUTES = {"f1": 30, "f2": 40}
ROWS, ROW_BYTES = 500, 9_000


def main(name: str, *arguments: str) -> None:
    samples = _engine_steps() if name == "engine" else _commits(*arguments)
    for line in sys.stdin:
        print(json.dumps([next(samples) for _ in range(int(line))]), flush=True)


class _Host:
    """The diagram has no service task."""

    def call(self, operation: str, params: Values) -> Values:
        raise NotImplementedError


def _engine_steps() -> Iterator[float]:
    """Load, complete, run, save: each of the three tasks in turn."""
    definition, host = _definition(), _Host()
    while True:
        result = runner.start(definition, {}, host=host, now=NOW)
        while result.opened:
            began = time.perf_counter()
            result = runner.complete(definition, result.state, result.opened[0].id, ROUTES, host=host, now=NOW)
            yield (time.perf_counter() - began) * 1000


def _definition() -> ProcessDefinition:
    content = WORK.read_bytes()
    artifact = Artifact("bpmn", "same_work", content, hashlib.sha256(content).hexdigest())
    return compile_edition([artifact]).process("same_work")


def _commits(url: str) -> Iterator[float]:
    """One insert and two updates of 9 kB in one transaction, by the bare driver."""
    connection, begin, mark = _open_sqlite(url) if url.startswith("sqlite") else _open_postgresql(url)
    table = f"bench_row_{os.getpid()}"
    connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, body BYTEA)")
    insert, update = f"INSERT INTO {table} VALUES ({mark}, {mark})", f"UPDATE {table} SET body = {mark} WHERE id = {mark}"
    for number in range(ROWS):
        connection.execute(insert, (number, os.urandom(ROW_BYTES)))
    for number in itertools.count(ROWS):
        bodies = [os.urandom(ROW_BYTES) for _ in range(3)]
        began = time.perf_counter()
        connection.execute(begin)
        connection.execute(insert, (number, bodies[0]))
        connection.execute(update, (bodies[1], number % ROWS))
        connection.execute(update, (bodies[2], (number * 7 + 1) % ROWS))
        connection.execute("COMMIT")
        yield (time.perf_counter() - began) * 1000


def _open_sqlite(url: str) -> tuple[Any, str, str]:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection, "BEGIN IMMEDIATE", "?"


def _open_postgresql(url: str) -> tuple[Any, str, str]:
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True), "BEGIN", "%s"


if __name__ == "__main__":
    main(*sys.argv[1:])
