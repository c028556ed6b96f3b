"""Every refusal and every failure as a page, or as JSON under ``/api/``: a sentence that says what to do."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import force_locale, lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, Invalid
from webapp.core.i18n import gettext, locale_of_browser
from webapp.core.request_log import request_id

log = logging.getLogger(__name__)

SENTENCES = {  # title, and what to do
    400: (
        lazy_gettext("This request cannot be read"),
        lazy_gettext("Something in the address or the form is damaged. Go back, reload the page and try again."),
    ),
    401: (
        lazy_gettext("Please sign in"),
        lazy_gettext("You are not signed in, or your session has ended. Sign in and try again."),
    ),
    403: (
        lazy_gettext("Not allowed"),
        lazy_gettext("Your role does not allow this. Ask the colleague responsible for it, or your administrator."),
    ),
    404: (
        lazy_gettext("Not found"),
        lazy_gettext("There is no such page or record, or it is not yours to see. Check the address or start from your inbox."),
    ),
    405: (
        lazy_gettext("This cannot be done here"),
        lazy_gettext("This address does not accept that kind of request. Start from your inbox."),
    ),
    409: (
        lazy_gettext("Something changed meanwhile"),
        lazy_gettext("This changed while you were looking at it. Go back, reload the page and try again."),
    ),
    413: (
        lazy_gettext("This is too much to send at once"),
        lazy_gettext("A form may hold at most 2 MB, a file 20 MB. Shorten the long texts, or send files one by one; your draft is kept."),
    ),
    415: (
        lazy_gettext("This format is not accepted"),
        lazy_gettext("Send the form from the page itself, or JSON to the programming interface."),
    ),
    422: (
        lazy_gettext("Some values cannot be accepted"),
        lazy_gettext("Some values cannot be accepted. Go back, correct them and send again."),
    ),
    429: (
        lazy_gettext("Too many requests"),
        lazy_gettext("Too many requests came from you in a short time. Wait a minute and try again."),
    ),
    500: (
        lazy_gettext("Something went wrong on our side"),
        lazy_gettext("Nothing of this step was stored. Try again; if it happens again, tell your administrator the time shown here."),
    ),
    503: (
        lazy_gettext("Not available right now"),
        lazy_gettext("The database is busy or cannot be reached. Nothing of this step was stored. Try again in a minute."),
    ),
}
TOO_LARGE_A_NUMBER = "22003"
FORM_TOO_OLD = lazy_gettext("This form was open too long, or it came from another page. Reload the page, then send it again.")


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(DataError, _unreadable)
    app.register_error_handler(500, _failed)
    for code in SENTENCES.keys() - {500}:
        app.register_error_handler(code, _http_error)


def wants_json() -> bool:
    """Does the client that sent this request read JSON rather than pages?"""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def refusal(error: DomainError) -> dict[str, Any]:
    """The JSON body of a refusal: ``{"error": {"code", "message", "fields"?}}``."""
    body: dict[str, Any] = {"code": _code(type(error).__name__), "message": error.message}
    if isinstance(error, Invalid) and error.errors:
        body["fields"] = error.errors
    return {"error": body}


def _refused(error: DomainError) -> Response:
    db.session.rollback()
    if wants_json():
        return make_response(jsonify(refusal(error)), error.status)
    fields = error.errors if isinstance(error, Invalid) else {}
    return _page(error.status, error.message, fields=fields)


def _form_too_old(_: CSRFError) -> Response:
    return _answer(400, str(FORM_TOO_OLD), code="form_too_old")


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    response = _answer(status, str(SENTENCES[status][1]), code=_code(HTTPStatus(status).phrase), fields=_schema_messages(error))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value  # Allow, Retry-After, WWW-Authenticate
    return response


def _database_away(_: OperationalError) -> Response:
    log.exception("the database does not answer")
    response = _plain(503)
    response.headers["Retry-After"] = "60"
    return response


def _unreadable(error: DataError) -> Response:
    """PostgreSQL stores no NUL and no number beyond its columns: nothing has such a number."""
    db.session.rollback()
    if getattr(error.orig, "sqlstate", None) == TOO_LARGE_A_NUMBER:
        return _answer(404, str(SENTENCES[404][1]), code="not_found")
    return _answer(400, str(SENTENCES[400][1]), code="bad_request")


def _failed(error: InternalServerError) -> Response:
    """A bug; or a database that was away before any view ran, when the session was read."""
    if isinstance(error.original_exception, OperationalError):
        return _database_away(error.original_exception)
    return _plain(500)


def _answer(status: int, sentence: str, *, code: str, fields: dict[str, list[str]] | None = None) -> Response:
    if wants_json():
        body: dict[str, Any] = {"code": code, "message": sentence}
        return make_response(jsonify({"error": body | ({"fields": fields} if fields else {})}), status)
    return _page(status, sentence)


def _schema_messages(error: HTTPException) -> dict[str, list[str]]:
    """What a request schema refused, by field: the place (json, query, headers) is left out."""
    places = (getattr(error, "data", None) or {}).get("messages") or {}
    found: dict[str, list[str]] = {}
    for fields in places.values():
        for name, messages in fields.items() if isinstance(fields, dict) else [("_schema", fields)]:
            found.setdefault(str(name), []).extend(_flattened(messages))
    return found


def _flattened(messages: Any) -> list[str]:
    if isinstance(messages, dict):
        return [text for part in messages.values() for text in _flattened(part)]
    return [gettext(str(text)) for text in messages] if isinstance(messages, list) else [gettext(str(messages))]


def _page(status: int, sentence: str, *, fields: dict[str, list[str]] | None = None) -> Response:
    title = SENTENCES[status][0] if status in SENTENCES else gettext("This was refused")
    return make_response(render_template("errors/error.html", status=status, title=title, sentence=sentence, fields=fields or {}), status)


def _plain(status: int) -> Response:
    """An answer that asks nothing of the database, in the language of the browser because the account's is not known."""
    with force_locale(locale_of_browser()):
        title, sentence = (str(text) for text in SENTENCES[status])
        if wants_json():
            return make_response(jsonify({"error": {"code": _code(HTTPStatus(status).phrase), "message": sentence}}), status)
        page = current_app.jinja_env.get_template("errors/plain.html")  # render_template would load the user
        return make_response(page.render(status=status, title=title, sentence=sentence, at=clock.now(), request_id=request_id()), status)


def _code(name: str) -> str:
    """AlreadyClaimed and "Not Found" become already_claimed and not_found."""
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name.replace("-", " "))
    return "_".join(spaced.lower().split())
