"""Receivers and what was sent to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, BigId
from webapp.events.models import Event

WAITING, DELIVERED, PARKED = "waiting", "delivered", "parked"


class Receiver(Base):
    """One address of another system. ``secrets``: sealed, the newest first; a message is signed with each of them."""

    __tablename__ = "webhook_receiver"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(400))
    events: Mapped[list[str]] = mapped_column(JSON)  # names of webhooks.public.EVENTS, sorted
    jurisdiction_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"))  # None: all
    secret: Mapped[bytes]
    earlier_secret: Mapped[bytes | None]  # still signed with after a rotation, until it is dropped
    is_active: Mapped[bool] = mapped_column(default=True)
    added_by_id: Mapped[int | None]
    added_at: Mapped[datetime]


class Delivery(Base):
    """One event owed to one receiver."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("receiver_id", "event_id"),
        Index(
            "ix_webhook_delivery_due", "next_at", "id", sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")
        ),
        Index("ix_webhook_delivery_receiver", "receiver_id", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[UUID] = mapped_column(unique=True)  # the same at every attempt, so that a receiver can tell repetitions
    receiver_id: Mapped[int] = mapped_column(ForeignKey("webhook_receiver.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    body: Mapped[bytes]
    state: Mapped[str] = mapped_column(String(12), default=WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # delivered, or parked
    status: Mapped[int | None]  # what the receiver answered last
    trouble: Mapped[str | None] = mapped_column(String(40))  # why the last attempt failed: a word of webhooks.sending
    receiver: Mapped[Receiver] = relationship()
    event: Mapped[Event] = relationship()
