"""Load legal data from the shipped files. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from webapp.core.db import after_commit, db
from webapp.rules.models import Amount, CalendarDay, CalendarImport, Dated, ExposureLimit, TimeLimit, Violation
from webapp.rules.queries import forget_rules

DATA = Path(__file__).parent / "data"
SHIPPED: dict[str, type[Dated]] = {
    "time_limits.json": TimeLimit, "violations.json": Violation, "amounts.json": Amount, "exposure_limits.json": ExposureLimit,
}  # fmt: skip
# Columns that rows stored before they existed lack; what administrators may have changed is not among them.
LATER_COLUMNS = (
    "extension_value",
    "extension_unit",
    "extension_count",
    "target_value",
    "target_unit",
    "keeps_days_min",
    "is_right",
    "note_zh",
    "note_en",
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A running clock whose legal date moved with the calendar."""

    deadline_id: int
    code: str
    case_id: int | None
    instance_id: int
    before_at: datetime
    after_at: datetime


on_calendar_changed: list[Callable[[datetime], list[Moved]]] = []  # called in the transaction that publishes a year


def load(*, at: datetime) -> int:
    """Add the shipped rows that are not there yet; what administrators changed stays. Returns how many were added."""
    added = sum(_load_rows(name, table, at) for name, table in SHIPPED.items()) + _load_calendar()
    forget_rules()
    after_commit(forget_rules)  # another thread may have read the old ones meanwhile
    return added


def _load_rows(name: str, table: type[Dated], at: datetime) -> int:
    """A code that administrators gave rows of their own gets none of ours that they have not got."""
    known = {(row.code, row.valid_from): row for row in db.session.scalars(select(table).where(_everywhere(table)))}
    taken = {row.code for row in known.values() if row.added_by_id is not None}
    added = 0
    for entry in _read(name):
        columns = _columns(entry)
        row = known.get((entry["code"], columns["valid_from"]))
        if row is not None:
            _complete(row, columns, at)
        elif entry["code"] not in taken:
            db.session.add(table(**{**columns, "added_at": at}))
            added += 1
    return added


def _everywhere(table: type[Dated]) -> Any:
    place = getattr(table, "jurisdiction_id", None)
    return place.is_(None) if place is not None else table.code.is_not(None)


def _complete(row: Dated, columns: dict[str, Any], at: datetime) -> None:
    """A row from before these columns existed has no ``added_at``."""
    if row.added_at is None:
        for name in LATER_COLUMNS:
            if name in columns:
                setattr(row, name, columns[name])
        row.added_at = at


def _load_calendar() -> int:
    """Years that somebody imported are theirs."""
    known = set(db.session.scalars(select(CalendarDay.day)))
    years = {year for published in db.session.scalars(select(CalendarImport.years)) for year in published}
    entries = [(date.fromisoformat(entry["day"]), entry) for entry in _read("calendar.json")["days"]]
    fresh = [(day, entry) for day, entry in entries if day not in known and day.year not in years]
    db.session.add_all(CalendarDay(day=day, is_working=entry["is_working"], name=entry["name"]) for day, entry in fresh)
    return len(fresh)


def _columns(entry: dict[str, Any]) -> dict[str, Any]:
    dates = {name: date.fromisoformat(entry[name]) if entry[name] else None for name in ("valid_from", "valid_to")}
    return {**entry, **dates}


def _read(name: str) -> Any:
    return orjson.loads((DATA / name).read_bytes())
