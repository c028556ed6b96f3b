"""User tasks: list, show, claim, release, complete."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Response
from flask_login import current_user
from flask_smorest import Blueprint

from webapp.api.idempotent import answer_once
from webapp.api.schemas import CompleteAnswer, CompleteRequest, IdempotencyHeader, TaskDetail, TaskPage, TaskQuery, TaskSchema
from webapp.core import clock
from webapp.core.i18n import locale_tag
from webapp.core.permissions import Permission, policy
from webapp.inbox import queries as inbox
from webapp.processes import queries, services

blueprint = Blueprint("api_tasks", __name__, url_prefix="/api/v1/tasks", description="User tasks")


@blueprint.get("")
@policy(Permission.WORK)
@blueprint.arguments(TaskQuery, location="query")
@blueprint.response(200, TaskPage)
def list_tasks(wanted: dict[str, Any]) -> dict[str, Any]:
    """Open tasks in due order: mine, those my candidate groups may claim, or all of my place (supervisors)."""
    page = inbox.page(current_user, view=wanted["view"], limit=wanted["limit"], after=wanted.get("after"))
    return {"items": page.items, "total": page.total_text, "next": page.next}


@blueprint.get("/<int:task_id>")
@policy(Permission.WORK)
@blueprint.response(200, TaskDetail)
def show_task(task_id: int) -> SimpleNamespace:
    """One task with its form definition and your draft."""
    task = queries.find_task(task_id, current_user)
    form, draft = queries.form_of(task), queries.draft_of(task, current_user)
    columns = {column.key: getattr(task, column.key) for column in task.__table__.columns}
    return SimpleNamespace(**columns, form=form.definition if form else None, draft=draft.values if draft else None)


@blueprint.post("/<int:task_id>/claim")
@policy(Permission.WORK)
@blueprint.arguments(IdempotencyHeader, location="headers")
@blueprint.alt_response(200, schema=TaskSchema)
def claim(_: dict[str, Any], task_id: int) -> Response:
    """Take an unassigned task of your candidate groups."""

    def work() -> Any:
        task = queries.find_task(task_id, current_user)
        services.claim(task, actor=current_user, at=clock.now())
        return TaskSchema().dump(task)

    return answer_once(work)


@blueprint.delete("/<int:task_id>/claim")
@policy(Permission.WORK)
@blueprint.arguments(IdempotencyHeader, location="headers")
@blueprint.alt_response(200, schema=TaskSchema)
def release(_: dict[str, Any], task_id: int) -> Response:
    """Put a task back to its candidate group."""

    def work() -> Any:
        task = queries.find_task(task_id, current_user)
        services.release(task, actor=current_user, at=clock.now())
        return TaskSchema().dump(task)

    return answer_once(work)


@blueprint.post("/<int:task_id>/complete")
@policy(Permission.WORK)
@blueprint.arguments(IdempotencyHeader, location="headers")
@blueprint.arguments(CompleteRequest)
@blueprint.alt_response(200, schema=CompleteAnswer)
def complete(_: dict[str, Any], wanted: dict[str, Any], task_id: int) -> Response:
    """Submit the form of a task; the process moves on."""

    def work() -> Any:
        task = queries.find_task_to_complete(task_id, current_user)
        done = services.complete(
            task, values=wanted["values"], version=wanted["version"], actor=current_user, at=clock.now(), locale=locale_tag()
        )
        return CompleteAnswer().dump({"task": done.task, "opened": done.opened})

    return answer_once(work)
