"""Lists that are short: what a text finds, and the cases somebody follows. The cases come first, then their few tasks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select

from webapp.accounts.models import User
from webapp.accounts.places import within
from webapp.cases.models import Case
from webapp.cases.search import PLACE_JUDGED_LATE, matching_cases
from webapp.core.db import db
from webapp.core.permissions import Permission
from webapp.inbox.filters import Filters
from webapp.inbox.models import CaseWatch
from webapp.processes.models import UserTask

MAX_FOUND = 1_000
MAX_NEAR = 100_000  # tasks of the cases that a text finds, more than there ever are


def found(belongs: ColumnElement[bool], filters: Filters, *, now: datetime, reader: User | None) -> list[UserTask]:
    """Tasks of a view that a text or the watching narrowed, in no order. ``reader``: whose cases a text is looked for in; None: in all."""
    conditions = [belongs, *filters.fits(), *filters.span(now)]
    if filters.q:
        cases = list(db.session.scalars(matching_cases(filters.q, user=reader)))
        if not cases:
            return []
        # The limit keeps the view out of the choice of the index: SQLite would else walk all that nobody has claimed.
        near = select(UserTask.id).where(UserTask.case_id.in_(cases)).limit(MAX_NEAR).subquery()
        conditions.append(UserTask.id.in_(select(near.c.id)))
    return list(db.session.scalars(select(UserTask).where(*conditions).limit(MAX_FOUND)))


def watched(user: User) -> ColumnElement[bool]:
    """Tasks of the cases the user follows and may still see."""
    followed = select(CaseWatch.case_id).where(CaseWatch.user_id == user.id)
    seen = select(Case.id).where(Case.id.in_(followed), within(user, Permission.READ_CASES, PLACE_JUDGED_LATE))
    return UserTask.case_id.in_(seen)
