"""What the registry knows about an employer on a day, as decisions and pages ask for it. Struck-out records do not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar

from sqlalchemy import select

from webapp.core.clock import LEGAL_ZONE, legal_day
from webapp.core.db import db
from webapp.employers.all_records import Records, all_records
from webapp.employers.models import (
    ContractFact,
    Declaration,
    EmployerRecord,
    HazardPost,
    HealthExam,
    InsuranceFact,
    Project,
    Risk,
    WorkplaceTest,
)
from webapp.rules.counting import count
from webapp.rules.queries import UnknownTimeLimit, time_limit, working_days

Row = TypeVar("Row", bound=EmployerRecord)
# Class of CATALOG_2021 -> time limit between two tests. Source: domain/03, 3.4; domain/02, 2.6.
TEST_INTERVALS = {"severe": "TEST_SEVERE", "general": "TEST_GENERAL"}


@dataclass(frozen=True, slots=True)
class EmployerFacts:
    """Everything is None where nothing is known.

    ``test_due_on``: last day for the next test; a test that was never made is overdue. ``over_limit``: the newest value of each post,
    hazard and kind of limit that is over its limit. ``exams``: newest year first. ``risks``: the newest class of each scheme.
    """

    declared_on: date | None
    last_tested_on: date | None
    test_due_on: date | None
    is_test_overdue: bool | None
    over_limit: Sequence[WorkplaceTest]
    posts: Sequence[HazardPost]
    exams: Sequence[HealthExam]
    contracts: ContractFact | None
    insurance: InsuranceFact | None
    projects: Sequence[Project]
    risks: Sequence[Risk]

    @property
    def is_declared(self) -> bool:
        return self.declared_on is not None

    @property
    def is_insured(self) -> bool | None:
        """Whether anybody is insured; None if nobody looked."""
        return None if self.insurance is None else self.insurance.insured_workers > 0

    @property
    def has_contracts(self) -> bool | None:
        """Whether every worker has a contract that tells the hazards; None if nobody looked."""
        if self.contracts is None:
            return None
        return self.contracts.workers_without_contract == 0 and self.contracts.hazards_told


def facts_of(employer_id: int, on: date) -> EmployerFacts:
    """As known for the end of the day ``on``; records of later days do not count."""
    return facts_from(all_records(employer_id), on)


def facts_from(records: Records, on: date) -> EmployerFacts:
    """The same, of records that were read before."""
    declarations = _counting(records, Declaration, on)
    tests = _counting(records, WorkplaceTest, on)
    risks = _by_rank(_newest(_counting(records, Risk, on), "scheme"))
    last_test = tests[0].tested_on if tests else None
    due_on = _test_due_on(risks, last_test, on)
    return EmployerFacts(
        declared_on=declarations[0].declared_on if declarations else None,
        last_tested_on=last_test,
        test_due_on=due_on,
        is_test_overdue=_is_overdue(risks, last_test, due_on, on),
        over_limit=[test for test in _newest(tests, "post", "factor", "kind") if test.exceeds],
        posts=_newest(_counting(records, HazardPost, on), "post", "factor"),
        exams=_newest(_counting(records, HealthExam, on), "year", "kind"),
        contracts=next(iter(_counting(records, ContractFact, on)), None),
        insurance=next(iter(_counting(records, InsuranceFact, on)), None),
        projects=_newest(_counting(records, Project, on), "name"),
        risks=risks,
    )


def current_risks(employer_id: int, on: date) -> list[Risk]:
    """The newest class of each scheme, the highest risk first: by rank, never by letter."""
    return _by_rank(_newest(_until(Risk, employer_id, on), "scheme"))


def records_of(employer_id: int, model: type[Row], *, limit: int = 100) -> list[Row]:
    """All of them, the newest day first, struck-out ones too."""
    return list(db.session.scalars(_query(model, employer_id).limit(limit)))


def _by_rank(risks: Sequence[Risk]) -> list[Risk]:
    return sorted(risks, key=lambda risk: (-risk.rank, risk.scheme))


def _counting(records: Records, model: type[Row], on: date) -> list[Row]:
    """Records that count on the day, the newest first."""
    last: Any = on.year if model is HealthExam else on
    return [row for row in records.of(model) if getattr(row, row.day) <= last and not row.is_struck]


def _until(model: type[Row], employer_id: int, on: date) -> list[Row]:
    """Records that count on the day, the newest first."""
    day = _day_of(model)
    last: Any = on.year if model is HealthExam else on
    return list(db.session.scalars(_query(model, employer_id).where(day <= last, model.struck_at.is_(None))))


def _query(model: type[Row], employer_id: int) -> Any:
    return select(model).where(model.employer_id == employer_id).order_by(_day_of(model).desc(), model.id.desc())


def _day_of(model: type[Row]) -> Any:
    return getattr(model, model.day)


def _newest(rows: Sequence[Row], *keys: str) -> list[Row]:
    """The first row of each combination of ``keys``; ``rows``: newest first."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        found.setdefault(tuple(getattr(row, key) for key in keys), row)
    return list(found.values())


def _interval_code(risks: Sequence[Risk]) -> str | None:
    return next((TEST_INTERVALS[risk.risk_class] for risk in risks if risk.scheme == "CATALOG_2021"), None)


def _test_due_on(risks: Sequence[Risk], last_test: date | None, on: date) -> date | None:
    """None without a test, without a class of CATALOG_2021, or without a time limit in force."""
    code = _interval_code(risks)
    if last_test is None or code is None:
        return None
    try:
        limit = time_limit(code, on=last_test)
    except UnknownTimeLimit:
        return None
    began = datetime.combine(last_test, time(), LEGAL_ZONE)
    return legal_day(count(began, limit.value, limit.unit, rolls=limit.rolls, days=working_days()).due_at)


def _is_overdue(risks: Sequence[Risk], last_test: date | None, due_on: date | None, on: date) -> bool | None:
    if last_test is None:
        return True if _interval_code(risks) else None
    return None if due_on is None else due_on < on
