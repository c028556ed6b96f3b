"""The case file 案件: the business record about one employer. Covers R-052."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Grid
from webapp.cases.notes_models import Note, NoteWording
from webapp.cases.people_models import Person
from webapp.core.db import Base, BigId
from webapp.employers.models import Employer

__all__ = ["Case", "Note", "NoteWording", "NumberSeries", "Party", "Person"]


class Case(Base):
    """One case. Its root instance runs the lifecycle, child instances its legs."""

    __tablename__ = "case_file"
    __table_args__ = (
        Index("ix_case_file_list", "jurisdiction_id", "opened_at", "id"),
        Index("ix_case_file_town", "town_id", "opened_at", "id"),
        Index("ix_case_file_grid", "grid_id", "opened_at", "id"),
        Index("ix_case_file_newest", "opened_at", "id"),
        Index("ix_case_file_stage", "jurisdiction_id", "stage", "opened_at", "id"),
        Index("ix_case_file_urgency", "jurisdiction_id", "urgency", "opened_at", "id"),
        Index(
            "ix_case_file_open",
            "jurisdiction_id",
            "opened_at",
            "id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_no: Mapped[str] = mapped_column(String(32), unique=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    root_instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    urgency: Mapped[str | None] = mapped_column(String(8))  # A, B, C (domain/02 2.2a)
    source: Mapped[str | None] = mapped_column(String(40))
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)  # the round whose correction failed
    stage: Mapped[str | None] = mapped_column(String(16))  # of the last opened task of the root instance; "closed"
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(80))  # end element of the root instance
    is_demo: Mapped[bool] = mapped_column(default=False)
    employer: Mapped[Employer] = relationship()
    grid: Mapped[Grid] = relationship()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Party(Base):
    """A person or body in the case: employer, agency, a department that takes part."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("case_id", "kind", "organisation_id", "employer_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))  # employer, police, work_injury, civil_assistance
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    joined_at: Mapped[datetime]


class NumberSeries(Base):
    """The last number given per jurisdiction and year: locked, so that numbers have no gap."""

    __tablename__ = "number_series"
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
