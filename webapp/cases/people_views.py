"""Pages about the people of a case. What is revealed is in the answer to a POST only: never in an address, a redirect or a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from bpmn.engine.forms import Form
from webapp.cases import people, people_queries
from webapp.cases.models import Case
from webapp.cases.people_forms import catalogue_name, consent_form, health_names, kind_names, person_form, reveal_form
from webapp.cases.people_models import Person
from webapp.cases.protection import IDENTITY_READERS, PARTS, kinds_to_add, roles_over
from webapp.cases.queries import find_case
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext, locale_tag, pick
from webapp.core.permissions import Permission, policy
from webapp.processes.queries import find_task

blueprint = Blueprint("people", __name__)


@blueprint.get("/cases/<case_no>/people/new")
@policy(Permission.READ_CASES)
def add_page(case_no: str) -> Response:
    case, form = _case_to_add_to(case_no)
    return _add_page(case, form, values={})


@blueprint.post("/cases/<case_no>/people")
@policy(Permission.READ_CASES)
def add(case_no: str) -> Response:
    case, form = _case_to_add_to(case_no)
    values = form.from_post(request.form)

    def keep() -> Done:
        people.add_person(case, values=values, actor=current_user, at=clock.now(), locale=locale_tag())
        return Done(url_for("cases.tabs.people", case_no=case_no), gettext("The person is added. Name and numbers are kept encrypted."))

    try:
        return post_once(f"person:{case.id}", keep)
    except DomainError as error:
        return _add_page(case, form, values=values, refusal=error)


@blueprint.get("/people/<int:person_id>")
@policy(Permission.WORK)
def show(person_id: int) -> Response:
    return _person_page(person_id)


@blueprint.post("/people/<int:person_id>/reveal/<part>")
@policy(Permission.WORK)
def reveal(person_id: int, part: str) -> Response:
    person, case, _ = people_queries.find_person(person_id, current_user)
    if part not in PARTS:
        raise NotFound
    roles, liaison = roles_over(current_user, case), people_queries.liaison_roles(current_user, case.id)
    values, at, locale = reveal_form().from_post(request.form), clock.now(), locale_tag()
    try:
        with transaction():
            seen = people.reveal(person, part, values=values, actor=current_user, roles=roles, liaison_roles=liaison, at=at, locale=locale)
    except Invalid as error:
        return _person_page(person_id, asked=part, refusal=error)
    return _person_page(person_id, asked=part, seen=seen)


@blueprint.post("/people/<int:person_id>/consent")
@policy(Permission.READ_CASES)
def consent(person_id: int) -> Response:
    person, case, _ = people_queries.find_person(person_id, current_user)
    values = consent_form().from_post(request.form)

    def note() -> Done:
        people.record_consent(person, case, values=values, actor=current_user, at=clock.now(), locale=locale_tag())
        return Done(url_for(".show", person_id=person_id), gettext("The consent is recorded: the case officers may see who complained."))

    try:
        return post_once(f"consent:{person_id}", note)
    except Invalid as error:
        return _person_page(person_id, asked="consent", refusal=error)


@blueprint.get("/people")
@policy(Permission.READ_CASES)
def search_page() -> Response:
    return _search_page(None)


@blueprint.post("/people")
@policy(Permission.READ_CASES)
def search() -> Response:
    """A number that is searched for stays out of addresses and logs, so it is sent in a form."""
    with transaction():
        found = people_queries.people_with_id_number(request.form.get("id_number", "")[:40], current_user)
        people.log_found([person for person, _ in found], actor=current_user, at=clock.now())
    return _search_page(found)


@blueprint.get("/tasks/<int:task_id>/people")
@policy(Permission.WORK)
def of_task(task_id: int) -> Response:
    task = find_task(task_id, current_user)
    rows = people_queries.people_for_task(task, current_user)
    return make_response(render_template("cases/task_people.html", task=task, rows=rows))


@blueprint.app_template_filter("person_kind")
def person_kind(person: Person) -> str:
    return pick(kind_names()[person.kind])


@blueprint.app_context_processor
def sections() -> dict[str, object]:
    """For the pages of case and task: people are asked for there, where the reader is known."""
    return {
        "people_of": lambda case: people_queries.people_of_case(case, current_user),
        "tells_people_of": lambda task: bool(people_queries.liaison_roles(current_user, task.case_id)),
        "finds_people": lambda: bool(current_user.role_codes & IDENTITY_READERS),
    }


def _case_to_add_to(case_no: str) -> tuple[Case, Form]:
    case = find_case(case_no, current_user)
    roles = roles_over(current_user, case)
    if not kinds_to_add(roles):
        raise Forbidden
    return case, person_form(roles)


def _add_page(case: Case, form: Form, *, values: Mapping[str, Any], refusal: DomainError | None = None) -> Response:
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    html = render_template("cases/person_form.html", case=case, form=form, values=values, errors=errors, refusal=refusal)
    return make_response(html, refusal.status if refusal else 200)


def _person_page(person_id: int, *, asked: str = "", seen: Mapping[str, str] | None = None, refusal: Invalid | None = None) -> Response:
    person, case, row = people_queries.find_person(person_id, current_user)
    html = render_template(
        "cases/person.html", person=person, case=case, row=row, asked=asked, seen=seen, errors=refusal.errors if refusal else {},
        reveal_form=reveal_form(), consent_form=consent_form(), health_names=health_names(), catalogue_name=catalogue_name,
        reads_case=bool(roles_over(current_user, case)),
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)


def _search_page(found: list[tuple[Person, Case]] | None) -> Response:
    return make_response(render_template("cases/people_search.html", found=found))
