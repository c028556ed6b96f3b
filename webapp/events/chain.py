"""The arithmetic of the record: canonical bytes and HMAC links. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

GENESIS = bytes(32)


def canonical(*, stream: str, seq: int, name: str, actor_id: int | None, at: datetime, payload: Mapping[str, Any]) -> bytes:
    """One byte string per meaning: sorted keys, UTC instants with microseconds."""
    fields = {"stream": stream, "seq": seq, "name": name, "actor": actor_id, "at": instant(at), "payload": payload}
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def link(key: bytes, previous: bytes, body: bytes) -> bytes:
    """Hash of an event: covers its body and everything before it in the stream."""
    return hmac.digest(key, previous + body, "sha256")


def digest(heads: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Of (stream id, seq, head), in the order given."""
    total = hashlib.sha256()
    for stream_id, seq, head in heads:
        total.update(b"%d:%d:" % (stream_id, seq) + head)
    return total.digest()


def sign(key: bytes, *parts: bytes) -> bytes:
    return hmac.digest(key, b"\n".join(parts), "sha256")
