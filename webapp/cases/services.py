"""Open cases by starting a process. Callers hold the transaction. Covers R-092."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from webapp.accounts.models import Jurisdiction, User
from webapp.cases.errors import EmployerNeeded
from webapp.cases.models import Case, NumberSeries, Party
from webapp.core import clock
from webapp.core.db import add_together, db, table_of
from webapp.core.errors import Forbidden, NotFound
from webapp.employers.models import Employer
from webapp.employers.queries import find_employer
from webapp.events.services import begin_streams, record
from webapp.processes import editions
from webapp.processes import services as processes
from webapp.processes.models import ProcessInstance, UserTask
from webapp.processes.subjects import Subject


@dataclass(frozen=True, slots=True)
class Started:
    instance: ProcessInstance
    case: Case | None
    opened: list[UserTask]


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """One case to open: the employer it is about and the raw values of the start form."""

    employer: Employer
    values: Mapping[str, Any]
    earlier_id: int | None = None  # the case it follows


def start_process(key: str, *, values: Mapping[str, Any], employer_id: int | None, actor: User, at: datetime, locale: str) -> Started:
    """Start a process definition; one with ``subject`` = ``case`` opens a case about the employer.

    Raises UnknownProcess, Forbidden, EmployerNeeded, Invalid, DiagramFault.
    """
    definition = editions.definition(editions.active_edition(), key)
    employer = _employer(employer_id, actor)
    if definition.properties.get("subject") != "case":
        subject = _subject_of(employer) if employer else _place_of(actor)
        opened = processes.start(key, subject=subject, values=values, actor=actor, at=at, locale=locale)
        return Started(opened.instance, None, opened.tasks)
    if not editions.may_start(actor, definition):
        raise Forbidden
    if employer is None:
        raise EmployerNeeded({"employer_id": [EmployerNeeded().message]})
    (started,) = open_cases(key, [CaseOpening(employer, values)], actor_id=actor.id, at=at, locale=locale)
    return started


def open_cases(key: str, openings: Sequence[CaseOpening], *, actor_id: int | None, at: datetime, locale: str) -> list[Started]:
    """Open one case per opening and start its lifecycle ``key``; opening one is a list of one. The caller has judged who may.

    Raises UnknownProcess, Invalid, DiagramFault.
    """
    cases = _new_cases(openings, at=at)
    said = [processes.Said(_subject_of(case.employer, case), opening.values) for case, opening in zip(cases, openings, strict=True)]
    opened = processes.start_all(key, said, actor_id=actor_id, at=at, locale=locale)
    for case, one in zip(cases, opened, strict=True):
        case.root_instance_id, case.stage = one.instance.id, one.tasks[-1].stage if one.tasks else None
    return [Started(one.instance, case, one.tasks) for case, one in zip(cases, opened, strict=True)]


def next_numbers(jurisdiction: Jurisdiction, count: int, *, at: datetime) -> list[str]:
    """The next case numbers of the year, without gaps: the series row stays locked until the commit."""
    year = clock.legal_day(at).year
    query = select(NumberSeries).where(NumberSeries.jurisdiction_id == jurisdiction.id, NumberSeries.year == year)
    series = db.session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).one_or_none()
    if series is None:
        series = _first_of_year(jurisdiction, year)
    first, series.last = series.last + 1, series.last + count
    return [f"{jurisdiction.code}-{year}-{number:05d}" for number in range(first, series.last + 1)]


def _new_cases(openings: Sequence[CaseOpening], *, at: datetime) -> list[Case]:
    numbers = _numbers(openings, at=at)
    cases = [_new_case(opening, next(numbers[opening.employer.jurisdiction_id]), at=at) for opening in openings]
    add_together(cases)
    begin_streams(f"case:{case.id}" for case in cases)
    joined = {"kind": "employer", "joined_at": at}
    parties = [{"case_id": case.id, "employer_id": case.employer.id, "name": case.employer.name, **joined} for case in cases]
    db.session.execute(insert(table_of(Party)), parties)
    for case in cases:
        record(f"case:{case.id}", "case.opened", actor_id=None, at=at, case_no=case.case_no, employer_id=case.employer.id)
    return cases


def _numbers(openings: Sequence[CaseOpening], *, at: datetime) -> dict[int, Iterator[str]]:
    """The series are locked in the order of their jurisdictions, so that two openers never wait for each other."""
    wanted = Counter(opening.employer.jurisdiction_id for opening in openings)
    return {
        jurisdiction_id: iter(next_numbers(db.session.get_one(Jurisdiction, jurisdiction_id), count, at=at))
        for jurisdiction_id, count in sorted(wanted.items())
    }


def _new_case(opening: CaseOpening, number: str, *, at: datetime) -> Case:
    employer = opening.employer
    return Case(
        case_no=number, employer=employer, jurisdiction_id=employer.jurisdiction_id, town_id=employer.town_id, grid_id=employer.grid_id,
        earlier_id=opening.earlier_id, opened_at=at, is_demo=employer.is_demo,
    )  # fmt: skip


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


def _subject_of(employer: Employer, case: Case | None = None) -> Subject:
    return Subject.about(employer, case_id=case.id if case else None, case_no=case.case_no if case else None)


def _place_of(actor: User) -> Subject:
    """Without an employer the process belongs to where its starter works."""
    towns = {membership.town_id for membership in actor.held if membership.town_id}
    grids = {membership.grid_id for membership in actor.held if membership.grid_id}
    first = select(Jurisdiction.id).order_by(Jurisdiction.id).limit(1)
    return Subject(
        jurisdiction_id=actor.jurisdiction_id or db.session.scalar(first),
        town_id=towns.pop() if len(towns) == 1 else None,
        grid_id=grids.pop() if len(grids) == 1 else None,
    )
