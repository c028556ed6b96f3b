"""The record: chained events, their streams, anchors, outbox and access log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, BigId


class EventStream(Base):
    """One chain. ``key`` is ``kind:id`` (case, instance, employer, account, edition, installation)."""

    __tablename__ = "event_stream"
    __table_args__ = ({"sqlite_autoincrement": True},)  # a tombstone keeps the id: SQLite must not give it out again
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(48), unique=True)
    seq: Mapped[int] = mapped_column(default=0)
    head: Mapped[bytes]


class Event(Base):
    """One thing that happened. Never updated, never deleted: a trigger forbids it."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("stream_id", "seq"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("event_stream.id"))
    seq: Mapped[int]
    name: Mapped[str] = mapped_column(String(48))
    actor_id: Mapped[int | None]  # None: the system
    occurred_at: Mapped[datetime]
    body: Mapped[bytes]  # canonical JSON: everything above and the payload
    hash: Mapped[bytes]  # HMAC-SHA256 over the previous hash and ``body``
    stream: Mapped[EventStream] = relationship()

    @property
    def payload(self) -> dict[str, Any]:
        return dict(orjson.loads(self.body)["payload"])


class EventAnchor(Base):
    """The heads of all streams that grew since the anchor before; the same line stands in the anchor file."""

    __tablename__ = "event_anchor"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    anchored_at: Mapped[datetime]
    digest: Mapped[bytes]  # over the anchor's heads in stream order
    signature: Mapped[bytes]  # HMAC over the signature before, instant and digest


class EventAnchorHead(Base):
    __tablename__ = "event_anchor_head"
    __table_args__ = (Index("ix_event_anchor_head_stream", "stream_id", "seq"),)
    anchor_id: Mapped[int] = mapped_column(ForeignKey("event_anchor.id"), primary_key=True)
    stream_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    seq: Mapped[int]
    head: Mapped[bytes]


class EventTombstone(Base):
    """A stream lawfully destroyed (demo wipe): its last head, who and why, signed."""

    __tablename__ = "event_tombstone"
    stream_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(48))
    seq: Mapped[int]
    head: Mapped[bytes]
    reason: Mapped[str] = mapped_column(String(200))
    destroyed_at: Mapped[datetime]
    signature: Mapped[bytes]


class Outbox(Base):
    """What a consumer still has to do about an event, after the commit."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("event_id", "consumer"),
        Index("ix_outbox_open", "next_at", "id", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    consumer: Mapped[str] = mapped_column(String(48))
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))


class AccessLog(Base):
    """Who looked at a protected record, when and why."""

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_actor", "actor_id", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    actor_id: Mapped[int]
    subject: Mapped[str] = mapped_column(String(48), index=True)  # "case:12"
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)  # the case of ``subject``, if it is one
    field: Mapped[str] = mapped_column(String(48))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    viewed_at: Mapped[datetime]
