"""Change the registry of employers. Callers hold the transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from webapp.accounts.models import Grid
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.employers.models import Employer
from webapp.events.services import record


class CreditCodeTaken(DomainError):
    """There is an employer with the credit code %(code)s already. Look it up instead of registering it again."""


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
