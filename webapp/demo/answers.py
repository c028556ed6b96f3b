"""What people write into the forms of the demo cases: the usual answers, in the words of the employer's trade."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import orjson

from bpmn.engine.forms import Field, Form
from webapp.employers.models import Employer
from webapp.processes.lookups import Lookups

DATA = Path(__file__).parent / "data"
OPENING_TIME = "08:00"
BEGUN = "begun"  # an answer to a date: the day on which the case began
# Which of those who may be chosen today a form names: two officers act, three colleagues deliberate.
CHOSEN = {"officers": slice(0, 2), "panel": slice(-3, None)}


@dataclass(frozen=True, slots=True)
class About:
    """``begun_on``: the day on which the case began; ``known``: words of this case beside those of the employer's trade.

    ``turn``: 0 names the first people that may be chosen, another number always the same others.
    """

    employer: Employer
    on: date
    begun_on: date
    lookups: Lookups
    known: Mapping[str, Any]
    turn: int = 0


def industries() -> Set[str]:
    """Codes of the trades that have words of their own."""
    return _read("trades.json").keys()


def filled(form: Form | None, own: Mapping[str, Any], about: About) -> dict[str, Any]:
    """The usual answers of the form with a story's ``own``, as far as they show; days are today."""
    if form is None:
        return {}
    words = {**_read("trades.json")[about.employer.industry], "exposed_workers": about.employer.exposed_workers, **about.known}
    usual = {"exposed_workers": about.employer.exposed_workers, **_read("answers.json").get(form.key, {}), **own}
    known = {key: _worded(answer, words) for key, answer in usual.items()}
    values: dict[str, Any] = {}
    for field in form.fields:
        if not _shows(field, values):
            continue
        answer = _answer(field, known.get(field.key), about)
        if answer is not None:
            values[field.key] = answer
    return values


def _shows(field: Field, values: Mapping[str, Any]) -> bool:
    shown = field.visible_if
    if shown is None:
        return True
    given = values.get(shown.field)
    return bool(set(given if isinstance(given, list) else [given]) & set(shown.values))


def _answer(field: Field, known: Any, about: About) -> Any:
    if field.type == "date":
        return _day(known, about).isoformat() if known is not None or field.required else None
    if field.type == "datetime":
        return f"{_day(known, about).isoformat()}T{OPENING_TIME}" if field.required else None
    if known is not None or not field.required:
        return known
    return _chosen(field, about) if field.type == "reference" else _plain(field)


def _plain(field: Field) -> Any:
    """For a question that an administrator added to a form: the first option, the least number, a sentence that says what it is."""
    first = field.options[0].value if field.options else None
    by_type = {"choices": [first], "integer": field.min or 1, "number": field.min or 1, "boolean": True}
    return by_type.get(field.type, first or "演示内容，按实际情况填写。")


def _day(known: Any, about: About) -> date:
    """A number counts from today."""
    return about.begun_on if known == BEGUN else about.on + timedelta(days=known or 0)


def _chosen(field: Field, about: About) -> list[str] | str:
    offered = [choice.value for choice in about.lookups.choices(str(field.of)) if choice.refusal is None]
    if about.turn and field.of in CHOSEN:
        offered.sort(key=lambda value: Random(f"{about.turn}-{value}").random())
    chosen = offered[CHOSEN.get(str(field.of), slice(0, 1))]
    return chosen if field.many else chosen[0]


def _worded(answer: Any, words: Mapping[str, Any]) -> Any:
    """ "{hazards}" alone stands for what the trade has there; inside a sentence a name stands for its text."""
    if not isinstance(answer, str):
        return answer
    name = answer[1:-1] if answer[:1] == "{" and answer.count("{") == 1 and answer[-1:] == "}" else None
    return words[name] if name is not None else answer.format_map(words)


@cache
def _read(name: str) -> dict[str, dict[str, Any]]:
    return dict(orjson.loads((DATA / name).read_bytes()))
