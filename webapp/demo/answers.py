"""What people write into the forms of the demo cases: the usual answers, in the words of the employer's trade."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from bpmn.engine.forms import Form
from webapp.employers.models import Employer

DATA = Path(__file__).parent / "data"
# Source: domain/02, 2.2(b) P22 step 1: 15, 30 or 60 days by difficulty.
CORRECTION_DAYS = {"easy": 15, "middle": 30, "hard": 60}


def industries() -> Set[str]:
    """Codes of the trades that have words of their own."""
    return _read("trades.json").keys()


def filled(form: Form | None, own: Mapping[str, Any], *, employer: Employer, on: date) -> dict[str, Any]:
    """The usual answers of the form with a story's ``own``, as far as they show; days are today."""
    if form is None:
        return {}
    words = _read("trades.json")[employer.industry]
    known = {**_read("answers.json").get(form.key, {}), "exposed_workers": employer.exposed_workers, **own}
    known |= {key: _worded(answer, words) for key, answer in known.items()}
    values: dict[str, Any] = {}
    for field in form.fields:
        shown = field.visible_if
        given = values.get(shown.field) if shown else None
        if shown is not None and not set(given if isinstance(given, list) else [given]) & set(shown.values):
            continue
        if field.type == "date":
            values[field.key] = _day(field.key, known, on).isoformat()
        elif field.key in known:
            values[field.key] = known[field.key]
    return values


def _worded(answer: Any, words: Mapping[str, Any]) -> Any:
    """ "{hazards}" alone stands for the trade's list; inside a sentence a name stands for its text."""
    if not isinstance(answer, str):
        return answer
    whole = words.get(answer[1:-1]) if answer[:1] == "{" else None
    return whole if isinstance(whole, list) else answer.format_map(words)


def _day(key: str, known: Mapping[str, Any], on: date) -> date:
    return on + timedelta(days=CORRECTION_DAYS[known["difficulty"]]) if key == "correct_by" else on


@cache
def _read(name: str) -> dict[str, dict[str, Any]]:
    return dict(orjson.loads((DATA / name).read_bytes()))
