"""The package of a referral: what goes with it, and what is still missing. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.documents.models import Document, Evidence
from webapp.documents.queries import latest
from webapp.events.services import record
from webapp.referrals.errors import NoneNotAllowed, NotInCase, PackageIncomplete, PackageSealed, ReasonMissing, ReferralClosed, WrongItem
from webapp.referrals.kinds import ITEM_OF_DOCUMENT, ITEM_OF_MATERIAL, KINDS, LETTER
from webapp.referrals.models import Referral, ReferralItem
from webapp.referrals.queries import items_of
from webapp.referrals.wording import item_name

SHORTEST_REASON, LONGEST_REASON = 4, 400


def missing(referral: Referral, *, coming: Sequence[str] = ()) -> list[str]:
    """Item kinds that the package still needs; ``coming``: those that the step under way makes itself.

    Source: BR-14, TR 6: all five kinds before a suspected crime is sent; domain/08 L-18: reports and other material where they exist,
    else "none" with a reason.
    """
    present = {item.kind for item in items_of(referral)} | set(coming)
    return [kind for kind in KINDS[referral.kind].items if kind not in present]


def refuse_incomplete(referral: Referral, *, coming: Sequence[str] = ()) -> None:
    """Raises PackageIncomplete, naming what is missing."""
    lacking = missing(referral, coming=coming)
    if lacking:
        raise PackageIncomplete(source=KINDS[referral.kind].source, missing=_listed(lacking))


def add_document(referral: Referral, kind: str, document_id: int, *, actor_id: int | None, at: datetime) -> ReferralItem:
    """Raises ReferralClosed, PackageSealed, WrongItem, NotInCase."""
    _refuse_sealed(referral)
    _refuse_unknown(referral, kind)
    document = db.session.get(Document, document_id)
    if document is None or document.case_id != referral.case_id or not document.is_in_force:
        raise NotInCase
    return _put(referral, kind, actor_id=actor_id, at=at, document_id=document_id)


def add_evidence(referral: Referral, kind: str, evidence_id: int, *, actor_id: int | None, at: datetime) -> ReferralItem:
    """Raises ReferralClosed, PackageSealed, WrongItem, NotInCase."""
    _refuse_sealed(referral)
    _refuse_unknown(referral, kind)
    evidence = db.session.get(Evidence, evidence_id)
    if kind == LETTER or evidence is None or evidence.case_id != referral.case_id or evidence.is_withdrawn:
        raise NotInCase
    return _put(referral, kind, actor_id=actor_id, at=at, evidence_id=evidence_id)


def add_paper(referral: Referral, kind: str, *, actor_id: int | None, at: datetime) -> ReferralItem:
    """Something that travels on paper and is not kept here. Raises ReferralClosed, PackageSealed, WrongItem."""
    _refuse_sealed(referral)
    _refuse_unknown(referral, kind)
    return _put(referral, kind, actor_id=actor_id, at=at, is_paper=True)


def add_none(referral: Referral, kind: str, *, reason: str, actor_id: int | None, at: datetime) -> ReferralItem:
    """Say that there is nothing of this kind. Raises ReferralClosed, PackageSealed, WrongItem, NoneNotAllowed, ReasonMissing."""
    _refuse_sealed(referral)
    _refuse_unknown(referral, kind)
    if kind not in KINDS[referral.kind].may_lack:
        raise NoneNotAllowed(item=item_name(kind))
    text = reason.strip()
    if len(text) < SHORTEST_REASON:
        raise ReasonMissing
    return _put(referral, kind, actor_id=actor_id, at=at, none_reason=text[:LONGEST_REASON])


def remove(referral: Referral, item_id: int, *, actor_id: int | None, at: datetime) -> None:
    """Raises ReferralClosed, PackageSealed, NotFound."""
    _refuse_sealed(referral)
    item = db.session.get(ReferralItem, item_id)
    if item is None or item.referral_id != referral.id:
        raise NotFound
    db.session.delete(item)
    db.session.flush()
    record(f"case:{referral.case_id}", "referral.item_removed", actor_id=actor_id, at=at, referral_id=referral.id, item_id=item_id)


def add_answers(referral: Referral, values: Mapping[str, Any], *, actor_id: int | None, at: datetime) -> None:
    """What a form says about the package, by its field names: ``<item>_documents``, ``<item>_evidence`` (lists of ids), ``<item>_none``;
    or ``materials`` (what travels on paper) and ``missing_reason``.
    """
    for kind in KINDS[referral.kind].allowed:
        for document_id in _ids(values.get(f"{kind}_documents")):
            add_document(referral, kind, document_id, actor_id=actor_id, at=at)
        for evidence_id in _ids(values.get(f"{kind}_evidence")):
            add_evidence(referral, kind, evidence_id, actor_id=actor_id, at=at)
        if values.get(f"{kind}_none"):
            add_none(referral, kind, reason=str(values[f"{kind}_none"]), actor_id=actor_id, at=at)
    _add_papers(referral, values, actor_id=actor_id, at=at)


def add_made(referral: Referral, task_id: int, *, actor_id: int | None, at: datetime) -> None:
    """Papers that a task of the referral made go into its package: the letter, and what belongs beside it."""
    for document in db.session.scalars(select(Document).where(Document.task_id == task_id).order_by(Document.id)):
        kind = item_of(referral.kind, document.kind)
        if kind is not None and document.is_in_force:
            _put(referral, kind, actor_id=actor_id, at=at, document_id=document.id)


def add_known(referral: Referral, *, at: datetime) -> None:
    """What the case has already and the package needs, so that nobody looks for it; it may be taken out again."""
    for code in ITEM_OF_DOCUMENT:
        kind, document = item_of(referral.kind, code), latest(referral.case_id, code)
        if kind in KINDS[referral.kind].items and document is not None:
            _put(referral, kind, actor_id=None, at=at, document_id=document.id)


def item_of(kind: str, document_code: str) -> str | None:
    """The item a document is in the package of a referral of ``kind``; None if it is none of its own accord."""
    if document_code in KINDS[kind].letters:
        return LETTER
    item = ITEM_OF_DOCUMENT.get(document_code)
    return item if item in KINDS[kind].allowed else None


def _add_papers(referral: Referral, values: Mapping[str, Any], *, actor_id: int | None, at: datetime) -> None:
    named = {ITEM_OF_MATERIAL.get(str(one)) for one in values.get("materials") or ()}
    for kind in missing(referral):
        if kind in named:
            _put(referral, kind, actor_id=actor_id, at=at, is_paper=True)
        elif kind in KINDS[referral.kind].may_lack and values.get("missing_reason") and named:
            add_none(referral, kind, reason=str(values["missing_reason"]), actor_id=actor_id, at=at)


def _put(referral: Referral, kind: str, *, actor_id: int | None, at: datetime, **what: Any) -> ReferralItem:
    """A thing that is there replaces the reason why there is none, and the other way round; the same thing is put in once.

    What the step makes itself needs no note that it travels on paper.
    """
    for item in items_of(referral):
        if item.kind == kind and item.none_reason is None and all(getattr(item, name) == value for name, value in what.items()):
            return item
        if item.kind == kind and (item.none_reason is not None or "none_reason" in what or (item.is_paper and "document_id" in what)):
            db.session.delete(item)
            db.session.flush()
    item = ReferralItem(referral_id=referral.id, kind=kind, added_by_id=actor_id, added_at=at, **what)
    db.session.add(item)
    db.session.flush()
    record(f"case:{referral.case_id}", "referral.item_added", actor_id=actor_id, at=at, referral_id=referral.id, item_id=item.id)
    return item


def _refuse_sealed(referral: Referral) -> None:
    if referral.has_ended:
        raise ReferralClosed
    if not referral.can_be_packed:
        raise PackageSealed


def _refuse_unknown(referral: Referral, kind: str) -> None:
    if kind not in KINDS[referral.kind].allowed:
        raise WrongItem


def _ids(value: Any) -> Iterator[int]:
    listed = value if isinstance(value, list) else [value] if value else []
    return (int(one) for one in listed if str(one).isdecimal())


def _listed(kinds: Sequence[str]) -> str:
    return ", ".join(item_name(kind) for kind in kinds)
