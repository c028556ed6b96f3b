"""Internal notes on a case: for colleagues, never part of the dossier."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, BigId

MAX_TEXT, MAX_REASON, MIN_REASON = 2000, 200, 4


class Note(Base):
    """One remark. Its words may be changed by its author on the day it was written; it is struck out, never deleted."""

    __tablename__ = "case_note"
    __table_args__ = (Index("ix_case_note_case", "case_id", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    text: Mapped[str] = mapped_column(String(MAX_TEXT))
    author_id: Mapped[int]
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    struck_at: Mapped[datetime | None]
    struck_by_id: Mapped[int | None]
    struck_reason: Mapped[str | None] = mapped_column(String(MAX_REASON))
    wordings: Mapped[list[NoteWording]] = relationship(order_by="NoteWording.id.desc()", lazy="raise")

    @property
    def is_struck(self) -> bool:
        return self.struck_at is not None


class NoteWording(Base):
    """How a note read before it was changed."""

    __tablename__ = "case_note_wording"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("case_note.id"), index=True)
    text: Mapped[str] = mapped_column(String(MAX_TEXT))
    replaced_at: Mapped[datetime]
