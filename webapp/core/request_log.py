"""One log line and one measurement per request. The line names the route, never the address, which may hold a name."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from time import perf_counter
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, request
from sqlalchemy import Engine, event

from webapp.core.metrics import REQUEST

log = logging.getLogger("zhijian.request")
HEADER = "X-Request-ID"
SLOW_MS = 1000
_SANE = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_statements: ContextVar[list[int] | None] = ContextVar("statements", default=None)


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def request_id() -> str:
    """What this request is called in the log, so that somebody can ask about it."""
    return str(g.get("request_id", ""))


def _begin() -> None:
    sent = request.headers.get(HEADER, "")
    g.request_id = sent if _SANE.fullmatch(sent) else uuid4().hex
    g.begun = perf_counter()
    _statements.set([0])


def _end(response: Response) -> Response:
    begun = g.pop("begun", None)
    if begun is None:
        return response
    response.headers[HEADER] = g.request_id
    route = request.url_rule.rule if request.url_rule else "none"
    seconds = perf_counter() - begun
    REQUEST.labels(request.method, route, f"{response.status_code // 100}xx").observe(seconds)
    if request.endpoint != "static":
        _tell(route, response.status_code, seconds * 1000)
    return response


def _tell(route: str, status: int, ms: float) -> None:
    fields: dict[str, Any] = {
        "request": g.request_id, "method": request.method, "route": route, "status": status, "ms": round(ms, 1),
        "statements": (_statements.get() or [0])[0], "user": _user_id(),
    }  # fmt: skip
    log.log(logging.WARNING if status >= 500 or ms > SLOW_MS else logging.INFO, "request", extra={"fields": fields})


def _user_id() -> int | None:
    """Only of somebody who was asked for already: the log causes no query."""
    known = g.get("_login_user")
    return known.id if known is not None and known.is_authenticated else None


@event.listens_for(Engine, "before_cursor_execute")
def _count(*_: Any) -> None:
    counted = _statements.get()
    if counted is not None:
        counted[0] += 1
