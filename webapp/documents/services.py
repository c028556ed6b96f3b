"""Make documents, make them final, void them. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from webapp.cases.models import Case
from webapp.core.db import db, table_of
from webapp.core.errors import NotFound
from webapp.documents.errors import (
    AlreadyServed,
    AlreadyVoid,
    NotADraft,
    ReasonNeeded,
    TooFewOfficers,
    UnknownKind,
)
from webapp.documents.kinds import KINDS, Kind
from webapp.documents.models import DRAFT, FINAL, SERVED, VOID, Document, Evidence, EvidenceUse
from webapp.documents.numbering import issuer_of, next_number
from webapp.events.services import lock_stream, record
from webapp.processes.submissions import digest_of

LEAST_REASON, LONGEST_REASON = 4, 400
NEEDED_OFFICERS = 2  # APL 42, 55


def make(
    kind: str,
    *,
    case_id: int,
    form_key: str,
    form_hash: str | None,
    values: Mapping[str, Any],
    actor_id: int | None,
    at: datetime,
    instance_id: int | None = None,
    task_id: int | None = None,
    officer_ids: Sequence[int] = (),
    evidence_ids: Iterable[int] = (),
    role: str | None = None,
    replaces_id: int | None = None,
) -> Document:
    """A draft. ``role``: in which the actor makes it. Raises UnknownKind; NotFound for evidence of another case."""
    if kind not in KINDS:
        raise UnknownKind(kind=kind)
    case = db.session.get_one(Case, case_id)
    issuer = issuer_of(case, role=role)
    document = Document(
        case_id=case_id, instance_id=instance_id, task_id=task_id, kind=kind, agency_id=issuer.agency_id, issuer=issuer.key, state=DRAFT,
        form_key=form_key, form_hash=form_hash, values=dict(values), officer_ids=list(officer_ids), made_by_id=actor_id, made_at=at,
        replaces_id=replaces_id,
    )  # fmt: skip
    db.session.add(document)
    db.session.flush([document])
    _use_evidence(document, evidence_ids)
    return document


def change(
    document: Document, values: Mapping[str, Any], *, at: datetime, officer_ids: Sequence[int] | None = None,
    evidence_ids: Iterable[int] | None = None,
) -> None:  # fmt: skip
    """Write other values into a draft. Raises NotADraft; NotFound for evidence of another case."""
    _refuse_unless_draft(document)
    document.values, document.changed_at = dict(values), at
    if officer_ids is not None:
        document.officer_ids = list(officer_ids)
    if evidence_ids is not None:
        _use_evidence(document, evidence_ids)


def finalise(document: Document, *, actor_id: int | None, at: datetime, role: str | None = None) -> None:
    """Give a draft its number and seal what it says; from now on only its state changes.

    ``role``: in which the actor does so; with another issuer than the draft's, the number is the issuer's of now.
    Raises NotADraft, TooFewOfficers.
    """
    _refuse_unless_draft(document)
    kind = KINDS[document.kind]
    issuer = issuer_of(document.case, role=role)
    number = next_number(kind, issuer, at=at)
    document.issuer, document.agency_id = issuer.key, issuer.agency_id
    if number is not None:
        document.year, document.serial, document.number = number.year, number.serial, number.text
    document.state, document.finalised_at, document.finalised_by_id = FINAL, at, actor_id
    document.sha256 = digest_of_document(document)
    db.session.flush([document])
    _record(document, "document.finalised", actor_id, at, kind=document.kind, number=document.number, sha256=document.sha256)


def finalise_by_hand(document: Document, *, actor_id: int, at: datetime, role: str | None = None) -> None:
    """As ``finalise``, for papers made outside a task: who makes them has named the officers. Raises NotADraft, TooFewOfficers."""
    if KINDS[document.kind].needs_two_officers and _names_officers(document) and len(set(document.officer_ids)) < NEEDED_OFFICERS:
        raise TooFewOfficers
    finalise(document, actor_id=actor_id, at=at, role=role)


def void(document: Document, *, reason: str, actor_id: int, at: datetime) -> None:
    """Take a document back that was not served; its number stays used. Raises AlreadyVoid, AlreadyServed, ReasonNeeded."""
    _lock(document)
    if document.state == VOID:
        raise AlreadyVoid
    if document.state == SERVED:
        raise AlreadyServed
    document.void_reason = checked_reason(reason)
    document.state, document.voided_at, document.voided_by_id = VOID, at, actor_id
    _record(document, "document.voided", actor_id, at)


def digest_of_document(document: Document) -> str:
    """SHA-256 of what a document says: kind, number, form, values, officers and the files it rests on."""
    evidence = select(Evidence.sha256).join(EvidenceUse, EvidenceUse.evidence_id == Evidence.id)
    return digest_of_said(document, db.session.scalars(evidence.where(EvidenceUse.document_id == document.id)).all())


def digest_of_said(document: Document, files: Iterable[str]) -> str:
    """As ``digest_of_document``; ``files``: SHA-256 of the evidence it rests on."""
    said = {
        "case_id": document.case_id, "kind": document.kind, "number": document.number, "form": document.form_hash,
        "values": document.values, "officers": document.officer_ids, "evidence": sorted(files),
    }  # fmt: skip
    return digest_of(said)


def checked_reason(reason: str) -> str:
    """Raises ReasonNeeded."""
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonNeeded
    return reason.strip()[:LONGEST_REASON]


def kind_of(code: str) -> Kind:
    """Raises UnknownKind."""
    if code not in KINDS:
        raise UnknownKind(kind=code)
    return KINDS[code]


def _refuse_unless_draft(document: Document) -> None:
    _lock(document)
    if document.state != DRAFT:
        raise NotADraft


def _lock(document: Document) -> None:
    """Two people may have the same document open. The stream comes before the row, as in steps of the case."""
    lock_stream(f"case:{document.case_id}")
    db.session.refresh(document, attribute_names=["state"], with_for_update=True)


def _names_officers(document: Document) -> bool:
    return "officers" in document.values


def _use_evidence(document: Document, evidence_ids: Iterable[int]) -> None:
    wanted = sorted(set(evidence_ids))
    known = (
        set(db.session.scalars(select(Evidence.id).where(Evidence.case_id == document.case_id, Evidence.id.in_(wanted))))
        if wanted
        else set()
    )
    if known != set(wanted):
        raise NotFound
    db.session.execute(delete(EvidenceUse).where(EvidenceUse.document_id == document.id))
    if wanted:
        rows = [{"document_id": document.id, "evidence_id": evidence_id} for evidence_id in wanted]
        db.session.execute(insert(table_of(EvidenceUse)), rows)


def _record(document: Document, name: str, actor_id: int | None, at: datetime, **payload: Any) -> None:
    record(f"case:{document.case_id}", name, actor_id=actor_id, at=at, document_id=document.id, **payload)
