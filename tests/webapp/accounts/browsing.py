"""What a person does in a browser, and what we see of it in the tables."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from webapp.accounts import services
from webapp.accounts.models import WebSession
from webapp.accounts.queries import find_user
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.events.models import Event

PASSWORD = "a long sentence"


def token_on(response: TestResponse) -> str:
    """The forgery token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
    assert found, response.text
    return found[1]


def send(client: FlaskClient, path: str, *, page: str = "/sign-in", **values: str) -> TestResponse:
    """Open ``page`` and send its form to ``path``."""
    opened = client.get(page, follow_redirects=True)
    return client.post(path, data={"csrf_token": token_on(opened), **values})


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD, **values: str) -> TestResponse:
    return send(client, "/sign-in", username=username, password=password, **values)


def key_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("zhijian")
    assert cookie is not None
    return str(cookie.value)


def token_of(app: Flask, username: str) -> str:
    with app.app_context(), transaction():
        return services.issue_token(find_user(username), at=clock.now()).token


def age_sessions(app: Flask, by: timedelta, *, but_created: timedelta | None = None) -> None:
    """Let all sessions be older than they are."""
    with app.app_context(), transaction() as session:
        for row in session.scalars(select(WebSession)):
            row.seen_at -= by
            row.created_at -= by if but_created is None else but_created
            row.expires_at -= by


def count_sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(WebSession)) or 0


def events_of(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Event.name).order_by(Event.id)))
