"""Notices: what somebody is told about their work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base, BigId

_UNREAD, _READ = text("read_at IS NULL"), text("read_at IS NOT NULL")


class Notice(Base):
    """One thing one person is told. ``params``: ids and codes for the sentence of ``kind``; nothing about anybody's health."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_unread", "user_id", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_notice_read", "user_id", "id", sqlite_where=_READ, postgresql_where=_READ),
        Index("ix_notice_read_at", "read_at", sqlite_where=_READ, postgresql_where=_READ),
        Index("ix_notice_task", "task_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(32))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    case_no: Mapped[str | None] = mapped_column(String(32))
    task_id: Mapped[int | None] = mapped_column(BigId)
    url: Mapped[str] = mapped_column(String(200))  # a path of ours: where the thing is
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
