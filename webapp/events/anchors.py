"""Hourly anchors: what the record looked like, in a table and in an append-only file outside the database."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import orjson
from flask import current_app
from sqlalchemy import func, select

from webapp.core.db import db
from webapp.events import chain
from webapp.events.models import EventAnchor, EventAnchorHead, EventStream
from webapp.events.services import hmac_key


def anchor(*, at: datetime) -> EventAnchor | None:
    """Anchor the heads of all streams that grew since the last anchor; None if none did. The caller commits, then appends the line."""
    grown = _grown_streams()
    if not grown:
        return None
    row = EventAnchor(anchored_at=at, digest=chain.digest((s.id, s.seq, s.head) for s in grown))
    row.signature = signature(row, previous=last_signature())
    db.session.add(row)
    db.session.flush()
    db.session.add_all([EventAnchorHead(anchor_id=row.id, stream_id=s.id, seq=s.seq, head=s.head) for s in grown])
    return row


def append_missing_lines() -> int:
    """Write the anchors that the file lacks (a crash may come between commit and line); returns how many."""
    path = anchor_file()
    known = {entry["id"] for entry in read_lines(path)}
    missing = [row for row in db.session.scalars(select(EventAnchor).order_by(EventAnchor.id)) if row.id not in known]
    if missing:
        _append(path, b"".join(_line(row) for row in missing))
    return len(missing)


def read_lines(path: Path) -> list[dict[str, str | int]]:
    """The file's entries: id, at, digest, signature (hex). A line cut by a crash is left out."""
    if not path.exists():
        return []
    return [orjson.loads(line) for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"}\n")]


def anchor_file() -> Path:
    return Path(current_app.config["ZHIJIAN"].home) / "anchors.jsonl"


def signature(row: EventAnchor, *, previous: bytes) -> bytes:
    return chain.sign(hmac_key(), previous, chain.instant(row.anchored_at).encode(), row.digest)


def last_signature() -> bytes:
    return db.session.scalar(select(EventAnchor.signature).order_by(EventAnchor.id.desc()).limit(1)) or chain.GENESIS


def _grown_streams() -> list[EventStream]:
    latest = select(EventAnchorHead.stream_id, func.max(EventAnchorHead.seq).label("seq")).group_by(EventAnchorHead.stream_id).subquery()
    query = select(EventStream).outerjoin(latest, latest.c.stream_id == EventStream.id)
    grown = query.where(latest.c.seq.is_(None) | (EventStream.seq > latest.c.seq)).order_by(EventStream.id)
    return list(db.session.scalars(grown))


def _line(row: EventAnchor) -> bytes:
    entry = {"id": row.id, "at": chain.instant(row.anchored_at), "digest": row.digest.hex(), "signature": row.signature.hex()}
    return orjson.dumps(entry) + b"\n"


def _append(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, data if _ends_clean(path) else b"\n" + data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _ends_clean(path: Path) -> bool:
    """Whether the file ends with a whole line (or is empty)."""
    data = path.read_bytes()[-1:]
    return data in (b"", b"\n")
