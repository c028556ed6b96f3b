"""User tasks: list, show, claim, release, complete."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Response
from flask_login import current_user
from flask_smorest import Blueprint

from webapp.api.idempotent import answer_once
from webapp.api.schemas import (
    CompleteAnswer,
    CompleteRequest,
    DraftRequest,
    IdempotencyHeader,
    ReturnRequest,
    TakeOverRequest,
    TaskDetail,
    TaskPage,
    TaskQuery,
    TaskSchema,
)
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.i18n import locale_tag
from webapp.core.pagination import Page
from webapp.core.permissions import Permission, policy
from webapp.inbox import queries as inbox
from webapp.inbox.filters import Filters
from webapp.processes import assignments, queries, returns, services

blueprint = Blueprint("api_tasks", __name__, url_prefix="/api/v1/tasks", description="User tasks")


@blueprint.get("")
@policy(Permission.WORK)
@blueprint.arguments(TaskQuery, location="query")
@blueprint.response(200, TaskPage)
def list_tasks(wanted: dict[str, Any]) -> dict[str, Any]:
    """Tasks of a view: mine, those my candidate groups may claim, done by me, of cases I watch, or all of my place (supervisors)."""
    now, filters = clock.now(), Filters.parse(wanted)
    asked = {"view": wanted["view"], "filters": filters, "now": now}
    listed = inbox.rows(current_user, **asked, sort=wanted["sort"], limit=wanted["limit"], after=wanted.get("after"))
    total = Page(listed.tasks, listed.next, inbox.total(current_user, **asked).number)
    return {"items": listed.tasks, "total": total.total_text, "next": listed.next}


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


@blueprint.post("/<int:task_id>/take-over")
@policy(Permission.WORK)
@blueprint.arguments(IdempotencyHeader, location="headers")
@blueprint.arguments(TakeOverRequest)
@blueprint.alt_response(200, schema=TaskSchema)
def take_over(_: dict[str, Any], wanted: dict[str, Any], task_id: int) -> Response:
    """Take a task that ``holder_id`` has, with a reason. That person is told."""

    def work() -> Any:
        task = queries.find_task(task_id, current_user)
        assignments.take_over(task, holder_id=wanted["holder_id"], reason=wanted["reason"], actor=current_user, at=clock.now())
        return TaskSchema().dump(task)

    return answer_once(work)


@blueprint.post("/<int:task_id>/return")
@policy(Permission.WORK)
@blueprint.arguments(IdempotencyHeader, location="headers")
@blueprint.arguments(ReturnRequest)
@blueprint.alt_response(200, schema=TaskSchema)
def give_back(_: dict[str, Any], wanted: dict[str, Any], task_id: int) -> Response:
    """Return the case to an earlier step, where the diagram allows it. Answers the task that is open there now."""

    def work() -> Any:
        task = queries.find_task(task_id, current_user)
        asked = {"reason": wanted["reason"], "version": wanted["version"]}
        return TaskSchema().dump(returns.return_to(task, wanted["element"], **asked, actor=current_user, at=clock.now()))

    return answer_once(work)


@blueprint.put("/<int:task_id>/draft")
@policy(Permission.WORK)
@blueprint.arguments(DraftRequest)
@blueprint.response(204)
def save_draft(wanted: dict[str, Any], task_id: int) -> None:
    """Keep what was entered so far; nobody else sees it."""
    with transaction():
        services.save_draft(queries.find_task(task_id, current_user), values=wanted["values"], actor=current_user, at=clock.now())
