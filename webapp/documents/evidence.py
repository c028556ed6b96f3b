"""Add evidence to a case; withdraw it, never delete it. Callers hold the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.accounts.places import reaches
from webapp.cases.models import Case
from webapp.core import faults
from webapp.core.db import db
from webapp.core.permissions import Permission
from webapp.documents import storage
from webapp.documents.errors import AlreadyStored, AlreadyWithdrawn, CaseClosed, NotYours
from webapp.documents.models import Evidence
from webapp.documents.services import checked_reason
from webapp.documents.uploads import Checked
from webapp.events.services import lock_stream, record
from webapp.processes.queries import when_text

LONGEST_PLACE, LONGEST_NOTE = 200, 400


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the person says about a file; the camera's own notes fill what is left open."""

    taken_at: datetime | None = None
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    note: str = ""


def add(case: Case, file: Checked, circumstances: Circumstances, *, actor: User, at: datetime, task_id: int | None = None) -> Evidence:
    """Store the file and its row. Raises CaseClosed, AlreadyStored."""
    lock_stream(f"case:{case.id}")  # two senders of the same file: the second finds the row of the first
    if not case.is_open:
        raise CaseClosed
    _refuse_second(case, file)
    row = _row(case, file, circumstances, task_id)
    row.uploaded_by_id, row.uploaded_at = actor.id, at
    storage.keep(row.uuid, file.data, preview=file.picture.preview if file.picture else None)
    faults.reach("after_file")
    db.session.add(row)
    db.session.flush([row])
    record(f"case:{case.id}", "evidence.added", actor_id=actor.id, at=at, evidence_id=row.id, sha256=row.sha256)
    return row


def withdraw(evidence: Evidence, *, reason: str, actor: User, at: datetime) -> None:
    """Mark it as not to be relied on. Raises AlreadyWithdrawn, NotYours, ReasonNeeded."""
    db.session.refresh(evidence, with_for_update=True)
    if evidence.is_withdrawn:
        raise AlreadyWithdrawn
    if not may_withdraw(evidence, actor):
        raise NotYours
    evidence.withdrawn_reason = checked_reason(reason)
    evidence.withdrawn_at, evidence.withdrawn_by_id = at, actor.id
    record(f"case:{evidence.case_id}", "evidence.withdrawn", actor_id=actor.id, at=at, evidence_id=evidence.id)


def may_withdraw(evidence: Evidence, user: User) -> bool:
    return evidence.uploaded_by_id == user.id or reaches(user, Permission.SUPERVISE, evidence.case)


def _refuse_second(case: Case, file: Checked) -> None:
    known = db.session.scalars(select(Evidence).where(Evidence.case_id == case.id, Evidence.sha256 == file.sha256)).one_or_none()
    if known is not None:
        raise AlreadyStored(name=known.original_name, at=when_text(known.uploaded_at))


def _row(case: Case, file: Checked, told: Circumstances, task_id: int | None) -> Evidence:
    picture = file.picture
    has_place = told.latitude is not None and told.longitude is not None
    noted = (picture.latitude, picture.longitude) if picture else (None, None)
    latitude, longitude = (told.latitude, told.longitude) if has_place else noted
    return Evidence(
        uuid=uuid4(), case_id=case.id, task_id=task_id, kind=file.kind, original_name=file.name, media_type=file.media_type,
        size=file.size, sha256=file.sha256, width=picture.width if picture else None, height=picture.height if picture else None,
        taken_at=(picture.taken_at if picture else None) or told.taken_at, place=told.place.strip()[:LONGEST_PLACE] or None,
        latitude=latitude, longitude=longitude, note=told.note.strip()[:LONGEST_NOTE] or None, case=case,
    )  # fmt: skip
