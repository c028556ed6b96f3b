"""First layer of permission: what a role may do at all. Scope and object are judged by queries and predicates."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    WORK = "work"  # inbox, claim, release, complete of one's own candidate groups
    START_CASE = "start_case"
    READ_CASES = "read_cases"
    READ_EMPLOYERS = "read_employers"
    KEEP_EMPLOYERS = "keep_employers"  # add and strike out records about employers of one's place
    READ_CAMPAIGNS = "read_campaigns"  # the boards of campaigns, within one's reach
    COORDINATE = "coordinate"  # plan, launch, stop and resume campaigns
    SUPERVISE = "supervise"  # release others' tasks, see all tasks of one's scope
    ADMINISTER = "administer"  # users, diagrams, processes without a case
    AUDIT = "audit"  # the record, its chain and the access log, within one's reach; never any work


class Scope(StrEnum):
    """How far a role reaches; the letter starts ``Membership.scope`` and ``UserTask.scope``."""

    INSTALLATION = "*"
    JURISDICTION = "j"
    TOWN = "t"
    GRID = "g"
    ORGANISATION = "o"


_READER = frozenset({Permission.WORK, Permission.READ_CASES, Permission.READ_EMPLOYERS, Permission.READ_CAMPAIGNS})
_OFFICER = _READER | {Permission.KEEP_EMPLOYERS}
_OUTSIDE = frozenset({Permission.WORK})
_AUDITOR = frozenset({Permission.READ_CASES, Permission.READ_EMPLOYERS, Permission.READ_CAMPAIGNS, Permission.AUDIT})

_WINDOW = frozenset({Permission.WORK, Permission.READ_EMPLOYERS, Permission.START_CASE})
_OUTSIDE_ROLES = (
    "POL", "PRO", "COURT", "SUPC", "HRSS_INJ", "HRSS_INS", "SIA", "LAC", "CIV", "MED", "EMG", "ECO", "APV", "UNION",
)  # fmt: skip

# Source: domain/02, 2.0 (actors).
ROLES: dict[str, tuple[Scope, frozenset[Permission]]] = {
    "GRID": (Scope.GRID, _OFFICER | {Permission.START_CASE}),
    "TOWN": (Scope.TOWN, _OFFICER | {Permission.START_CASE, Permission.SUPERVISE}),
    "TOWN_ENF": (Scope.TOWN, _OFFICER),
    "TOWN_WIN": (Scope.TOWN, _WINDOW),
    "HD_INTAKE": (Scope.JURISDICTION, _OFFICER | {Permission.START_CASE}),
    "HD_OFF": (Scope.JURISDICTION, _OFFICER | {Permission.START_CASE}),
    "HD_LEAD": (Scope.JURISDICTION, _OFFICER | {Permission.START_CASE, Permission.COORDINATE}),
    "HD_REV": (Scope.JURISDICTION, _READER),
    "HD_HEAR": (Scope.JURISDICTION, _READER),
    "HD_COL": (Scope.JURISDICTION, _READER),
    "HD_CHIEF": (Scope.JURISDICTION, _OFFICER | {Permission.SUPERVISE, Permission.COORDINATE}),
    "HD_PRIN": (Scope.JURISDICTION, _OFFICER | {Permission.SUPERVISE}),
    "JM": (Scope.JURISDICTION, _READER),
    "AUD": (Scope.JURISDICTION, _AUDITOR),
    **dict.fromkeys(_OUTSIDE_ROLES, (Scope.ORGANISATION, _OUTSIDE)),
    "ADMIN": (Scope.INSTALLATION, frozenset(Permission)),
}


def scope_of(role: str) -> Scope:
    """A role that only an administrator's own diagram names reaches over its jurisdiction."""
    return ROLES[role][0] if role in ROLES else Scope.JURISDICTION


@lru_cache(256)
def permissions_of(roles: frozenset[str]) -> frozenset[Permission]:
    return frozenset().union(*(ROLES[role][1] if role in ROLES else _OUTSIDE for role in roles))


def policy(permission: Permission) -> Callable[[View], View]:
    """Declare what a view needs; ``accounts.web`` enforces it before the view runs. A view without a policy fails a test."""
    return _declare(permission)


def public(view: View) -> View:
    """Declare that a view needs no account."""
    return _declare("public")(view)


def signed_in(view: View) -> View:
    """Declare that a view needs an account and nothing else."""
    return _declare("signed_in")(view)


def _declare(value: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.policy = value  # type: ignore[attr-defined]
        return view

    return mark
