"""Pages of referrals: the list, one referral with its package and thread, answers on paper, the table of receivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from webapp.accounts.models import Jurisdiction
from webapp.accounts.web import writes_late
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext, locale_tag
from webapp.core.permissions import Permission, policy
from webapp.documents.sending import original_answer, paper_answer
from webapp.processes.lookups import Lookups
from webapp.processes.models import UserTask
from webapp.processes.queries import find_task_to_complete, form_of
from webapp.processes.subjects import Subject
from webapp.referrals import package, queries, services, wording
from webapp.referrals.kinds import KINDS
from webapp.referrals.models import Referral
from webapp.referrals.page import case_referrals, referral_page

blueprint = Blueprint("referrals", __name__)
for _name, _filter in (
    ("referral_kind", wording.kind_name), ("referral_state", wording.state_name), ("referral_item", wording.item_name),
    ("referral_message", wording.message_name), ("referral_mark", wording.state_mark), ("receiver_name", wording.receiver_name),
):  # fmt: skip
    blueprint.add_app_template_filter(_filter, _name)


@blueprint.get("/referrals")
@policy(Permission.WORK)
def list_page() -> str:
    page = queries.list_referrals(current_user, after=request.args.get("after"))
    return render_template("referrals/list.html", page=page)


@blueprint.get("/referrals/<int:referral_id>")
@policy(Permission.WORK)
def show(referral_id: int) -> Response:
    return _show(queries.find_referral(referral_id, current_user))


@blueprint.post("/referrals/<int:referral_id>/items")
@policy(Permission.WORK)
def add_item(referral_id: int) -> Response:
    referral = _to_pack(referral_id)
    return _post(referral, "item", lambda: _added(referral))


@blueprint.post("/referrals/<int:referral_id>/items/<int:item_id>/removal")
@policy(Permission.WORK)
def remove_item(referral_id: int, item_id: int) -> Response:
    referral = _to_pack(referral_id)
    return _post(referral, f"removal:{item_id}", lambda: _removed(referral, item_id))


@blueprint.post("/referrals/<int:referral_id>/messages")
@policy(Permission.WORK)
def add_message(referral_id: int) -> Response:
    referral = queries.find_referral(referral_id, current_user)
    return _post(referral, "message", lambda: _said(referral))


@blueprint.get("/referrals/<int:referral_id>/answers/<int:task_id>")
@policy(Permission.WORK)
def answer_page(referral_id: int, task_id: int) -> Response:
    """The form of the receiving body, for a case lead who has its paper."""
    referral = queries.find_referral(referral_id, current_user)
    return _answer_form(referral, _task_of(referral, task_id), {})


@blueprint.post("/referrals/<int:referral_id>/answers")
@policy(Permission.WORK)
def record_answer(referral_id: int) -> Response:
    referral = queries.find_referral(referral_id, current_user)
    task = _task_of(referral, _number("task"))
    form = form_of(task)
    typed = form.from_post(request.form) if form else {}
    try:
        return post_once(f"answer:{referral_id}", lambda: _recorded(referral, task.id, typed))
    except DomainError as error:
        db.session.rollback()
        referral = queries.find_referral(referral_id, current_user)
        return _answer_form(referral, _task_of(referral, task.id), typed, refusal=error)


@blueprint.get("/referrals/<int:referral_id>/evidence/<int:evidence_id>")
@policy(Permission.WORK)
def evidence(referral_id: int, evidence_id: int) -> Response:
    referral = queries.find_referral(referral_id, current_user)
    return original_answer(queries.packed_evidence(referral, evidence_id), case_no=referral.case.case_no)


@blueprint.post("/referrals/<int:referral_id>/documents/<int:document_id>/print")
@policy(Permission.WORK)
@writes_late
def print_document(referral_id: int, document_id: int) -> Response:
    return paper_answer(queries.packed_document(queries.find_referral(referral_id, current_user), document_id))


@blueprint.get("/referrals/routes")
@policy(Permission.ADMINISTER)
def routes_page() -> str:
    return render_template(
        "referrals/routes.html", routes=queries.all_routes(), today=clock.legal_day(clock.now()), kinds=list(KINDS),
        roles=services.receiver_roles(), jurisdictions=db.session.scalars(select(Jurisdiction).order_by(Jurisdiction.id)).all(),
    )  # fmt: skip


@blueprint.post("/referrals/routes")
@policy(Permission.ADMINISTER)
def add_route() -> Response:
    try:
        return post_once("referral-route", _routed)
    except DomainError as error:
        flash(error.message, "error")
        return redirect(url_for("referrals.routes_page"), 303)


@blueprint.app_context_processor
def panels() -> dict[str, object]:
    return {"referrals_of": case_referrals}


def _to_pack(referral_id: int) -> Referral:
    """Raises NotFound, Forbidden."""
    referral = queries.find_referral(referral_id, current_user)
    if not queries.is_sender(current_user, referral):
        raise Forbidden
    return referral


def _post(referral: Referral, scope: str, work: Any) -> Response:
    """Do it once; what the rules refuse is said on the page of the referral."""
    try:
        return post_once(f"referral:{referral.id}:{scope}", work)
    except Forbidden:
        raise
    except DomainError as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("referrals.show", referral_id=referral.id), 303)


def _added(referral: Referral) -> Done:
    """``thing``: "document:12", "evidence:7", "paper" or "none"."""
    kind, at = request.form.get("kind", ""), clock.now()
    what, _, row_id = request.form.get("thing", "").partition(":")
    if what == "none":
        package.add_none(referral, kind, reason=request.form.get("reason", ""), actor_id=current_user.id, at=at)
    elif what == "paper":
        package.add_paper(referral, kind, actor_id=current_user.id, at=at)
    elif what == "evidence":
        package.add_evidence(referral, kind, _id(row_id), actor_id=current_user.id, at=at)
    else:
        package.add_document(referral, kind, _id(row_id), actor_id=current_user.id, at=at)
    return Done(url_for("referrals.show", referral_id=referral.id, _anchor="package"), gettext("The package was changed."))


def _removed(referral: Referral, item_id: int) -> Done:
    package.remove(referral, item_id, actor_id=current_user.id, at=clock.now())
    return Done(url_for("referrals.show", referral_id=referral.id, _anchor="package"), gettext("The package was changed."))


def _said(referral: Referral) -> Done:
    chosen = [_id(value) for value in request.form.getlist("evidence")]
    services.say(referral, request.form.get("text", ""), actor=current_user, at=clock.now(), evidence_ids=chosen)
    return Done(url_for("referrals.show", referral_id=referral.id, _anchor="thread"), gettext("The message was sent to the other side."))


def _routed() -> Done:
    services.add_route(
        request.form.get("matter", ""), receiver_role=request.form.get("receiver_role", ""), source=request.form.get("source", ""),
        jurisdiction_id=_number("jurisdiction_id") or None, valid_from=request.form.get("valid_from", ""),
        actor=current_user, at=clock.now(),
    )  # fmt: skip
    return Done(url_for("referrals.routes_page"), gettext("The row was added; it counts from its day."))


def _recorded(referral: Referral, task_id: int, typed: Mapping[str, Any]) -> Done:
    task = find_task_to_complete(task_id, current_user)
    services.record_for(
        referral, task, paper_id=_number("paper") or None, values=typed, actor=current_user, at=clock.now(), locale=locale_tag()
    )  # fmt: skip
    text = gettext("The answer is recorded; the record names you and the paper.")
    return Done(url_for("referrals.show", referral_id=referral.id), text)


def _task_of(referral: Referral, task_id: int) -> UserTask:
    """An open task of the receiver that the reader may record for. Raises NotFound, Forbidden."""
    task = next((one for one in queries.open_tasks_of(referral) if one.id == task_id), None)
    if task is None:
        raise NotFound
    if not services.may_record_for(current_user, referral, task):
        raise Forbidden
    return task


def _show(referral: Referral) -> Response:
    return make_response(render_template("referrals/show.html", referral=referral, page=referral_page(referral, current_user)))


def _answer_form(referral: Referral, task: UserTask, values: Mapping[str, Any], *, refusal: DomainError | None = None) -> Response:
    html = render_template(
        "referrals/answer.html", referral=referral, task=task, form=form_of(task), values=values, refusal=refusal,
        errors=refusal.errors if isinstance(refusal, Invalid) else {}, page=referral_page(referral, current_user),
        lookups=Lookups(Subject.of(task.instance), clock.now()), chosen=_number("paper"),
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)


def _number(name: str) -> int:
    return _id(request.form.get(name, ""))


def _id(text: str) -> int:
    """0, which no row has, for anything that is no id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
