"""Who may be given user tasks, and how much each of them has to do already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, String, func, literal_column, or_, select, tuple_
from sqlalchemy import cast as sql_cast

from webapp.accounts.models import Membership, User
from webapp.core import clock
from webapp.core.db import db
from webapp.core.i18n import locale_tag
from webapp.processes.models import UserTask

Group = tuple[str, str]  # (role, scope)


@dataclass(frozen=True, slots=True)
class Candidate:
    """``fits``: how many of the tasks this person may work on; ``open_tasks``: how many he or she holds now."""

    user_id: int
    name: str
    roles: tuple[str, ...]
    open_tasks: int
    fits: int


def candidates_for(tasks: Sequence[UserTask], *, except_id: int | None = None) -> list[Candidate]:
    """Active people of the tasks' candidate groups, those who fit most tasks first, then the least busy; one query."""
    groups = sorted({(task.role, task.scope) for task in tasks})
    found: dict[int, list[Row[tuple[int, str, str, str, int | None, int]]]] = {}
    for row in _members(groups) if groups else ():
        found.setdefault(row.id, []).append(row)
    people = [_candidate(rows, tasks) for user_id, rows in found.items() if user_id != except_id]
    return sorted((one for one in people if one.fits), key=lambda one: (-one.fits, one.open_tasks, one.name))


def _members(groups: Sequence[Group]) -> Sequence[Row[tuple[int, str, str, str, int | None, int]]]:
    """Members of a group by their own scope, or by their role over their whole jurisdiction (``User.candidate_groups``)."""
    held = select(func.count()).where(UserTask.assignee_id == User.id, UserTask.state == literal_column("0")).scalar_subquery()
    name = User.name_en if locale_tag() == "en" else User.name_zh
    wide = "j" + sql_cast(User.jurisdiction_id, String)
    own = tuple_(Membership.role, Membership.scope).in_(groups)
    over_all = tuple_(Membership.role, wide).in_(groups)
    query = select(User.id, name.label("name"), Membership.role, Membership.scope, User.jurisdiction_id, held.label("open_tasks"))
    query = query.join(Membership, Membership.user_id == User.id).where(User.active, Membership.in_force(clock.today()), or_(own, over_all))
    return db.session.execute(query.order_by(User.id)).all()


def _candidate(rows: Sequence[Row[tuple[int, str, str, str, int | None, int]]], tasks: Sequence[UserTask]) -> Candidate:
    groups = {(row.role, scope) for row in rows for scope in (row.scope, f"j{row.jurisdiction_id}")}
    first = rows[0]
    return Candidate(
        user_id=first.id, name=first.name, roles=tuple(sorted({row.role for row in rows})), open_tasks=first.open_tasks,
        fits=sum((task.role, task.scope) in groups for task in tasks),
    )  # fmt: skip
