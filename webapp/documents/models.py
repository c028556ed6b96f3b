"""Evidence 证据, documents 文书, their numbers and how they were served."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.cases.models import Case
from webapp.core.db import Base, BigId

DRAFT, FINAL, SERVED, VOID = "draft", "final", "served", "void"
PHOTO, SCAN, PDF = "photo", "scan", "pdf"


class Evidence(Base):
    """One file of the case, sealed as it came. Withdrawn evidence stays."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("case_id", "sha256"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)  # name of its file
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("user_task.id"))
    kind: Mapped[str] = mapped_column(String(8))
    original_name: Mapped[str] = mapped_column(String(400))  # data, never a path
    media_type: Mapped[str] = mapped_column(String(40))  # by content
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))  # of the untouched original
    width: Mapped[int | None]
    height: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    place: Mapped[str | None] = mapped_column(String(200))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    note: Mapped[str | None] = mapped_column(String(400))
    uploaded_by_id: Mapped[int | None]
    uploaded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(String(400))
    case: Mapped[Case] = relationship()

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def has_preview(self) -> bool:
        return self.kind != PDF


class Document(Base):
    """One paper 文书. ``values`` are those of its form; once final nothing of it changes but its state."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("issuer", "kind", "year", "serial"), Index("ix_document_case", "case_id", "kind", "id"))
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("user_task.id"))
    kind: Mapped[str] = mapped_column(String(8))  # a key of kinds.KINDS
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # the health authority, where it is entered
    issuer: Mapped[str] = mapped_column(String(24))  # whose numbers: "j1" of the area's health authority, "t3" of a town
    year: Mapped[int | None]
    serial: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(8))
    form_key: Mapped[str] = mapped_column(String(80))
    form_hash: Mapped[str | None] = mapped_column(String(64))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    officer_ids: Mapped[list[int]] = mapped_column(JSON)
    made_by_id: Mapped[int | None]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    finalised_by_id: Mapped[int | None]
    finalised_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64))  # ``services.digest_of``: of what it says, at finalising
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[int | None]
    void_reason: Mapped[str | None] = mapped_column(String(400))
    case: Mapped[Case] = relationship()

    @property
    def is_draft(self) -> bool:
        return self.state == DRAFT

    @property
    def is_in_force(self) -> bool:
        return self.state in (FINAL, SERVED)


class EvidenceUse(Base):
    """A document rests on this evidence."""

    __tablename__ = "evidence_use"
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)


class DocumentSeries(Base):
    """The last number given per issuer, kind and legal year: locked, so that numbers have no gap."""

    __tablename__ = "document_series"
    issuer: Mapped[str] = mapped_column(String(24), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class ServiceReceipt(Base):
    """How a document reached somebody. Source: APL 61, which refers to the Civil Procedure Law."""

    __tablename__ = "service_receipt"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    way: Mapped[str] = mapped_column(String(16))  # a key of ``serving.WAYS``
    receiver: Mapped[str] = mapped_column(String(120))
    receiver_role: Mapped[str | None] = mapped_column(String(24))
    served_on: Mapped[date]  # the paper reached the receiver, or was announced
    effective_on: Mapped[date]  # it counts as served
    is_refused: Mapped[bool]
    witness: Mapped[str | None] = mapped_column(String(200))
    tracking_no: Mapped[str | None] = mapped_column(String(60))
    entrusted_to: Mapped[str | None] = mapped_column(String(200))
    letter_no: Mapped[str | None] = mapped_column(String(60))
    address: Mapped[str | None] = mapped_column(String(200))  # electronic address, or where it was announced
    reason: Mapped[str | None] = mapped_column(String(1000))  # why refused, or why the other ways failed
    note: Mapped[str | None] = mapped_column(String(1000))
    evidence_ids: Mapped[list[int]] = mapped_column(JSON)  # confirmation, photographs, delivery slip
    task_id: Mapped[int | None] = mapped_column(ForeignKey("user_task.id"))
    recorded_by_id: Mapped[int | None]
    recorded_at: Mapped[datetime]
    document: Mapped[Document] = relationship()
