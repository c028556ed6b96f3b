"""A client of the API, signed in by token."""

from __future__ import annotations

import contextvars
import uuid
from collections.abc import Callable
from typing import Any

from tests import factories


def outside(call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Send a request as a server would: without the test's own application context, whose ``g`` it would share."""
    return contextvars.Context().run(call, *args, **options)


class ApiClient:
    """Speaks JSON with a bearer token; every write carries a fresh key unless one is given."""

    def __init__(self, app: Any, username: str) -> None:
        self._client = app.test_client()
        answer = outside(self._client.post, "/api/v1/tokens", json={"username": username, "password": factories.PASSWORD})
        assert answer.status_code == 201, answer.text
        self._headers = {"Authorization": f"Bearer {answer.json['token']}"}

    def get(self, path: str) -> Any:
        return outside(self._client.get, f"/api/v1{path}", headers=self._headers)

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = None, language: str = "zh-CN") -> Any:
        headers = {**self._headers, "Idempotency-Key": key or str(uuid.uuid4()), "Accept-Language": language}
        return outside(self._client.open, f"/api/v1{path}", method=method, headers=headers, json=body if body is not None else {})
