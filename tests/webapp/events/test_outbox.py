"""Effects after the commit happen at least once, and only after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.events import outbox, services
from webapp.events.models import Event, Outbox

AT = datetime(2026, 3, 4, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def seen(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    delivered: list[int] = []
    monkeypatch.setattr(outbox, "_consumers", dict(outbox._consumers))
    monkeypatch.setattr(outbox, "_subscriptions", dict(outbox._subscriptions))

    @outbox.consumer("probe", events=("case.closed",))
    def probe(event: Event) -> None:
        if event.payload["outcome"] == "broken" and len(delivered) < 2:
            delivered.append(-1)
            raise RuntimeError("not yet")
        delivered.append(event.id)

    yield delivered


def close(outcome: str) -> None:
    services.record("case:900", "case.closed", actor_id=None, at=AT, outcome=outcome)


def test_a_consumer_runs_right_after_the_commit(seen: list[int]) -> None:
    with transaction():
        close("closed")
        assert seen == []
    assert len(seen) == 1
    assert outbox.deliver_due(now=clock.now()) == 0


def test_nothing_happens_after_a_rollback(seen: list[int]) -> None:
    with pytest.raises(RuntimeError), transaction():
        close("closed")
        raise RuntimeError
    with transaction():
        pass
    assert seen == []


def test_what_was_lost_by_a_crash_is_found_by_the_sweep(seen: list[int]) -> None:
    with transaction() as session:
        close("closed")
        session.info.pop("after_commit")
    assert outbox.deliver_due(now=clock.now()) == 1
    assert len(seen) == 1


def test_a_failure_is_kept_and_tried_again_later(seen: list[int]) -> None:
    with transaction():
        close("broken")
    row = db.session.scalars(db.select(Outbox).where(Outbox.consumer == "probe")).one()
    assert row.done_at is None
    assert row.attempts == 1
    assert row.last_error == "RuntimeError: not yet"
    assert outbox.deliver_due(now=clock.now()) == 0
    for _ in range(2):
        outbox.deliver_due(now=row.next_at + outbox.LONGEST_WAIT)
    db.session.expire_all()
    assert row.done_at is not None
