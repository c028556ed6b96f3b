"""Return a user task to an earlier step of its process. Callers hold the transaction."""

from __future__ import annotations

from datetime import datetime

from bpmn.engine import runner
from webapp.accounts.models import User
from webapp.core.db import db
from webapp.deadlines import services as deadlines
from webapp.events.services import record
from webapp.processes import handlers, step
from webapp.processes.editions import content_of
from webapp.processes.errors import CannotReturn, ReasonMissing
from webapp.processes.handlers import SEND_BACK, Moved
from webapp.processes.models import RETURNED, ProcessInstance, TaskReturn, UserTask
from webapp.processes.queries import can_work_on
from webapp.processes.returned import steps_back
from webapp.processes.services import refuse_unless_workable
from webapp.processes.subjects import Subject, stream_of
from webapp.processes.task_changes import locked_instance

MAX_REASON = 200


def return_to(task: UserTask, element: str, *, reason: str, actor: User, at: datetime, version: int | None = None) -> UserTask:
    """End the open task as returned and open the earlier step again, with whoever did it last; returns that step's new task.

    What lies between is walked again. Nothing that was said is lost, and no clock starts anew: clocks that span tasks run on, those of
    tasks go on where they stood. ``element``: one of ``steps_back``; ``version``: the task version the page showed.
    Raises Forbidden, AlreadyClaimed, AlreadyEnded, Withdrawn, Delegated, TaskChanged, CannotReturn, ReasonMissing, DiagramFault.
    """
    instance = locked_instance(task)
    refuse_unless_workable(task, actor, version, on_behalf=False)
    earlier = next((found for found in steps_back(task) if found.element == element), None)
    if earlier is None:
        raise CannotReturn
    reason = _given(reason)
    host = step.Host(Subject.of(instance), at)
    definition = content_of(instance.edition_id).process(instance.process_key)
    result = step.run(runner.return_to, definition, instance.state, task.engine_task_id, element, host=host, now=at)
    back = _end(task, instance, earlier, reason=reason, actor=actor, at=at)
    opened = step.store(instance, result, host=host, actor_id=actor.id, at=at)
    again = next(found for found in opened if found.element == element)
    back.to_task_id = again.id
    _hand_to(again, earlier.ended_by_id, actor=actor, at=at)
    return again


def _given(reason: str) -> str:
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= MAX_REASON:
        raise ReasonMissing
    return reason


def _end(task: UserTask, instance: ProcessInstance, earlier: UserTask, *, reason: str, actor: User, at: datetime) -> TaskReturn:
    """The row keeps who worked on it; what they typed stays for when the case comes by again."""
    task.state, task.ended_at, task.ended_by_id, task.version = RETURNED, at, actor.id, task.version + 1
    instance.was_returned = True
    back = TaskReturn(
        instance_id=instance.id, task_id=task.id, to_task_id=None, done_at=earlier.ended_at, reason=reason, actor_id=actor.id,
        returned_at=at,
    )  # fmt: skip
    db.session.add(back)
    db.session.flush()
    told = {"task_id": task.id, "element": task.element, "to_element": earlier.element, "to_id": earlier.id, "reason": reason}
    record(stream_of(task), "task.returned", actor_id=actor.id, at=at, **told)
    deadlines.drop_for_task(task.id, stream=stream_of(task), actor_id=actor.id, at=at)
    return back


def _hand_to(task: UserTask, person_id: int | None, *, actor: User, at: datetime) -> None:
    """Whoever did the step last does it again, unless they have lost the role: then it waits for their group."""
    person = db.session.get(User, person_id) if person_id else None
    if person is None or not person.is_active or not can_work_on(person, task):
        return
    task.assignee_id, task.assigned_at = person.id, at
    db.session.flush()
    handlers.tell_moved(Moved(SEND_BACK, task, actor.id, None, person.id, None, at))
