"""One key, one answer: what was sent twice is done once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import String, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base, db, table_of
from webapp.core.errors import DomainError

KEPT = timedelta(days=3)


class KeyReused(DomainError):
    """This key was already used for something else. Send a new key with each new request."""

    status = 422


class IdempotencyKey(Base):
    """The answer given under a key. ``scope``: who and what, so that nobody meets another's key."""

    __tablename__ = "idempotency_key"
    scope: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    body_hash: Mapped[bytes]
    status: Mapped[int]
    answer: Mapped[bytes]
    stored_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def body_hash(body: bytes) -> bytes:
    """Keyed: a plain hash of a short form would let its personal data be guessed."""
    return hmac.digest(str(current_app.config["SECRET_KEY"]).encode(), body, "sha256")


def recall(scope: str, key: str, *, body: bytes) -> Answer | None:
    """The answer given before under this key, or None. Raises KeyReused if it belongs to another body."""
    row = db.session.execute(
        select(IdempotencyKey.body_hash, IdempotencyKey.status, IdempotencyKey.answer).where(
            IdempotencyKey.scope == scope, IdempotencyKey.key == key
        )
    ).one_or_none()
    if row is None:
        return None
    if row.body_hash != body_hash(body):
        raise KeyReused
    return Answer(row.status, row.answer)


def remember(scope: str, key: str, *, body: bytes, answer: Answer, at: datetime) -> None:
    """Keep the answer in the caller's transaction; the primary key stops a second one."""
    kept = {"body_hash": body_hash(body), "status": answer.status, "answer": answer.body, "stored_at": at}
    db.session.execute(insert(table_of(IdempotencyKey)), {"scope": scope, "key": key, **kept})


def forget_old(*, before: datetime) -> int:
    """Delete keys nobody will send again; returns how many."""
    return db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.stored_at < before)).rowcount  # type: ignore[attr-defined, no-any-return]
