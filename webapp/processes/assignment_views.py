"""Pages that hand a user task from one person to another. Each asks first: who loses a task is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from webapp.accounts.models import User
from webapp.accounts.queries import visible_users
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, Forbidden, Invalid
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext, locale_tag
from webapp.core.permissions import Permission, policy
from webapp.processes import assignment_words as words
from webapp.processes import assignments, queries
from webapp.processes.candidates import candidates_for
from webapp.processes.handlers import DELEGATE, REASSIGN, RESOLVE, TAKE_OVER
from webapp.processes.models import FormDraft, UserTask
from webapp.processes.step import may_supervise

blueprint = Blueprint("assignments", __name__)
MAX_DIGITS = 10


class NobodyChosen(Invalid):
    """Choose the person who is to do it."""


@blueprint.get("/tasks/<int:task_id>/take-over")
@policy(Permission.WORK)
def take_over_page(task_id: int) -> Answer:
    return handover_page(_task(task_id, TAKE_OVER), TAKE_OVER)


@blueprint.post("/tasks/<int:task_id>/take-over")
@policy(Permission.WORK)
def take_over(task_id: int) -> Answer:
    def work(task: UserTask, reason: str, at: datetime) -> str:
        assignments.take_over(task, holder_id=_id("holder"), reason=reason, actor=current_user, at=at)
        return gettext("“%(task)s” is on your desk now. Whoever held it is told.", task=_name(task))

    return _do(task_id, TAKE_OVER, work)


@blueprint.get("/tasks/<int:task_id>/reassign")
@policy(Permission.SUPERVISE)
def reassign_page(task_id: int) -> Answer:
    return handover_page(_task(task_id, REASSIGN), REASSIGN)


@blueprint.post("/tasks/<int:task_id>/reassign")
@policy(Permission.SUPERVISE)
def reassign(task_id: int) -> Answer:
    def work(task: UserTask, reason: str, at: datetime) -> str:
        to = _chosen()
        assignments.reassign(task, to=to, reason=reason, actor=current_user, at=at)
        return gettext("“%(task)s” is with %(name)s now. They are told.", task=_name(task), name=queries.person_name(to.id))

    return _do(task_id, REASSIGN, work)


@blueprint.get("/tasks/<int:task_id>/delegate")
@policy(Permission.WORK)
def delegate_page(task_id: int) -> Answer:
    return handover_page(_task(task_id, DELEGATE), DELEGATE)


@blueprint.post("/tasks/<int:task_id>/delegate")
@policy(Permission.WORK)
def delegate(task_id: int) -> Answer:
    def work(task: UserTask, reason: str, at: datetime) -> str:
        to = _chosen()
        assignments.delegate(task, to=to, remark=reason, actor=current_user, at=at)
        name = queries.person_name(to.id)
        return gettext("%(name)s prepares “%(task)s” and hands it back to you.", task=_name(task), name=name)

    return _do(task_id, DELEGATE, work)


@blueprint.get("/tasks/<int:task_id>/resolve")
@policy(Permission.WORK)
def resolve_page(task_id: int) -> Answer:
    return handover_page(_task(task_id, RESOLVE), RESOLVE)


@blueprint.post("/tasks/<int:task_id>/resolve")
@policy(Permission.WORK)
def resolve(task_id: int) -> Answer:
    def work(task: UserTask, reason: str, at: datetime) -> str:
        assignments.resolve(task, remark=reason, actor=current_user, at=at)
        return gettext("“%(task)s” is handed back, with your remark.", task=_name(task))

    return _do(task_id, RESOLVE, work)


@blueprint.app_context_processor
def of_assignments() -> dict[str, object]:
    return {"assignment_verbs": lambda task: verbs_for(task, current_user), "handover_of": _handover_of}


def verbs_for(task: UserTask, user: User) -> list[str]:
    """The verbs that the user may use on the task now, the nearest at hand first."""
    if not task.is_open:
        return []
    is_mine, may_work = task.assignee_id == user.id, queries.can_work_on(user, task)
    offered = {
        RESOLVE: is_mine and task.is_delegated,
        TAKE_OVER: task.is_claimed and not is_mine and may_work,
        DELEGATE: is_mine and may_work and not task.is_delegated,
        REASSIGN: may_supervise(user, task),
    }
    return [verb for verb, is_offered in offered.items() if is_offered]


def handover_page(task: UserTask, verb: str, *, refusal: DomainError | None = None) -> Answer:
    """The page of one verb; after a refusal with what was typed."""
    people = candidates_for([task], except_id=_not_offered(task, verb)) if verb in (REASSIGN, DELEGATE) else None
    html = render_template(
        "processes/hand_over.html", task=task, verb=verb, words=_words(task, verb), people=people, refusal=refusal,
        chosen=request.form.get("to", ""), reason=request.form.get("reason", ""),
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)


def _do(task_id: int, verb: str, work: Callable[[UserTask, str, datetime], str]) -> Answer:
    """One verb, once per form. A refusal shows the page as the task is now."""
    task = _task(task_id, verb)

    def once() -> Done:
        said = work(task, request.form.get("reason", ""), clock.now())
        is_mine = task.assignee_id == current_user.id
        return Done(url_for("processes.show_task", task_id=task_id) if is_mine else url_for("inbox.show"), said)

    try:
        return post_once(f"{verb}:{task_id}", once)
    except Forbidden:
        raise
    except DomainError as error:
        return handover_page(queries.find_task(task_id, current_user), verb, refusal=error)


def _task(task_id: int, verb: str) -> UserTask:
    """Raises NotFound, Forbidden."""
    task = queries.find_task(task_id, current_user)
    may = may_supervise(current_user, task) if verb == REASSIGN else queries.can_work_on(current_user, task)
    if not may:
        raise Forbidden
    return task


def _words(task: UserTask, verb: str) -> words.PageWords:
    holder = queries.person_name(task.assignee_id) if task.assignee_id != current_user.id else ""
    if verb == TAKE_OVER:
        return words.take_over_words(task, holder=holder, has_draft=_has_draft(task))
    if verb == REASSIGN:
        return words.reassign_words(task, holder=holder)
    return words.delegate_words() if verb == DELEGATE else words.resolve_words(queries.person_name(task.owner_id))


def _not_offered(task: UserTask, verb: str) -> int | None:
    return task.assignee_id if verb == REASSIGN else current_user.id


def _has_draft(task: UserTask) -> bool:
    """Whether the holder has typed something; what, nobody else learns."""
    if not task.has_draft or task.assignee_id is None:
        return False
    return db.session.get(FormDraft, (task.id, task.assignee_id)) is not None


def _chosen() -> User:
    """Raises NobodyChosen, for people too whom the actor does not know. Whether the person may do it, the verb judges."""
    user = db.session.scalars(visible_users(current_user).where(User.id == _id("to"))).one_or_none()
    if user is None:
        raise NobodyChosen
    return user


def _id(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < MAX_DIGITS else 0


def _handover_of(task: UserTask) -> words.Told | None:
    """Only a task that was changed since it opened can have changed hands: most ask nothing."""
    kept = assignments.last_handover(task) if task.is_open and task.version > 1 else None
    return words.told_of(kept, task) if kept else None


def _name(task: UserTask) -> str:
    return (task.name_en or task.name) if locale_tag() == "en" else task.name
