"""The page that returns a user task to an earlier step."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden
from webapp.core.form_posts import Done, post_once, typed_version
from webapp.core.i18n import gettext, locale_tag
from webapp.core.permissions import Permission, policy
from webapp.processes import queries, returns
from webapp.processes.errors import CannotReturn
from webapp.processes.models import UserTask
from webapp.processes.people import names_of
from webapp.processes.returned import steps_back

blueprint = Blueprint("returns", __name__)


@blueprint.get("/tasks/<int:task_id>/return")
@policy(Permission.WORK)
def return_page(task_id: int) -> Answer:
    return _page(_task(task_id))


@blueprint.post("/tasks/<int:task_id>/return")
@policy(Permission.WORK)
def give_back(task_id: int) -> Answer:
    task = _task(task_id)
    try:
        return post_once(f"return:{task_id}", lambda: _give_back(task))
    except Forbidden:
        raise
    except DomainError as error:
        return _page(queries.find_task(task_id, current_user), refusal=error)


def _give_back(task: UserTask) -> Done:
    element, reason = request.form.get("to", ""), request.form.get("reason", "")
    again = returns.return_to(task, element, reason=reason, actor=current_user, at=clock.now(), version=typed_version())
    is_mine = queries.can_work_on(current_user, again) and again.assignee_id in (None, current_user.id)
    url = url_for("processes.show_task", task_id=again.id) if is_mine else url_for("inbox.show")
    name = (again.name_en or again.name) if locale_tag() == "en" else again.name
    holder = queries.person_name(again.assignee_id)
    if holder and not is_mine:
        return Done(url, gettext("The case is back at “%(task)s”, with %(name)s. They are told, with your reason.", task=name, name=holder))
    return Done(url, gettext("The case is back at “%(task)s”.", task=name))


def _page(task: UserTask, *, refusal: DomainError | None = None) -> Answer:
    steps = steps_back(task)
    if not steps and refusal is None:
        refusal = CannotReturn()
    html = render_template(
        "processes/return.html", task=task, steps=steps, names=names_of(step.ended_by_id for step in steps), refusal=refusal,
        chosen=request.form.get("to", steps[0].element if len(steps) == 1 else ""), reason=request.form.get("reason", ""),
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)


def _task(task_id: int) -> UserTask:
    """Raises NotFound, Forbidden."""
    task = queries.find_task(task_id, current_user)
    if not queries.can_work_on(current_user, task):
        raise Forbidden
    return task
