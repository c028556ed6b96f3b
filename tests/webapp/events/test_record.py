"""The record: chained, append-only, anchored, verifiable."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from webapp.core.db import db, transaction
from webapp.events import anchors, guard, services, verify
from webapp.events.models import Event, EventAnchor, EventStream

AT = datetime(2026, 3, 4, 1, 2, 3, tzinfo=UTC)


def write(stream: str, count: int) -> None:
    with transaction():
        for number in range(count):
            services.record(stream, "case.closed", actor_id=None, at=AT, outcome=f"end{number}")


def tamper(statement: str) -> None:
    with transaction() as session, guard.lifted(session.connection()):
        session.execute(text(statement))
    db.session.remove()


def found() -> list[str]:
    db.session.remove()
    return list(verify.problems())


@pytest.fixture
def record(app: Any) -> Any:
    write("case:900", 4)
    write("case:901", 2)
    with transaction():
        anchors.anchor(at=AT)
    anchors.append_missing_lines()
    db.session.remove()
    return app


def event_id(stream: str, seq: int) -> int:
    query = db.select(Event.id).join(EventStream, EventStream.id == Event.stream_id).where(EventStream.key == stream, Event.seq == seq)
    return int(db.session.scalars(query).one())


def test_an_untouched_record_is_whole(record: Any) -> None:
    assert found() == []


@pytest.mark.parametrize("column", ["body", "hash"])
def test_a_changed_byte_is_found(record: Any, column: str) -> None:
    other, changed = event_id("case:901", 1), event_id("case:900", 2)
    tamper(f"UPDATE event SET {column} = (SELECT {column} FROM event WHERE id = {other}) WHERE id = {changed}")
    assert any("case:900" in problem for problem in found())


def test_a_changed_column_is_found(record: Any) -> None:
    tamper(f"UPDATE event SET actor_id = 77 WHERE id = {event_id('case:900', 3)}")
    assert any("case:900" in problem for problem in found())


def test_a_removed_event_is_found(record: Any) -> None:
    tamper(f"DELETE FROM event WHERE id = {event_id('case:900', 2)}")
    assert any("case:900" in problem for problem in found())


def test_reordered_events_are_found(record: Any) -> None:
    first, second = event_id("case:900", 2), event_id("case:900", 3)
    tamper(f"UPDATE event SET seq = -1 WHERE id = {first}; ".rstrip("; "))
    tamper(f"UPDATE event SET seq = 2 WHERE id = {second}")
    tamper(f"UPDATE event SET seq = 3 WHERE id = {first}")
    assert any("case:900" in problem for problem in found())


def test_a_truncated_stream_with_a_forged_head_is_found_by_the_anchor(record: Any) -> None:
    kept = db.session.get_one(Event, event_id("case:900", 2))
    stream_id, head = kept.stream_id, kept.hash.hex()
    tamper(f"DELETE FROM event WHERE stream_id = {stream_id} AND seq > 2")
    literal = f"X'{head}'" if db.engine.dialect.name == "sqlite" else f"'\\x{head}'::bytea"
    tamper(f"UPDATE event_stream SET seq = 2, head = {literal} WHERE id = {stream_id}")
    assert any("anchor" in problem or "锚" in problem for problem in found())


def test_a_removed_anchor_is_found_by_the_file(record: Any) -> None:
    tamper("DELETE FROM event_anchor_head")
    tamper("DELETE FROM event_anchor")
    assert found()


@pytest.mark.parametrize("statement", ["UPDATE event SET actor_id = 1", "DELETE FROM event", "DELETE FROM event_anchor"])
def test_the_database_refuses_to_change_the_record(record: Any, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text(statement))


def test_an_event_outside_the_vocabulary_is_a_bug(app: Any) -> None:
    with pytest.raises(ValueError, match="vocabulary"), transaction():
        services.record("case:1", "case.closed", actor_id=None, at=AT, verdict="x")


def test_a_crash_between_anchor_and_line_is_repaired(record: Any) -> None:
    write("case:902", 1)
    with transaction():
        anchors.anchor(at=AT)
    with anchors.anchor_file().open("ab") as file:
        file.write(b'{"id": 2, "at"')
    assert anchors.append_missing_lines() == 1
    assert len(anchors.read_lines(anchors.anchor_file())) == db.session.scalar(db.select(db.func.count(EventAnchor.id)))
    assert found() == []


def test_a_destroyed_stream_leaves_a_signed_tombstone(record: Any) -> None:
    with transaction():
        services.destroy_streams(["case:900"], reason="demo wipe", at=AT)
    assert found() == []
    tamper("UPDATE event_tombstone SET reason = 'other'")
    assert any("case:900" in problem for problem in found())
