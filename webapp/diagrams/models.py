"""Drafts: files that an administrator works on until a second person publishes them as an edition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base
from webapp.processes.models import Edition

OPEN, SUBMITTED, PUBLISHED, DISCARDED = "open", "submitted", "published", "discarded"
ALIVE = (OPEN, SUBMITTED)

Found = dict[str, str | None]  # one problem: severity, file, element, rule, zh, en


class Draft(Base):
    """Changes that are checked and published together: files laid over the edition they were copied from."""

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_state", "state", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    base_edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    state: Mapped[str] = mapped_column(String(12), default=OPEN)
    problems: Mapped[list[Found]] = mapped_column(JSON)  # of the last check
    checked_digest: Mapped[str | None] = mapped_column(String(64))  # the edition that check was about; None: never checked
    editor_ids: Mapped[list[int]] = mapped_column(JSON)  # everyone who changed a file: none of them may publish
    created_by_id: Mapped[int]  # people without foreign keys, as in Edition: what they did outlives their account
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None]
    submitted_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None]  # who published or discarded it
    ended_at: Mapped[datetime | None]
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))  # what it became
    remark: Mapped[str | None] = mapped_column(String(400))  # why it was sent back
    files: Mapped[list[DraftFile]] = relationship(
        back_populates="draft", lazy="selectin", order_by="DraftFile.kind, DraftFile.key", cascade="all, delete-orphan"
    )
    base: Mapped[Edition] = relationship(foreign_keys=[base_edition_id])

    @property
    def is_open(self) -> bool:
        return self.state == OPEN

    @property
    def is_alive(self) -> bool:
        return self.state in ALIVE

    @property
    def has_errors(self) -> bool:
        return any(problem["severity"] == "error" for problem in self.problems)

    def file(self, kind: str, key: str) -> DraftFile | None:
        return next((file for file in self.files if (file.kind, file.key) == (kind, key)), None)

    def may_be_published_by(self, user_id: int) -> bool:
        """Source: the four-eyes rule of releases: who wrote or submitted it does not publish it."""
        return user_id != self.submitted_by_id and user_id not in self.editor_ids


class DraftFile(Base):
    """One file of a draft as it stands now."""

    __tablename__ = "draft_file"
    __table_args__ = (UniqueConstraint("draft_id", "kind", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"))
    kind: Mapped[str] = mapped_column(String(8))  # bpmn, dmn, form
    key: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes]
    hash: Mapped[str] = mapped_column(String(64))
    base_hash: Mapped[str | None] = mapped_column(String(64))  # of the copy it began with; None: new
    version: Mapped[int] = mapped_column(default=1)
    edited_by_id: Mapped[int]
    edited_at: Mapped[datetime]
    draft: Mapped[Draft] = relationship(back_populates="files")

    @property
    def is_changed(self) -> bool:
        return self.hash != self.base_hash
