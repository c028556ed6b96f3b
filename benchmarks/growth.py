"""What grows: a case with its loops, the memory of a worker, the disk of a case."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import create_engine, text

from benchmarks import work
from benchmarks.figures import Milliseconds
from benchmarks.place import Place, proportional_mb

LOOPS = 50
BESIDE = 3  # completions taken at each end of a case: the first to third and the 48th to 50th


@dataclass(frozen=True)
class Age:
    """Completions at the beginning and at the end of a case's fifty, and the largest engine state they left."""

    first: Milliseconds
    last: Milliseconds
    state_bytes: int


@dataclass(frozen=True)
class Memory:
    """Proportional set sizes in MB, the larger worker's; ``requests``: of each of the two stretches."""

    requests: int
    before: float
    after: float
    later: float
    seconds: float


def age_cases(client: work.ApiClient, place: Place, *, cases: int) -> Age:
    """Complete the looping task of each case fifty times."""
    first: Milliseconds = []
    last: Milliseconds = []
    for _ in range(cases):
        task_id, spent = client.start_loop(), []
        for _ in range(LOOPS):
            milliseconds, task_id = client.complete_loop(task_id)
            spent.append(milliseconds)
        first, last = first + spent[:BESIDE], last + spent[-BESIDE:]
    return Age(first, last, _largest_state(place))


def fill_memory(place: Place, clients: Sequence[work.Client], *, requests: int) -> Memory:
    """Twice ``requests`` requests of the whole work, by all clients at once; the workers are weighed in between."""
    began, before = time.monotonic(), _largest_worker(place)
    _send(clients, requests)
    after = _largest_worker(place)
    _send(clients, requests)
    return Memory(requests, before, after, _largest_worker(place), time.monotonic() - began)


def disk_per_case(place: Place, close_cases: Callable[[], int]) -> tuple[float, dict[str, float]]:
    """Kilobytes (10^3) that a closed case added, and by table where the database knows. ``close_cases`` returns how many it closed."""
    before, tables = place.database.size(place.name), place.database.sizes(place.name)
    closed = close_cases()
    grown = {name: (size - tables.get(name, 0)) / closed / 1e3 for name, size in place.database.sizes(place.name).items()}
    return (place.database.size(place.name) - before) / closed / 1e3, {name: size for name, size in grown.items() if size > 0}


def _send(clients: Sequence[work.Client], requests: int) -> None:
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(lambda client: _live(client, requests // len(clients)), clients))


def _live(client: work.Client, requests: int) -> None:
    sent = 0
    while sent < requests:
        for operation in client.operations:
            sent += len(client.do(operation, 1))


def _largest_worker(place: Place) -> float:
    return max(proportional_mb(pid) for pid in place.worker_pids())


def _largest_state(place: Place) -> int:
    engine = create_engine(place.settings.database_url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT max(length(state)) FROM process_instance WHERE process_key = 'loop'")).scalar_one()
    engine.dispose()
    return int(found or 0)
