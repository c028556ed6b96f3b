"""Legal clocks, what stopped or lengthened them, and what came of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, BigId
from webapp.rules.models import TimeLimit

_RUNNING = "ended_at IS NULL AND suspended_at IS NULL"
_TO_REMIND, _TO_BREACH, _UNSEEN = (
    text(f"{_RUNNING} AND reminded_at IS NULL"), text(f"{_RUNNING} AND breached_at IS NULL"), text("seen_at IS NULL"),
)  # fmt: skip


class Deadline(Base):
    """One running or ended clock of an instance (``task_id`` None: it spans tasks).

    ``role`` and ``scope``: the candidate group that owes it; the three ``_id`` places are those of this group, so that whoever
    supervises them answers for the clock (a clock that spans tasks is the jurisdiction's).
    """

    __tablename__ = "deadline"
    __table_args__ = (
        Index("ix_deadline_remind", "remind_at", "id", sqlite_where=_TO_REMIND, postgresql_where=_TO_REMIND),
        Index("ix_deadline_breach", "due_at", "id", sqlite_where=_TO_BREACH, postgresql_where=_TO_BREACH),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    case_id: Mapped[int | None] = mapped_column(index=True)
    instance_id: Mapped[int] = mapped_column(index=True)
    task_id: Mapped[int | None] = mapped_column(index=True)
    role: Mapped[str | None] = mapped_column(String(24))
    scope: Mapped[str | None] = mapped_column(String(24))
    jurisdiction_id: Mapped[int | None]
    town_id: Mapped[int | None]
    grid_id: Mapped[int | None]
    time_limit_id: Mapped[int] = mapped_column(ForeignKey("time_limit.id"))
    started_at: Mapped[datetime]  # the event that started it; may lie before the row
    target_at: Mapped[datetime | None]  # warnings run to it; None: to the legal date
    due_at: Mapped[datetime]  # the legal date: the last instant that is in time
    remind_at: Mapped[datetime | None]  # when 80 % of the time to the target are used up
    is_provisional: Mapped[bool] = mapped_column(default=False)  # counted beyond the published calendar
    suspended_at: Mapped[datetime | None]  # since when it stands still
    suspended_reason: Mapped[str | None] = mapped_column(String(24))
    suspended_days: Mapped[int] = mapped_column(default=0)  # added so far; calendar or working days, as the limit counts
    extended_to: Mapped[datetime | None]  # the legal date that the last extension gave
    reminded_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(12))  # met, late, dropped
    time_limit: Mapped[TimeLimit] = relationship(lazy="joined")
    suspensions: Mapped[list[Suspension]] = relationship(order_by="Suspension.id")
    extensions: Mapped[list[Extension]] = relationship(order_by="Extension.id")

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_suspended(self) -> bool:
        return self.is_open and self.suspended_at is not None

    @property
    def warns_at(self) -> datetime:
        """The date that warnings run to."""
        return self.target_at or self.due_at

    @property
    def stream(self) -> str:
        """The record it is told in."""
        return f"case:{self.case_id}" if self.case_id is not None else f"instance:{self.instance_id}"

    def is_overdue(self, now: datetime) -> bool:
        return (self.ended_at or self.suspended_at or now) > self.due_at


class Suspension(Base):
    """The clock stood still from ``from_at`` to ``to_at`` (None: it still does, or ended so)."""

    __tablename__ = "deadline_suspension"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"), index=True)
    reason: Mapped[str] = mapped_column(String(24))  # webapp.deadlines.reasons
    note: Mapped[str] = mapped_column(String(400))
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    keeps_days: Mapped[int] = mapped_column(default=0)  # working days left at least when it goes on (domain/08 C.4)
    by_id: Mapped[int | None]  # None: the diagram
    resumed_by_id: Mapped[int | None]
    evidence_document_id: Mapped[int | None]


class Extension(Base):
    """The time that the law allows to add, as somebody approved it."""

    __tablename__ = "deadline_extension"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"), index=True)
    value: Mapped[int]
    unit: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(400))
    approved_by_id: Mapped[int]
    approved_at: Mapped[datetime]


class Escalation(Base):
    """A breach that waits for a supervisor of the group that owed it. Flat: lists read nothing else."""

    __tablename__ = "escalation"
    __table_args__ = (Index("ix_escalation_unseen", "opened_at", "id", sqlite_where=_UNSEEN, postgresql_where=_UNSEEN),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"), unique=True)
    code: Mapped[str] = mapped_column(String(32))
    case_id: Mapped[int | None] = mapped_column(index=True)
    instance_id: Mapped[int] = mapped_column(index=True)
    task_id: Mapped[int | None]
    role: Mapped[str | None] = mapped_column(String(24))
    jurisdiction_id: Mapped[int | None]
    town_id: Mapped[int | None]
    grid_id: Mapped[int | None]
    opened_at: Mapped[datetime]
    seen_by_id: Mapped[int | None]
    seen_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(400))
    deadline: Mapped[Deadline] = relationship(lazy="joined")


class Duty(Base):
    """What was owed by a day, and what came of it: time, person, evidence. Source: domain/02 BR-24."""

    __tablename__ = "duty"
    __table_args__ = (
        Index("ix_duty_jurisdiction", "jurisdiction_id", "due_on", "id"),
        Index("ix_duty_town", "town_id", "due_on", "id"),
        Index("ix_duty_performer", "performed_by_id", "due_on", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"), unique=True)
    code: Mapped[str] = mapped_column(String(32))
    case_id: Mapped[int | None]
    instance_id: Mapped[int] = mapped_column(index=True)
    role: Mapped[str | None] = mapped_column(String(24))
    scope: Mapped[str | None] = mapped_column(String(24))
    jurisdiction_id: Mapped[int | None]
    town_id: Mapped[int | None]
    grid_id: Mapped[int | None]
    due_on: Mapped[date]
    performed_at: Mapped[datetime | None]  # None: owed still, or never done
    performed_by_id: Mapped[int | None]
    evidence: Mapped[str | None] = mapped_column(String(80))  # "task:12", "document:3"; "withdrawn": owed no more

    @property
    def was_withdrawn(self) -> bool:
        return self.evidence == WITHDRAWN


WITHDRAWN = "withdrawn"
