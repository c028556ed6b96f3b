"""What other systems can be told: names of events, and the body of a message. Ids, codes and numbers; never a name or a text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from webapp.cases.models import Case
from webapp.core.db import db
from webapp.events.models import Event

# event -> keys of its payload that go out
EVENTS: dict[str, tuple[str, ...]] = {
    "case.opened": (),
    "case.closed": ("outcome",),
    "deadline.breached": ("code",),
    "document.finalised": ("document_id", "kind", "sha256"),
    "document.served": ("document_id", "way", "effective_on"),
    "edition.activated": ("hash",),
    "referral.opened": ("referral_id", "kind"),
    "referral.moved": ("referral_id", "state"),
}


def body_of(event: Event, case: Case | None, *, key: UUID) -> bytes:
    """``{"id", "event", "at", "case_no"?, "case"?, "data"}``; ``case`` is the address of the case in the API."""
    told: dict[str, Any] = {"id": str(key), "event": event.name, "at": event.occurred_at.isoformat()}
    if case is not None:
        told |= {"case_no": case.case_no, "case": f"/api/v1/cases/{case.case_no}"}
    payload = event.payload
    return orjson.dumps(told | {"data": {name: payload.get(name) for name in EVENTS[event.name]}})


def case_of(event: Event) -> Case | None:
    """The case in whose stream the event stands."""
    kind, _, number = event.stream.key.partition(":")
    return db.session.get(Case, int(number)) if kind == "case" and number.isdigit() else None
