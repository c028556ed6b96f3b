"""Flask's session on our table. The row is read when somebody first asks and written only when something changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from enum import Enum
from typing import Any

from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.exc import IntegrityError, OperationalError

from webapp.accounts import session_rows
from webapp.accounts.models import User
from webapp.accounts.session_rows import API, BROWSER, Found
from webapp.core import clock
from webapp.core.db import transaction

CSRF = "csrf_token"
API_PREFIX = "/api/"
WITHOUT_SESSION = ("/static/", "/healthz", "/readyz")
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_serializer = TaggedJSONSerializer()


class Carrier(Enum):
    """How the client proves which session is its own."""

    COOKIE = BROWSER
    BEARER = API
    NOTHING = "none"


class ServerSession(SessionMixin):
    """What one browser or one API token carries from request to request.

    The forgery token derives from the key: showing a form to a stranger stores nothing.
    """

    modified = False

    def __init__(self, carrier: Carrier, key: str | None) -> None:
        self.carrier = carrier
        self.key = key
        self.found: Found | None = None
        self.is_key_new = False
        self.is_csrf_used = False
        self.is_ended = False
        self._values: dict[str, Any] | None = None

    @property
    def user(self) -> User | None:
        """Who signed in, with memberships; None for a stranger."""
        self._read()
        return self.found.user if self.found else None

    def begin(self, user: User | None, *, at: datetime) -> None:
        """Continue under a new key, stored in the caller's transaction; the old key is void. Stops session fixation."""
        values = self._read()
        if user is not None and self.found and self.found.user not in (None, user):
            values = {name: value for name, value in values.items() if name.startswith("_")}  # what the person before left behind
        if self.found:
            session_rows.remove(self.found.id)
        self._take_new_key(values)
        row = session_rows.add(str(self.key), kind=BROWSER, user_id=user.id if user else None, data=self.data(), at=at)
        self.found = Found(row.id, user, row.data, at, at)
        self.modified, self.is_ended, self.is_csrf_used = False, False, True

    def end(self) -> None:
        """Forget everything; the key is void from the caller's commit on."""
        self._read().clear()
        if self.found:
            session_rows.remove(self.found.id)
        self.found, self.modified, self.is_ended = None, False, True

    def data(self) -> bytes:
        """The values as they are stored."""
        return _serializer.dumps({name: value for name, value in self._read().items() if name != CSRF}).encode()

    def __getitem__(self, name: str) -> Any:
        self.is_csrf_used |= name == CSRF
        return self._read()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._read()[name] = value
        self.modified = True

    def __delitem__(self, name: str) -> None:
        del self._read()[name]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, Any]:
        if self._values is None:
            self._values = self._load()
        return self._values

    def _load(self) -> dict[str, Any]:
        if self.key and self.carrier is not Carrier.NOTHING:
            self.found = session_rows.find(self.key, kind=self.carrier.value, at=clock.now())
        if self.carrier is Carrier.BEARER:
            return {"_user_id": self.found.user.fs_uniquifier} if self.found and self.found.user else {}
        values: dict[str, Any] = _serializer.loads(self.found.data.decode()) if self.found else {}
        if self.key is None:
            self._take_new_key(values)
        values[CSRF] = _csrf_of(str(self.key))
        return values

    def _take_new_key(self, values: dict[str, Any]) -> None:
        self.key, self.is_key_new = session_rows.new_key(), True
        values[CSRF] = _csrf_of(self.key)


class ServerSessions(SessionInterface):
    """Opens and saves ``ServerSession``."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        if request.path.startswith(WITHOUT_SESSION):
            return ServerSession(Carrier.NOTHING, None)
        token = _bearer_token(request)
        if token is not None:
            return ServerSession(Carrier.BEARER, token)
        key = request.cookies.get(self.get_cookie_name(app), "")
        return ServerSession(Carrier.COOKIE, key if _KEY.fullmatch(key) else None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, ServerSession)
        if session.carrier is not Carrier.COOKIE:
            return
        response.vary.add("Cookie")
        if session.modified:
            _store(session, at=clock.now())
        elif session.found and session.found.is_due_for_touch(clock.now()):
            _touch(session.found, at=clock.now())
        self._set_cookie(app, session, response)

    def _set_cookie(self, app: Flask, session: ServerSession, response: Response) -> None:
        name, path, domain = self.get_cookie_name(app), self.get_cookie_path(app), self.get_cookie_domain(app)
        secure, samesite = self.get_cookie_secure(app), self.get_cookie_samesite(app)
        if session.is_ended:
            response.delete_cookie(name, path=path, domain=domain, secure=secure, samesite=samesite, httponly=True)
        elif session.is_key_new and session.is_csrf_used:
            response.set_cookie(name, str(session.key), path=path, domain=domain, secure=secure, samesite=samesite, httponly=True)


def _bearer_token(request: Request) -> str | None:
    """The token of ``Authorization: Bearer``, "" if damaged; honoured for the API only."""
    if not request.path.startswith(API_PREFIX):
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return token.strip() if _KEY.fullmatch(token.strip()) else ""


def _store(session: ServerSession, *, at: datetime) -> None:
    """Write the values of this request: its own transaction, because the view has committed by now."""
    if session.is_ended:
        return
    session.is_csrf_used = True
    data = session.data()
    if session.found:
        with transaction():
            session.is_ended = not session_rows.touch(session.found, at=at, data=data)
        return
    with suppress(IntegrityError), transaction():  # two first requests of one browser: the other stored its values first
        session_rows.add(str(session.key), kind=BROWSER, user_id=None, data=data, at=at)


def _touch(found: Found, *, at: datetime) -> None:
    with suppress(OperationalError), transaction():  # the database is busy: the next request touches
        session_rows.touch(found, at=at)


def _csrf_of(key: str) -> str:
    return hashlib.sha256(f"csrf:{key}".encode()).hexdigest()
