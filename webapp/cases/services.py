"""Open cases by starting a process. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.accounts.models import Jurisdiction, User
from webapp.cases.errors import EmployerNeeded
from webapp.cases.models import Case, NumberSeries, Party
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.employers.models import Employer
from webapp.employers.queries import find_employer
from webapp.events.services import record
from webapp.processes import editions
from webapp.processes import services as processes
from webapp.processes.models import ProcessInstance, UserTask
from webapp.processes.step import Subject


@dataclass(frozen=True, slots=True)
class Started:
    instance: ProcessInstance
    case: Case | None
    opened: list[UserTask]


def start_process(key: str, *, values: Mapping[str, Any], employer_id: int | None, actor: User, at: datetime, locale: str) -> Started:
    """Start a process definition; one with ``subject`` = ``case`` opens a case about the employer.

    Raises UnknownProcess, Forbidden, EmployerNeeded, Invalid, DiagramFault.
    """
    definition = editions.definition(editions.active_edition(), key)
    employer = _employer(employer_id, actor)
    if definition.properties.get("subject") != "case":
        subject = _subject_of(employer, actor)
        started = processes.start(key, subject=subject, values=values, actor=actor, at=at, locale=locale)
        return Started(started.instance, None, started.opened)
    if employer is None:
        raise EmployerNeeded({"employer_id": [EmployerNeeded().message]})
    return _open_case(key, employer, values=values, actor=actor, at=at, locale=locale)


def next_number(jurisdiction: Jurisdiction, *, at: datetime) -> str:
    """The next case number of the year, without gaps: the series row stays locked until the commit."""
    year = clock.legal_day(at).year
    query = select(NumberSeries).where(NumberSeries.jurisdiction_id == jurisdiction.id, NumberSeries.year == year)
    series = db.session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).one_or_none()
    if series is None:
        series = _first_of_year(jurisdiction, year)
    series.last += 1
    return f"{jurisdiction.code}-{year}-{series.last:05d}"


def _open_case(key: str, employer: Employer, *, values: Mapping[str, Any], actor: User, at: datetime, locale: str) -> Started:
    case = _new_case(employer, at=at)
    subject = _subject_of(employer, actor, case)
    started = processes.start(key, subject=subject, values=values, actor=actor, at=at, locale=locale)
    case.root_instance_id = started.instance.id
    return Started(started.instance, case, started.opened)


def _new_case(employer: Employer, *, at: datetime) -> Case:
    jurisdiction = db.session.get_one(Jurisdiction, employer.jurisdiction_id)
    case = Case(
        case_no=next_number(jurisdiction, at=at), employer_id=employer.id, jurisdiction_id=employer.jurisdiction_id,
        town_id=employer.town_id, grid_id=employer.grid_id, opened_at=at, is_demo=employer.is_demo,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush([case])
    db.session.add(Party(case_id=case.id, kind="employer", employer_id=employer.id, name=employer.name, joined_at=at))
    record(f"case:{case.id}", "case.opened", actor_id=None, at=at, case_no=case.case_no, employer_id=employer.id)
    return case


def _first_of_year(jurisdiction: Jurisdiction, year: int) -> NumberSeries:
    """Two first cases of a year must not collide: the jurisdiction row is the lock that always exists."""
    db.session.scalars(select(Jurisdiction).where(Jurisdiction.id == jurisdiction.id).with_for_update()).one()
    query = select(NumberSeries).where(NumberSeries.jurisdiction_id == jurisdiction.id, NumberSeries.year == year)
    series = db.session.scalars(query.with_for_update()).one_or_none()
    if series is None:
        series = NumberSeries(jurisdiction_id=jurisdiction.id, year=year, last=0)
        db.session.add(series)
        db.session.flush([series])
    return series


def _employer(employer_id: int | None, actor: User) -> Employer | None:
    if employer_id is None:
        return None
    try:
        return find_employer(employer_id, actor)
    except NotFound as error:
        raise EmployerNeeded({"employer_id": [EmployerNeeded().message]}) from error


def _subject_of(employer: Employer | None, actor: User, case: Case | None = None) -> Subject:
    if employer is None:
        return _place_of(actor)
    return Subject(
        jurisdiction_id=employer.jurisdiction_id, town_id=employer.town_id, grid_id=employer.grid_id, employer_id=employer.id,
        employer_name=employer.name, case_id=case.id if case else None, case_no=case.case_no if case else None,
    )  # fmt: skip


def _place_of(actor: User) -> Subject:
    """Without an employer the process belongs to where its starter works."""
    towns = {membership.town_id for membership in actor.memberships if membership.town_id}
    grids = {membership.grid_id for membership in actor.memberships if membership.grid_id}
    first = select(Jurisdiction.id).order_by(Jurisdiction.id).limit(1)
    return Subject(
        jurisdiction_id=actor.jurisdiction_id or db.session.scalar(first),
        town_id=towns.pop() if len(towns) == 1 else None,
        grid_id=grids.pop() if len(grids) == 1 else None,
    )
