"""What returns leave behind: which steps may be returned to, what was said there before, and clocks that go on where they stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from webapp.accounts.models import User
from webapp.core.db import db
from webapp.deadlines.models import Deadline
from webapp.deadlines.reckoning import Reckoned
from webapp.deadlines.services import Due
from webapp.processes.editions import content_of
from webapp.processes.models import COMPLETED, OPEN, RETURNED, FormDraft, FormSubmission, ProcessInstance, TaskReturn, UserTask


def steps_back(task: UserTask) -> list[UserTask]:
    """The earlier steps this one may be returned to, latest first: those its diagram names and its instance has been through."""
    steps = steps_named(task)
    return [] if steps is None else latest_steps(task, db.session.scalars(select(UserTask).where(steps).order_by(UserTask.id)).all())


def steps_named(task: UserTask) -> ColumnElement[bool] | None:
    """The completed runs of the steps that the diagram names; None if this step returns to nothing."""
    named = _named(task)
    if not named or not task.is_open:
        return None
    return and_(
        UserTask.instance_id == task.instance_id, UserTask.process_key == task.process_key, UserTask.element.in_(named),
        UserTask.state == COMPLETED,
    )  # fmt: skip


def latest_steps(task: UserTask, found: Sequence[UserTask]) -> list[UserTask]:
    """Of tasks in the order of their ids the last completed run of each step that this one names, latest first."""
    named = _named(task) if task.is_open else []
    runs = [one for one in found if one.instance_id == task.instance_id and one.state == COMPLETED and one.element in named]
    latest = {one.element: one for one in runs}
    return sorted(latest.values(), key=lambda one: one.id, reverse=True)


def return_that_opened(task: UserTask) -> TaskReturn | None:
    """Who sent the case back to this step, and why; None for a step that was reached in the ordinary way."""
    if not task.instance.was_returned:
        return None
    return db.session.scalars(select(TaskReturn).where(TaskReturn.to_task_id == task.id)).one_or_none()


def return_that_ended(task: UserTask) -> TaskReturn | None:
    if task.state != RETURNED:
        return None
    return db.session.scalars(select(TaskReturn).where(TaskReturn.task_id == task.id)).one_or_none()


def said_there_before(task: UserTask, user: User) -> Mapping[str, Any]:
    """What a step that is walked again starts from: what was sent there before the return, or what this person had typed."""
    earlier = walked_before(task.instance, task.process_key, task.element, opened_at=task.opened_at, than=task)
    if earlier is None:
        return {}
    sent = db.session.scalars(select(FormSubmission).where(FormSubmission.task_id == earlier.id)).one_or_none()
    draft = None if sent else db.session.get(FormDraft, (earlier.id, user.id))
    return sent.values if sent else draft.values if draft else {}


def walked_before(
    instance: ProcessInstance, process_key: str, element: str, *, opened_at: datetime, than: UserTask | None = None
) -> UserTask | None:
    """The last run of a step that a return made to be walked again; None if there is none, as in a loop of the diagram itself.

    ``than``: the run it was before, None while that is not stored yet.
    """
    if not instance.was_returned:
        return None
    runs = select(UserTask).where(
        UserTask.instance_id == instance.id, UserTask.process_key == process_key, UserTask.element == element, UserTask.state != OPEN
    )
    runs = runs if than is None else runs.where(UserTask.id < than.id)
    last = db.session.scalars(runs.order_by(UserTask.id.desc()).limit(1)).first()
    return last if last is not None and _lies_in_a_return(last, opened_at) else None


def clock_before(instance: ProcessInstance, process_key: str, element: str, *, code: str, at: datetime) -> tuple[bool, Due | None]:
    """Whether the step is walked again, and then its clock, which goes on: none if it ran out while the work was done in time."""
    earlier = walked_before(instance, process_key, element, opened_at=at)
    if earlier is None:
        return False, None
    clocks = select(Deadline).where(Deadline.task_id == earlier.id, Deadline.code == code)
    clock = db.session.scalars(clocks.order_by(Deadline.id.desc()).limit(1)).first()
    if clock is None or (earlier.state == COMPLETED and clock.due_at <= at):
        return True, None
    reckoned = Reckoned(clock.target_at, clock.due_at, clock.remind_at or clock.due_at, clock.is_provisional)
    return True, Due(clock.time_limit, clock.started_at, reckoned)


def _lies_in_a_return(run: UserTask, opened_at: datetime) -> bool:
    """Whether a return jumped back over this run: it ended after the step returned to was done, and not after the return."""
    over = select(TaskReturn.id).where(
        TaskReturn.instance_id == run.instance_id, TaskReturn.done_at <= run.ended_at, TaskReturn.returned_at >= run.ended_at,
        TaskReturn.returned_at <= opened_at,
    )  # fmt: skip
    return db.session.scalars(over.limit(1)).first() is not None


def _named(task: UserTask) -> list[str]:
    definition = content_of(task.instance.edition_id).process(task.instance.process_key)
    return definition.element(task.process_key, task.element).properties.get("returns_to", "").split()
