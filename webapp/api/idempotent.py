"""Answer a write once per Idempotency-Key, also when the same key comes twice at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from flask import Response, request
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from webapp.core import clock, faults
from webapp.core.db import transaction
from webapp.core.errors import DomainError
from webapp.core.idempotency import Answer, recall, remember

Work = Callable[[], Any]


def answer_once(work: Work, *, status: int = 200, body: bytes | None = None) -> Response:
    """Run ``work`` in one transaction and answer with its JSON; a repeated key gets the first answer again.

    ``body``: what identifies the request, where it is not its raw bytes (files).
    """
    key = request.headers.get("Idempotency-Key")
    answer = _once(work, key, status, request.get_data() if body is None else body) if key else _plainly(work, status)
    faults.reach("before_response")
    return Response(answer.body, answer.status, mimetype="application/json")


def _plainly(work: Work, status: int) -> Answer:
    with transaction():
        return Answer(status, orjson.dumps(work()))


def _once(work: Work, key: str, status: int, body: bytes) -> Answer:
    scope = f"{current_user.id}:{request.method}:{request.path}"[:120]
    try:
        with transaction():
            return _fresh(work, scope, key, body, status)
    except (
        DomainError,
        IntegrityError,
    ):  # the key's answer is looked up only now: most keys are new, and a used one cannot be stored again
        with transaction():
            known = recall(scope, key, body=body)
        if known is None:
            raise
        return known


def _fresh(work: Work, scope: str, key: str, body: bytes, status: int) -> Answer:
    answer = Answer(status, orjson.dumps(work()))
    remember(scope, key, body=body, answer=answer, at=clock.now())
    return answer
