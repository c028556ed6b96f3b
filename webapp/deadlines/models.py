"""Legal clocks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, BigId
from webapp.rules.models import TimeLimit


class Deadline(Base):
    """One running or stopped clock of an instance (``task_id`` None: it spans tasks)."""

    __tablename__ = "deadline"
    __table_args__ = (
        Index("ix_deadline_open", "due_at", "id", sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    case_id: Mapped[int | None] = mapped_column(index=True)
    instance_id: Mapped[int] = mapped_column(index=True)
    task_id: Mapped[int | None] = mapped_column(index=True)
    time_limit_id: Mapped[int] = mapped_column(ForeignKey("time_limit.id"))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    is_provisional: Mapped[bool] = mapped_column(default=False)  # counted beyond the published calendar
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(12))  # met, late, dropped
    time_limit: Mapped[TimeLimit] = relationship(lazy="joined")

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def is_overdue(self, now: datetime) -> bool:
        return (self.ended_at or now) > self.due_at
