"""Which goals are met: ratios of two things measured in turn in one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks.figures import Figures, Key
from benchmarks.measuring import CLIENTS, LARGE, SMALL, Measured

COMPARED = ("start", "complete", "case", "inbox")
STATE_LIMIT = 32 * 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the table. ``beside``: what the figure is divided by; ``value`` is the ratio, or the figure itself."""

    goal: int
    figure: str
    database: str
    through: str
    clients: int | None
    median_ms: float | None
    p95_ms: float | None
    beside: str
    value: float
    unit: str
    limit: float

    @property
    def is_met(self) -> bool:
        return self.value <= self.limit


def verdicts(figures: Figures, measured: Mapping[str, Measured]) -> list[Verdict]:
    """In the order of the goals; what was not measured is left out."""
    found = [verdict for database, one in measured.items() for verdict in _of_database(figures, database, one)]
    return sorted(found, key=lambda verdict: verdict.goal)


def _of_database(figures: Figures, database: str, measured: Measured) -> Iterator[Verdict]:
    for through in ("api", "page"):
        for clients in CLIENTS:
            yield from _beside_parts(figures, Key(database, SMALL, through, clients, "complete"))
        yield from _beside_peer(figures, Key(database, SMALL, through, 1, "complete"), peer="dbos", goal=2, limit=4.0)
        yield from _beside_peer(figures, Key(database, SMALL, through, 1, "complete"), peer="viewflow", goal=3, limit=1.2)
        for operation in COMPARED:
            yield from _beside_empty(figures, Key(database, LARGE, through, 1, operation), closed=measured.closed)
    yield from _ages(database, measured)
    yield from _memory(database, measured)
    if measured.disk_kb is not None:
        yield Verdict(10, "disk per closed three-task case", database, "", None, None, None, "", measured.disk_kb, "kB", 40.0)


def _beside_parts(figures: Figures, key: Key) -> Iterator[Verdict]:
    parts = {
        "nothing": key._replace(operation="nothing"),
        "engine": key._replace(through="parts", operation="engine"),
        "commit": key._replace(through="parts", operation="commit"),
    }
    if figures.has(key) and all(figures.has(part) for part in parts.values()):
        milliseconds = [figures.median(part) for part in parts.values()]
        text = " + ".join(f"{value:.2f} {name}" for name, value in zip(("no-op", "engine", "commit"), milliseconds, strict=True))
        yield _ratio(figures, key, goal=1, figure="complete", beside=f"{text} = {sum(milliseconds):.2f}", by=sum(milliseconds), limit=2.5)


def _beside_peer(figures: Figures, key: Key, *, peer: str, goal: int, limit: float) -> Iterator[Verdict]:
    other = key._replace(through="peer", operation=peer)
    if figures.has(key) and figures.has(other):
        by = figures.median(other)
        name = {"dbos": "DBOS durable step", "viewflow": "Viewflow complete, in process"}[peer]
        yield _ratio(figures, key, goal=goal, figure="complete", beside=f"{by:.2f} {name}", by=by, limit=limit)


def _beside_empty(figures: Figures, key: Key, *, closed: int) -> Iterator[Verdict]:
    empty = key._replace(filling=SMALL)
    if figures.has(key) and figures.has(empty):
        by = figures.median(empty)
        yield _ratio(figures, key, goal=5, figure=f"{key.operation}, {closed:,} closed tasks", beside=f"{by:.2f} empty", by=by, limit=1.3)


def _ratio(figures: Figures, key: Key, *, goal: int, figure: str, beside: str, by: float, limit: float) -> Verdict:
    ms, p95 = figures.median(key), figures.p95(key)
    return Verdict(goal, figure, key.database, key.through, key.clients, ms, p95, beside, ms / by, "", limit)


def _ages(database: str, measured: Measured) -> Iterator[Verdict]:
    if not measured.ages:
        return
    first, last = (min(median(samples) for samples in found) for found in _ends(measured))
    yield Verdict(6, "complete, 50th task of a case", database, "api", 1, last, None, f"{first:.2f} first task", last / first, "", 1.5)
    state = max(age.state_bytes for age in measured.ages)
    yield Verdict(6, "stored engine state after 50 loops", database, "", None, None, None, "", state / 1024, "KiB", STATE_LIMIT / 1024)


def _ends(measured: Measured) -> tuple[list[list[float]], list[list[float]]]:
    return [age.first for age in measured.ages], [age.last for age in measured.ages]


def _memory(database: str, measured: Measured) -> Iterator[Verdict]:
    if measured.memory is None:
        return
    memory = measured.memory
    figure = f"memory of a worker (PSS) after {memory.requests:,} requests"
    yield Verdict(9, figure, database, "both", 4, None, None, f"{memory.before:.0f} MB fresh", memory.after, "MB", 150.0)
    growth = (memory.later / memory.after - 1) * 100
    yield Verdict(
        9, f"its growth per further {memory.requests:,}", database, "both", 4, None, None, f"{memory.after:.0f} MB", growth, "%", 5.0
    )
