"""The verbs of process instances and user tasks. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bpmn.engine import runner
from bpmn.engine.compiler import ProcessDefinition
from webapp.accounts.models import User
from webapp.core import faults, metrics
from webapp.core.db import changed_rows, db, table_of
from webapp.core.errors import Forbidden
from webapp.deadlines import services as deadlines
from webapp.events.services import record
from webapp.processes import handlers, step, submissions
from webapp.processes.editions import active_edition, content_of, may_start
from webapp.processes.errors import Delegated, NotClaimed, TaskChanged
from webapp.processes.handlers import Begun, Completing, Moved
from webapp.processes.locks import lock
from webapp.processes.models import COMPLETED, OPEN, FormDraft, Message, ProcessInstance, TimerRow, UserTask
from webapp.processes.queries import can_work_on, person_name, when_text
from webapp.processes.step import Opened, Opening
from webapp.processes.subjects import Subject, stream_of
from webapp.processes.task_changes import change_if, locked_instance, refuse


@dataclass(frozen=True, slots=True)
class Completed:
    task: UserTask
    opened: list[UserTask]


@dataclass(frozen=True, slots=True)
class Said:
    """A start by form: whom it is about, and the raw form values."""

    subject: Subject
    values: Mapping[str, Any]


def start(key: str, *, subject: Subject, values: Mapping[str, Any], actor: User, at: datetime, locale: str) -> Opened:
    """Start a process definition of the active edition by its start form.

    Raises UnknownProcess, Forbidden, Invalid (the form's messages), DiagramFault.
    """
    if not may_start(actor, content_of(active_edition().id).process(key)):
        raise Forbidden
    (opened,) = start_all(key, [Said(subject, values)], actor_id=actor.id, at=at, locale=locale)
    return opened


def start_all(key: str, starts: Sequence[Said], *, actor_id: int | None, at: datetime, locale: str) -> list[Opened]:
    """Start a process definition once per start; the caller has judged who may. Raises UnknownProcess, Invalid, DiagramFault."""
    edition = active_edition()
    content = content_of(edition.id)
    form = content.process(key).start_form
    accepted = [submissions.accept(content, form, start.values, subject=start.subject, locale=locale, at=at) for start in starts]
    openings = [step.Opening(start.subject, said.routes, said.digest) for start, said in zip(starts, accepted, strict=True)]
    opened = step.open_instances(key, openings, edition_id=edition.id, actor_id=actor_id, at=at)
    said = [submissions.Submitted(form, one.instance) for form, one in zip(accepted, opened, strict=True)]
    submissions.store(said, actor_id=actor_id, at=at)
    _tell_begun(content.process(key), said, actor_id=actor_id, at=at)
    return opened


def open_instances(key: str, openings: Sequence[Opening], *, actor_id: int | None, at: datetime) -> list[Opened]:
    """Start a process definition of the active edition without a form, once per opening. Raises UnknownProcess, DiagramFault."""
    return step.open_instances(key, openings, edition_id=active_edition().id, actor_id=actor_id, at=at)


def claim(task: UserTask, *, actor: User, at: datetime) -> None:
    """Assign an unassigned open task to the actor. Raises Forbidden, AlreadyClaimed, AlreadyEnded, Withdrawn."""
    if not can_work_on(actor, task):
        raise Forbidden
    locked_instance(task)
    if task.is_open and task.assignee_id == actor.id:
        return
    if not change_if(task, UserTask.assignee_id.is_(None), assignee_id=actor.id, assigned_at=at, owner_id=None):
        refuse(task, actor)
    record(stream_of(task), "task.claimed", actor_id=actor.id, at=at, task_id=task.id, element=task.element)


def release(task: UserTask, *, actor: User, at: datetime) -> None:
    """Put a claimed task back to its candidate group: one's own, or another's for supervisors of the place, who then tell the holder.

    Raises Forbidden, NotClaimed, Delegated, AlreadyEnded, Withdrawn.
    """
    locked_instance(task)
    holder_id, owner_id = task.assignee_id, task.owner_id
    if holder_id != actor.id and not step.may_supervise(actor, task):
        raise Forbidden if task.is_claimed else NotClaimed
    if task.is_open and task.is_delegated and holder_id == actor.id:
        raise Delegated(by=person_name(owner_id))
    if holder_id is None or not change_if(task, UserTask.assignee_id == holder_id, assignee_id=None, assigned_at=None, owner_id=None):
        refuse(task, actor)
    record(stream_of(task), "task.released", actor_id=actor.id, at=at, task_id=task.id, element=task.element)
    handlers.tell_moved(Moved(handlers.RELEASE, task, actor.id, holder_id, None, owner_id, at))


def take_back(task: UserTask, *, at: datetime) -> None:
    """Release a task whose holder may no longer work on it."""
    if change_if(task, UserTask.assignee_id == task.assignee_id, assignee_id=None, assigned_at=None, owner_id=None):
        record(stream_of(task), "task.released", actor_id=None, at=at, task_id=task.id, element=task.element)


def complete(
    task: UserTask, *, values: Mapping[str, Any], version: int | None, actor: User, at: datetime, locale: str, on_behalf: bool = False
) -> Completed:  # fmt: skip
    """Submit the task's form; the engine moves on.

    ``values``: raw form values; ``version``: the task version the form was opened with (None: not checked); ``on_behalf``: the caller has
    judged that the actor may say what a body without an account answered, so that the actor need not be a candidate.
    ``queries.find_task_to_complete`` locks before it reads and so saves a second reading of the task here.
    Raises Forbidden, AlreadyClaimed, AlreadyEnded, Withdrawn, TaskChanged, Invalid, DiagramFault.
    """
    instance = locked_instance(task)
    refuse_unless_workable(task, actor, version, on_behalf=on_behalf)
    content = content_of(instance.edition_id)
    definition = content.process(instance.process_key)
    accepted = submissions.accept(content, task.form_key, values, subject=Subject.of(instance), locale=locale, at=at)
    completing = _completing(task, instance, definition, accepted, actor=actor, at=at, locale=locale)
    for check in handlers.on_completing:
        check(completing)
    host = step.Host(Subject.of(instance), at)
    with metrics.timed_step(definition.key):
        result = step.run(runner.complete, definition, instance.state, task.engine_task_id, accepted.routes, host=host, now=at)
        faults.reach("after_engine")
        with db.session.no_autoflush:  # one flush writes what the step changed; each one costs more than its statements
            _end(task, accepted.digest, actor_id=actor.id, at=at)
            submissions.store([submissions.Submitted(accepted, instance, task.id)], actor_id=actor.id, at=at)
            return Completed(task, step.store(instance, result, host=host, actor_id=actor.id, at=at, completed=completing))


def save_draft(task: UserTask, *, values: Mapping[str, Any], actor: User, at: datetime) -> None:
    """Keep what the actor has typed so far, whatever it is worth. Raises Forbidden, AlreadyEnded, ValuesTooLarge."""
    if not can_work_on(actor, task):
        raise Forbidden
    if not task.is_open:
        refuse(task, actor)
    kept = submissions.draft_values(content_of(task.instance.edition_id), task.form_key, values)
    tasks, draft = table_of(UserTask), db.session.get(FormDraft, (task.id, actor.id))
    if changed_rows(update(tasks).where(tasks.c.id == task.id, tasks.c.state == OPEN).values(has_draft=True)) != 1:
        refuse(task, actor)
    if draft is None:
        db.session.add(FormDraft(task_id=task.id, user_id=actor.id, values=kept, saved_at=at))
    else:
        draft.values, draft.saved_at = kept, at


def discard_draft(task: UserTask, *, actor: User) -> None:
    """Throw away what the actor typed into the task; nobody else's draft."""
    drafts = table_of(FormDraft)
    changed_rows(delete(drafts).where(drafts.c.task_id == task.id, drafts.c.user_id == actor.id))


def deliver(message_id: int, *, at: datetime) -> bool:
    """Hand a stored message to its instance if that waits for it now. Returns whether it was delivered by this call."""
    message = db.session.get_one(Message, message_id)
    instance = lock(message.instance_id)
    db.session.refresh(message)
    if message.delivered_at is not None or message.name not in instance.awaits:
        return False
    step.deliver(instance, message, at=at)
    return True


def fire_timers(instance_id: int, *, at: datetime) -> bool:
    """Fire what is due in one instance. Returns whether anything was due."""
    instance = lock(instance_id)
    due = list(db.session.scalars(select(TimerRow).where(TimerRow.instance_id == instance_id, TimerRow.due_at <= at)))
    if not due:
        return False
    definition = content_of(instance.edition_id).process(instance.process_key)
    host = step.Host(Subject.of(instance), at)
    result = step.run(runner.fire_timers, definition, instance.state, host=host, now=at)
    for timer in due:
        record(stream_of(instance), "timer.fired", actor_id=None, at=at, instance_id=instance.id, element=timer.element)
    step.store(instance, result, host=host, actor_id=None, at=at)
    return True


def refuse_unless_workable(task: UserTask, actor: User, version: int | None, *, on_behalf: bool) -> None:
    """Raises Forbidden, AlreadyClaimed, AlreadyEnded, Withdrawn, Delegated, TaskChanged unless the actor may end the task now."""
    if not task.is_open:
        refuse(task, actor)
    if not (on_behalf or can_work_on(actor, task)):
        raise Forbidden
    if task.is_claimed and task.assignee_id != actor.id:
        refuse(task, actor)
    if task.is_delegated:
        raise Delegated(by=person_name(task.owner_id))
    if version is not None and version != task.version:
        raise TaskChanged(
            what=f"{person_name(task.assignee_id)} {when_text(task.assigned_at)}".strip() if task.is_claimed else f"v{task.version}"
        )


def _tell_begun(definition: ProcessDefinition, said: Sequence[submissions.Submitted], *, actor_id: int | None, at: datetime) -> None:
    begun = [
        Begun(one.instance, definition.start_properties, one.accepted.values, definition.start_form, one.accepted.form_hash, actor_id, at)
        for one in said
    ]
    for handler in handlers.on_begun:
        handler(begun)


def _completing(
    task: UserTask,
    instance: ProcessInstance,
    definition: ProcessDefinition,
    accepted: submissions.Accepted,
    *,
    actor: User,
    at: datetime,
    locale: str,
) -> Completing:
    properties = definition.element(task.process_key, task.element).properties
    return Completing(task, instance, properties, accepted.values, accepted.columns, actor, at, locale, accepted.form_hash)


def _end(task: UserTask, values_digest: str, *, actor_id: int, at: datetime) -> None:
    if task.assignee_id is None:
        task.assignee_id, task.assigned_at = actor_id, at
    task.state, task.ended_at, task.ended_by_id = COMPLETED, at, actor_id
    task.version += 1
    if task.has_draft:
        drafts = table_of(FormDraft)
        changed_rows(delete(drafts).where(drafts.c.task_id == task.id))
    record(
        stream_of(task),
        "task.completed",
        actor_id=actor_id,
        at=at,
        task_id=task.id,
        element=task.element,
        instance_id=task.instance_id,
        values=values_digest,
    )
    if task.due_at is not None:
        deadlines.close_for_task(task.id, stream=stream_of(task), actor_id=actor_id, at=at)
