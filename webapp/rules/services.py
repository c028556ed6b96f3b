"""Load legal data from the shipped files. Callers hold the transaction."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from webapp.core.db import after_commit, db
from webapp.rules.models import CalendarDay, TimeLimit
from webapp.rules.queries import forget_rules

DATA = Path(__file__).parent / "data"


def load(*, at: datetime) -> int:
    """Add the shipped rows that are not there yet; what administrators changed stays. Returns how many were added."""
    added = _load_time_limits() + _load_calendar()
    forget_rules()
    after_commit(forget_rules)  # another thread may have read the old ones meanwhile
    return added


def _load_time_limits() -> int:
    known = {(row.code, row.valid_from) for row in db.session.execute(select(TimeLimit.code, TimeLimit.valid_from))}
    rows = [_time_limit(entry) for entry in _read("time_limits.json")]
    fresh = [row for row in rows if (row.code, row.valid_from) not in known]
    db.session.add_all(fresh)
    return len(fresh)


def _load_calendar() -> int:
    known = set(db.session.scalars(select(CalendarDay.day)))
    entries = [(date.fromisoformat(entry["day"]), entry) for entry in _read("calendar.json")["days"]]
    fresh = [CalendarDay(day=day, is_working=entry["is_working"], name=entry["name"]) for day, entry in entries if day not in known]
    db.session.add_all(fresh)
    return len(fresh)


def _time_limit(entry: dict[str, Any]) -> TimeLimit:
    dates = {name: date.fromisoformat(entry[name]) if entry[name] else None for name in ("valid_from", "valid_to")}
    return TimeLimit(**{**entry, **dates})


def _read(name: str) -> Any:
    return orjson.loads((DATA / name).read_bytes())
