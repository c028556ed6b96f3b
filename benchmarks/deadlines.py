"""How long the watch takes over 10,000 clocks that are all over, beside one bulk UPDATE of as many rows."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select, update

from benchmarks.databases import KINDS, open_database
from benchmarks.goals import Verdict
from benchmarks.place import Place
from webapp import installation
from webapp.core import clock
from webapp.core.db import db, table_of, transaction
from webapp.deadlines.models import Deadline
from webapp.deadlines.sweeps import watch_deadlines
from webapp.events.services import begin_streams
from webapp.rules.models import TimeLimit

CLOCKS = 10_000
LONGEST_S = 10.0  # the sweep comes every minute and must leave the loop free for the timers


def verdicts(kinds: list[str] | tuple[str, ...] = KINDS) -> list[Verdict]:
    """One line per database: seconds of a round in which every clock is breached."""
    return [_verdict(kind) for kind in kinds]


def _verdict(kind: str) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="zhijian-bench-") as folder:
        database = open_database(kind, Path(folder))
        try:
            place = Place(database, Path(folder), "deadlines")
            place.make(desk=0)
            watched, floor, idle = _measure(place)
        finally:
            database.close()
    beside = f"{floor:.2f} s bulk UPDATE of as many rows (x{watched / floor:.0f}); {idle * 1000:.1f} ms with nothing due"
    return Verdict(
        7, f"watch of {CLOCKS:,} clocks that are over", kind, "in process", 1, watched * 1000, None, beside, watched, "s", LONGEST_S
    )


def _measure(place: Place) -> tuple[float, float, float]:
    """Seconds: the round, the floor, and a round that finds nothing."""
    with installation.headless(place.settings):
        at = clock.now()
        with transaction():
            begin_streams(f"instance:{number}" for number in range(1_000_000, 1_000_000 + CLOCKS))
            limit_id = db.session.scalars(select(TimeLimit.id)).first() or 0
            db.session.execute(insert(table_of(Deadline)), [_row(number, limit_id, at) for number in range(CLOCKS)])
        floor = _seconds(_touch_all)
        watched = _seconds(_watch_all)
        return watched, floor, _seconds(watch_deadlines)


def _row(number: int, limit_id: int, at: datetime) -> dict[str, object]:
    due_at = at - timedelta(days=1, seconds=number)
    return {
        "code": "DECIDE", "instance_id": 1_000_000 + number, "time_limit_id": limit_id, "jurisdiction_id": 1, "town_id": number % 12,
        "started_at": due_at - timedelta(days=90), "due_at": due_at, "remind_at": due_at - timedelta(days=18), "is_provisional": False,
    }  # fmt: skip


def _touch_all() -> None:
    """The least that any way of marking them costs."""
    clocks = table_of(Deadline)
    with transaction():
        db.session.execute(update(clocks).values(scope="j1"))


def _watch_all() -> None:
    assert watch_deadlines() == CLOCKS


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    for verdict in verdicts():
        print(
            f"{verdict.figure}, {verdict.database}: {verdict.value:.2f} {verdict.unit} beside {verdict.beside}; goal <= {verdict.limit:g}"
        )
