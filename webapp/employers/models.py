"""用人单位: the registry of employers and what is known of each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Grid, Town
from webapp.core.db import Base

RUNNING, CLOSED = "running", "closed"


class Employer(Base):
    """One employer at one place."""

    __tablename__ = "employer"
    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"), index=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)  # unified social credit code
    name: Mapped[str] = mapped_column(String(120), index=True)
    address: Mapped[str] = mapped_column(String(200))
    industry: Mapped[str] = mapped_column(String(8))  # GB/T 4754-2017 code
    hazards: Mapped[list[str]] = mapped_column(JSON)  # codes of employers.catalogue
    workers: Mapped[int]
    exposed_workers: Mapped[int]
    phone: Mapped[str | None] = mapped_column(String(40))
    legal_rep: Mapped[str | None] = mapped_column(String(80))
    health_manager: Mapped[str | None] = mapped_column(String(80))
    is_key: Mapped[bool] = mapped_column(default=False, server_default="0")  # 重点企业: the population of the six rates
    key_since: Mapped[date | None]
    key_criteria: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(8), default=RUNNING, server_default=RUNNING)
    risk_level: Mapped[int | None]  # highest of its current classes, 1 lowest to 3 highest (employers.risks)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    town: Mapped[Town] = relationship()
    grid: Mapped[Grid] = relationship()

    @property
    def is_running(self) -> bool:
        return self.status == RUNNING

    def summary(self) -> dict[str, Any]:
        """What lists and the API show of it."""
        return {"id": self.id, "name": self.name, "credit_code": self.credit_code, "town_id": self.town_id, "grid_id": self.grid_id}


class EmployerTerm(Base):
    """Text by which an employer is found: it begins with what somebody may type (``employers.term_index``). Rows follow the employer's."""

    __tablename__ = "employer_term"
    __table_args__ = (Index("ix_employer_term_employer", "employer_id"), {"sqlite_with_rowid": False})
    term: Mapped[str] = mapped_column(String(20).with_variant(String(20, collation="C"), "postgresql"), primary_key=True)
    grid_id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id", ondelete="CASCADE"), primary_key=True)


class EmployerRecord:
    """What every record about an employer has. One that was entered wrongly is struck out with a reason, never deleted.

    ``day``: the column that says since when the record is true.
    """

    day: ClassVar[str]
    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    added_by_id: Mapped[int | None]  # None: loaded by the system
    added_at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
    struck_reason: Mapped[str | None] = mapped_column(String(200))

    @property
    def is_struck(self) -> bool:
        return self.struck_at is not None


class Declaration(EmployerRecord, Base):
    """职业病危害项目申报: the first one, a change or the yearly one."""

    __tablename__ = "declaration"
    day = "declared_on"
    kind: Mapped[str] = mapped_column(String(8))  # first, change, yearly
    declared_on: Mapped[date]
    receipt_no: Mapped[str] = mapped_column(String(60))
    factors: Mapped[list[str]] = mapped_column(JSON)
    changed_on: Mapped[date | None]  # when what is declared changed


class HazardPost(EmployerRecord, Base):
    """A post with a hazard factor, and who works there."""

    __tablename__ = "hazard_post"
    day = "seen_on"
    seen_on: Mapped[date]
    post: Mapped[str] = mapped_column(String(80))
    factor: Mapped[str] = mapped_column(String(24))
    workers: Mapped[int]
    has_local_exhaust: Mapped[bool]
    ppe: Mapped[str] = mapped_column(String(8))  # all, some, none: who has personal protective equipment


class WorkplaceTest(EmployerRecord, Base):
    """One measured value at one post."""

    __tablename__ = "workplace_test"
    day = "tested_on"
    tested_on: Mapped[date]
    institution: Mapped[str] = mapped_column(String(120))
    report_no: Mapped[str | None] = mapped_column(String(60))
    post: Mapped[str] = mapped_column(String(80))
    factor: Mapped[str] = mapped_column(String(32))  # a code of employers.limits.measurable
    kind: Mapped[str] = mapped_column(String(8))  # TWA, TWA_R (respirable), STEL, MAC; LEVEL for noise, heat and dose
    value: Mapped[float]
    unit: Mapped[str] = mapped_column(String(16))
    limit_value: Mapped[float | None]
    limit_source: Mapped[str | None] = mapped_column(String(120))  # the standard; "report" if the rules have no limit
    limit_verified: Mapped[str | None] = mapped_column(String(8))  # mark of the rule when it was judged
    exceeds: Mapped[bool | None]  # None: not judged


class HealthExam(EmployerRecord, Base):
    """Occupational health examinations of a year: counts only, no person."""

    __tablename__ = "health_exam"
    day = "year"
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))  # pre, in_service, leaving
    due_workers: Mapped[int]
    examined_workers: Mapped[int]


class Project(EmployerRecord, Base):
    """建设项目 with its three simultaneities. Source: ODL 17, 18; domain/02 2.2(f) P53."""

    __tablename__ = "project"
    day = "began_on"
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))  # new, extension, conversion, renovation, import
    began_on: Mapped[date]
    pre_evaluated_on: Mapped[date | None]
    designed_on: Mapped[date | None]
    effect_evaluated_on: Mapped[date | None]
    accepted_on: Mapped[date | None]


class ContractFact(EmployerRecord, Base):
    """What a look at the labour contracts showed."""

    __tablename__ = "contract_fact"
    day = "checked_on"
    checked_on: Mapped[date]
    workers_without_contract: Mapped[int]
    hazards_told: Mapped[bool]


class InsuranceFact(EmployerRecord, Base):
    """How many workers the work-injury insurance covers."""

    __tablename__ = "insurance_fact"
    day = "checked_on"
    checked_on: Mapped[date]
    insured_workers: Mapped[int]


class Risk(EmployerRecord, Base):
    """A risk class under one scheme. ``rank`` counts from the lowest risk: letters run in opposite directions."""

    __tablename__ = "risk"
    day = "assessed_on"
    scheme: Mapped[str] = mapped_column(String(16))
    risk_class: Mapped[str] = mapped_column(String(8))
    version: Mapped[str] = mapped_column(String(60))
    rank: Mapped[int]
    assessed_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))


Index("ix_employer_risk", Employer.jurisdiction_id, Employer.risk_level, Employer.id)
