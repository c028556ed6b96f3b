"""Forms with which officers keep an employer's file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from bpmn.engine.forms import Form
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext, locale_tag
from webapp.core.permissions import Permission, policy
from webapp.employers import queries, services
from webapp.employers.models import Employer
from webapp.employers.page import TAB_OF
from webapp.employers.record_forms import KINDS, form_of

blueprint = Blueprint("records", __name__)
YES_NO = {True: "yes", False: "no"}


@blueprint.get("/employers/<int:employer_id>/profile")
@policy(Permission.KEEP_EMPLOYERS)
def profile_page(employer_id: int) -> Response:
    employer = _kept(employer_id)
    return _page(employer, form_of("profile"), url_for(".profile", employer_id=employer_id), values=_profile(employer))


@blueprint.post("/employers/<int:employer_id>/profile")
@policy(Permission.KEEP_EMPLOYERS)
def profile(employer_id: int) -> Response:
    employer = _kept(employer_id)

    def change(values: Mapping[str, Any]) -> str:
        services.change_profile(employer, values=values, actor_id=current_user.id, at=clock.now(), locale=locale_tag())
        return gettext("The basic facts are up to date.")

    return _send(employer, form_of("profile"), change, tab="overview")


@blueprint.get("/employers/<int:employer_id>/records/<kind>")
@policy(Permission.KEEP_EMPLOYERS)
def add_page(employer_id: int, kind: str) -> Response:
    return _page(_kept(employer_id), _form(kind), url_for(".add", employer_id=employer_id, kind=kind), values={}, tab=TAB_OF[kind])


@blueprint.post("/employers/<int:employer_id>/records/<kind>")
@policy(Permission.KEEP_EMPLOYERS)
def add(employer_id: int, kind: str) -> Response:
    employer, form = _kept(employer_id), _form(kind)

    def keep(values: Mapping[str, Any]) -> str:
        services.add_record(employer, kind, values=values, actor_id=current_user.id, at=clock.now(), locale=locale_tag())
        return gettext("The record is kept in the employer's file.")

    return _send(employer, form, keep, tab=TAB_OF[kind])


@blueprint.get("/employers/<int:employer_id>/records/<kind>/<int:record_id>/strike")
@policy(Permission.KEEP_EMPLOYERS)
def strike_page(employer_id: int, kind: str, record_id: int) -> Response:
    employer = _kept(employer_id)
    queries.find_record(employer, kind, record_id)
    action = url_for(".strike", employer_id=employer_id, kind=kind, record_id=record_id)
    return _page(employer, form_of("strike"), action, values={}, tab=TAB_OF[kind])


@blueprint.post("/employers/<int:employer_id>/records/<kind>/<int:record_id>/strike")
@policy(Permission.KEEP_EMPLOYERS)
def strike(employer_id: int, kind: str, record_id: int) -> Response:
    employer = _kept(employer_id)
    record = queries.find_record(employer, kind, record_id)

    def strike_out(values: Mapping[str, Any]) -> str:
        services.strike_record(employer, record, values=values, actor_id=current_user.id, at=clock.now(), locale=locale_tag())
        return gettext("The record is struck out. It stays readable and no longer counts.")

    return _send(employer, form_of("strike"), strike_out, tab=TAB_OF[kind])


def _kept(employer_id: int) -> Employer:
    """Raises NotFound where the registry cannot be read, Forbidden where it cannot be kept."""
    employer = queries.find_employer(employer_id, current_user)
    if not queries.may_keep(current_user, employer):
        raise Forbidden
    return employer


def _form(kind: str) -> Form:
    if kind not in KINDS:
        raise NotFound
    return form_of(kind)


def _send(employer: Employer, form: Form, work: Callable[[Mapping[str, Any]], str], *, tab: str) -> Response:
    values = form.from_post(request.form)
    try:
        return post_once(request.path, lambda: Done(url_for("employers.show", employer_id=employer.id, tab=tab), work(values)))
    except DomainError as error:
        return _page(employer, form, request.path, values=values, tab=tab, refusal=error)


def _page(
    employer: Employer, form: Form, action: str, *, values: Mapping[str, Any], tab: str = "overview", refusal: DomainError | None = None
) -> Response:
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    html = render_template(
        "employers/form.html", employer=employer, form=form, action=action, values=values, tab=tab, errors=errors, refusal=refusal
    )
    return make_response(html, refusal.status if refusal else 200)


def _profile(employer: Employer) -> dict[str, Any]:
    """The basic facts as the form shows them."""
    columns = ("phone", "legal_rep", "health_manager", "workers", "exposed_workers", "status", "key_criteria")
    since = employer.key_since.isoformat() if employer.key_since else None
    return {name: getattr(employer, name) for name in columns} | {"is_key": YES_NO[employer.is_key], "key_since": since}
