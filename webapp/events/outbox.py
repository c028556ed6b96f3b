"""Effects after the commit: each consumer gets each of its events at least once, with a key of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, select

from webapp.core import clock
from webapp.core.db import after_commit, db, transaction
from webapp.events.models import Event, Outbox

log = logging.getLogger(__name__)

Consumer = Callable[[Event], None]
LONGEST_WAIT = timedelta(hours=1)
BATCH = 100

_consumers: dict[str, Consumer] = {}
_subscriptions: dict[str, tuple[str, ...]] = {}
_wanted: dict[str, Callable[[str], bool]] = {}


def consumer(name: str, *, events: Iterable[str], wanted: Callable[[str], bool] | None = None) -> Callable[[Consumer], Consumer]:
    """Register a consumer. It runs in its own transaction and must bear being called twice for one event.

    ``wanted``: asked in every transaction whether the consumer has any use for an event now; must be quick and ask no database.
    """

    def register(work: Consumer) -> Consumer:
        _consumers[name] = work
        if wanted is not None:
            _wanted[name] = wanted
        for event in events:
            _subscriptions[event] = (*(known for known in _subscriptions.get(event, ()) if known != name), name)
        return work

    return register


def is_subscribed(event_name: str) -> bool:
    return bool(_subscribers(event_name))


def enqueue(event_id: int, event_name: str, *, at: datetime) -> None:
    """Note for each subscribed consumer that it owes something; try it right after the commit."""
    for name in _subscribers(event_name):
        row = Outbox(event_id=event_id, consumer=name, next_at=at)
        db.session.add(row)
        db.session.flush([row])
        after_commit(partial(deliver, row.id))


def deliver(row_id: int) -> bool:
    """Run one consumer for one event, once at a time. A failure is kept with a later ``next_at``. Returns whether it is done."""
    try:
        with transaction():
            row = _locked(row_id)
            if row is None or row.done_at is not None:
                return True
            _consumers[row.consumer](db.session.get_one(Event, row.event_id))
            row.done_at, row.attempts = clock.now(), row.attempts + 1
    except Exception as error:  # entry point of the effect: whatever it is, it must be tried again
        log.exception("outbox row %s failed", row_id)
        _postpone(row_id, error)
        return False
    return True


def deliver_due(*, now: datetime) -> int:
    """One round over what is due; returns how many were done."""
    query = select(Outbox.id).where(Outbox.done_at.is_(None), Outbox.next_at <= now).order_by(Outbox.next_at, Outbox.id).limit(BATCH)
    ids = list(db.session.scalars(query))
    db.session.rollback()
    return sum(deliver(row_id) for row_id in ids)


def forget(stream_ids: Iterable[int]) -> None:
    """Drop the rows of streams that are being destroyed."""
    events = select(Event.id).where(Event.stream_id.in_(list(stream_ids)))
    db.session.execute(delete(Outbox).where(Outbox.event_id.in_(events)))


def _subscribers(event_name: str) -> list[str]:
    return [name for name in _subscriptions.get(event_name, ()) if name not in _wanted or _wanted[name](event_name)]


def _locked(row_id: int) -> Outbox | None:
    query = select(Outbox).where(Outbox.id == row_id).with_for_update(skip_locked=True)
    return db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def _postpone(row_id: int, error: Exception) -> None:
    with transaction():
        row = db.session.get(Outbox, row_id)
        if row is not None:
            row.attempts += 1
            row.next_at = clock.now() + min(LONGEST_WAIT, timedelta(seconds=2**row.attempts))
            row.last_error = f"{type(error).__name__}: {error}"[:500]
