"""Check what was typed into a form that no process asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError

from bpmn.engine.forms import Form, Lookups
from webapp.core.errors import Invalid


def checked(form: Form, raw: Mapping[str, Any], *, locale: str, today: date, lookups: Lookups | None = None) -> dict[str, Any]:
    """The values as they are stored (``Form.validate``). Raises Invalid with the form's sentences by field."""
    try:
        return form.validate(raw, locale=locale, today=today, lookups=lookups or _NOTHING)
    except ValidationError as error:
        messages: Any = error.messages
        raise Invalid({str(field): _sentences(found) for field, found in messages.items()}) from error


class _Nothing:
    """For forms without employers and references."""

    def employer_exists(self, employer_id: int) -> bool:
        return False

    def refusal(self, of: str, value: str) -> Mapping[str, str] | None:
        return None


_NOTHING = _Nothing()


def _sentences(found: Any) -> list[str]:
    if isinstance(found, str):
        return [found]
    nested = found.values() if isinstance(found, Mapping) else found
    return [sentence for part in nested for sentence in _sentences(part)]
