"""Prove that the record was not changed: every link, every head, every anchor."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import orjson
from flask_babel import gettext as _
from sqlalchemy import select

from webapp.core.db import db
from webapp.events import anchors, chain
from webapp.events.models import Event, EventAnchor, EventAnchorHead, EventStream, EventTombstone
from webapp.events.services import hmac_key, tombstone_signature


def problems() -> Iterator[str]:
    """One sentence for each place where the record is not what it was; nothing if all is well."""
    tombstones = {row.stream_id: row for row in db.session.scalars(select(EventTombstone))}
    yield from _broken_tombstones(tombstones.values())
    yield from _broken_streams()
    yield from _broken_anchors(tombstones)


@dataclass(frozen=True, slots=True)
class StreamCheck:
    """What a look at one stream showed. ``found``: all its events in order; ``anchored_seq``: the last an anchor covers, 0 for none."""

    key: str
    found: Sequence[Event]
    head: str
    anchored_seq: int
    anchored_at: datetime | None
    problems: list[str]

    @property
    def events(self) -> int:
        return len(self.found)

    @property
    def is_whole(self) -> bool:
        return not self.problems


def check_stream(key: str) -> StreamCheck:
    """Walk the chain of one stream now, and compare it with the last anchor that covers it."""
    query = select(EventStream).where(EventStream.key == key)
    stream = db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if stream is None:
        return StreamCheck(key, (), "", 0, None, [_("There is no record of %(key)s.", key=key)])
    in_order = select(Event).where(Event.stream_id == stream.id).order_by(Event.seq)
    events = db.session.scalars(in_order, execution_options={"populate_existing": True}).all()
    broken = list(_broken_stream(stream, iter(events)))
    seen, anchored_at = _last_anchor(stream)
    if seen is not None and not any(event.seq == seen.seq and event.hash == seen.head for event in events):
        broken.append(_("Stream %(id)s no longer contains what anchor %(anchor)s saw.", id=stream.id, anchor=seen.anchor_id))
    return StreamCheck(key, events, stream.head.hex(), seen.seq if seen else 0, anchored_at, broken)


def _last_anchor(stream: EventStream) -> tuple[EventAnchorHead | None, datetime | None]:
    query = select(EventAnchorHead, EventAnchor.anchored_at).join(EventAnchor, EventAnchor.id == EventAnchorHead.anchor_id)
    of_stream = query.where(EventAnchorHead.stream_id == stream.id).order_by(EventAnchorHead.seq.desc()).limit(1)
    found = db.session.execute(of_stream).first()
    return (found[0], found[1]) if found else (None, None)


def _broken_tombstones(rows: object) -> Iterator[str]:
    for row in rows:  # type: ignore[attr-defined]
        if not hmac.compare_digest(row.signature, tombstone_signature(row)):
            yield _("The tombstone of stream %(key)s was changed.", key=row.key)


def _broken_streams() -> Iterator[str]:
    streams = {row.id: row for row in db.session.scalars(select(EventStream).execution_options(populate_existing=True))}
    seen = set()
    for stream_id, events in groupby(_all_events(), key=lambda event: event.stream_id):
        seen.add(stream_id)
        stream = streams.get(stream_id)
        if stream is None:
            yield _("Events of stream %(id)s are left although the stream is gone.", id=stream_id)
        else:
            yield from _broken_stream(stream, events)
    for stream_id in streams.keys() - seen:
        if streams[stream_id].seq:
            yield _("All events of %(key)s are missing.", key=streams[stream_id].key)


def _all_events() -> Iterator[Event]:
    query = select(Event).order_by(Event.stream_id, Event.seq).execution_options(yield_per=1000, populate_existing=True)
    yield from db.session.scalars(query)


def _broken_stream(stream: EventStream, events: Iterator[Event]) -> Iterator[str]:
    """Walks to the first broken link: whatever comes after it proves nothing."""
    head, seq = chain.GENESIS, 0
    for event in events:
        seq += 1
        if event.seq != seq:
            yield _("Event %(seq)s of %(key)s is missing.", key=stream.key, seq=seq)
            return
        head = chain.link(hmac_key(), head, event.body)
        if not hmac.compare_digest(head, event.hash) or not _tells_the_same(event, stream):
            yield _("Event %(seq)s of %(key)s was changed or moved.", key=stream.key, seq=seq)
            return
    if stream.seq != seq or not hmac.compare_digest(stream.head, head):
        yield _(
            "The last events of %(key)s are missing: %(found)s of %(expected)s are there.", key=stream.key, found=seq, expected=stream.seq
        )


def _tells_the_same(event: Event, stream: EventStream) -> bool:
    """Whether the columns say what the hashed body says."""
    payload = orjson.loads(event.body)["payload"]
    return event.body == chain.canonical(
        stream=stream.key, seq=event.seq, name=event.name, actor_id=event.actor_id, at=event.occurred_at, payload=payload
    )


def _broken_anchors(tombstones: dict[int, EventTombstone]) -> Iterator[str]:
    previous = chain.GENESIS
    rows = list(db.session.scalars(select(EventAnchor).order_by(EventAnchor.id)))
    for row in rows:
        heads = db.session.scalars(
            select(EventAnchorHead).where(EventAnchorHead.anchor_id == row.id).order_by(EventAnchorHead.stream_id)
        ).all()
        expected = anchors.signature(row, previous=previous)
        if row.digest != chain.digest((h.stream_id, h.seq, h.head) for h in heads) or not hmac.compare_digest(row.signature, expected):
            yield _("Anchor %(id)s was changed or one before it is missing.", id=row.id)
        previous = row.signature
        yield from _lost_since(row, heads, tombstones)
    yield from _file_differs(rows)


def _lost_since(row: EventAnchor, heads: object, tombstones: dict[int, EventTombstone]) -> Iterator[str]:
    for head in heads:  # type: ignore[attr-defined]
        if head.stream_id in tombstones:
            continue
        found = db.session.scalar(select(Event.hash).where(Event.stream_id == head.stream_id, Event.seq == head.seq))
        if found != head.head:
            yield _("Stream %(id)s no longer contains what anchor %(anchor)s saw.", id=head.stream_id, anchor=row.id)


def _file_differs(rows: list[EventAnchor]) -> Iterator[str]:
    known, entries = {row.id: row.signature.hex() for row in rows}, anchors.read_lines(anchors.anchor_file())
    for missing in sorted(known.keys() - {int(entry["id"]) for entry in entries}):
        yield _("Anchor %(id)s is missing in the anchor file.", id=missing)
    for entry in entries:
        if known.get(int(entry["id"])) != entry["signature"]:
            yield _("Anchor %(id)s of the anchor file is not in the database as it was.", id=entry["id"])
