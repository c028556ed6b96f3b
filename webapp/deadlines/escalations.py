"""Supervisors take note of what was missed. Callers hold the transaction."""

from __future__ import annotations

from datetime import datetime

from webapp.core.db import db
from webapp.deadlines.models import Escalation
from webapp.events.services import lock_stream, record

MAX_NOTE = 400


def see(escalation: Escalation, *, note: str, actor_id: int, at: datetime) -> None:
    """Mark it as seen, with what is being done about it. Who was first stays; seen twice changes nothing."""
    stream = escalation.deadline.stream
    lock_stream(stream)
    db.session.refresh(escalation)
    if escalation.seen_at is not None:
        return
    escalation.seen_at, escalation.seen_by_id = at, actor_id
    escalation.note = " ".join(note.split())[:MAX_NOTE] or None
    record(stream, "deadline.escalation_seen", actor_id=actor_id, at=at, code=escalation.code)
