"""What a person keeps: named filters, the shape of the list, cases to follow. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, or_, select

from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.core.db import db
from webapp.core.errors import DomainError, Invalid, NotFound
from webapp.inbox.models import CaseWatch, InboxPreference, SavedFilter

COLUMNS = ("stage", "case", "role", "since")
SIZES = (25, 50, 100)
MAX_NAME, MAX_FILTERS, MAX_WATCHED = 40, 30, 200


class NameNeeded(Invalid):
    """Give the filter a name of 1 to 40 characters."""


class TooManyFilters(DomainError):
    """You have 30 saved filters. Delete one that you no longer use, then save this one."""


class NotYourGroup(DomainError):
    """A filter can be shared only with a group that you belong to."""

    status = 403


class TooManyWatched(DomainError):
    """You follow 200 cases. Stop following one of them first."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the list looks. ``default_id``: the filter it opens with."""

    columns: tuple[str, ...] = COLUMNS
    size: int = SIZES[0]
    default_id: int | None = None


def kept_by(user: User) -> tuple[Shape, list[SavedFilter]]:
    """The shape of the list, and the filters: the user's own, then those that one of the user's groups shares."""
    shared = [and_(SavedFilter.role == role, SavedFilter.scope == scope) for role, scope in sorted(user.candidate_groups)]
    of_user = select(InboxPreference, SavedFilter).select_from(User).outerjoin(InboxPreference, InboxPreference.user_id == User.id)
    query = of_user.outerjoin(SavedFilter, or_(SavedFilter.owner_id == User.id, *shared)).where(User.id == user.id)
    rows = db.session.execute(query.order_by(SavedFilter.position, SavedFilter.id).limit(4 * MAX_FILTERS)).all()
    saved = [row[1] for row in rows if row[1] is not None]
    return _shape(rows[0][0] if rows else None), sorted(saved, key=lambda one: one.owner_id != user.id)


def filters_of(user: User) -> list[SavedFilter]:
    return kept_by(user)[1]


def keep_shape(user: User, *, columns: Sequence[str], size: int, default_id: int | None) -> None:
    """Raises NotFound for a default that is not the user's to use."""
    if default_id is not None and default_id not in {one.id for one in filters_of(user)}:
        raise NotFound
    kept = db.session.get(InboxPreference, user.id) or InboxPreference(user_id=user.id)
    kept.columns = [name for name in COLUMNS if name in columns]
    kept.page_size, kept.default_filter_id = size if size in SIZES else SIZES[0], default_id
    db.session.add(kept)


def save_filter(user: User, *, name: str, query: str, group: tuple[str, str] | None = None) -> SavedFilter:
    """``query``: as the list writes it. Raises NameNeeded, TooManyFilters, NotYourGroup."""
    own = db.session.scalar(select(func.count()).where(SavedFilter.owner_id == user.id)) or 0
    if own >= MAX_FILTERS:
        raise TooManyFilters
    role, scope = _team(user, group)
    kept = SavedFilter(owner_id=user.id, name=_named(name), query=query, role=role, scope=scope, position=own)
    db.session.add(kept)
    db.session.flush([kept])
    return kept


def change_filter(user: User, filter_id: int, *, name: str, group: tuple[str, str] | None) -> SavedFilter:
    """Rename, share or stop sharing. Raises NotFound, NameNeeded, NotYourGroup."""
    kept = _own(user, filter_id)
    kept.name = _named(name)
    kept.role, kept.scope = _team(user, group)
    return kept


def delete_filter(user: User, filter_id: int) -> str:
    """Returns its name. Raises NotFound."""
    kept = _own(user, filter_id)
    for preference in db.session.scalars(select(InboxPreference).where(InboxPreference.default_filter_id == kept.id)):
        preference.default_filter_id = None
    db.session.delete(kept)
    return kept.name


def is_watched(user: User, case: Case) -> bool:
    return db.session.get(CaseWatch, (user.id, case.id)) is not None


def watch(user: User, case: Case) -> None:
    """Raises TooManyWatched."""
    if is_watched(user, case):
        return
    if (db.session.scalar(select(func.count()).where(CaseWatch.user_id == user.id)) or 0) >= MAX_WATCHED:
        raise TooManyWatched
    db.session.add(CaseWatch(user_id=user.id, case_id=case.id))


def unwatch(user: User, case: Case) -> None:
    db.session.execute(delete(CaseWatch).where(CaseWatch.user_id == user.id, CaseWatch.case_id == case.id))


def _shape(kept: InboxPreference | None) -> Shape:
    if kept is None:
        return Shape()
    size = kept.page_size if kept.page_size in SIZES else SIZES[0]
    return Shape(tuple(name for name in COLUMNS if name in kept.columns), size, kept.default_filter_id)


def _own(user: User, filter_id: int) -> SavedFilter:
    kept = db.session.get(SavedFilter, filter_id)
    if kept is None or kept.owner_id != user.id:
        raise NotFound
    return kept


def _named(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not 0 < len(name) <= MAX_NAME:
        raise NameNeeded({"name": [NameNeeded().message]})
    return name


def _team(user: User, group: tuple[str, str] | None) -> tuple[str | None, str | None]:
    if group is None:
        return None, None
    if group not in user.candidate_groups:
        raise NotYourGroup
    return group
