"""Pages of user tasks and of starting a process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as Answer

from bpmn.engine.compiler import ProcessDefinition
from bpmn.engine.forms import Form
from webapp.accounts.places import reaches
from webapp.accounts.web import writes_late
from webapp.cases.models import Case
from webapp.cases.queries import visible_cases
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.core.form_posts import Done, autosave, flat_values, post_once, typed_so_far, typed_version
from webapp.core.i18n import gettext, locale_tag
from webapp.core.permissions import Permission, policy, signed_in
from webapp.core.role_names import role_name
from webapp.employers.models import Employer
from webapp.employers.queries import find_employer, list_employers
from webapp.legality.hints import hints_for
from webapp.legality.next_steps import missing_for
from webapp.legality.task_law import rules_of, violations_said
from webapp.processes import assignment_views, editions, queries, return_views, services
from webapp.processes.decided import suggestions
from webapp.processes.editions import content_of
from webapp.processes.errors import AlreadyClaimed, Delegated, NoEdition
from webapp.processes.handlers import TAKE_OVER
from webapp.processes.lookups import Lookups
from webapp.processes.models import FormDraft, UserTask
from webapp.processes.returned import return_that_ended, return_that_opened, said_there_before
from webapp.processes.said import Said, chosen_in, said_in_case, said_in_instance, said_to_body
from webapp.processes.step import may_supervise
from webapp.processes.subjects import Subject
from webapp.processes.task_background import beside, clock_shown, clocks_beside

blueprint = Blueprint("processes", __name__)
blueprint.register_blueprint(assignment_views.blueprint)
blueprint.register_blueprint(return_views.blueprint)
MAX_ID_DIGITS = 10


@blueprint.get("/tasks/<int:task_id>")
@policy(Permission.WORK)
def show_task(task_id: int) -> Answer:
    return _task_page(queries.find_task(task_id, current_user))


@blueprint.post("/tasks/<int:task_id>/claim")
@policy(Permission.WORK)
def claim(task_id: int) -> Answer:
    task = queries.find_task(task_id, current_user)
    try:
        with transaction():
            services.claim(task, actor=current_user, at=clock.now())
    except AlreadyClaimed as error:
        return assignment_views.handover_page(queries.find_task(task_id, current_user), TAKE_OVER, refusal=error)
    except DomainError as error:
        return _task_page(queries.find_task(task_id, current_user), refusal=error)
    flash(gettext("“%(task)s” is on your desk now.", task=_name(task)), "success")
    return redirect(url_for("processes.show_task", task_id=task_id), 303)


@blueprint.post("/tasks/<int:task_id>/release")
@policy(Permission.WORK)
def release(task_id: int) -> Answer:
    task = queries.find_task(task_id, current_user)
    try:
        with transaction():
            services.release(task, actor=current_user, at=clock.now())
    except DomainError as error:
        return _task_page(queries.find_task(task_id, current_user), refusal=error)
    flash(gettext("“%(task)s” was released: somebody of the group can claim it.", task=_name(task)), "success")
    return redirect(url_for("inbox.show"), 303)


@blueprint.post("/tasks/<int:task_id>/complete")
@policy(Permission.WORK)
def complete(task_id: int) -> Answer:
    task = queries.find_task_to_complete(task_id, current_user)
    values = _typed(queries.form_of(task))
    try:
        return post_once(f"task:{task_id}", lambda: _complete(task, values))
    except DomainError as error:
        task = queries.find_task(task_id, current_user)
        _keep_typed(task, values, error)
        return _task_page(task, values=values, refusal=error)


@blueprint.put("/tasks/<int:task_id>/draft")
@policy(Permission.WORK)
def save_draft(task_id: int) -> Answer:
    """Autosave: ``{"values": {...}}`` -> ``{"saved_at", "text"}``."""
    task = queries.find_task(task_id, current_user)
    return autosave(lambda values, at: services.save_draft(task, values=values, actor=current_user, at=at))


@blueprint.post("/tasks/<int:task_id>/draft")
@policy(Permission.WORK)
def save_draft_and_leave(task_id: int) -> Answer:
    task = queries.find_task(task_id, current_user)
    with transaction():
        services.save_draft(task, values=_typed(queries.form_of(task)), actor=current_user, at=clock.now())
    flash(gettext("Your draft is saved. Nobody else sees it until you submit."), "success")
    return redirect(url_for("processes.show_task", task_id=task_id), 303)


@blueprint.post("/tasks/<int:task_id>/draft/discard")
@policy(Permission.WORK)
def discard_draft(task_id: int) -> Answer:
    task = queries.find_task(task_id, current_user)
    with transaction():
        services.discard_draft(task, actor=current_user)
    flash(gettext("Your draft is discarded."), "success")
    return redirect(url_for("processes.show_task", task_id=task_id), 303)


@blueprint.post("/tasks/<int:task_id>/check")
@policy(Permission.WORK)
@writes_late
def check(task_id: int) -> Answer:
    """Live hints: ``{"values": {...}}`` -> ``{"errors", "refusals", "notes"}``, as ``Hints``; nothing is stored."""
    task = queries.find_task(task_id, current_user)
    form = queries.form_of(task)
    if form is None or not task.is_open or not queries.can_work_on(current_user, task):
        return jsonify({"errors": {}, "refusals": [], "notes": {}})
    hints = hints_for(
        task, form, typed_so_far(), actor=current_user, at=clock.now(), locale=locale_tag(), reads_case=_reads_case_of(task)
    )  # fmt: skip
    return jsonify({"errors": hints.errors, "refusals": hints.refusals, "notes": hints.notes})


@blueprint.get("/start")
@signed_in
def choose_process() -> Answer:
    startable = editions.startable_by(current_user)
    if len(startable) == 1:
        return redirect(url_for("processes.start_page", key=startable[0].key), 303)
    return make_response(render_template("processes/choose.html", startable=startable))


@blueprint.get("/start/<key>")
@signed_in
def start_page(key: str) -> Answer:
    return _start_page(_startable(key))


@blueprint.post("/start/<key>")
@signed_in
def start(key: str) -> Answer:
    definition = _startable(key)
    values = _typed(editions.start_form(editions.active_edition(), key))
    try:
        return post_once(f"start:{key}", lambda: _start(key, values))
    except DomainError as error:
        return _start_page(definition, values=values, refusal=error)


@blueprint.app_context_processor
def navigation() -> dict[str, object]:
    return {"can_start": _can_start}


def _can_start() -> bool:
    """Does the active edition have a process this person starts? Asked once per request, by the navigation of every page."""
    if "can_start" not in g:
        g.can_start = bool(_startable_now())
    return bool(g.can_start)


def _startable_now() -> list[ProcessDefinition]:
    if not current_user.is_authenticated or not (current_user.has(Permission.START_CASE) or current_user.has(Permission.ADMINISTER)):
        return []
    try:
        return editions.startable_by(current_user)
    except NoEdition:
        return []


def _complete(task: UserTask, values: Mapping[str, Any]) -> Done:
    at = clock.now()
    done = services.complete(task, values=values, version=typed_version(), actor=current_user, at=at, locale=locale_tag())
    waiting = queries.open_tasks_of_case(task.case_id) if task.case_id else done.opened
    opened = [other for other in waiting if other.opened_at >= at]  # those of legs that this step started too
    following = next((other for other in [*opened, *waiting] if _may_continue(other)), None)
    url = url_for("processes.show_task", task_id=following.id) if following else url_for("inbox.show")
    return Done(url, _what_happened(task, opened))


def _keep_typed(task: UserTask, values: Mapping[str, Any], refusal: DomainError) -> None:
    """Somebody else holds the task: what was typed waits in one's draft for the take-over, or goes back with the task."""
    if isinstance(refusal, AlreadyClaimed | Delegated) and task.is_open and queries.can_work_on(current_user, task):
        with transaction():
            services.save_draft(task, values=values, actor=current_user, at=clock.now())


