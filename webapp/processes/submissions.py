"""Form values on their way in: checked, then split into what is stored, what routes and what maps to columns."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from marshmallow import ValidationError
from sqlalchemy import insert

from bpmn.engine.forms import Form
from webapp.core import clock
from webapp.core.db import db, table_of
from webapp.core.errors import Invalid
from webapp.processes import handlers
from webapp.processes.editions import Content
from webapp.processes.errors import ValuesTooLarge
from webapp.processes.lookups import Lookups
from webapp.processes.models import FormSubmission, ProcessInstance
from webapp.processes.subjects import Subject

MAX_DRAFT_BYTES = 256 * 1024
MAX_FLAT_VALUES = 50
MAX_FLAT_TEXT = 500
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Accepted:
    """``values`` are stored, ``routes`` enter the engine, ``columns`` go to handlers ("case.urgency")."""

    values: dict[str, Any]
    routes: dict[str, Any]
    columns: dict[str, Any]
    form_hash: str | None

    @property
    def digest(self) -> str:
        return digest_of(self.values)


def digest_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of what was said, the same before and after it was stored."""
    return hashlib.sha256(orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)).hexdigest()


def accept(content: Content, form_key: str | None, raw: Mapping[str, Any], *, subject: Subject, locale: str, at: datetime) -> Accepted:
    """``subject``: what the form is about. Raises Invalid with the form's sentences by field."""
    if form_key is None:
        flat = _flat(raw)
        return Accepted(flat, flat, {}, None)
    form = content.form(form_key)
    try:
        values = form.validate(raw, locale=locale, today=clock.legal_day(at), lookups=Lookups(subject, at))
    except ValidationError as error:
        raise Invalid(sentences_by_field(error)) from error
    return Accepted(values, form.routes(values), form.maps(values), content.form_hash(form_key))


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was said where; ``task_id`` None: on a start form."""

    accepted: Accepted
    instance: ProcessInstance
    task_id: int | None = None


def store(submitted: Sequence[Submitted], *, actor_id: int | None, at: datetime) -> None:
    """Keep what was said, and hand on what maps to columns."""
    db.session.execute(insert(table_of(FormSubmission)), [_row(one, actor_id, at) for one in submitted])
    for one in submitted:
        if one.accepted.columns:
            for handler in handlers.on_submitted:
                handler(one.instance, one.accepted.columns, at)


def sentences_by_field(error: ValidationError) -> dict[str, list[str]]:
    """What a form refuses, by field."""
    messages: Any = error.messages
    return listed_sentences(messages)


def listed_sentences(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """The same of messages at hand, which marshmallow may have nested."""
    return {str(field): _sentences(found) for field, found in messages.items()}


def draft_values(content: Content, form_key: str | None, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The declared fields of what was typed, unchecked. Raises ValuesTooLarge."""
    return limited_draft(content.form(form_key) if form_key else None, raw)


def limited_draft(form: Form | None, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a form at hand. Raises ValuesTooLarge."""
    kept = {key: value for key, value in raw.items() if form is None or key in form.field_keys}
    try:
        size = len(orjson.dumps(kept))
    except (TypeError, ValueError) as error:
        raise ValuesTooLarge from error
    if size > MAX_DRAFT_BYTES:
        raise ValuesTooLarge
    return kept


def _row(one: Submitted, actor_id: int | None, at: datetime) -> dict[str, Any]:
    said = {"form_hash": one.accepted.form_hash, "values": one.accepted.values, "actor_id": actor_id, "submitted_at": at}
    return {"instance_id": one.instance.id, "task_id": one.task_id, **said}


def _sentences(found: Any) -> list[str]:
    if isinstance(found, str):
        return [found]
    nested = found.values() if isinstance(found, Mapping) else found
    return [sentence for part in nested for sentence in _sentences(part)]


def _flat(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a task without a form: a few short scalars. Raises ValuesTooLarge."""
    if len(raw) > MAX_FLAT_VALUES or not all(_KEY.fullmatch(key) and key != "typename" for key in raw):
        raise ValuesTooLarge
    if not all(_is_short_scalar(value) for value in raw.values()):
        raise ValuesTooLarge
    return dict(raw)


def _is_short_scalar(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_FLAT_TEXT
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, int) and abs(value) < 2**53)
