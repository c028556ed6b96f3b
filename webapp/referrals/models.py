"""Referrals 移送: a case is handed to another department as a package; the department answers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Organisation
from webapp.cases.models import Case
from webapp.core.db import Base, BigId
from webapp.referrals.states import ENDED, EVER_SENT, PACKING

_OPEN = text("closed_at IS NULL")


class Referral(Base):
    """One hand-over. Its child instance runs the procedure; here is what both sides see of it."""

    __tablename__ = "referral"
    __table_args__ = (
        Index("uq_referral_open", "case_id", "kind", "receiver_role", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_referral_receiver", "receiver_id", "opened_at", "id"),
        Index("ix_referral_case", "case_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(24))  # a key of ``kinds.KINDS``
    receiver_role: Mapped[str] = mapped_column(String(24))
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # None: the body is not entered yet
    state: Mapped[str] = mapped_column(String(24))
    state_at: Mapped[datetime]
    receipt_no: Mapped[str | None] = mapped_column(String(60))
    receipt_evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))  # the paper of a body that does not log in
    opened_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]  # the last time: a supplemented package is sent again
    closed_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()
    receiver: Mapped[Organisation | None] = relationship()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def can_be_packed(self) -> bool:
        return self.is_open and self.state in PACKING

    @property
    def has_been_sent(self) -> bool:
        return self.sent_at is not None or self.state in EVER_SENT

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


class ReferralState(Base):
    """The referral reached a state. ``evidence_id``: the paper on which an officer recorded another body's answer."""

    __tablename__ = "referral_state"
    __table_args__ = (Index("ix_referral_state_referral", "referral_id", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"))
    state: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime]
    by_id: Mapped[int | None]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("user_task.id"))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    reason: Mapped[str | None] = mapped_column(String(2000))


class ReferralItem(Base):
    """One thing in the package: a document, a piece of evidence, or the reason why there is none of its kind."""

    __tablename__ = "referral_item"
    __table_args__ = (UniqueConstraint("referral_id", "kind", "document_id", "evidence_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))  # letter, investigation_report, item_list, expert_reports, other, record, evidence
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    is_paper: Mapped[bool] = mapped_column(default=False)  # travels on paper and is not kept here
    none_reason: Mapped[str | None] = mapped_column(String(400))
    added_by_id: Mapped[int | None]
    added_at: Mapped[datetime]


class ReferralMessage(Base):
    """One word between the two sides; the papers it names may be read by both."""

    __tablename__ = "referral_message"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))  # supplement_request, supplement, feedback, message
    text: Mapped[str] = mapped_column(String(2000))
    is_ours: Mapped[bool]  # from the health side
    by_id: Mapped[int | None]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("user_task.id"))
    at: Mapped[datetime]
    evidence_ids: Mapped[list[int]] = mapped_column(JSON)


class ReferralRoute(Base):
    """Which department a matter goes to, from a day on. ``jurisdiction_id`` None: everywhere."""

    __tablename__ = "referral_route"
    __table_args__ = (UniqueConstraint("matter", "jurisdiction_id", "valid_from"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    matter: Mapped[str] = mapped_column(String(40))  # a key of ``kinds.KINDS``
    jurisdiction_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"))
    receiver_role: Mapped[str] = mapped_column(String(24))
    source: Mapped[str] = mapped_column(String(400))
    verified: Mapped[str] = mapped_column(String(8))  # yes, part, no
    note_zh: Mapped[str | None] = mapped_column(String(400))
    note_en: Mapped[str | None] = mapped_column(String(400))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    added_by_id: Mapped[int | None]
    added_at: Mapped[datetime]
