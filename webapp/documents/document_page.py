"""What the pages show of documents, and what their reader may do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bpmn.engine.forms import Form
from webapp.accounts.models import User
from webapp.accounts.places import reaches
from webapp.cases.models import Case
from webapp.core.permissions import Permission
from webapp.documents import evidence, queries, serving
from webapp.documents.errors import FormMissing
from webapp.documents.kinds import KINDS, Kind
from webapp.documents.models import Document, Evidence, ServiceReceipt
from webapp.processes import editions
from webapp.processes.people import names_of
from webapp.processes.said import Answer, answers_of

SERVICE_FORM, RECEIPT_KIND = "service", "D23"  # who makes receipts serves


@dataclass(frozen=True, slots=True)
class CaseDocuments:
    """``receipts``: the last one by document; ``waiting``: final ones that take effect by service only; ``kinds``: to be made by hand."""

    documents: list[Document]
    receipts: Mapping[int, ServiceReceipt]
    waiting: frozenset[int]
    kinds: list[Kind]
    editable: frozenset[int]


@dataclass(frozen=True, slots=True)
class EvidencePanel:
    rows: list[Evidence]
    people: Mapping[int, str]
    withdrawable: frozenset[int]
    may_add: bool


@dataclass(frozen=True, slots=True)
class DocumentPage:
    answers: list[Answer]
    receipts: list[ServiceReceipt]
    evidence: list[Evidence]
    people: Mapping[int, str]
    ways: Mapping[str, str]
    replaces: Document | None
    may_edit: bool
    may_void: bool
    may_serve: bool
    may_make_again: bool


def case_documents(case: Case, user: User) -> CaseDocuments:
    documents, receipts = queries.documents_with_receipts(case.id)
    waiting = {one.id for one in documents if one.state == "final" and one.kind in KINDS and KINDS[one.kind].needs_receipt}
    editable = {one.id for one in documents if one.is_draft and case.is_open and _is_maker(one, user)}
    return CaseDocuments(documents, receipts, frozenset(waiting), queries.kinds_by_hand(user, case), frozenset(editable))


def evidence_panel(case: Case, user: User) -> EvidencePanel:
    rows, people = queries.evidence_with_senders(case.id)
    may_withdraw = frozenset(row.id for row in rows if not row.is_withdrawn and evidence.may_withdraw(row, user))
    return EvidencePanel(rows, people, may_withdraw, queries.may_add_evidence(user, case))


def document_page(document: Document, user: User) -> DocumentPage:
    receipts = queries.receipts_of(document)
    people = names_of(
        [
            document.made_by_id,
            document.finalised_by_id,
            document.voided_by_id,
            *(receipt.recorded_by_id for receipt in receipts),
            *document.officer_ids,
        ]
    )
    return DocumentPage(
        answers=answers_of(queries.form_of(document), document.values), receipts=receipts, evidence=queries.evidence_of(document),
        people=people, ways=serving.way_names(), replaces=queries.replaced_by(document),
        may_edit=document.is_draft and document.case.is_open and _is_maker(document, user), may_void=may_void(document, user),
        may_serve=may_serve(document, user), may_make_again=_may_make_again(document, user),
    )  # fmt: skip


def may_void(document: Document, user: User) -> bool:
    """Its maker, or a supervisor of the place."""
    is_theirs = user.has(Permission.WORK) and (document.made_by_id == user.id or reaches(user, Permission.SUPERVISE, document.case))
    return document.state in ("draft", "final") and is_theirs


def may_serve(document: Document, user: User) -> bool:
    return document.is_in_force and queries.making_role(user, document.case, KINDS[RECEIPT_KIND]) is not None


def service_form() -> Form:
    """The form of services, for a document that is known already. Raises FormMissing."""
    content = editions.content_of(editions.active_edition().id)
    if not content.has_form(SERVICE_FORM):
        raise FormMissing(form=SERVICE_FORM)
    form = content.form(SERVICE_FORM)
    return replace(form, fields=tuple(field for field in form.fields if field.of != "documents"))


def _may_make_again(document: Document, user: User) -> bool:
    kind = KINDS.get(document.kind)
    return document.state == "void" and kind is not None and kind.by_hand and document.case.is_open and _is_maker(document, user)


def _is_maker(document: Document, user: User) -> bool:
    kind = KINDS.get(document.kind)
    return kind is not None and user.has(Permission.WORK) and queries.making_role(user, document.case, kind) is not None
