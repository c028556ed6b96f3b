"""Random samples of cases that auditors drew. A sample can be drawn again from its seed by anybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import User
from webapp.core.db import Base


class AuditSample(Base):
    """One drawing. ``digest``: SHA-256 over the numbers of all cases it was drawn from, sorted, one a line."""

    __tablename__ = "audit_sample"
    __table_args__ = (Index("ix_audit_sample_list", "jurisdiction_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    seed: Mapped[str] = mapped_column(String(64))
    criteria: Mapped[dict[str, Any]] = mapped_column(JSON)  # opened_from, opened_to, town_id, stage
    size: Mapped[int]
    population: Mapped[int]  # how many cases it was drawn from
    digest: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(400))
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    drawn_at: Mapped[datetime]
    cases: Mapped[list[AuditSampleCase]] = relationship(order_by="AuditSampleCase.place")
    drawn_by: Mapped[User] = relationship()


class AuditSampleCase(Base):
    """One drawn case. ``place``: in which turn it was drawn, from 1."""

    __tablename__ = "audit_sample_case"
    sample_id: Mapped[int] = mapped_column(ForeignKey("audit_sample.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(String(32))
