"""Find tasks of an inbox view by employer or case: first the cases, then their few open tasks."""

from __future__ import annotations

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.accounts.places import reaches
from webapp.cases.search import matching
from webapp.core.db import db
from webapp.core.permissions import Permission
from webapp.inbox.queries import OPEN, View
from webapp.processes.models import UserTask


def search(user: User, *, view: View, text: str, limit: int = 50) -> list[UserTask]:
    """Open tasks of the view whose case number, employer name or credit code matches, in due order."""
    cases = list(db.session.scalars(matching(text)))
    if not cases:
        return []
    query = select(UserTask).where(UserTask.case_id.in_(cases), OPEN)
    found = sorted(db.session.scalars(query), key=lambda task: (task.order_at, task.id))
    return [task for task in found if _belongs(task, user, view)][:limit]


def _belongs(task: UserTask, user: User, view: View) -> bool:
    if view == "mine":
        return task.assignee_id == user.id
    if view == "group":
        return task.assignee_id is None and (task.role, task.scope) in user.candidate_groups
    return reaches(user, Permission.SUPERVISE, task)