def _start(key: str, values: Mapping[str, Any]) -> Done:
    started = start_process(key, values=values, employer_id=_employer_id(), actor=current_user, at=clock.now(), locale=locale_tag())
    mine = next((task for task in started.opened if queries.can_work_on(current_user, task)), None)
    if mine is not None:
        url = url_for("processes.show_task", task_id=mine.id)
    else:
        url = url_for("cases.show", case_no=started.case.case_no) if started.case else url_for("inbox.show")
    number = started.case.case_no if started.case else f"#{started.instance.id}"
    return Done(url, " ".join([gettext("Registered as %(number)s.", number=number), _sent_to(started.opened)]).strip())


def _may_continue(task: UserTask) -> bool:
    return queries.can_work_on(current_user, task) and task.assignee_id in (None, current_user.id)


def _what_happened(task: UserTask, opened: list[UserTask]) -> str:
    done = gettext("“%(task)s” is done.", task=_name(task))
    if opened:
        return f"{done} {_sent_to(opened)}"
    return f"{done} {_nobody_next(task)}"


def _nobody_next(task: UserTask) -> str:
    return gettext("The case now waits for others.") if task.instance.is_running else gettext("This was the last step here.")


def _sent_to(opened: list[UserTask]) -> str:
    steps = [gettext("“%(task)s” (%(role)s)", task=_name(task), role=role_name(task.role)) for task in opened]
    return gettext("Next: %(steps)s.", steps=gettext(", ").join(steps)) if steps else ""


def _task_page(task: UserTask, *, values: Mapping[str, Any] | None = None, refusal: DomainError | None = None) -> Answer:
    """The task with its form; what was typed wins over the draft, the draft over nothing."""
    draft = queries.draft_of(task, current_user) if task.is_open and task.has_draft else None
    may_work = task.is_open and _may_continue(task)
    form, case, reads_case = queries.form_of(task), _case_of(task), _reads_case_of(task)
    clocks, said, returned = clocks_beside(task, reads_case=reads_case), _said_before(task), return_that_opened(task)
    html = render_template(
        "processes/task.html", task=task, form=form, values=_shown(task, values, draft), draft=draft, may_work=may_work,
        may_release=task.is_claimed and task.is_open and _may_release(task), errors=refusal.errors if isinstance(refusal, Invalid) else {},
        refusal=refusal, holder=queries.person_name(task.assignee_id), ended_by=queries.person_name(task.ended_by_id), case=case,
        employer=case.employer if case else _employer_of(task), clocks=clocks, deadline=clock_shown(task, clocks), said=said,
        missing=_missing(task), typed=values is not None, lookups=Lookups(Subject.of(task.instance), clock.now(), named=chosen_in(said)),
        suggestion=_suggestion(task), is_final=_is_decision(task), rules=rules_of(task),
        violations=violations_said(said, on=clock.today()) if reads_case else [],
        returned=returned, went_back=return_that_ended(task),
        returned_by=queries.person_name(returned.actor_id) if returned else "",
        beside=beside(task, reads_case=reads_case),
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)


