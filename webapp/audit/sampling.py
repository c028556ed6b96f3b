"""Draw random samples of cases that anybody can draw again. Callers hold the transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from webapp.accounts.models import Jurisdiction, User
from webapp.accounts.places import within
from webapp.audit.models import AuditSample, AuditSampleCase
from webapp.cases.models import Case
from webapp.core.clock import LEGAL_ZONE
from webapp.core.db import db
from webapp.core.errors import DomainError, NotFound
from webapp.core.permissions import Permission
from webapp.events.services import record


class NothingToDraw(DomainError):
    """No case fits this period, town and stage. Choose a longer period or take a filter away."""

    status = 422


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which cases may be drawn: opened on these days (both count), in the town if one is named, now at the stage if one is named."""

    jurisdiction_id: int
    opened_from: date
    opened_to: date
    town_id: int | None = None
    stage: str | None = None

    def stored(self) -> dict[str, Any]:
        days = {"opened_from": self.opened_from.isoformat(), "opened_to": self.opened_to.isoformat()}
        return {**days, "town_id": self.town_id, "stage": self.stage}


def draw(criteria: Criteria, *, size: int, purpose: str, actor: User, at: datetime, seed: str | None = None) -> AuditSample:
    """Draw ``size`` cases, all if there are fewer, and record it. ``seed``: random unless given. Raises NothingToDraw."""
    numbers, seed = population(criteria, actor), seed or secrets.token_hex(16)
    if not numbers:
        raise NothingToDraw
    drawn = drawn_from(numbers, seed=seed, size=size)
    sample = AuditSample(
        jurisdiction_id=criteria.jurisdiction_id, seed=seed, criteria=criteria.stored(), size=len(drawn), population=len(numbers),
        digest=digest_of(numbers), purpose=purpose, drawn_by_id=actor.id, drawn_at=at,
        cases=[AuditSampleCase(place=place, case_no=number) for place, number in enumerate(drawn, start=1)],
    )  # fmt: skip
    db.session.add(sample)
    db.session.flush()
    told: Mapping[str, Any] = {"seed": seed, "size": sample.size, "population": sample.population, "digest": sample.digest}
    record(f"sample:{sample.id}", "audit.sample_drawn", actor_id=actor.id, at=at, sample_id=sample.id, **told)
    return sample


def population(criteria: Criteria, user: User) -> list[str]:
    """Numbers of the cases that may be drawn, sorted; only what the auditor reaches."""
    query = select(Case.case_no).where(
        within(user, Permission.AUDIT, Case), Case.jurisdiction_id == criteria.jurisdiction_id,
        Case.opened_at >= _midnight(criteria.opened_from), Case.opened_at < _midnight(criteria.opened_to + timedelta(days=1)),
    )  # fmt: skip
    if criteria.town_id is not None:
        query = query.where(Case.town_id == criteria.town_id)
    if criteria.stage is not None:
        query = query.where(Case.stage == criteria.stage)
    return sorted(db.session.scalars(query))


def drawn_from(numbers: Iterable[str], *, seed: str, size: int) -> list[str]:
    """The ``size`` numbers whose SHA-256 of ``seed:number`` is smallest, the smallest first."""
    return sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).digest())[:size]


def digest_of(numbers: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(numbers)).encode()).hexdigest()


def samples_of(user: User, *, limit: int = 50) -> list[AuditSample]:
    """Of the areas the auditor reaches, the newest first."""
    query = select(AuditSample).where(AuditSample.jurisdiction_id.in_(areas_of(user))).order_by(AuditSample.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def find_sample(sample_id: int, user: User) -> AuditSample:
    """Raises NotFound outside what the auditor reaches."""
    sample = db.session.get(AuditSample, sample_id)
    if sample is None or sample.jurisdiction_id not in areas_of(user):
        raise NotFound
    return sample


def areas_of(user: User) -> list[int]:
    """Ids of the jurisdictions whose record the user audits."""
    scopes = user.scopes_with(Permission.AUDIT)
    if "*" in scopes:
        return list(db.session.scalars(select(Jurisdiction.id).order_by(Jurisdiction.id)))
    return sorted(int(scope[1:]) for scope in scopes if scope[0] == "j")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LEGAL_ZONE)
