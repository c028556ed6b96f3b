"""Opening process instances and cases in bulk, beside opening them one by one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from benchmarks import district
from benchmarks.databases import open_database
from benchmarks.goals import Verdict
from benchmarks.place import Place
from webapp import installation
from webapp.accounts.models import User
from webapp.cases.services import CaseOpening, open_cases
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.employers.models import Employer
from webapp.processes import services as processes
from webapp.processes.step import Opening
from webapp.processes.subjects import Subject

BATCH = 50  # openings of one commit, as the campaign launch does them


@dataclass(frozen=True)
class Openings:
    """Openings per second: engine start, rows, clocks, record and commit."""

    visits: float  # campaign visits, in commits of BATCH
    cases: float  # cases with their number, party and start form, in commits of BATCH
    cases_singly: float  # the same in commits of one


def verdicts() -> list[Verdict]:
    """Goal 7, on PostgreSQL: a thousand openings a second, shown as milliseconds for one."""
    with tempfile.TemporaryDirectory(prefix="zhijian-bench-") as folder:
        database = open_database("postgresql", Path(folder))
        try:
            place = Place(database, Path(folder), "opening")
            place.make(desk=0)
            found = measure(place, count=2000)
        finally:
            database.close()
    return [
        _verdict("a visit opened in bulk", found.visits, ""),
        _verdict("a case opened in bulk", found.cases, f"{found.cases_singly:.0f}/s one by one"),
    ]


def _verdict(figure: str, per_second: float, beside: str) -> Verdict:
    text = " ".join(part for part in (f"{per_second:.0f}/s", beside) if part)
    return Verdict(7, figure, "postgresql", "in process", 1, 1000 / per_second, None, text, 1000 / per_second, "ms", 1.0)


def measure(place: Place, *, count: int) -> Openings:
    with installation.headless(place.settings):
        employer = db.session.scalars(select(Employer).order_by(Employer.id).limit(1)).one()
        actor = db.session.scalars(select(User).where(User.username == district.username(1))).one()
        visits, cases = _visits(employer, actor.id), _cases(employer.id, actor.id)
        for warm in (visits, cases):
            warm(BATCH)
        return Openings(_rate(visits, count, batch=BATCH), _rate(cases, count, batch=BATCH), _rate(cases, count // 4, batch=1))


def _visits(employer: Employer, actor_id: int) -> Callable[[int], object]:
    subject = Subject(employer.jurisdiction_id, employer.town_id, employer.grid_id, employer.id, employer.name)
    opening = Opening(subject, {"campaign_id": 1, "kind": "AUTOREP"})
    return lambda size: processes.open_instances("same_work", [opening] * size, actor_id=actor_id, at=clock.now())


def _cases(employer_id: int, actor_id: int) -> Callable[[int], object]:
    def work(size: int) -> object:
        employer = db.session.get_one(Employer, employer_id)
        return open_cases("same_work", [CaseOpening(employer, {})] * size, actor_id=actor_id, at=clock.now(), locale="zh")

    return work


def _rate(work: Callable[[int], object], count: int, *, batch: int) -> float:
    began = time.perf_counter()
    for _ in range(0, count, batch):
        with transaction():
            work(batch)
        db.session.expunge_all()
    return count / (time.perf_counter() - began)
