"""Pages of documents: read, fill in, make final, serve, print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from webapp.accounts.web import writes_late
from webapp.cases.queries import find_case
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import DomainError, Forbidden, Invalid
from webapp.core.form_posts import Done, autosave, post_once
from webapp.core.i18n import gettext, locale_tag
from webapp.core.permissions import Permission, policy
from webapp.documents import evidence_views, filling, queries, services, serving
from webapp.documents.document_page import case_documents, document_page, may_serve, may_void, service_form
from webapp.documents.handlers import service_of
from webapp.documents.models import Document
from webapp.documents.sending import document_answer
from webapp.documents.wording import kind_name, state_name
from webapp.processes.lookups import Lookups

blueprint = Blueprint("documents", __name__)
blueprint.register_blueprint(evidence_views.blueprint)
blueprint.add_app_template_filter(kind_name)
blueprint.add_app_template_filter(state_name)


@blueprint.post("/cases/<case_no>/documents")
@policy(Permission.WORK)
def begin(case_no: str) -> Answer:
    """A new paper made by hand: an empty draft, so that nothing typed is ever lost."""
    case = find_case(case_no, current_user)
    kind = services.kind_of(request.form.get("kind", ""))
    if not kind.by_hand:
        raise Forbidden
    return post_once(f"document:{case_no}", lambda: _begun(filling.begin(case, kind, actor=current_user, at=clock.now())))


@blueprint.get("/documents/<int:document_id>")
@policy(Permission.READ_CASES)
def show(document_id: int) -> Answer:
    return _show(queries.find_document(document_id, current_user))


@blueprint.get("/documents/<int:document_id>/edit")
@policy(Permission.WORK)
def edit(document_id: int) -> Answer:
    document = queries.find_document(document_id, current_user)
    if not document.is_draft:
        return redirect(url_for("documents.show", document_id=document.id), 303)
    return _edit(document, document.values)


@blueprint.put("/documents/<int:document_id>/draft")
@policy(Permission.WORK)
def save_draft(document_id: int) -> Answer:
    """Autosave: ``{"values": {...}}`` -> ``{"saved_at", "text"}``."""
    document = queries.find_document(document_id, current_user)
    return autosave(lambda values, at: filling.keep_typed(document, values, actor=current_user, at=at))


@blueprint.post("/documents/<int:document_id>/draft")
@policy(Permission.WORK)
def save_draft_and_leave(document_id: int) -> Answer:
    document = queries.find_document(document_id, current_user)
    with transaction():
        filling.keep_typed(document, _typed(document), actor=current_user, at=clock.now())
    flash(gettext("The draft is saved. It becomes a document when you make it final."), "success")
    return redirect(url_for("cases.tabs.documents", case_no=document.case.case_no), 303)


@blueprint.post("/documents/<int:document_id>/finalise")
@policy(Permission.WORK)
def finalise(document_id: int) -> Answer:
    document = queries.find_document(document_id, current_user)
    typed = _typed(document)
    try:
        return post_once(f"finalise:{document_id}", lambda: _finalise(document, typed))
    except DomainError as error:
        return _edit(queries.find_document(document_id, current_user), typed, refusal=error)


@blueprint.post("/documents/<int:document_id>/void")
@policy(Permission.WORK)
def void(document_id: int) -> Answer:
    document = queries.find_document(document_id, current_user)
    try:
        return post_once(f"void:{document_id}", lambda: _void(document))
    except DomainError as error:
        return _show(queries.find_document(document_id, current_user), refusal=error)


@blueprint.post("/documents/<int:document_id>/again")
@policy(Permission.WORK)
def make_again(document_id: int) -> Answer:
    """A new draft with the answers of a void paper."""
    old = queries.find_document(document_id, current_user)
    kind = services.kind_of(old.kind)
    if not kind.by_hand:
        raise Forbidden
    return post_once(
        f"again:{document_id}", lambda: _begun(filling.begin(old.case, kind, actor=current_user, at=clock.now(), replaces=old))
    )


@blueprint.get("/documents/<int:document_id>/service")
@policy(Permission.WORK)
def service_page(document_id: int) -> Answer:
    return _service(queries.find_document(document_id, current_user), {})


@blueprint.post("/documents/<int:document_id>/service")
@policy(Permission.WORK)
def serve(document_id: int) -> Answer:
    document = queries.find_document(document_id, current_user)
    form = service_form()
    typed = form.from_post(request.form)
    try:
        return post_once(f"serve:{document_id}", lambda: _serve(document, typed))
    except DomainError as error:
        return _service(queries.find_document(document_id, current_user), typed, refusal=error)


@blueprint.post("/documents/<int:document_id>/print")
@policy(Permission.READ_CASES)
@writes_late
def print_page(document_id: int) -> Answer:
    return document_answer(document_id)


@blueprint.app_context_processor
def panels() -> dict[str, object]:
    return {"documents_of": lambda case: case_documents(case, current_user)}


def _begun(document: Document) -> Done:
    text = gettext("A draft of “%(name)s” was made. It is saved while you type.", name=kind_name(document.kind))
    return Done(url_for("documents.edit", document_id=document.id), text)


def _finalise(document: Document, typed: Mapping[str, Any]) -> Done:
    filling.finish(document, typed, actor=current_user, at=clock.now(), locale=locale_tag())
    name, url = kind_name(document.kind), url_for("documents.show", document_id=document.id)
    if document.number:
        return Done(url, gettext("“%(name)s” is final, number %(number)s.", name=name, number=document.number))
    return Done(url, gettext("“%(name)s” is final.", name=name))


def _void(document: Document) -> Done:
    if not may_void(document, current_user):
        raise Forbidden
    services.void(document, reason=request.form.get("reason", ""), actor_id=current_user.id, at=clock.now())
    return Done(url_for("documents.show", document_id=document.id), gettext("The document is void. It stays in the file with your reason."))


def _serve(document: Document, typed: Mapping[str, Any]) -> Done:
    if not may_serve(document, current_user):
        raise Forbidden
    at = clock.now()
    values = filling.checked(service_form(), typed, document.case, at=at, locale=locale_tag())
    receipt = serving.serve(document, service_of(values), actor_id=current_user.id, at=at)
    text = gettext("The service is recorded; it counts from %(day)s.", day=receipt.effective_on.isoformat())
    return Done(url_for("documents.show", document_id=document.id), text)


def _typed(document: Document) -> dict[str, Any]:
    form = queries.form_of(document)
    return form.from_post(request.form) if form else {}


def _show(document: Document, *, refusal: DomainError | None = None) -> Answer:
    html = render_template("documents/show.html", document=document, page=document_page(document, current_user), refusal=refusal)
    return make_response(html, refusal.status if refusal else 200)


def _edit(document: Document, values: Mapping[str, Any], *, refusal: DomainError | None = None) -> Answer:
    filling.role_to_make(document.case, services.kind_of(document.kind), current_user)
    return _form_page("documents/edit.html", document, values, form=queries.form_of(document), refusal=refusal)


def _service(document: Document, values: Mapping[str, Any], *, refusal: DomainError | None = None) -> Answer:
    if not may_serve(document, current_user):
        raise Forbidden
    return _form_page("documents/serve.html", document, values, form=service_form(), refusal=refusal)


def _form_page(template: str, document: Document, values: Mapping[str, Any], *, form: Any, refusal: DomainError | None) -> Answer:
    html = render_template(
        template, document=document, case=document.case, form=form, values=values, refusal=refusal,
        errors=refusal.errors if isinstance(refusal, Invalid) else {}, lookups=Lookups(filling.subject_of(document.case), clock.now()),
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)
