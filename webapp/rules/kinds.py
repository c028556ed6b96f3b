"""The tables of rules under the names that addresses use, with the forms that add a row."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from bpmn.engine.forms import Form, compile_form
from webapp.accounts.models import Jurisdiction
from webapp.core.db import db
from webapp.rules.models import Amount, Dated, ExposureLimit, TimeLimit, Violation

FOLDER = Path(__file__).parent / "forms"
PATTERNS = {"warn_then_fine": "W>F", "warn_and_fine": "W+F", "fine": "F", "stop": "S", "by_income": "X"}  # form value: column
KINDS: dict[str, type[Dated]] = {"limits": TimeLimit, "violations": Violation, "amounts": Amount, "exposure": ExposureLimit}


def form_of(kind: str) -> Form:
    """``kind``: a key of KINDS."""
    places = db.session.execute(select(Jurisdiction.id, Jurisdiction.name_zh, Jurisdiction.name_en).order_by(Jurisdiction.id))
    return _form(kind, tuple((str(place_id), zh, en) for place_id, zh, en in places))


def columns_of(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Checked form values as columns of the table; a field left empty is None."""
    keys = [field.key for field in form_of(kind).answerable]
    columns = {key: values.get(key) for key in keys if key != "jurisdiction"}
    if "jurisdiction" in keys:
        columns["jurisdiction_id"] = int(values["jurisdiction"]) if values.get("jurisdiction") else None
    if "pattern" in keys:
        columns["pattern"] = PATTERNS[values["pattern"]]
    if "rolls" in keys:
        columns["rolls"] = bool(values.get("rolls"))
    return columns


def values_of(kind: str, row: Dated) -> dict[str, Any]:
    """The row as the form shows it."""
    place = getattr(row, "jurisdiction_id", None)
    shown = {field.key: getattr(row, field.key, None) for field in form_of(kind).answerable}
    names = {column: value for value, column in PATTERNS.items()}
    pattern = {"pattern": names[row.pattern]} if isinstance(row, Violation) else {}
    return shown | pattern | {"valid_from": row.valid_from.isoformat(), "jurisdiction": str(place) if place else None}


@cache
def _form(kind: str, places: tuple[tuple[str, str, str], ...]) -> Form:
    definition = orjson.loads((FOLDER / f"{kind}.json").read_bytes())
    options = [{"value": place, "label": {"zh": zh, "en": en}} for place, zh, en in places]
    kept = [field for field in definition["fields"] if options or "options_from" not in field]
    for field in kept:
        if field.pop("options_from", None):
            field["options"] = options
    return compile_form(orjson.dumps({**definition, "fields": kept}))
