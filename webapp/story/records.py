"""The part of an employer's story that the registry tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from webapp.core.clock import legal_day
from webapp.employers.all_records import Records
from webapp.employers.models import (
    ContractFact,
    Declaration,
    Employer,
    HealthExam,
    InsuranceFact,
    Project,
    Risk,
    WorkplaceTest,
)
from webapp.story.happening import Happening

KINDS = ("declaration", "test", "exam", "project", "labour", "risk", "registry")


def happenings(employer: Employer, found: Records) -> Iterator[Happening]:
    """In no order. Struck-out records are not part of the story."""
    yield Happening(legal_day(employer.created_at), "registry", "registered", employer.id, {})
    if employer.key_since:
        yield Happening(employer.key_since, "registry", "key", employer.id, {"criteria": employer.key_criteria})
    for declared in _counting(found, Declaration):
        told = {"kind": declared.kind, "receipt": declared.receipt_no}
        yield Happening(declared.declared_on, "declaration", "declared", declared.id, told)
    yield from _tests(found)
    yield from _exams(found)
    yield from _projects(found)
    for contracts in _counting(found, ContractFact):
        told = {"without": contracts.workers_without_contract, "hazards_told": contracts.hazards_told}
        yield Happening(contracts.checked_on, "labour", "contracts", contracts.id, told)
    for insured in _counting(found, InsuranceFact):
        yield Happening(insured.checked_on, "labour", "insurance", insured.id, {"insured": insured.insured_workers})
    yield from _risks(found)


def _tests(found: Records) -> Iterator[Happening]:
    """One for each report, not for each value."""
    reports: dict[tuple[Any, ...], list[WorkplaceTest]] = {}
    for test in _counting(found, WorkplaceTest):
        reports.setdefault((test.tested_on, test.institution, test.report_no), []).append(test)
    for (tested_on, institution, report_no), values in reports.items():
        over = [test for test in values if test.exceeds]
        told = {"institution": institution, "report": report_no, "values": len(values), "over": over}
        yield Happening(tested_on, "test", "tested", min(test.id for test in values), told)


def _exams(found: Records) -> Iterator[Happening]:
    """Known by the year only: told on the day they were entered, or at the end of an earlier year."""
    for exam in _counting(found, HealthExam):
        on = min(legal_day(exam.added_at), date(exam.year, 12, 31))
        told = {"year": exam.year, "kind": exam.kind, "due": exam.due_workers, "examined": exam.examined_workers}
        yield Happening(on, "exam", "examined", exam.id, told)


def _projects(found: Records) -> Iterator[Happening]:
    for project in _counting(found, Project):
        yield Happening(project.began_on, "project", "project_begun", project.id, {"name": project.name})
        if project.accepted_on:
            yield Happening(project.accepted_on, "project", "project_accepted", project.id, {"name": project.name})


def _risks(found: Records) -> Iterator[Happening]:
    """Each class with the one before it under the same scheme."""
    before: dict[str, Risk] = {}
    for risk in reversed(_counting(found, Risk)):
        yield Happening(risk.assessed_on, "risk", "risk", risk.id, {"risk": risk, "before": before.get(risk.scheme)})
        before[risk.scheme] = risk


def _counting(found: Records, model: Any) -> list[Any]:
    return [row for row in found.of(model) if not row.is_struck]
