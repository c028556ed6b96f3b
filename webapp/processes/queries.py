"""Read user tasks, submissions and pictures. Lists never read engine state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bpmn.engine import picture
from bpmn.engine.forms import Form
from webapp.accounts.models import User
from webapp.accounts.places import reaches
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.i18n import locale_tag
from webapp.core.permissions import Permission
from webapp.processes.editions import content_of
from webapp.processes.locks import lock_instance_of
from webapp.processes.models import COMPLETED, FormDraft, FormSubmission, ProcessInstance, UserTask


def find_task(task_id: int, user: User) -> UserTask:
    """Raises NotFound outside what the user may see: own tasks, those of own candidate groups, and of cases in own places."""
    return _visible(db.session.get(UserTask, task_id, options=[joinedload(UserTask.instance)]), user)


def find_task_to_complete(task_id: int, user: User) -> UserTask:
    """As ``find_task``, after its instance was locked: what the row says then stays true until the end of the transaction."""
    lock_instance_of(task_id)
    return _visible(db.session.get(UserTask, task_id, populate_existing=True), user)


def can_work_on(user: User, task: UserTask) -> bool:
    """Candidate, or an administrator with a process that has no case. Who lost the role has lost the task, claimed or not."""
    is_candidate = (task.role, task.scope) in user.candidate_groups
    return is_candidate or (task.case_id is None and user.has(Permission.ADMINISTER))


def draft_of(task: UserTask, user: User) -> FormDraft | None:
    return db.session.get(FormDraft, (task.id, user.id))


def form_of(task: UserTask) -> Form | None:
    """The form as pinned by the edition of the task's instance."""
    return content_of(task.instance.edition_id).form(task.form_key) if task.form_key else None


def instances_of_case(case_id: int) -> list[ProcessInstance]:
    """Root first, then the children in the order they were started."""
    return list(db.session.scalars(select(ProcessInstance).where(ProcessInstance.case_id == case_id).order_by(ProcessInstance.id)))


def tasks_of_case(case_id: int) -> list[UserTask]:
    return list(db.session.scalars(select(UserTask).where(UserTask.case_id == case_id).order_by(UserTask.id)))


def open_tasks_of_case(case_id: int) -> list[UserTask]:
    query = select(UserTask).where(UserTask.case_id == case_id, UserTask.state == 0)
    return list(db.session.scalars(query.order_by(UserTask.order_at, UserTask.id)))


def submissions_of(instance_ids: Sequence[int]) -> list[FormSubmission]:
    query = select(FormSubmission).where(FormSubmission.instance_id.in_(instance_ids)).order_by(FormSubmission.id)
    return list(db.session.scalars(query))


def picture_of(instance: ProcessInstance, tasks: Sequence[UserTask]) -> str:
    """SVG of the diagram: what waits is marked (open tasks, awaited answers), completed tasks are ticked.

    ``tasks``: those of this instance or more.
    """
    own = [task for task in tasks if task.instance_id == instance.id]
    current = {task.element for task in own if task.is_open} | (set(instance.awaits.values()) if instance.is_running else set())
    done = {task.element for task in own if task.state == COMPLETED} - current
    if instance.end_element:
        done.add(instance.end_element)
    definition = content_of(instance.edition_id).process(instance.process_key)
    return picture.draw(definition.diagram, process=instance.process_key, current=current, done=done, locale=locale_tag())


def person_name(user_id: int | None) -> str:
    """Display name in the language of the request; empty for nobody."""
    user = db.session.get(User, user_id) if user_id else None
    if user is None:
        return ""
    return user.name_zh if locale_tag() == "zh" else user.name_en


def when_text(at: datetime | None) -> str:
    return at.astimezone(clock.LEGAL_ZONE).strftime("%Y-%m-%d %H:%M") if at else ""


def _visible(task: UserTask | None, user: User) -> UserTask:
    if task is None or not (can_work_on(user, task) or user.has(Permission.ADMINISTER) or is_in_place(task, user)):
        raise NotFound
    return task


def is_in_place(task: UserTask, user: User) -> bool:
    """Whether the task's case lies where the user reads cases, or the campaign's visit where the user reads campaigns."""
    if task.case_id is not None:
        return reaches(user, Permission.READ_CASES, task)
    return reaches(user, Permission.READ_CAMPAIGNS, task) and _is_visit(task)


def _is_visit(task: UserTask) -> bool:
    definition = content_of(task.instance.edition_id).process(task.process_key)
    return definition.properties.get("subject") == "campaign"
