"""The officers' day at scale: the same pages over few and over very many tasks, asked in turn.

``python -m benchmarks.scale_day FEW MANY`` measures two folders that ``benchmarks.scale`` made. Server time is taken inside the server.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from benchmarks import goals, scale, work
from benchmarks.connection import Refused
from benchmarks.databases import KINDS, open_database
from benchmarks.district import username
from benchmarks.figures import Figures, Key, quantile
from benchmarks.goals import Verdict
from benchmarks.measuring import LARGE, SMALL, Measured, Say
from benchmarks.place import Place
from benchmarks.scale import PROFILES, Size
from benchmarks.watch import Cost
from benchmarks.work import PageClient
from webapp import installation
from webapp.cases.models import Case
from webapp.core.db import db

WARM, ASKED, ROUNDS, CASES = 2, 20, 3, 6
FEW = 100  # the small installation has a hundredth of the open tasks
MOST_STATEMENTS, LARGEST_KB, LONGEST_MS, DATABASE_MS, GROWTH = 12, 120.0, 100.0, 5.0, 2.0
VIEWS = {"grid": ("mine", "group", "done"), **dict.fromkeys(("town", "district", "leader"), ("mine", "group", "done", "all"))}
FILTERED = {"grid": "group", "town": "group", "district": "all", "leader": "all"}
FILTERS = (
    "stage=notice", "town=1", "risk=3", "hazard=chromium", "hazard=x_ray", "industry=C33", "due=overdue", "due=none", "sort=risk",
    "stage=visit&hazard=x_ray", "q=%E5%AE%8F", "q=%E9%93%B8%E9%80%A0", "q=hx", "q=BM-2025-10150",
)  # fmt: skip
DAY = (
    "/search?q=%E5%AE%8F", "/search?q=%E9%93%B8%E9%80%A0", "/search?q=hx", "/search?q=SCALE0000000000150", "/search?q=BM-2025-10150",
    "/search?q=x", "/search/suggest?q=hx", "/cases", "/cases?stage=notice", "/cases?state=open", "/cases?state=overdue",
    "/cases?state=closed", "/cases?urgency=A", "/cases?town=1", "/cases?sort=oldest", "/cases?q=hx", "/cases?q=%E9%93%B8%E9%80%A0",
    "/cases/{case}", "/cases/{case}/timeline", "/cases/{case}/records", "/cases/{case}/clocks", "/cases/{case}/diagram", "/employers",
    "/employers?q=hx", "/employers?risk=3&hazard=chromium", "/employers/{employer}", "/start", "/notices", "/escalations", "/campaigns",
    "/organisation", "/rules/limits",
)  # fmt: skip


@dataclass
class Page:
    """What one page cost in the small and in the large installation. ``kb``: of its HTML."""

    costs: dict[str, list[Cost]] = field(default_factory=lambda: {SMALL: [], LARGE: []})
    kb: float = 0.0

    def middle(self, filling: str, name: str = "time") -> float:
        return median([float(getattr(cost, name)) for cost in self.costs[filling]])

    def p95(self, name: str = "time") -> float:
        return quantile([getattr(cost, name) for cost in self.costs[LARGE]], 0.95)

    @property
    def growth(self) -> float:
        """Of the server's time, or of its processor time if that grew less: others interrupt this machine."""
        return min(self.middle(LARGE, name) / self.middle(SMALL, name) for name in ("time", "cpu"))

    @property
    def statements(self) -> int:
        return max(cost.statements for cost in self.costs[LARGE])


@dataclass
class Day:
    """``refused``: pages that did not answer 200, as sentences."""

    kind: str
    pages: dict[tuple[str, str], Page] = field(default_factory=dict)  # by profile and path
    figures: Figures = field(default_factory=Figures)
    refused: list[str] = field(default_factory=list)


