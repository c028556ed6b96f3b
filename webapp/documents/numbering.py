"""Numbers of documents: without gaps per issuer, kind and legal year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from webapp.accounts.models import Jurisdiction, Town
from webapp.accounts.queries import health_authority
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, table_of
from webapp.documents.kinds import PENALTY, Kind
from webapp.documents.models import DocumentSeries

TOWN_ENFORCEMENT = "TOWN_ENF"


@dataclass(frozen=True, slots=True)
class Issuer:
    """In whose name a document is made. ``key``: "j1" for the area's health authority, "t3" for a town; ``area``: in its numbers."""

    key: str
    agency_id: int | None
    area: str


@dataclass(frozen=True, slots=True)
class Number:
    year: int
    serial: int
    text: str


def issuer_of(case: Case, *, role: str | None = None) -> Issuer:
    """A town's enforcement team issues in the town's name, everybody else in that of the area's health authority."""
    if role == TOWN_ENFORCEMENT:
        town = db.session.get_one(Town, case.town_id)
        return Issuer(f"t{town.id}", None, town.name_zh)
    area = db.session.get_one(Jurisdiction, case.jurisdiction_id)
    agency = health_authority(case.jurisdiction_id)
    short = getattr(agency, "short_zh", None) or getattr(area, "short_zh", None) or area.name_zh
    return Issuer(f"j{case.jurisdiction_id}", agency.id if agency else None, str(short))


def next_number(kind: Kind, issuer: Issuer, *, at: datetime) -> Number | None:
    """The next number of the legal year, None for kinds without one. The series row stays locked until the commit."""
    return next_numbers(kind, issuer, 1, at=at)[0]


def next_numbers(kind: Kind, issuer: Issuer, count: int, *, at: datetime) -> list[Number | None]:
    """The next ``count`` numbers of the legal year, as ``next_number`` gives one."""
    if kind.numbering is None:
        return [None] * count
    year = clock.legal_day(at).year
    last = _move_on(issuer.key, kind.code, year, count)
    return [
        Number(year, serial, number_text(kind, issuer, year=year, serial=serial)) for serial in range(last - count + 1, last + 1)
    ]  # fmt: skip


def number_text(kind: Kind, issuer: Issuer, *, year: int, serial: int) -> str:
    """太卫职罚〔2026〕1号 of a penalty paper; 卫职立〔2026〕1号 of others."""
    area = f"{issuer.area.removesuffix('卫')}卫" if kind.numbering == PENALTY else ""
    return f"{area}{kind.word}〔{year}〕{serial}号"


def _move_on(issuer: str, kind: str, year: int, count: int) -> int:
    """One statement makes the series or moves it on: two first numbers of a year cannot collide, and nobody waits twice."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    series = table_of(DocumentSeries)
    moved = insert(series).values(issuer=issuer, kind=kind, year=year, last=count)
    key = (series.c.issuer, series.c.kind, series.c.year)
    moved = moved.on_conflict_do_update(index_elements=key, set_={"last": series.c.last + count})
    return int(db.session.execute(moved.returning(series.c.last)).scalar_one())
