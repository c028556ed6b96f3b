"""Papers that a step makes are final at once: no draft, one row each, many together. Callers hold the transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from webapp.cases.models import Case
from webapp.core.db import add_together, db, table_of
from webapp.core.errors import NotFound
from webapp.documents.filling import Named
from webapp.documents.models import FINAL, Document, Evidence, EvidenceUse
from webapp.documents.numbering import Issuer, Number, issuer_of, next_numbers
from webapp.documents.services import digest_of_said, kind_of
from webapp.events.services import record


@dataclass(frozen=True, slots=True)
class Making:
    """One paper to make. ``named``: officers and evidence in its answers; ``role``: in which the actor makes it."""

    kind: str
    case: Case
    instance_id: int
    task_id: int | None
    form_key: str
    form_hash: str | None
    values: Mapping[str, Any]
    named: Named
    actor_id: int | None
    role: str | None


def make_final(makings: Sequence[Making], *, at: datetime) -> list[Document]:
    """In the same order. Raises UnknownKind; NotFound for evidence of another case."""
    issuers = _issuers(makings)
    numbers = _numbers(makings, issuers, at=at)
    files = _files(makings)
    documents = [_document(making, issuers[_place(making)], next(numbers[_series(making, issuers)]), files, at=at) for making in makings]
    add_together(documents)
    _use(documents, makings)
    for document in documents:
        told = {"document_id": document.id, "kind": document.kind, "number": document.number, "sha256": document.sha256}
        record(f"case:{document.case_id}", "document.finalised", actor_id=document.made_by_id, at=at, **told)
    return documents


def _document(making: Making, issuer: Issuer, number: Number | None, files: Mapping[int, str], *, at: datetime) -> Document:
    document = Document(
        case_id=making.case.id, instance_id=making.instance_id, task_id=making.task_id, kind=making.kind, agency_id=issuer.agency_id,
        issuer=issuer.key, state=FINAL, form_key=making.form_key, form_hash=making.form_hash, values=dict(making.values),
        officer_ids=making.named.officer_ids, made_by_id=making.actor_id, made_at=at, finalised_by_id=making.actor_id, finalised_at=at,
        year=number.year if number else None, serial=number.serial if number else None, number=number.text if number else None,
    )  # fmt: skip
    document.sha256 = digest_of_said(document, [files[one] for one in set(making.named.evidence_ids)])
    return document


Place = tuple[int, int, str | None]


def _place(making: Making) -> Place:
    return making.case.jurisdiction_id, making.case.town_id, making.role


def _issuers(makings: Sequence[Making]) -> dict[Place, Issuer]:
    found: dict[Place, Issuer] = {}
    for making in makings:
        if _place(making) not in found:
            found[_place(making)] = issuer_of(making.case, role=making.role)
    return found


def _series(making: Making, issuers: Mapping[Place, Issuer]) -> tuple[str, str]:
    return issuers[_place(making)].key, making.kind


def _numbers(makings: Sequence[Making], issuers: Mapping[Place, Issuer], *, at: datetime) -> dict[tuple[str, str], Iterator[Number | None]]:
    """The series are moved on in one order, so that two steps never wait for each other."""
    wanted = Counter(_series(making, issuers) for making in makings)
    by_key = {issuer.key: issuer for issuer in issuers.values()}
    return {
        (key, kind): iter(next_numbers(kind_of(kind), by_key[key], count, at=at)) for (key, kind), count in sorted(wanted.items())
    }  # fmt: skip


def _files(makings: Sequence[Making]) -> dict[int, str]:
    """SHA-256 of the evidence named, by id; all of it must be of the case that names it."""
    wanted = {(making.case.id, one) for making in makings for one in making.named.evidence_ids}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Evidence.case_id, Evidence.id, Evidence.sha256).where(Evidence.id.in_({one for _, one in wanted}))
    ).all()
    if wanted != {(row.case_id, row.id) for row in rows}:
        raise NotFound
    return {row.id: row.sha256 for row in rows}


def _use(documents: Sequence[Document], makings: Sequence[Making]) -> None:
    rows = [
        {"document_id": document.id, "evidence_id": one}
        for document, making in zip(documents, makings, strict=True)
        for one in sorted(set(making.named.evidence_ids))
    ]
    if rows:
        db.session.execute(insert(table_of(EvidenceUse)), rows)
