"""A compiled form: what pages, API and engine ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from bpmn.engine.forms.json_schema import describe
from bpmn.engine.forms.model import EMPTY, Field, Lookups, Texts
from bpmn.engine.forms.validation import Checker
from bpmn.engine.language import language


class Posted(Protocol):
    """What a browser sent: a MultiDict."""

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, eq=False)
class Form:
    """A compiled form. ``definition`` is the JSON it came from; the rest is made of it."""

    key: str
    title: Texts
    intro: Texts | None
    fields: tuple[Field, ...]
    definition: Mapping[str, Any]

    @cached_property
    def answerable(self) -> tuple[Field, ...]:
        return tuple(line for line in self.fields if line.takes_answer)

    @cached_property
    def field_keys(self) -> frozenset[str]:
        """Keys that take an answer."""
        return frozenset(line.key for line in self.answerable)

    @cached_property
    def _by_key(self) -> dict[str, Field]:
        return {line.key: line for line in self.fields}

    @cached_property
    def _checkers(self) -> dict[str, Checker]:
        return {}

    def field(self, key: str) -> Field:
        """Raises KeyError."""
        return self._by_key[key]

    def validate(self, values: Mapping[str, Any], *, locale: str, today: date, lookups: Lookups) -> dict[str, Any]:
        """Raw values (typed text or JSON) as they are stored: JSON primitives, hidden and empty fields left out.

        Whole numbers become int, other numbers float (at most 15 digits), days and instants ISO text (instants with
        the offset of Asia/Shanghai), ticked boxes true or false. Raises marshmallow.ValidationError with sentences by field.
        """
        return self._checker(language(locale)).load(values, today=today, lookups=lookups)

    def look(self, values: Mapping[str, Any], *, locale: str, today: date, lookups: Lookups) -> tuple[dict[str, Any], dict[str, Any]]:
        """Of unfinished values those that would be stored, and sentences by field for the rest."""
        return self._checker(language(locale)).look(values, today=today, lookups=lookups)

    def defaults(self, today: date) -> dict[str, Any]:
        """What a page fills in before anybody typed."""
        return {line.key: today.isoformat() for line in self.answerable if line.default == "today"}

    def from_post(self, posted: Posted) -> dict[str, Any]:
        """Raw values of a browser's form: declared fields only, choices as lists, boxes that are not ticked as False."""
        raw: dict[str, Any] = {}
        for line in self.answerable:
            given = [text for text in posted.getlist(line.key) if text.strip()]
            if line.type == "boolean":
                raw[line.key] = given[-1] if given else False
            elif given:
                raw[line.key] = given if line.takes_list else given[-1]
        return raw

    def routes(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Validated values that enter the engine, by engine variable.

        A routing field without an answer gives None (choices: an empty list), so that diagrams may always test it.
        Of several fields with one variable the first answer counts.
        """
        routed: dict[str, Any] = {}
        for line in self.answerable:
            if line.routes and routed.get(line.routes) in EMPTY:
                routed[line.routes] = values.get(line.key, [] if line.takes_list else None)
        return routed

    def maps(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Validated values that go into table columns, by "table.column"; unanswered fields are left out."""
        return {line.maps_to: values[line.key] for line in self.answerable if line.maps_to and line.key in values}

    def json_schema(self, locale: str = "zh") -> dict[str, Any]:
        """JSON Schema (2020-12) of what ``validate`` accepts, for the API documentation."""
        return describe(self.title, self.answerable, language(locale))

    def _checker(self, tag: str) -> Checker:
        if tag not in self._checkers:
            self._checkers[tag] = Checker(self.answerable, tag)
        return self._checkers[tag]
