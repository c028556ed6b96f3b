"""Where the time of one completed task goes: ``python -m benchmarks.anatomy [sqlite|postgresql]``.

In one process, without a socket: the statements of one completion with their instants, and the share of each of our functions. The
profiler slows small calls down more than large ones: shares are a hint, instants are true.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, event

from benchmarks import district
from benchmarks.databases import open_database
from benchmarks.place import ROOT, Place

WARM, TIMED, LINES = 40, 100, 40
OURS = tuple(str(ROOT / folder) for folder in ("webapp", "bpmn"))
THEIRS = ("flush", "commit", "_autoflush", "_execute_clauseelement", "_generate_cache_key", "do_execute", "dump", "_go")


def main(kind: str = "sqlite") -> None:
    with tempfile.TemporaryDirectory(prefix="zhijian-bench-") as folder:
        database = open_database(kind, Path(folder))
        try:
            place = Place(database, Path(folder), "anatomy")
            place.make(desk=0)
            _show(Worker(place))
        finally:
            database.close()


class Worker:
    """Worker 1 at a test client of the whole application."""

    def __init__(self, place: Place) -> None:
        os.environ |= {"ZHIJIAN_HOME": str(place.settings.home), "DATABASE_URL": place.settings.database_url}
        from benchmarks.site import flask_app as app  # reads the environment

        self._employer_id = place.employer_ids()[district.username(1)]
        self._client = app.test_client()
        signed_in = {"username": district.username(1), "password": district.PASSWORD}
        self._token = self._client.post("/api/v1/tokens", json=signed_in).json["token"]  # type: ignore[index]

    def nothing(self) -> None:
        self._post("bench/nothing", {}, 204)

    def open_task(self) -> tuple[int, int]:
        """Id and version of a claimed task of a new case."""
        started = self._post("processes/same_work/instances", {"values": {}, "subject": {"employer_id": self._employer_id}}, 201)
        task = self._post(f"tasks/{started['opened'][0]['id']}/claim", {}, 200)
        return task["id"], task["version"]

    def complete(self, task: tuple[int, int]) -> None:
        self._post(f"tasks/{task[0]}/complete", {"values": district.VALUES, "version": task[1]}, 200)

    def _post(self, path: str, body: dict[str, Any], status: int) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": str(uuid.uuid4())}
        answer = self._client.post(f"/api/v1/{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json


def _show(worker: Worker) -> None:
    for _ in range(WARM):
        worker.complete(worker.open_task())
        worker.nothing()
    tasks = [worker.open_task() for _ in range(TIMED)]
    spent = median(_milliseconds(partial(worker.complete, task)) for task in tasks)
    print(f"complete {spent:.2f} ms, no-op {median(_milliseconds(worker.nothing) for _ in range(TIMED)):.2f} ms, in process")
    _show_statements(worker)
    _show_shares(worker)


def _show_statements(worker: Worker) -> None:
    found: list[tuple[float, str]] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: Any) -> None:
        found.append((time.perf_counter(), " ".join(statement.split())))

    task = worker.open_task()
    event.listen(Engine, "before_cursor_execute", note)
    worker.complete(task)
    event.remove(Engine, "before_cursor_execute", note)
    print(f"\n{len(found)} statements")
    for at, statement in found:
        print(f"{(at - found[0][0]) * 1000:8.2f} ms  {statement[:110]}")


def _show_shares(worker: Worker) -> None:
    tasks = [worker.open_task() for _ in range(TIMED)]
    profile = cProfile.Profile()
    profile.enable()
    for task in tasks:
        worker.complete(task)
    profile.disable()
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, Any]] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    total = sum(own for _, _, own, _, _ in stats.values())
    kept = [(spent, calls, place) for place, (_, calls, _, spent, _) in stats.items() if place[0].startswith(OURS) or place[2] in THEIRS]
    print("\nshare  calls  function")
    for spent, calls, (path, line, name) in sorted(kept, reverse=True)[:LINES]:
        print(f"{spent / total:5.0%} {calls / TIMED:6.1f}  {name}  {Path(path).name}:{line}")


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main(*sys.argv[1:])
