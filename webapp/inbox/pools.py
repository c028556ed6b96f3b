"""Unassigned open tasks of candidate groups, counted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, ColumnElement, Join, Select, String, and_, column, func, literal_column, select, true, values
from sqlalchemy.ext.compiler import compiles

from webapp.accounts.models import User
from webapp.core.db import db, table_of
from webapp.core.pagination import TOTAL_CAP
from webapp.processes.models import UserTask

OPEN = UserTask.state == literal_column("0")
FREE = and_(OPEN, UserTask.assignee_id.is_(None))


def groups_of(user: User) -> CTE | None:
    """The candidate groups as a table of constants."""
    groups = sorted(user.candidate_groups)
    columns = (column("role", String), column("scope", String))
    return values(*columns, name="candidate_group").data(groups).cte("candidate_group") if groups else None


def count_free(groups: CTE | None, *conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    """Walks one index range per group and stops at the cap. PostgreSQL would hash the whole pool if it were a plain join."""
    if groups is None:
        return select(literal_column("0"))
    theirs = and_(UserTask.role == groups.c.role, UserTask.scope == groups.c.scope, FREE, *conditions)
    cap = TOTAL_CAP + 1
    if db.engine.dialect.name == "postgresql":
        each = select(UserTask.id).where(theirs).limit(cap).lateral()
        found = select(each.c.id).select_from(groups.join(each, true())).limit(cap).subquery()
        return select(func.count()).select_from(found)
    some = select(UserTask.id).select_from(_OfPools(groups, table_of(UserTask), true())).where(theirs).limit(cap).subquery()
    return select(func.count()).select_from(some)


class _OfPools(Join):
    """Told how, SQLite keeps to the pools. With a million open tasks it else walks whatever is due soon, whosever it is, for each group."""

    inherit_cache = True


@compiles(_OfPools)
def _written(join: _OfPools, compiler: Any, **options: Any) -> str:
    left, right = (compiler.process(side, **{**options, "asfrom": True}) for side in (join.left, join.right))
    return f"{left} CROSS JOIN {right} INDEXED BY ix_user_task_pool"
