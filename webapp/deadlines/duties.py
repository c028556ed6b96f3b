"""Keep what was owed and what came of it. Callers hold the transaction. Source: domain/02 BR-24. Covers R-156."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from webapp.core.clock import legal_day
from webapp.core.db import db, table_of
from webapp.deadlines.models import WITHDRAWN, Deadline, Duty

Row = Mapping[Any, Any]  # of the table deadline, by name of column
COPIED = ("code", "case_id", "instance_id", "role", "scope", "jurisdiction_id", "town_id", "grid_id")
KEPT = (*COPIED, "id", "task_id", "due_at", "breached_at", "ending")  # the columns of a clock that these functions read


def keep_owed(rows: Sequence[Row]) -> None:
    """These clocks were breached: nothing was done by the day."""
    _insert([_owed(row) for row in rows])


def keep_performed(rows: Sequence[Row], *, evidence: str | None, actor_id: int | None, at: datetime) -> None:
    """These clocks ended, met or late. ``evidence`` None: the task of each; dropped clocks are owed no more."""
    done = [(row, _came_of(row, evidence=evidence, actor_id=actor_id, at=at)) for row in rows]
    for row, outcome in done:
        if row["breached_at"] is not None:
            duties = table_of(Duty)
            db.session.execute(update(duties).where(duties.c.deadline_id == row["id"]).values(**outcome))
    _insert([_owed(row) | outcome for row, outcome in done if row["breached_at"] is None and row["ending"] != "dropped"])


def row_of(deadline: Deadline) -> Row:
    return {name: getattr(deadline, name) for name in KEPT}


def _owed(row: Row) -> dict[str, Any]:
    return {"deadline_id": row["id"], "due_on": legal_day(row["due_at"]), **{name: row[name] for name in COPIED}}


def _came_of(row: Row, *, evidence: str | None, actor_id: int | None, at: datetime) -> dict[str, Any]:
    if row["ending"] == "dropped":
        return {"evidence": WITHDRAWN}
    task = f"task:{row['task_id']}" if row["task_id"] is not None else None
    return {"performed_at": at, "performed_by_id": actor_id, "evidence": evidence or task}


def _insert(rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table_of(Duty)), rows)
