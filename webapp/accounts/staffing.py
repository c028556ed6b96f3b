"""BR-25: each territory has a responsible office and one or two managers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.accounts.models import Membership, Town, User
from webapp.core.db import db
from webapp.core.errors import DomainError

MANAGER = "TOWN"
LEAST, MOST = 1, 2  # 专(兼)职管理人员1~2名. Source: S1 3(1), R-043


class TooManyManagers(DomainError):
    """BR-25: a town has one or two managers, and %(town)s has two already. Take the role from one of them first."""


@dataclass(frozen=True, slots=True)
class Staff:
    """``problems``: "no_office", "no_manager", "too_many_managers"."""

    town: Town
    managers: Sequence[User]
    problems: tuple[str, ...]


def staffing(jurisdiction_id: int) -> list[Staff]:
    """How each town of the jurisdiction is staffed. Only active accounts count. Source: BR-25; S1 3(1), R-042, R-043."""
    towns = db.session.scalars(select(Town).where(Town.jurisdiction_id == jurisdiction_id).order_by(Town.code)).all()
    managers = _managers([town.id for town in towns])
    return [Staff(town, managers[town.id], _problems(town, len(managers[town.id]))) for town in towns]


def may_add_manager(town_id: int) -> bool:
    """Whether the town has room for one more manager. Source: BR-25; S1 3(1), R-043."""
    holders = select(Membership.user_id).where(Membership.role == MANAGER, Membership.town_id == town_id)
    count = db.session.scalar(select(func.count()).select_from(User).where(User.active, User.id.in_(holders))) or 0
    return count < MOST


def refuse_third_manager(town_id: int) -> None:
    """Raises TooManyManagers. The town stays locked until the commit: two grants at once must count each other."""
    town = db.session.get_one(Town, town_id, with_for_update=True)
    if not may_add_manager(town_id):
        raise TooManyManagers(town=f"{town.name_zh} {town.name_en}")


def _managers(town_ids: Sequence[int]) -> dict[int, list[User]]:
    query = select(Membership.town_id, User).join(User, User.id == Membership.user_id)
    query = query.where(Membership.role == MANAGER, Membership.town_id.in_(town_ids), User.active).order_by(User.id)
    found: dict[int, list[User]] = defaultdict(list)
    for town_id, user in db.session.execute(query):
        found[town_id].append(user)
    return found


def _problems(town: Town, managers: int) -> tuple[str, ...]:
    checks = {"no_office": not town.responsible_office, "no_manager": managers < LEAST, "too_many_managers": managers > MOST}
    return tuple(code for code, is_so in checks.items() if is_so)
