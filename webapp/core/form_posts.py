"""Forms sent by browsers: done once per idempotency key, answered by a redirect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from flask import flash, jsonify, redirect, request
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import DomainError, Invalid
from webapp.core.i18n import gettext
from webapp.core.idempotency import Answer, recall, remember
from webapp.core.web import clock_time

RESERVED = frozenset({"csrf_token", "version", "idempotency_key", "employer_id"})
MAX_KEY, MAX_SCOPE = 80, 120
MAX_DIGITS = 10
MAX_DRAFT_FIELDS = 200


@dataclass(frozen=True, slots=True)
class Done:
    """Where to go after the work, and the sentence shown there."""

    url: str
    message: str


def post_once(scope: str, work: Callable[[], Done]) -> Response:
    """Do ``work`` in one transaction. The same form sent again with its key gets the same redirect.

    Raises whatever DomainError ``work`` raises, unless the same form was accepted meanwhile; KeyReused.
    """
    key, body = request.form.get("idempotency_key", "")[:MAX_KEY], _body()
    scope, earlier = f"{current_user.id}:{scope}"[:MAX_SCOPE], None
    try:
        with transaction():
            done: Done | None = work()
            if done and key:
                remember(scope, key, body=body, answer=Answer(303, done.url.encode()), at=clock.now())
    except (DomainError, IntegrityError):  # the other click of a double click may have won: a used key cannot be stored again
        done, earlier = None, recall(scope, key, body=body) if key else None
        if earlier is None:
            raise
    if done:
        flash(done.message, "success")
    return redirect(done.url if done else earlier.body.decode() if earlier else "/", 303)


def autosave(keep: Callable[[dict[str, Any], datetime], None]) -> Response:
    """Keep what a page sends while somebody types: ``{"values": {...}}`` -> ``{"saved_at", "text"}``. Raises Invalid."""
    values, at = typed_so_far(), clock.now()
    with transaction():
        keep(values, at)
    return jsonify({"saved_at": at.isoformat(), "text": gettext("Draft saved %(time)s", time=clock_time(at))})


def typed_so_far() -> dict[str, Any]:
    """The body ``{"values": {...}}`` of what a page sends while somebody types. Raises Invalid."""
    body = request.get_json()
    values = body.get("values") if isinstance(body, dict) else None
    if not isinstance(values, dict) or len(values) > MAX_DRAFT_FIELDS:
        raise Invalid
    return values


def typed_version() -> int | None:
    """The task version the form was opened with; None if it does not say."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < MAX_DIGITS else None


def flat_values() -> dict[str, object]:
    """What was typed, by name, where no form definition says which fields there are; empty ones are left out."""
    typed = {key: value for key, value in request.form.items() if key not in RESERVED and value.strip()}
    return {key: value.replace("\r\n", "\n") for key, value in typed.items()}


def _body() -> bytes:
    sent = sorted((key, values) for key, values in request.form.lists() if key != "csrf_token")
    return request.path.encode() + orjson.dumps(sent)
