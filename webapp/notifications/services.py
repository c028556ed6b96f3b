"""Tell people, and note that they read it. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from webapp.core.db import changed_rows, db, table_of
from webapp.notifications import kinds
from webapp.notifications.models import Notice

KEPT = timedelta(days=90)  # ours: no law says how long a read notice is kept; what happened stays in the record
BATCH = 1000


def notify(
    user_ids: Iterable[int],
    kind: str,
    *,
    at: datetime,
    case_no: str | None = None,
    task_id: int | None = None,
    url: str,
    **params: str | int,
) -> None:
    """Tell each of these people once. ``params``: exactly those that ``kinds`` declares; ``url``: a path of ours. Raises UnknownNotice."""
    kinds.check(kind, params)
    told = {"kind": kind, "params": params, "case_no": case_no, "task_id": task_id, "url": url, "told_at": at}
    rows = [{"user_id": user_id, **told} for user_id in sorted(set(user_ids))]
    if rows:
        db.session.execute(insert(table_of(Notice)), rows)


def mark_read(notice: Notice, *, at: datetime) -> None:
    """Read twice stays as read first."""
    notices = table_of(Notice)
    changed_rows(update(notices).where(notices.c.id == notice.id, notices.c.read_at.is_(None)).values(read_at=at))


def mark_all_read(user_id: int, *, up_to: int, at: datetime) -> int:
    """Those the page showed or had below it; what came later stays unread. Returns how many."""
    notices = table_of(Notice)
    unread = (notices.c.user_id == user_id, notices.c.read_at.is_(None), notices.c.id <= up_to)
    return changed_rows(update(notices).where(*unread).values(read_at=at))


def forget_read(*, before: datetime, limit: int = BATCH) -> int:
    """Delete read notices that were read before; returns how many, at most ``limit``."""
    notices = table_of(Notice)
    old = select(notices.c.id).where(notices.c.read_at.is_not(None), notices.c.read_at < before).limit(limit)
    return changed_rows(delete(notices).where(notices.c.id.in_(old)))
