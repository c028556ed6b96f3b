"""Read legal clocks."""

from __future__ import annotations

from sqlalchemy import select

from webapp.core.db import db
from webapp.deadlines.models import Deadline


def deadlines_of_case(case_id: int) -> list[Deadline]:
    """Running clocks first, by due date; then the ended ones in the order they ended."""
    rows = db.session.scalars(select(Deadline).where(Deadline.case_id == case_id))
    return sorted(rows, key=lambda row: (not row.is_open, row.ended_at or row.due_at, row.id))
