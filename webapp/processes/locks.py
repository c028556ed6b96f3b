"""Lock an instance before reading what is to be changed: what it looked like before the lock may be history."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from webapp.core.db import db, kept_in_transaction
from webapp.processes.models import ProcessInstance, UserTask


def lock(instance_id: int) -> ProcessInstance:
    """The instance, locked until the end of the transaction and read after the lock."""
    return _locked().get(instance_id) or _lock(ProcessInstance.id == instance_id)


def is_locked(instance_id: int) -> bool:
    """Whether this transaction holds the lock already."""
    return instance_id in _locked()


def lock_instance_of(task_id: int) -> ProcessInstance | None:
    """As ``lock``, for the instance a user task belongs to; None if there is no such task."""
    instance_of_task = select(UserTask.instance_id).where(UserTask.id == task_id).scalar_subquery()
    return _lock_or_none(ProcessInstance.id == instance_of_task)


def _lock(condition: ColumnElement[bool]) -> ProcessInstance:
    instance = _lock_or_none(condition)
    assert instance is not None  # its id came from a row that refers to it
    return instance


def _lock_or_none(condition: ColumnElement[bool]) -> ProcessInstance | None:
    query = select(ProcessInstance).where(condition).with_for_update()
    instance = db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if instance is not None:
        _locked()[instance.id] = instance
    return instance


def _locked() -> dict[int, ProcessInstance]:
    return kept_in_transaction("locked_instances")
