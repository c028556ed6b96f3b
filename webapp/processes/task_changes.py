"""Change who holds a user task only if it still is what we think; otherwise say who was first, and when."""

from __future__ import annotations

from typing import Any, NoReturn

from sqlalchemy import ColumnElement, update

from webapp.accounts.models import User
from webapp.core.db import changed_rows, db, table_of
from webapp.processes.errors import AlreadyClaimed, AlreadyEnded, NotClaimed, Returned, Withdrawn
from webapp.processes.locks import is_locked, lock
from webapp.processes.models import COMPLETED, OPEN, RETURNED, ProcessInstance, UserTask
from webapp.processes.queries import person_name, when_text


def locked_instance(task: UserTask) -> ProcessInstance:
    """Lock the task's instance. What the task looked like before may be history; SQLite took its one write lock before the first read.

    Every verb locks the instance first: without this order two of them wait for each other's row and record.
    """
    may_be_stale = db.engine.dialect.name == "postgresql" and not is_locked(task.instance_id)
    instance = lock(task.instance_id)
    if may_be_stale:
        db.session.refresh(task)
    return instance


def change_if(task: UserTask, condition: ColumnElement[bool], **changes: Any) -> bool:
    """Change the row if it is open and the condition holds in the database; whether it did."""
    tasks = table_of(UserTask)
    statement = update(tasks).where(tasks.c.id == task.id, tasks.c.state == OPEN, condition)
    is_done = changed_rows(statement.values(version=tasks.c.version + 1, **changes)) == 1
    if is_done:
        db.session.refresh(task)
    return is_done


def refuse(task: UserTask, actor: User) -> NoReturn:
    """Raises what the task has become: AlreadyEnded, Returned, Withdrawn, AlreadyClaimed or NotClaimed."""
    db.session.refresh(task)
    if task.state == COMPLETED:
        raise AlreadyEnded(by=person_name(task.ended_by_id), at=when_text(task.ended_at))
    if task.state == RETURNED:
        raise Returned(by=person_name(task.ended_by_id), at=when_text(task.ended_at))
    if not task.is_open:
        raise Withdrawn(at=when_text(task.ended_at))
    if task.is_claimed and task.assignee_id != actor.id:
        raise AlreadyClaimed(by=person_name(task.assignee_id), at=when_text(task.assigned_at))
    raise NotClaimed
