"""One kept-alive HTTP connection. The standard library's client: it adds the least to what is measured."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    body: bytes
    milliseconds: float
    timing: str = ""  # the Server-Timing header

    def json(self) -> Any:
        return json.loads(self.body)

    def text(self) -> str:
        return self.body.decode()


class Refused(RuntimeError):
    """The server did not give the status that the work needs."""


IDLE_S = 10  # the server closes what rests for 30 s


class Connection:
    def __init__(self, port: int) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._used_at = time.monotonic()
        self.headers = {"Accept-Language": "zh-CN"}

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None, {}, (200,))

    def post(self, path: str, body: bytes, *, kind: str, headers: dict[str, str] | None = None) -> Answer:
        """Raises Refused for anything but success or a redirect after a post."""
        return self._send("POST", path, body, {"Content-Type": kind, **(headers or {})}, (200, 201, 204, 303))

    def close(self) -> None:
        self._http.close()

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str], wanted: tuple[int, ...]) -> Answer:
        sent = {**self.headers, **headers, **({"Cookie": self._cookie_header()} if self._cookies else {})}
        self._reconnect_if_idle()
        began = time.perf_counter()
        self._http.request(method, path, body, sent)
        response = self._http.getresponse()
        content = response.read()
        spent = (time.perf_counter() - began) * 1000
        if response.status not in wanted:
            raise Refused(f"{method} {path}: {response.status} {content[:600].decode(errors='replace')}")
        self._keep_cookies(response)
        return Answer(response.status, response.headers.get("Location", ""), content, spent, response.headers.get("Server-Timing", ""))

    def _reconnect_if_idle(self) -> None:
        """Outside the measured time."""
        if time.monotonic() - self._used_at > IDLE_S:
            self._http.close()
            self._http.connect()
        self._used_at = time.monotonic()

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";", 1)[0].partition("=")
            self._cookies[name] = value

    def _cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())
