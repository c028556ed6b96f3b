"""What a person keeps about lists: filters, columns, cases to watch."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base, BigId


class SavedFilter(Base):
    """A view of the inbox with its filters, under a name. ``role`` and ``scope``: the candidate group that shares it."""

    __tablename__ = "saved_filter"
    __table_args__ = (Index("ix_saved_filter_shared", "role", "scope"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(600))  # the query string, as the list itself writes it
    role: Mapped[str | None] = mapped_column(String(24))
    scope: Mapped[str | None] = mapped_column(String(24))
    position: Mapped[int] = mapped_column(default=0)


class InboxPreference(Base):
    """How a person wants the list. ``columns``: the optional ones that show."""

    __tablename__ = "inbox_preference"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    columns: Mapped[list[str]] = mapped_column(JSON)
    page_size: Mapped[int]
    default_filter_id: Mapped[int | None] = mapped_column(ForeignKey("saved_filter.id", ondelete="SET NULL"))


class CaseWatch(Base):
    """A person follows a case."""

    __tablename__ = "case_watch"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("case_file.id"), primary_key=True)