def _shown(task: UserTask, values: Mapping[str, Any] | None, draft: FormDraft | None) -> Mapping[str, Any]:
    """What the form starts from: what was typed just now, else the draft, else what was sent here before a return, else today."""
    if values is not None or draft is not None or not task.is_open:
        return values if values is not None else draft.values if draft else {}
    form = queries.form_of(task)
    return said_there_before(task, current_user) or (form.defaults(clock.today()) if form else {})


def _may_release(task: UserTask) -> bool:
    return task.assignee_id == current_user.id or may_supervise(current_user, task)


def _case_of(task: UserTask) -> Case | None:
    if task.case_id is None or not current_user.has(Permission.READ_CASES):
        return None
    return db.session.scalars(visible_cases(current_user).where(Case.id == task.case_id).options(joinedload(Case.employer))).one_or_none()


def _employer_of(task: UserTask) -> Employer | None:
    """Without a case, or for an outside body, which reads no cases: the employer of a task addressed to one's group or in one's place."""
    is_candidate = (task.role, task.scope) in current_user.candidate_groups
    if task.employer_id is None or not (is_candidate or queries.is_in_place(task, current_user)):
        return None
    return db.session.get(Employer, task.employer_id)


def _missing(task: UserTask) -> list[str]:
    """What the rules of this step still miss, for those who read the case."""
    if not task.is_open or task.case_id is None or not _reads_case_of(task):
        return []
    return missing_for(task.case_id, [task], at=clock.now())[task.id]


def _is_decision(task: UserTask) -> bool:
    """Decisions cannot be taken back: the page says so."""
    return "decision" in _properties(task)


def _properties(task: UserTask) -> Mapping[str, str]:
    definition = content_of(task.instance.edition_id).process(task.instance.process_key)
    return definition.element(task.process_key, task.element).properties


def _suggestion(task: UserTask) -> str | None:
    """What the decision tables said that the element names in ``suggests``."""
    tables = _properties(task).get("suggests", "").split()
    return suggestions(task.instance_id, tables) if tables and task.is_open and _reads_case_of(task) else None


def _said_before(task: UserTask) -> list[Said]:
    """Officers read the whole case; an outside body reads of its leg what was sent to it and what bodies said."""
    if task.case_id is None:
        return said_in_instance(task.instance_id)
    return said_in_case(task.case_id) if _reads_case_of(task) else said_to_body(task.instance)


def _reads_case_of(task: UserTask) -> bool:
    """In its place: who reads cases elsewhere may have the task of an outside body here."""
    return reaches(current_user, Permission.READ_CASES, task)


def _start_page(definition: ProcessDefinition, *, values: Mapping[str, Any] | None = None, refusal: DomainError | None = None) -> Answer:
    """First the employer, if the process is about one; then the form."""
    needs_employer = definition.properties.get("subject") == "case"
    form = editions.start_form(editions.active_edition(), definition.key)
    employer = _chosen_employer()
    text = request.args.get("q", "").strip()
    found = list_employers(current_user, text=text, limit=12).items if needs_employer and employer is None else []
    html = render_template(
        "processes/start.html", definition=definition, form=form, values=values or (form.defaults(clock.today()) if form else {}),
        errors=refusal.errors if isinstance(refusal, Invalid) else {}, refusal=refusal, employer=employer, found=found, text=text,
        needs_employer=needs_employer, lookups=Lookups(_subject_of(employer), clock.now()),
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)


def _subject_of(employer: Employer | None) -> Subject:
    if employer is None:
        return Subject(jurisdiction_id=current_user.jurisdiction_id)
    return Subject.about(employer)


def _startable(key: str) -> ProcessDefinition:
    """Raises UnknownProcess, Forbidden."""
    definition = editions.definition(editions.active_edition(), key)
    if not editions.may_start(current_user, definition):
        raise Forbidden
    return definition


def _employer_id() -> int | None:
    text = request.values.get("employer_id", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < MAX_ID_DIGITS else None


def _chosen_employer() -> Employer | None:
    employer_id = _employer_id()
    try:
        return find_employer(employer_id, current_user) if employer_id is not None else None
    except NotFound:
        return None


def _typed(form: Form | None) -> dict[str, Any]:
    return form.from_post(request.form) if form else flat_values()


def _name(task: UserTask) -> str:
    return (task.name_en or task.name) if locale_tag() == "en" else task.name
