"""The programme of one database: two installations, measured in turn, round by round."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import bulk, district, growth, peers, work
from benchmarks.databases import Database, open_database
from benchmarks.figures import Figures, Key
from benchmarks.place import Place
from benchmarks.responder import Responder, ask_together, part
from benchmarks.work import ApiClient, Client, PageClient

THROUGH: dict[str, type[Client]] = {"api": ApiClient, "page": PageClient}
CLIENTS = (1, 4)
SMALL, LARGE = "small", "large"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured. ``cases``: per client and round; ``closed``: user tasks in the large installation."""

    rounds: int = 5
    cases: int = 12
    warm: int = 60
    closed: int = 1_000_000
    loops: int = 12
    requests: int = 10_000
    desk: int = 40

    @classmethod
    def quick(cls) -> Extent:
        return cls(rounds=1, cases=3, warm=4, closed=3_000, loops=1, requests=200, desk=26)


@dataclass
class Measured:
    """What one database gave, beside the figures."""

    version: str
    ages: list[growth.Age] = field(default_factory=list)
    disk_kb: float | None = None
    disk_by_table: dict[str, float] = field(default_factory=dict)
    memory: growth.Memory | None = None
    bulk_seconds: float = 0.0
    closed: int = 0


class Programme:
    """Everything that is measured on one database."""

    def __init__(self, kind: str, folder: Path, extent: Extent, figures: Figures, say: Say) -> None:
        self.kind, self.extent, self.figures = kind, extent, figures
        self._folder = folder / kind
        self._tell = say
        self._open = ExitStack()

    def run(self, peers_python: Path | None, *, weighs: bool) -> Measured:
        """``weighs``: also fill the memory of the workers, which takes minutes."""
        try:
            return self._run(peers_python, weighs=weighs)
        finally:
            self._open.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _say(self, message: str) -> None:
        self._tell(f"{self.kind}: {message}")

    def _run(self, peers_python: Path | None, *, weighs: bool) -> Measured:
        database = open_database(self.kind, self._folder)
        self._open.callback(database.close)
        measured = Measured(database.version, closed=self.extent.closed)
        small = Place(database, self._folder, SMALL)
        self._say("making an installation")
        small.make(desk=self.extent.desk)
        large = self._large(small, measured)
        self._serve(small, large)
        clients = {(place.name, through): self._clients(place, through) for place in (small, large) for through in THROUGH}
        self._warm_up(small, clients, measured)
        self._rounds(small, clients, self._others(database, peers_python), measured)
        if weighs:
            self._weigh(small, large, clients, measured)
        return measured

    def _large(self, small: Place, measured: Measured) -> Place:
        large = small.copy_to(LARGE)
        self._say(f"loading {self.extent.closed:,} closed tasks")
        began = time.monotonic()
        bulk.add_closed_tasks(large, self.extent.closed)
        measured.bulk_seconds = time.monotonic() - began
        return large

    def _serve(self, *places: Place) -> None:
        for place in places:
            self._open.callback(place.stop)
            place.serve()

    def _clients(self, place: Place, through: str) -> Sequence[Client]:
        employers = place.employer_ids()
        names = [district.username(number) for number in range(1, max(CLIENTS) + 1)]
        clients = [THROUGH[through](place.port, name, employers[name]) for name in names]
        self._open.callback(work.close_all, clients)
        return clients

    def _warm_up(self, small: Place, clients: dict[tuple[str, str], Sequence[Client]], measured: Measured) -> None:
        """Every worker has compiled the edition before anything counts; the closed cases are weighed."""
        self._say("warming up")
        for some in clients.values():
            work.measure(some, cases=max(2, self.extent.warm // 10))
        api = clients[SMALL, "api"]

        def close_cases() -> int:
            work.measure(api, cases=self.extent.warm)
            return self.extent.warm * len(api)

        measured.disk_kb, measured.disk_by_table = growth.disk_per_case(small, close_cases)

    def _others(self, database: Database, peers_python: Path | None) -> dict[str, list[Responder]]:
        """What is measured beside the work, by operation name; the parts once per client."""
        most = max(CLIENTS)
        found = {"engine": [part("engine") for _ in range(most)], "commit": [part("commit", database.url(SMALL)) for _ in range(most)]}
        if peers_python is not None:
            found |= {name: [one] for name, one in peers.responders(peers_python, database, self._folder).items()}
        for responders in found.values():
            for responder in responders:
                self._open.callback(responder.close)
                responder.ask(30)
        return found

    def _rounds(
        self, small: Place, clients: dict[tuple[str, str], Sequence[Client]], others: dict[str, list[Responder]], measured: Measured
    ) -> None:
        for number in range(1, self.extent.rounds + 1):
            self._say(f"round {number} of {self.extent.rounds}, load {os.getloadavg()[0]:.1f}")
            for count in CLIENTS:
                self._parts(others, count)
                for through in THROUGH:
                    self._work(SMALL, through, clients[SMALL, through][:count])
                    if count == 1:
                        self._work(LARGE, through, clients[LARGE, through][:count])
            self._peers(others)
            loops = self.extent.loops // self.extent.rounds or 1
            api = clients[SMALL, "api"][0]
            assert isinstance(api, ApiClient)
            measured.ages.append(growth.age_cases(api, small, cases=loops))

    def _work(self, filling: str, through: str, clients: Sequence[Client]) -> None:
        for operation, samples in work.measure(clients, cases=self.extent.cases).items():
            self.figures.add(Key(self.kind, filling, through, len(clients), operation), samples)

    def _parts(self, others: dict[str, list[Responder]], count: int) -> None:
        for name in ("engine", "commit"):
            samples = ask_together(others[name][:count], self.extent.cases * 10)
            self.figures.add(Key(self.kind, SMALL, "parts", count, name), samples)

    def _peers(self, others: dict[str, list[Responder]]) -> None:
        for name in ("viewflow", "dbos"):
            if name in others:
                self.figures.add(Key(self.kind, SMALL, "peer", 1, name), ask_together(others[name], self.extent.cases * 6))

    def _weigh(self, small: Place, large: Place, clients: dict[tuple[str, str], Sequence[Client]], measured: Measured) -> None:
        """Fresh workers, alone on the machine's memory: what is shared with another site would not count fully."""
        for place in (small, large):
            place.stop()
        for some in clients.values():
            work.close_all(some)
        small.serve()
        self._say(f"weighing workers over twice {self.extent.requests:,} requests")
        mixed = [*self._clients(small, "api")[:2], *self._clients(small, "page")[2:]]
        measured.memory = growth.fill_memory(small, mixed, requests=self.extent.requests)
