"""Claim, release or assign many tasks at once. Each task is a transaction of its own, so that 3 refusals of 200 stop nobody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as Answer

from webapp.accounts.models import User
from webapp.accounts.queries import visible_users
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.error_pages import wants_json
from webapp.core.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.core.i18n import gettext
from webapp.core.permissions import Permission, policy
from webapp.core.web import new_key
from webapp.inbox import bulk
from webapp.inbox.bulk import ASSIGN, Result, Wanted
from webapp.processes import queries
from webapp.processes.candidates import candidates_for
from webapp.processes.models import UserTask
from webapp.processes.people import names_of
from webapp.processes.step import may_supervise

blueprint = Blueprint("bulk", __name__)
MAX_DIGITS = 18
MAX_NEXT = 1500


class NobodyToAssign(Invalid):
    """Choose the person who is to get the tasks."""


@blueprint.post("/tasks/bulk")
@policy(Permission.WORK)
def do() -> Answer:
    """Pages are sent on to the results; scripts send parts of at most 20 under one key and read ``{"results": [...]}``."""
    wanted = bulk.checked(_wanted())
    try:
        to = _receiver(wanted)
    except NobodyToAssign as refusal:
        return _choose_page(wanted, refusal=refusal)
    key, part = bulk.key_of(request.form.get("idempotency_key", "")) or new_key(), _part()
    results = bulk.recalled(current_user, key, part, wanted)
    if results is None:
        results = [_one(task_id, wanted, to) for task_id in wanted.task_ids]
        _keep(key, part, wanted, results)
    if wants_json():
        return jsonify({"results": [{"id": one.id, "outcome": one.outcome, "sentence": one.sentence} for one in results]})
    return redirect(url_for("inbox.bulk.show", key=key), 303)


@blueprint.get("/tasks/bulk/<key>")
@policy(Permission.WORK)
def show(key: str) -> str:
    """What became of each, failures first."""
    done = bulk.find_done(current_user, key) if bulk.key_of(key) else None
    if done is None:
        abort(404)
    receiver = names_of([done.wanted.to]).get(done.wanted.to or 0, "")
    return render_template("inbox/bulk_result.html", done=done, receiver=receiver)


@blueprint.post("/tasks/bulk/assign")
@policy(Permission.SUPERVISE)
def choose() -> Answer:
    """Who is to get the selected tasks? Changes nothing."""
    return _choose_page(bulk.checked(_wanted(verb=ASSIGN)))


def _choose_page(wanted: Wanted, *, refusal: DomainError | None = None) -> Answer:
    """Raises NotFound if none of the tasks is open in the supervisor's place."""
    if refusal is not None and wants_json():
        raise refusal
    tasks = _supervised(wanted.task_ids)
    if not tasks:
        raise NotFound
    html = render_template("inbox/bulk_assign.html", wanted=wanted, tasks=tasks, people=candidates_for(tasks), refusal=refusal)
    return make_response(html, refusal.status if refusal else 200)


def _one(task_id: int, wanted: Wanted, to: User | None) -> Result:
    task = None
    try:
        with transaction():
            task = queries.find_task(task_id, current_user)
            bulk.do_one(task, wanted, to=to, actor=current_user, at=clock.now())
    except NotFound:
        return Result(task_id, "missing", gettext("There is no such task, or it is not yours to see."))
    except DomainError as refusal:
        assert task is not None
        return bulk.result_of(queries.find_task(task_id, current_user), refusal)
    return bulk.result_of(task, None)


def _keep(key: str, part: int, wanted: Wanted, results: list[Result]) -> None:
    try:
        with transaction():
            bulk.keep(current_user, key, part, wanted, results, at=clock.now())
    except IntegrityError:  # the other click of a double click was first: both did the same
        db.session.rollback()


def _receiver(wanted: Wanted) -> User | None:
    """Who gets the tasks, if the verb is to assign. Raises Forbidden, NobodyToAssign; whether the person fits, each task judges."""
    if wanted.verb != ASSIGN:
        return None
    if not current_user.has(Permission.SUPERVISE):
        raise Forbidden
    found = db.session.scalars(visible_users(current_user).where(User.id == (wanted.to or 0))).one_or_none()
    if found is None:
        raise NobodyToAssign
    return found


def _supervised(task_ids: tuple[int, ...]) -> list[UserTask]:
    """Those of the tasks that are open and in the supervisor's place; the others are named nowhere."""
    found = db.session.scalars(select(UserTask).where(UserTask.id.in_(task_ids), UserTask.state == 0).order_by(UserTask.order_at))
    return [task for task in found if may_supervise(current_user, task)]


def _wanted(**given: Any) -> Wanted:
    form = request.form
    values = {"verb": form.get("verb", ""), "reason": form.get("reason", ""), "next": _next(), **given}
    ids = dict.fromkeys(_id(text) for text in form.getlist("task"))
    return Wanted(task_ids=tuple(ids), to=_id(form.get("to", "")) or None, **values)


def _id(text: str) -> int:
    """0, which no row has, for anything that is no id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 0


def _part() -> int:
    return min(_id(request.form.get("part", "0")), bulk.MAX_PARTS)


def _next() -> str:
    """The list to go back to: the inbox with its filters, nothing else."""
    text = request.form.get("next", "")
    return text if (text == "/" or text.startswith("/?")) and len(text) <= MAX_NEXT and text.isprintable() else "/"
