"""Read one's notices: unread ones first, each part newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.i18n import locale_tag
from webapp.core.pagination import BadCursor, Cursor, Page
from webapp.deadlines.wording import limit_names
from webapp.notifications import kinds
from webapp.notifications.models import Notice
from webapp.processes.models import UserTask
from webapp.processes.people import names_of

CAP = 99
PAGE = 50
UNREAD, READ = "u", "r"


@dataclass(frozen=True, slots=True)
class Line:
    """A notice with its sentence in the language of the request."""

    notice: Notice
    text: str


def count_unread(user_id: int) -> int:
    """At most CAP + 1."""
    unread = select(Notice.id).where(Notice.user_id == user_id, Notice.read_at.is_(None)).limit(CAP + 1)
    return db.session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def find_notice(notice_id: int, user_id: int) -> Notice:
    """Raises NotFound for another person's."""
    notice = db.session.scalars(select(Notice).where(Notice.id == notice_id, Notice.user_id == user_id)).one_or_none()
    if notice is None:
        raise NotFound
    return notice


def list_notices(user_id: int, *, after: str | None = None, limit: int = PAGE) -> Page[Line]:
    """One page. Raises BadCursor."""
    part, cursor = _place(after)
    found = _part(user_id, Notice.read_at.is_(None), cursor, limit + 1) if part == UNREAD else []
    if len(found) <= limit:
        found += _part(user_id, Notice.read_at.is_not(None), cursor if part == READ else None, limit + 1 - len(found))
    last = found[limit - 1] if len(found) > limit else None
    return Page(_lines(found[:limit]), _cursor(last) if last else None)


def _part(user_id: int, condition: ColumnElement[bool], cursor: Cursor | None, limit: int) -> list[Notice]:
    query = select(Notice).where(Notice.user_id == user_id, condition)
    if cursor is not None:
        query = query.where(Notice.id < cursor.id)
    return list(db.session.scalars(query.order_by(Notice.id.desc()).limit(limit)))


def _place(after: str | None) -> tuple[str, Cursor | None]:
    if not after:
        return UNREAD, None
    if after[0] not in (UNREAD, READ):
        raise BadCursor
    return after[0], Cursor.decode(after[1:])


def _cursor(last: Notice) -> str:
    return (READ if last.is_read else UNREAD) + Cursor(last.told_at, last.id).encode()


def _lines(notices: Sequence[Notice]) -> list[Line]:
    tasks = _task_names({one.task_id for one in notices} - {None})
    people = names_of(value for one in notices for name, value in one.params.items() if name.endswith("_id"))
    codes = {one.params["code"] for one in notices if "code" in one.params}
    clocks = limit_names(codes) if codes else {}
    return [Line(one, kinds.sentence_of(one.kind, _words(one, tasks, people, clocks))) for one in notices]


def _words(one: Notice, tasks: dict[int, str], people: dict[int, str], clocks: dict[str, str]) -> dict[str, Any]:
    named = {name.removesuffix("_id"): people.get(value, "") for name, value in one.params.items() if name.endswith("_id")}
    clock = {"clock": clocks.get(one.params["code"], one.params["code"])} if "code" in one.params else {}
    return {**one.params, **named, **clock, "task": tasks.get(one.task_id or 0, "")}


def _task_names(task_ids: Iterable[int | None]) -> dict[int, str]:
    wanted = sorted(task_id for task_id in task_ids if task_id is not None)
    if not wanted:
        return {}
    rows = db.session.execute(select(UserTask.id, UserTask.name, UserTask.name_en).where(UserTask.id.in_(wanted)))
    return {row.id: (row.name_en or row.name) if locale_tag() == "en" else row.name for row in rows}
