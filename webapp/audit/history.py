"""The unaltered history of a case: every event with its payload, what was said, and the powers decisions rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import Power, PowerUse, User
from webapp.accounts.places import within
from webapp.cases.models import Case
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.permissions import Permission
from webapp.events.models import AccessLog, Event
from webapp.events.verify import StreamCheck, check_stream
from webapp.processes.models import FormSubmission
from webapp.processes.people import names_of
from webapp.processes.said import Said, said_in_case
from webapp.processes.submissions import digest_of

SHOWN = 60
HISTORY = "audit:history"  # field of the access log: who read the whole history of a case


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. ``is_as_recorded``: whether what was submitted with it still has the digest on record; None if nothing was."""

    event: Event
    payload: Mapping[str, Any]
    is_as_recorded: bool | None


@dataclass(frozen=True, slots=True)
class History:
    """``next``: number of the event after which the next page begins. ``last_look``: who read this history before, if anybody."""

    entries: Sequence[Entry]
    next: int | None
    check: StreamCheck
    powers: Sequence[PowerUse]
    people: Mapping[int, str]
    last_look: AccessLog | None


def find_case(case_no: str, user: User) -> Case:
    """Raises NotFound outside what the auditor reaches."""
    query = select(Case).where(within(user, Permission.AUDIT, Case), Case.case_no == case_no).options(joinedload(Case.employer))
    case = db.session.scalars(query).one_or_none()
    if case is None:
        raise NotFound
    return case


def history_of(case: Case, *, until: date | None = None, after: int = 0, limit: int = SHOWN) -> History:
    """From the first event on, keyset by number. ``until``: as the record stood at the end of that day."""
    check = check_stream(stream_of(case))
    events = [event for event in check.found if event.seq > after and (until is None or legal_day(event.occurred_at) <= until)]
    shown = events[:limit]
    uses = [use for use in power_uses(case) if until is None or use.on_day <= until]
    looks = select(AccessLog).where(AccessLog.case_id == case.id, AccessLog.field == HISTORY).order_by(AccessLog.id.desc()).limit(1)
    last = db.session.scalars(looks).first()
    people = names_of([*(event.actor_id for event in shown), *(use.actor_id for use in uses), last.actor_id if last else None])
    return History(_entries(case, shown), shown[-1].seq if len(events) > limit else None, check, uses, people, last)


def said_at(case: Case, seq: int) -> tuple[Event, Said]:
    """What was submitted with event ``seq``, readable. Raises NotFound."""
    event = next((one for one in check_stream(stream_of(case)).found if one.seq == seq), None)
    wanted = _submission_of(event.payload) if event else None
    said = next((one for one in said_in_case(case.id) if (one.instance_id, one.task_id) == wanted), None)
    if event is None or said is None:
        raise NotFound
    return event, said


def stream_of(case: Case) -> str:
    return f"case:{case.id}"


def _entries(case: Case, events: Sequence[Event]) -> list[Entry]:
    wanted = {instance_id for event in events if (key := _submission_of(event.payload)) for instance_id in key[:1]}
    rows = db.session.scalars(select(FormSubmission).where(FormSubmission.instance_id.in_(wanted))) if wanted else ()
    digests = {(row.instance_id, row.task_id): digest_of(row.values) for row in rows}
    return [_entry(event, digests) for event in events]


def _entry(event: Event, digests: Mapping[tuple[int, int | None], str]) -> Entry:
    payload = event.payload
    key = _submission_of(payload)
    return Entry(event, payload, None if key is None else digests.get(key) == payload["values"])


def _submission_of(payload: Mapping[str, Any]) -> tuple[int, int | None] | None:
    """(instance, task; None for the start) of what was submitted with the event; None if nothing was."""
    return (payload["instance_id"], payload.get("task_id")) if payload.get("values") else None


def power_uses(case: Case) -> list[PowerUse]:
    power = joinedload(PowerUse.power)
    options = (power.joinedload(Power.town), power.joinedload(Power.organisation))
    return list(db.session.scalars(select(PowerUse).where(PowerUse.case_id == case.id).options(*options).order_by(PowerUse.id)))
