"""Record events in the caller's transaction; destroy streams lawfully."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import bindparam, delete, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.core.db import db, kept_in_transaction, table_of
from webapp.events import chain, guard, outbox
from webapp.events.models import AccessLog, Event, EventStream, EventTombstone
from webapp.events.vocabulary import VOCABULARY


@dataclass(slots=True)
class _Head:
    """Where a stream stands in this transaction."""

    id: int
    seq: int
    hash: bytes


def record(stream: str, name: str, /, *, actor_id: int | None, at: datetime, **payload: Any) -> None:
    """Append one event to ``stream`` ("case:12"). Raises ValueError outside the vocabulary.

    The rows are written together right before the commit, or before somebody must know their id: one statement for all of a step.
    """
    if set(VOCABULARY.get(name, ("",))) != set(payload):
        raise ValueError(f"event {name} with {sorted(payload)} is not in the vocabulary")
    head = _locked_head(stream)
    body = chain.canonical(stream=stream, seq=head.seq + 1, name=name, actor_id=actor_id, at=at, payload=payload)
    head.seq, head.hash = head.seq + 1, chain.link(hmac_key(), head.hash, body)
    row = {"stream_id": head.id, "seq": head.seq, "name": name, "actor_id": actor_id, "occurred_at": at, "body": body, "hash": head.hash}
    kept_in_transaction(_ROWS)[(head.id, head.seq)] = row
    if outbox.is_subscribed(name):
        write_pending(db.session())
        outbox.enqueue(_id_of(head), name, at=at)


def begin_streams(keys: Iterable[str]) -> None:
    """Make the streams of things that this transaction has just created: nobody else knows them, so no lock is asked for."""
    rows = [{"key": key, "seq": 0, "head": chain.GENESIS} for key in keys]
    if not rows:
        return
    db.session.connection()
    heads, streams = kept_in_transaction(_HEADS), table_of(EventStream)
    made = db.session.scalars(insert(streams).returning(streams.c.id, sort_by_parameter_order=True), rows)
    heads.update({row["key"]: _Head(stream_id, 0, chain.GENESIS) for row, stream_id in zip(rows, made, strict=True)})


def lock_stream(key: str) -> None:
    """Lock the stream until the end of the transaction, before anything is read that must stay true until it is recorded."""
    _locked_head(key)


def lock_free_streams(keys: Iterable[str]) -> set[str]:
    """Lock those of the streams that exist and that nobody else holds, in one statement; returns their keys. For work in bulk."""
    db.session.connection()
    asked, heads, streams = set(keys), kept_in_transaction(_HEADS), table_of(EventStream)
    wanted = asked - set(heads)
    query = select(streams.c.key, streams.c.id, streams.c.seq, streams.c.head).where(streams.c.key.in_(wanted))
    found = db.session.execute(query.with_for_update(skip_locked=True)).all() if wanted else []
    heads.update({row.key: _Head(row.id, row.seq, row.head) for row in found})
    return asked & set(heads)


def write_pending(session: Session) -> None:
    """Write what was recorded in this transaction and is not in the tables yet."""
    owner, rows = session.info.get(_ROWS, (None, None))
    if not rows or owner is not session.get_transaction():
        return
    heads: dict[str, _Head] = session.info[_HEADS][1]
    changed = {stream_id for stream_id, _ in rows}
    moved = [{"of_id": head.id, "to_seq": head.seq, "to_head": head.hash} for head in heads.values() if head.id in changed]
    session.execute(_MOVE_HEAD, moved)
    session.execute(insert(table_of(Event)), list(rows.values()))
    rows.clear()


@event.listens_for(Session, "before_commit")
def _write_before_commit(session: Session) -> None:
    write_pending(session)


def log_access(subject: str, field: str, *, actor_id: int, at: datetime, reason: str = "") -> None:
    """Note that somebody saw a protected field of ``subject`` ("case:12"), and why. ``reason`` names no person."""
    kind, _, number = subject.partition(":")
    case_id = int(number) if kind == "case" else None
    db.session.add(AccessLog(actor_id=actor_id, subject=subject, case_id=case_id, field=field, reason=reason, viewed_at=at))


def head_of(stream: str) -> str:
    """Where a stream stands: number of its last event and the beginning of its hash."""
    row = db.session.execute(select(EventStream.seq, EventStream.head).where(EventStream.key == stream)).one_or_none()
    return f"{row.seq} / {row.head.hex()[:32]}" if row else "0"


def destroy_streams(keys: Iterable[str], *, reason: str, at: datetime) -> bytes:
    """Delete whole streams and leave a signed tombstone for each. Returns a digest of their heads.

    Runs as the owner of the tables. Source: reliability rules 2 (Audit): demo wipe and lawful destruction.
    """
    write_pending(db.session())
    query = select(EventStream).where(EventStream.key.in_(list(keys))).order_by(EventStream.id)
    streams = db.session.scalars(query, execution_options={"populate_existing": True}).all()
    db.session.add_all([_tombstone(stream, reason=reason, at=at) for stream in streams])
    ids = [stream.id for stream in streams]
    db.session.flush()
    with guard.lifted(db.session.connection()):
        outbox.forget(ids)
        db.session.execute(delete(Event).where(Event.stream_id.in_(ids)))
        db.session.execute(delete(EventStream).where(EventStream.id.in_(ids)))
    db.session.info.pop(_HEADS, None)
    return chain.digest((stream.id, stream.seq, stream.head) for stream in streams)


def tombstone_signature(tombstone: EventTombstone) -> bytes:
    parts = (tombstone.key, str(tombstone.stream_id), str(tombstone.seq), tombstone.reason, chain.instant(tombstone.destroyed_at))
    return chain.sign(hmac_key(), *(part.encode() for part in parts), tombstone.head)


def hmac_key() -> bytes:
    return bytes(current_app.config["EVENT_HMAC_KEY"])


def _tombstone(stream: EventStream, *, reason: str, at: datetime) -> EventTombstone:
    row = EventTombstone(stream_id=stream.id, key=stream.key, seq=stream.seq, head=stream.head, reason=reason, destroyed_at=at)
    row.signature = tombstone_signature(row)
    return row


def _locked_head(key: str) -> _Head:
    """The head of the stream, its row locked until the end of the transaction: without, two writers forked 626 of 2,000 rows."""
    db.session.connection()  # begins the transaction, if nothing has yet
    heads = kept_in_transaction(_HEADS)
    if key not in heads:
        heads[key] = _find_locked(key) or _create(key)
    return cast(_Head, heads[key])


def _find_locked(key: str) -> _Head | None:
    streams = table_of(EventStream)
    query = select(streams.c.id, streams.c.seq, streams.c.head).where(streams.c.key == key).with_for_update()
    row = db.session.execute(query).one_or_none()
    return _Head(*row) if row else None


def _create(key: str) -> _Head:
    on_conflict = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(on_conflict(table_of(EventStream)).values(key=key, seq=0, head=chain.GENESIS).on_conflict_do_nothing())
    created = _find_locked(key)
    assert created is not None  # inserted above, by us or by the writer we waited for
    return created


_STREAMS = table_of(EventStream)
_MOVE_HEAD = update(_STREAMS).where(_STREAMS.c.id == bindparam("of_id")).values(seq=bindparam("to_seq"), head=bindparam("to_head"))


def _id_of(head: _Head) -> int:
    events = table_of(Event)
    return int(db.session.execute(select(events.c.id).where(events.c.stream_id == head.id, events.c.seq == head.seq)).scalar_one())


_HEADS, _ROWS = "stream_heads", "event_rows"
