"""Add a dated row to the rules. Rows are never changed or deleted: the one before ends the day before. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import class_mapper

from webapp.accounts.models import User
from webapp.core.clock import legal_day
from webapp.core.db import after_commit, db
from webapp.core.errors import DomainError, Invalid, NotFound
from webapp.core.form_values import checked
from webapp.core.i18n import gettext
from webapp.events.services import lock_stream, record
from webapp.rules.citing import cited_law
from webapp.rules.counting import ONE_DAY
from webapp.rules.kinds import KINDS, columns_of, form_of
from webapp.rules.models import Dated
from webapp.rules.queries import forget_rules

STREAM = "rules"


class RowExists(DomainError):
    """There is a row of %(code)s that starts on %(on)s already. Choose another day."""


class PastUnconfirmed(DomainError):
    """The row would start in the past. Tick the box below that you know this, then save again."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is to be added. ``before``: the row that ends the day before, if there is one."""

    row: Dated
    before: Dated | None


def plan(kind: str, code: str, typed: Mapping[str, Any], *, on: date, locale: str) -> Change:
    """What saving would do; nothing is stored. Raises NotFound, Invalid, RowExists."""
    rows = _rows(KINDS[kind], code)
    values = checked(form_of(kind), typed, locale=locale, today=on)
    columns = columns_of(kind, values) | {"valid_from": date.fromisoformat(str(values["valid_from"]))}
    _refuse_contradictions(columns)
    return _placed(rows, columns)


def add_row(kind: str, code: str, typed: Mapping[str, Any], *, is_confirmed: bool, actor: User, at: datetime, locale: str) -> Dated:
    """Store what ``plan`` plans. Raises what it raises, and PastUnconfirmed."""
    lock_stream(STREAM)
    change = plan(kind, code, typed, on=legal_day(at), locale=locale)
    row = change.row
    if row.valid_from < legal_day(at) and not is_confirmed:
        raise PastUnconfirmed
    if change.before is not None:
        change.before.valid_to = row.valid_from - ONE_DAY
    row.added_by_id, row.added_at = actor.id, at
    db.session.add(row)
    db.session.flush()
    payload = {"table": KINDS[kind].__name__, "row_id": row.id, "code": code, "valid_from": row.valid_from.isoformat()}
    record(STREAM, "rules.row_added", actor_id=actor.id, at=at, **payload)
    after_commit(forget_rules)
    return row


def _rows(table: type[Dated], code: str) -> Sequence[Dated]:
    """All rows of the code, the oldest first."""
    found = db.session.scalars(select(table).where(table.code == code).order_by(table.valid_from, table.id)).all()
    if not found:
        raise NotFound
    return found


def _refuse_contradictions(columns: Mapping[str, Any]) -> None:
    errors = {**_source_errors(columns["source"], columns["verified"]), **_range_errors(columns), **_part_errors(columns)}
    if errors:
        raise Invalid(errors)


def _source_errors(source: str, verified: str) -> dict[str, list[str]]:
    if verified == "yes" and cited_law(source) is None:
        return {"source": [gettext("A checked row names a law and its article, like L:APL60. Correct the source or the verification.")]}
    if (verified == "design") != source.startswith("D"):
        return {"source": [gettext("Only what this office sets itself starts with D. Correct the source or the verification.")]}
    return {}


def _range_errors(columns: Mapping[str, Any]) -> dict[str, list[str]]:
    pairs = (("fine_min", "fine_max"), ("income_times_min", "income_times_max"))
    wrong = [high for low, high in pairs if _both(columns, low, high) and columns[low] > columns[high]]
    errors = {high: [gettext("The upper end lies below the lower end. Correct one of them.")] for high in wrong}
    if _both(columns, "target_value") and columns["target_unit"] == columns["unit"] and columns["target_value"] > columns["value"]:
        errors["target_value"] = [gettext("The target lies after the time limit. Correct one of them.")]
    return errors


def _both(columns: Mapping[str, Any], *keys: str) -> bool:
    return all(columns.get(key) is not None for key in keys)


def _part_errors(columns: Mapping[str, Any]) -> dict[str, list[str]]:
    """Fields that say something only together."""
    together = (
        ("extension_value", "extension_unit", "extension_count"),
        ("target_value", "target_unit"),
        ("income_from", "income_times_min", "income_times_max"),
    )
    errors: dict[str, list[str]] = {}
    for keys in together:
        given = [key for key in keys if columns.get(key) is not None]
        if given and len(given) < len(keys):
            missing = next(key for key in keys if key not in given)
            errors[missing] = [gettext("Fill in this field too, or leave those that belong to it empty.")]
    return errors


def _placed(rows: Sequence[Dated], columns: dict[str, Any]) -> Change:
    """The row between those of the same place that come before and after it."""
    start = columns["valid_from"]
    kin = [row for row in rows if getattr(row, "jurisdiction_id", None) == columns.get("jurisdiction_id")]
    if any(row.valid_from == start for row in kin):
        raise RowExists(code=rows[0].code, on=start.isoformat())
    later = min((row.valid_from for row in kin if row.valid_from > start), default=None)
    before = next((row for row in kin if row.is_in_force(start)), None)
    model = max((row for row in rows if row.valid_from < start), key=lambda row: row.valid_from, default=rows[0])
    added = {"valid_to": later - ONE_DAY if later else None, "added_by_id": None, "added_at": None}
    return Change(type(model)(**{**_copied(model), **columns, **added}), before)


def _copied(row: Dated) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in class_mapper(type(row)).column_attrs if column.key != "id"}
