"""Slow senders and crowds: what they cost, and what they are told."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from webapp.core import admission
from webapp.core.admission import Admission


def call(application: Any, *, body: bytes = b"", length: int | None = None, **environ: Any) -> tuple[str, dict[str, str], bytes]:
    told: list[Any] = []
    given = {"CONTENT_LENGTH": str(len(body) if length is None else length), "wsgi.input": io.BytesIO(body), **environ}
    sent = b"".join(application(given, lambda status, headers: told.append((status, dict(headers)))))
    return told[0][0], told[0][1], sent


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [])
    return [environ["wsgi.input"].read()]


def test_a_body_reaches_the_application_whole() -> None:
    body = b"x" * 3_000_000
    assert call(Admission(echo, places=1), body=body)[2] == body


def test_a_body_without_a_length_is_read_to_its_end() -> None:
    assert call(Admission(echo, places=1), body=b"abc", length=0, HTTP_TRANSFER_ENCODING="chunked")[2] == b"abc"


def test_half_a_form_is_refused_and_never_reaches_the_application() -> None:
    assert call(Admission(echo, places=1), body=b"half", length=8)[0].startswith("400")


def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert call(Admission(echo, places=1), length=admission.LARGEST + 1)[0].startswith("413")


def test_a_sender_who_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    class Drip:
        def read(self, _size: int) -> bytes:
            clock[0] += 1.0
            return b"x"

    clock = [0.0]
    monkeypatch.setattr(admission.time, "monotonic", lambda: clock[0])
    status, _, text = call(Admission(echo, places=1), length=500, **{"wsgi.input": Drip()})
    assert status.startswith("408") and "网络" in text.decode()
    assert clock[0] < 30


def test_when_every_place_is_taken_a_request_is_told_to_come_back() -> None:
    entered, leave = threading.Event(), threading.Event()

    def wait(_environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [])
        entered.set()
        leave.wait(10)
        return [b"done"]

    application = Admission(wait, places=1, wait_s=0.05)
    first = threading.Thread(target=call, args=(application,))
    first.start()
    entered.wait(10)
    status, headers, _ = call(application)
    leave.set()
    first.join()
    assert status.startswith("503") and headers["Retry-After"] == "60"
    assert call(application)[0] == "200 OK"


def test_a_place_is_free_before_the_answer_is_sent_and_after_an_error() -> None:
    def stream(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        yield from [b"a" * 200_000] * 20

    def fail(_environ: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
        raise RuntimeError("broken")

    application = Admission(stream, places=1, wait_s=0.05)
    slow = application({}, lambda *_: None)
    assert next(iter(slow)) and sum(map(len, application({}, lambda *_: None))) == 4_000_000
    slow.close()  # type: ignore[attr-defined]
    broken = Admission(fail, places=1, wait_s=0.05)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            broken({}, lambda *_: None)
