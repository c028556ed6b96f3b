"""Sessions and API tokens in our table. The client holds a random key; the table holds its hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import joinedload

from webapp.accounts.models import User, WebSession
from webapp.core.db import db

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=24)
ANONYMOUS = timedelta(hours=1)
TOKEN = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=10)  # an officer reading pages all day writes six times an hour
BROWSER, API = "browser", "api"
_LIVE = (  # built once: every request runs it
    select(WebSession)
    .where(WebSession.key_hash == bindparam("key_hash"), WebSession.kind == bindparam("of_kind"), WebSession.expires_at > bindparam("at"))
    .options(joinedload(WebSession.user).joinedload(User.memberships))
)


@dataclass(frozen=True, slots=True)
class Found:
    """A live row. ``user``: None for a browser nobody has signed in from."""

    id: int
    user: User | None
    data: bytes
    created_at: datetime
    seen_at: datetime

    def is_due_for_touch(self, at: datetime) -> bool:
        return self.user is not None and at - self.seen_at >= TOUCH_EVERY


def new_key() -> str:
    """43 letters, 256 random bits."""
    return secrets.token_urlsafe(32)


def find(key: str, *, kind: str, at: datetime) -> Found | None:
    """The live row of a key with its user and the user's memberships, in one query."""
    row = db.session.scalars(_LIVE, {"key_hash": hash_of(key), "of_kind": kind, "at": at}).unique().one_or_none()
    if row is None or (row.user is not None and not row.user.active):
        return None
    return Found(row.id, row.user, row.data, row.created_at, row.seen_at)


def add(key: str, *, kind: str, user_id: int | None, data: bytes, at: datetime) -> WebSession:
    """Store a new key. Raises IntegrityError if the key is known."""
    expires_at = at + TOKEN if kind == API else _expiry(at, at, user_id)
    row = WebSession(kind=kind, key_hash=hash_of(key), user_id=user_id, data=data, created_at=at, seen_at=at, expires_at=expires_at)
    db.session.add(row)
    db.session.flush([row])
    return row


def touch(found: Found, *, at: datetime, data: bytes | None = None) -> bool:
    """Move the idle limit and store ``data`` if given; False if the row was revoked meanwhile."""
    values: dict[str, object] = {"seen_at": at, "expires_at": _expiry(found.created_at, at, 0 if found.user else None)}
    if data is not None:
        values["data"] = data
    statement = update(WebSession).where(WebSession.id == found.id).values(**values)
    return db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount == 1  # type: ignore[attr-defined, no-any-return]


def remove(row_id: int) -> None:
    db.session.execute(delete(WebSession).where(WebSession.id == row_id), execution_options={"synchronize_session": False})


def revoke_all(user_id: int) -> None:
    """End every session and API token of the user."""
    db.session.execute(delete(WebSession).where(WebSession.user_id == user_id), execution_options={"synchronize_session": False})


def remove_expired(at: datetime) -> int:
    return db.session.execute(delete(WebSession).where(WebSession.expires_at <= at)).rowcount  # type: ignore[attr-defined, no-any-return]


def hash_of(key: str) -> bytes:
    """The key has 256 random bits: no slow hash is needed."""
    return hashlib.sha256(key.encode()).digest()


def _expiry(created_at: datetime, seen_at: datetime, user_id: int | None) -> datetime:
    if user_id is None:
        return seen_at + ANONYMOUS
    return min(seen_at + IDLE, created_at + ABSOLUTE)
