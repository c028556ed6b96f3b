"""Read evidence, documents and receipts of a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bpmn.engine.forms import Form, compile_form
from webapp.accounts.models import User
from webapp.accounts.places import reaches
from webapp.cases.models import Case
from webapp.cases.protection import roles_over
from webapp.cases.queries import visible_cases
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.i18n import locale_tag
from webapp.core.permissions import Permission
from webapp.documents.kinds import KINDS, Kind
from webapp.documents.models import FINAL, SERVED, Document, Evidence, EvidenceUse, ServiceReceipt
from webapp.processes.models import ArtifactFile

IN_FORCE = (FINAL, SERVED)


def documents_of_case(case_id: int) -> list[Document]:
    """In the order they were made, drafts and void ones too."""
    return list(db.session.scalars(select(Document).where(Document.case_id == case_id).order_by(Document.id)))


def documents_with_receipts(case_id: int) -> tuple[list[Document], dict[int, ServiceReceipt]]:
    """The same with the last receipt of each, in one query."""
    query = select(Document, ServiceReceipt).outerjoin(ServiceReceipt, ServiceReceipt.document_id == Document.id)
    rows = db.session.execute(query.where(Document.case_id == case_id).order_by(Document.id, ServiceReceipt.id)).tuples().all()
    documents = list(dict.fromkeys(document for document, _ in rows))
    return documents, {document.id: receipt for document, receipt in rows if receipt is not None}


def latest(case_id: int, kind: str) -> Document | None:
    """The last document of the kind that is final or served."""
    query = select(Document).where(Document.case_id == case_id, Document.kind == kind, Document.state.in_(IN_FORCE))
    return db.session.scalars(query.order_by(Document.id.desc()).limit(1)).one_or_none()


def receipts_of_case(case_id: int) -> list[ServiceReceipt]:
    """In the order they were recorded, with their documents."""
    query = select(ServiceReceipt).join(Document).where(Document.case_id == case_id).options(joinedload(ServiceReceipt.document))
    return list(db.session.scalars(query.order_by(ServiceReceipt.id)))


def receipts_of(document: Document) -> list[ServiceReceipt]:
    return list(db.session.scalars(select(ServiceReceipt).where(ServiceReceipt.document_id == document.id).order_by(ServiceReceipt.id)))


def is_served(case_id: int, kind: str, on: date) -> bool:
    """Whether the latest document of the kind counts as served on the day; an announcement only after its days."""
    document = latest(case_id, kind)
    if document is None:
        return False
    query = select(ServiceReceipt.id).where(ServiceReceipt.document_id == document.id, ServiceReceipt.effective_on <= on)
    return db.session.scalars(query.limit(1)).first() is not None


def served_on(case_id: int, kind: str) -> date | None:
    """The first day on which the latest document of the kind counts as served."""
    document = latest(case_id, kind)
    receipts = receipts_of(document) if document else []
    return min((receipt.effective_on for receipt in receipts), default=None)


def find_document(document_id: int, user: User) -> Document:
    """Raises NotFound outside the cases the user may see."""
    query = select(Document).join(Case, Case.id == Document.case_id).where(Document.id == document_id)
    query = query.where(Case.id.in_(visible_cases(user).with_only_columns(Case.id)))
    document = db.session.scalars(query.options(joinedload(Document.case).joinedload(Case.employer))).one_or_none()
    if document is None:
        raise NotFound
    return document


def evidence_of_case(case_id: int) -> list[Evidence]:
    """In the order it came, withdrawn too."""
    return list(db.session.scalars(select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.id)))


def evidence_with_senders(case_id: int) -> tuple[list[Evidence], dict[int, str]]:
    """The same with the names of who added it, in one query."""
    name = User.name_en if locale_tag() == "en" else User.name_zh
    query = select(Evidence, User.id, name).outerjoin(User, User.id == Evidence.uploaded_by_id).where(Evidence.case_id == case_id)
    rows = db.session.execute(query.order_by(Evidence.id)).tuples().all()
    return [row for row, _, _ in rows], {user_id: sender for _, user_id, sender in rows if user_id is not None}


def evidence_of(document: Document) -> list[Evidence]:
    query = select(Evidence).join(EvidenceUse, EvidenceUse.evidence_id == Evidence.id).where(EvidenceUse.document_id == document.id)
    return list(db.session.scalars(query.order_by(Evidence.id)))


def evidence_by_ids(evidence_ids: Iterable[int]) -> list[Evidence]:
    return list(db.session.scalars(select(Evidence).where(Evidence.id.in_(list(evidence_ids))).order_by(Evidence.id)))


def find_evidence(case: Case, evidence_id: int) -> Evidence:
    """Of a case the caller has found for its reader. Raises NotFound."""
    evidence = db.session.scalars(select(Evidence).where(Evidence.id == evidence_id, Evidence.case_id == case.id)).one_or_none()
    if evidence is None:
        raise NotFound
    return evidence


def may_add_evidence(user: User, case: Case) -> bool:
    return case.is_open and user.has(Permission.WORK) and reaches(user, Permission.READ_CASES, case)


def making_role(user: User, case: Case, kind: Kind) -> str | None:
    """The role in which the user may make this kind in this case; None if there is none."""
    return min(roles_over(user, case) & kind.makers, default=None)


def kinds_by_hand(user: User, case: Case) -> list[Kind]:
    """What the user may make in the case outside a task."""
    if not case.is_open or not user.has(Permission.WORK):
        return []
    return [kind for kind in KINDS.values() if kind.by_hand and making_role(user, case, kind)]


def form_of(document: Document) -> Form | None:
    """The form the document was filled in with, whatever the active edition has now."""
    file = db.session.get(ArtifactFile, document.form_hash) if document.form_hash else None
    return compile_form(file.content) if file else None


def replaced_by(document: Document) -> Document | None:
    """The void document in whose place this one stands."""
    return db.session.get(Document, document.replaces_id) if document.replaces_id else None
