"""JSON Schema of a form: the shape without the sentences, for people who write clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bpmn.engine.forms.model import Field, Texts

_BASES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "textarea": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
    "employer": {"type": "integer", "minimum": 1},
}


def describe(title: Texts, answerable: Sequence[Field], locale: str) -> dict[str, Any]:
    """See ``Form.json_schema``."""
    always = [line.key for line in answerable if line.required and line.visible_if is None]
    sometimes = [_condition(line, answerable) for line in answerable if line.required and line.visible_if is not None]
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": title[locale],
        "properties": {line.key: _property(line, locale) for line in answerable},
        "required": always,
        "additionalProperties": False,
    }
    return described | ({"allOf": sometimes} if sometimes else {})


def _property(line: Field, locale: str) -> dict[str, Any]:
    described = {"title": line.label[locale], **_base(line)}
    if line.help:
        described["description"] = line.help[locale]
    limits = {"minLength": line.min_length, "maxLength": line.max_length, "pattern": line.pattern and f"^(?:{line.pattern})$"}
    if line.type in {"integer", "number"}:
        limits |= {"minimum": _plain(line.min), "maximum": _plain(line.max)}
    return described | {name: limit for name, limit in limits.items() if limit is not None}


def _base(line: Field) -> dict[str, Any]:
    values: dict[str, Any] = {"type": "string"} if line.of else {"type": "string", "enum": [option.value for option in line.options]}
    if line.takes_list:
        return {"type": "array", "items": values, "uniqueItems": True} | ({"minItems": 1} if line.required else {})
    return values if line.options or line.of else dict(_BASES[line.type])


def _condition(line: Field, answerable: Sequence[Field]) -> dict[str, Any]:
    """The field is required once everything it depends on was answered so."""
    fields = {other.key: other for other in answerable}
    conditions, asked = {}, line.visible_if
    while asked is not None:
        source = fields[asked.field]
        wanted: list[Any] = [value == "true" for value in asked.values] if source.type == "boolean" else list(asked.values)
        conditions[asked.field] = {"contains": {"enum": wanted}} if source.type == "choices" else {"enum": wanted}
        asked = source.visible_if
    return {"if": {"properties": conditions, "required": list(conditions)}, "then": {"required": [line.key]}}


def _plain(limit: Any) -> Any:
    """Numbers as JSON has them."""
    if limit is None or isinstance(limit, int | date | str):
        return limit
    return float(limit)