def verdicts(kinds: Sequence[str], open_tasks: int, *, say: Say, missing: list[str]) -> list[Verdict]:
    """Makes both installations for each database, measures, and removes them. ``missing``: gets what did not answer."""
    found: list[Verdict] = []
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="zhijian-bench-") as folder:
            database = open_database(kind, Path(folder))
            try:
                few, many = (Place(database, Path(folder), name) for name in ("few", "many"))
                size = Size(open_tasks, open_tasks * 10, open_tasks)
                for place, extent in ((few, Size(open_tasks // FEW, 0, open_tasks // FEW)), (many, size)):
                    place.make(desk=2)
                    say(f"{kind}: {extent} made in {scale.fill(place, extent):.0f} s")
                day = measure(kind, few, many, say=say)
            finally:
                database.close()
        missing += day.refused
        found += judge(day, size)
    return found


def measure(kind: str, few: Place, many: Place, *, say: Say, asked: int = ASKED) -> Day:
    """Both are served, asked in turn ``asked`` times a page, and stopped."""
    day, places = Day(kind), {SMALL: few, LARGE: many}
    known = {filling: _known(place) for filling, place in places.items()}
    try:
        for place in places.values():
            place.is_watched = True
            place.serve()
        for profile in PROFILES:
            say(f"{kind}: the pages of {profile}")
            clients = {filling: PageClient(place.port, profile, 0) for filling, place in places.items()}
            for path in paths_of(profile):
                _ask(day, clients, profile, path, known, asked=asked)
        say(f"{kind}: starting and completing")
        _work(day, places)
    finally:
        for place in places.values():
            place.stop()
    return day


def paths_of(profile: str) -> list[str]:
    views = [f"/?view={view}" for view in VIEWS[profile]]
    filtered = [f"/?view={FILTERED[profile]}&{one}" for one in FILTERS]
    return [*views, *filtered, *(DAY if profile == "leader" else ())]


def judge(day: Day, size: Size) -> list[Verdict]:
    """Goals 4, 5 and 11."""
    closed = {day.kind: Measured("", closed=size.closed)}
    found = [*_inboxes(day), *(one for one in goals.verdicts(day.figures, closed) if one.goal == 5), *_pages(day)]
    return sorted(found, key=lambda verdict: verdict.goal)


def _known(place: Place) -> Mapping[str, object]:
    """What the paths name."""
    with installation.headless(place.settings):
        case = db.session.execute(select(Case.case_no, Case.employer_id).order_by(Case.id).limit(1)).one()
        return {"case": case.case_no, "employer": db.session.scalar(select(func.max(Case.employer_id)))}


def _ask(
    day: Day, clients: Mapping[str, PageClient], profile: str, path: str, known: Mapping[str, Mapping[str, object]], *, asked: int
) -> None:
    page = Page()
    try:
        for turn in range(WARM + asked):
            for filling, client in clients.items():
                answer = client.connection.get(path.format(**known[filling]))
                page.kb = max(page.kb, len(answer.body) / 1000)
                if turn >= WARM:
                    page.costs[filling].append(Cost.of(answer.timing))
    except Refused as error:
        day.refused.append(f"{day.kind}, {profile}: {str(error)[:120]}")
        return
    day.pages[profile, path] = page


def _work(day: Day, places: Mapping[str, Place]) -> None:
    name = username(1)
    clients = {filling: PageClient(place.port, name, place.employer_ids()[name]) for filling, place in places.items()}
    for turn in range(ROUNDS + 1):
        for filling, client in clients.items():
            for operation, samples in work.measure([client], cases=CASES).items():
                if turn:
                    day.figures.add(Key(day.kind, filling, "page", 1, operation), samples)


def _inboxes(day: Day) -> Iterator[Verdict]:
    for profile in PROFILES:
        inbox = {path: page for (who, path), page in day.pages.items() if who == profile and path.startswith("/?")}
        for path, page in inbox.items():
            yield _growth(day, profile, path, page)
        if inbox:
            path, page = max(inbox.items(), key=lambda item: item[1].p95("db"))
            figure = f"database part of the inbox, {profile}, slowest: {path}"
            yield Verdict(4, figure, day.kind, "page", 1, page.middle(LARGE, "db"), page.p95("db"), "", page.p95("db"), "ms", DATABASE_MS)


def _growth(day: Day, profile: str, path: str, page: Page) -> Verdict:
    beside = f"{page.middle(SMALL):.1f} with a hundredth; processor {page.middle(LARGE, 'cpu'):.1f} beside {page.middle(SMALL, 'cpu'):.1f}"
    beside += f"; database {page.middle(LARGE, 'db'):.1f} beside {page.middle(SMALL, 'db'):.1f}"
    return Verdict(4, f"{profile} {path}", day.kind, "page", 1, page.middle(LARGE), page.p95(), beside, page.growth, "", GROWTH)


def _pages(day: Day) -> Iterator[Verdict]:
    """Of those that are not inboxes every one, and of all the worst."""
    for (profile, path), page in day.pages.items():
        if not path.startswith("/?"):
            beside = f"processor p95 {page.p95('cpu'):.1f}, database {page.p95('db'):.1f}, {page.statements} statements, {page.kb:.0f} kB"
            yield Verdict(
                11, f"{profile} {path}", day.kind, "page", 1, page.middle(LARGE), page.p95(), beside, page.p95(), "ms", LONGEST_MS
            )
    if day.pages:
        yield _worst(day, "server time p95 of all pages, slowest", {key: page.p95() for key, page in day.pages.items()}, "ms", LONGEST_MS)
        yield _worst(day, "its processor time", {key: page.p95("cpu") for key, page in day.pages.items()}, "ms", LONGEST_MS)
        most = {key: float(page.statements) for key, page in day.pages.items()}
        yield _worst(day, "statements of a page, most", most, "statements", MOST_STATEMENTS)
        yield _worst(day, "HTML of a page, largest", {key: page.kb for key, page in day.pages.items()}, "kB", LARGEST_KB)


def _worst(day: Day, figure: str, values: Mapping[tuple[str, str], float], unit: str, limit: float) -> Verdict:
    key = max(values, key=values.__getitem__)
    return Verdict(11, figure, day.kind, "page", 1, None, None, " ".join(key), values[key], unit, limit)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that both servers are stopped
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale_day", description="Measure two installations of benchmarks.scale.")
    parser.add_argument("few", type=Path)
    parser.add_argument("many", type=Path)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--asked", type=int, default=ASKED, help="how often each page is asked for")
    wanted = parser.parse_args()
    databases = [open_database(wanted.database, folder) for folder in (wanted.few, wanted.many)]
    try:
        few, many = (Place(one, folder, "scale") for one, folder in zip(databases, (wanted.few, wanted.many), strict=True))
        day = measure(wanted.database, few, many, say=_say, asked=wanted.asked)
    finally:
        for one in databases:
            one.close()
    for verdict in judge(day, Size(0, 0, 0)):
        met = "met" if verdict.is_met else "MISSED"
        print(f"{verdict.goal} {verdict.figure}: {verdict.value:.2f} {verdict.unit} (goal {verdict.limit:g}, {met}); {verdict.beside}")
    print(*day.refused, sep="\n")


def _say(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    main()
