"""The lines of a form as plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from bpmn.engine.language import language

Texts = Mapping[str, str]  # {"zh": ..., "en": ...}
SILENT = frozenset({"section", "note"})  # types that take no answer
EMPTY: tuple[Any, ...] = (None, "", [], ())
# What a ``reference`` field may choose from.
REFERENCES = ("officers", "presiders", "panel", "violations", "evidence", "workers", "documents")
_YES_NO: Mapping[str, Texts] = {"true": {"zh": "是", "en": "Yes"}, "false": {"zh": "否", "en": "No"}}


class Lookups(Protocol):
    """What a form must know about the world outside; the host answers."""

    def employer_exists(self, employer_id: int) -> bool: ...

    def refusal(self, of: str, value: str) -> Texts | None:
        """Why a ``reference`` field may not take this value of the source ``of``; None if it may."""
        ...


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. ``not_with``: answers of other fields that contradict it."""

    value: str
    label: Texts
    not_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """The field shows only if the earlier ``field`` shows and has one of ``values`` (boolean: "true", "false")."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form. ``min`` and ``max``: numbers, or days (date) where the type is date or datetime; "today" stays a word.

    ``of``: one of REFERENCES, where the type is reference; ``many``: it takes a list. ``default``: "today",
    where a page fills in the day on which it is opened.
    """

    key: str
    type: str
    label: Texts
    help: Texts | None = None
    required: bool = False
    options: tuple[Option, ...] = ()
    routes: str | None = None
    maps_to: str | None = None
    visible_if: Condition | None = None
    min: Any = None
    max: Any = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    rows: int | None = None
    unit: Texts | None = None
    of: str | None = None
    many: bool = False
    default: str | None = None

    @property
    def takes_answer(self) -> bool:
        return self.type not in SILENT

    @property
    def takes_list(self) -> bool:
        return self.type == "choices" or self.many

    def answer_text(self, values: Sequence[str], locale: str) -> str:
        """Labels of option values, listed; unknown values stay as they are."""
        tag = language(locale)
        labels = _YES_NO if self.type == "boolean" else {option.value: option.label for option in self.options}
        return ("、" if tag == "zh" else ", ").join(labels[value][tag] if value in labels else value for value in values)

    def text_of(self, value: Any, locale: str) -> str:
        """A stored value for people to read."""
        if self.type in {"choice", "select", "choices", "boolean", "reference"}:
            return self.answer_text(_as_words(value), locale)
        if self.type == "datetime":
            return str(value)[:16].replace("T", " ")
        if self.type in {"integer", "number"} and self.unit:
            return f"{value:,} {self.unit[language(locale)]}" if isinstance(value, int | float) else str(value)
        return str(value)


def _as_words(value: Any) -> list[str]:
    listed = value if isinstance(value, list | tuple) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in listed]


def day_of(limit: Any, today: date) -> date:
    """The day a ``min`` or ``max`` means."""
    return limit if isinstance(limit, date) else today
