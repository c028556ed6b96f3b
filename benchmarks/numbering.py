"""Numbers of documents without gaps: eight writers at one series, beside the bare UPDATE that is its floor."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select, text

from benchmarks import district
from benchmarks.databases import open_database
from benchmarks.goals import Verdict
from benchmarks.place import Place
from webapp import installation
from webapp.accounts.models import User
from webapp.cases.services import CaseOpening, open_cases
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.documents.kinds import KINDS
from webapp.documents.numbering import Issuer, issuer_of, next_number
from webapp.employers.models import Employer

WRITERS = 8
KIND = "D20"


@dataclass(frozen=True)
class Numbers:
    """Numbers per second, each in a commit of its own."""

    given: float
    floor: float  # UPDATE ... RETURNING of one row, by as many writers


def verdicts() -> list[Verdict]:
    """On PostgreSQL: a number costs at most twice the bare UPDATE and its commit."""
    with tempfile.TemporaryDirectory(prefix="zhijian-bench-") as folder:
        database = open_database("postgresql", Path(folder))
        try:
            place = Place(database, Path(folder), "numbering")
            place.make(desk=0)
            found = measure(place, each=100)
        finally:
            database.close()
    beside = f"{found.given:.0f}/s, bare UPDATE {found.floor:.0f}/s"
    share = found.floor / found.given
    return [
        Verdict(
            7, "a number for a document", "postgresql", "in process", WRITERS, 1000 / found.given, None, beside, share, "of the floor", 2.0
        )
    ]


def measure(place: Place, *, each: int) -> Numbers:
    with installation.headless(place.settings) as app:
        issuer = _issuer()
        db.session.execute(text("CREATE TABLE bare_series (id INTEGER PRIMARY KEY, last INTEGER NOT NULL)"))
        db.session.execute(text("INSERT INTO bare_series VALUES (1, 0)"))
        db.session.commit()
        db.session.remove()

        def give() -> None:
            next_number(KINDS[KIND], issuer, at=clock.now())

        def update() -> None:
            db.session.execute(text("UPDATE bare_series SET last = last + 1 WHERE id = 1 RETURNING last")).scalar_one()

        for warm in (give, update):
            _rate(app, warm, 5)
        return Numbers(_rate(app, give, each), _rate(app, update, each))


def _issuer() -> Issuer:
    """Of a case of the measured district."""
    employer = db.session.scalars(select(Employer).order_by(Employer.id).limit(1)).one()
    actor = db.session.scalars(select(User).where(User.username == district.username(1))).one()
    with transaction():
        (started,) = open_cases("same_work", [CaseOpening(employer, {})], actor_id=actor.id, at=clock.now(), locale="zh")
    assert started.case is not None
    return issuer_of(started.case)


def _rate(app: Flask, work: Callable[[], None], each: int) -> float:
    start = threading.Barrier(WRITERS + 1)

    def write() -> None:
        with app.app_context():
            start.wait()
            for _ in range(each):
                with transaction():
                    work()
            db.session.remove()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return WRITERS * each / (time.perf_counter() - began)
