"""What diagrams may ask of legal clocks, and the dates of tasks when a clock moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select

from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.deadlines import moving
from webapp.deadlines import services as deadlines
from webapp.deadlines.errors import ClockNotRunning
from webapp.deadlines.models import Deadline
from webapp.events.models import Event
from webapp.events.outbox import consumer
from webapp.processes import handlers
from webapp.processes.editions import content_of
from webapp.processes.models import NO_DUE, UserTask
from webapp.processes.subjects import Subject
from webapp.processes.task_rows import codes_in

Params = Mapping[str, Any]


class NoCaseHere(DomainError):
    """This diagram asks for a time limit of a case, but it was started without one. Ask your administrator to correct the diagram."""


class BadDate(DomainError):
    """The diagram asks to count from “%(text)s”, which is not a date. Ask your administrator to correct the diagram."""


def suspend_clock(subject: Subject, params: Params, at: datetime) -> Params:
    """{"code": "DECIDE INVESTIGATE", "reason"} -> {"codes": those that were suspended}."""
    codes = codes_in(str(params["code"]))
    return {"codes": moving.suspend_case(_case(subject), codes, reason=str(params["reason"]), actor_id=None, at=at)}


def resume_clock(subject: Subject, params: Params, at: datetime) -> Params:
    """{"code"} -> {"codes": those that go on}."""
    return {"codes": moving.resume_case(_case(subject), codes_in(str(params["code"])), actor_id=None, at=at)}


def due_date(subject: Subject, params: Params, at: datetime) -> Params:
    """{"code", "from": ISO date or instant, now if it is left out} -> {"at": ISO instant in UTC, "on": ISO day in Shanghai}."""
    return _answer(deadlines.due_for(str(params["code"]), _instant(params.get("from"), at), jurisdiction_id=subject.jurisdiction_id).due_at)


def due_by(subject: Subject, params: Params, at: datetime) -> Params:
    """{"code"} -> when the running clock of the case is over, as ``due_date`` says it. Raises ClockNotRunning."""
    code = str(params["code"])
    found = deadlines.nearest_running([code], case_id=_case(subject), instance_id=0)
    if found is None:
        raise ClockNotRunning(code=code)
    return _answer(found)


handlers.operations.update(suspend_clock=suspend_clock, resume_clock=resume_clock, due_date=due_date, due_by=due_by)


@consumer("task_dues", events=("deadline.suspended", "deadline.resumed", "deadline.extended", "deadline.recounted"))
def set_dues(event: Event) -> None:
    """A clock moved: the open tasks it binds get their new date. They are locked here first, as claiming one does."""
    kind, _, number = str(orjson.loads(event.body)["stream"]).partition(":")
    owner = UserTask.case_id if kind == "case" else UserTask.instance_id
    open_tasks = select(UserTask).where(owner == int(number), UserTask.state == 0).order_by(UserTask.id).with_for_update()
    for task in db.session.scalars(open_tasks, execution_options={"populate_existing": True}).all():
        task.due_at = _due_at(task)
        task.order_at = task.due_at or NO_DUE


def _case(subject: Subject) -> int:
    if subject.case_id is None:
        raise NoCaseHere
    return subject.case_id


def _instant(value: object, at: datetime) -> datetime:
    """Raises BadDate."""
    try:
        return deadlines.instant_of(str(value)) if value not in (None, "") else at
    except ValueError as error:
        raise BadDate(text=str(value)) from error


def _answer(due_at: datetime) -> Params:
    return {"at": due_at.astimezone(UTC).isoformat(), "on": legal_day(due_at).isoformat()}


def _due_at(task: UserTask) -> datetime | None:
    """The nearest of its own clock and those that span tasks and that it closes."""
    properties = content_of(task.instance.edition_id).process(task.instance.process_key).element(task.process_key, task.element).properties
    own = db.session.scalars(select(Deadline).where(Deadline.task_id == task.id, Deadline.ended_at.is_(None))).first()
    spanning = deadlines.nearest_running(codes_in(properties.get("closes")), case_id=task.case_id, instance_id=task.instance_id)
    return min((found for found in (own and not own.is_suspended and own.due_at, spanning) if found), default=None)
