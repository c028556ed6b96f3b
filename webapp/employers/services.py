"""Change the registry of employers. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from webapp.accounts.models import Grid
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, Invalid
from webapp.core.form_values import checked
from webapp.employers.facts import current_risks
from webapp.employers.models import Employer, EmployerRecord
from webapp.employers.record_forms import form_of
from webapp.employers.records import YES, profile_problems, record_from
from webapp.employers.risks import level_of
from webapp.events.services import record

on_judged: list[Callable[[Employer], None]] = []  # its risk level is another now
PLAIN = ("phone", "legal_rep", "health_manager", "workers", "exposed_workers", "status")


class CreditCodeTaken(DomainError):
    """There is an employer with the credit code %(code)s already. Look it up instead of registering it again."""


class AlreadyStruck(DomainError):
    """Somebody has struck out this record already. Reload the page to see the reason."""


def register_employer(
    *,
    grid: Grid,
    credit_code: str,
    name: str,
    address: str,
    industry: str,
    hazards: list[str],
    workers: int,
    exposed_workers: int,
    actor_id: int | None,
    at: datetime,
    is_demo: bool = False,
) -> Employer:
    """Add an employer to the grid it lies in. Raises CreditCodeTaken."""
    if db.session.scalar(select(Employer.id).where(Employer.credit_code == credit_code)) is not None:
        raise CreditCodeTaken(code=credit_code)
    employer = Employer(
        jurisdiction_id=grid.town.jurisdiction_id,
        town_id=grid.town_id,
        grid_id=grid.id,
        credit_code=credit_code,
        name=name,
        address=address,
        industry=industry,
        hazards=hazards,
        workers=workers,
        exposed_workers=exposed_workers,
        is_demo=is_demo,
        created_at=at,
    )
    db.session.add(employer)
    db.session.flush([employer])
    record(f"employer:{employer.id}", "employer.registered", actor_id=actor_id, at=at, credit_code=credit_code)
    return employer


def add_record(employer: Employer, kind: str, *, values: Mapping[str, Any], actor_id: int, at: datetime, locale: str) -> EmployerRecord:
    """Check what a form says and keep it. ``kind``: a key of ``records.KINDS``; ``values``: raw. Raises Invalid."""
    today = clock.legal_day(at)
    said = checked(form_of(kind), values, locale=locale, today=today)
    row = record_from(kind, said, employer=employer, today=today)
    keep_records(employer, [row], actor_id=actor_id, at=at)
    return row


def keep_records(employer: Employer, rows: Sequence[EmployerRecord], *, actor_id: int | None, at: datetime) -> None:
    """Store new records that were checked before."""
    for row in rows:
        row.employer_id, row.added_by_id, row.added_at = employer.id, actor_id, at
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        record(f"employer:{employer.id}", "employer.record_added", actor_id=actor_id, at=at, record=_kind(row), row_id=row.id)
    _judge_risk(employer, rows, on=clock.legal_day(at))


def strike_record(employer: Employer, row: EmployerRecord, *, values: Mapping[str, Any], actor_id: int, at: datetime, locale: str) -> None:
    """Strike out a wrong record, with a reason. Raises AlreadyStruck, Invalid."""
    today = clock.legal_day(at)
    said = checked(form_of("strike"), values, locale=locale, today=today)
    if row.is_struck:
        raise AlreadyStruck
    row.struck_at, row.struck_reason = at, said["reason"]
    db.session.flush()
    record(f"employer:{employer.id}", "employer.record_struck", actor_id=actor_id, at=at, record=_kind(row), row_id=row.id)
    _judge_risk(employer, [row], on=today)


def change_profile(employer: Employer, *, values: Mapping[str, Any], actor_id: int, at: datetime, locale: str) -> list[str]:
    """Set the basic facts. Returns the names of the columns that changed. Raises Invalid."""
    said = checked(form_of("profile"), values, locale=locale, today=clock.legal_day(at))
    problems = profile_problems(said)
    if problems:
        raise Invalid(problems)
    wanted = {name: said.get(name) for name in PLAIN} | _key_employer(said)
    changed = [name for name, value in wanted.items() if getattr(employer, name) != value]
    for name in changed:
        setattr(employer, name, wanted[name])
    if changed:
        record(f"employer:{employer.id}", "employer.changed", actor_id=actor_id, at=at, fields=changed)
    return changed


def _key_employer(said: Mapping[str, Any]) -> dict[str, Any]:
    if said["is_key"] != YES:
        return {"is_key": False, "key_since": None, "key_criteria": None}
    since = said.get("key_since")
    return {"is_key": True, "key_since": date.fromisoformat(since) if since else None, "key_criteria": said.get("key_criteria")}


def _judge_risk(employer: Employer, rows: Iterable[EmployerRecord], *, on: date) -> None:
    """Lists filter and sort by the highest of the current classes."""
    if any(_kind(row) == "risk" for row in rows):
        levels = [level_of(risk.scheme, risk.rank) for risk in current_risks(employer.id, on)]
        level = max(levels, default=None)
        if level != employer.risk_level:
            employer.risk_level = level
            for handler in on_judged:
                handler(employer)


def _kind(row: Any) -> str:
    return str(row.__tablename__)
