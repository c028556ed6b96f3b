"""Who gets in: bodies are read before work begins, a bounded number of requests work at once, answers are sent after they are done.

So a slow sender or reader holds a thread of the server, which is cheap, and never a place, a lock or a database connection.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Any

from webapp.core.metrics import REFUSED, SLOW_BODIES

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

CHUNK = 65_536
IN_MEMORY = 1_000_000  # bytes of a body or an answer that are kept in memory
LARGEST = 24_000_000  # bytes of a body; what a form or a file may hold is judged later and is less
PAUSE_S = 10  # a sender may be silent this long
PATIENCE_S, BYTES_PER_S = 15, 8_000  # time for a body: so much, and a second for so many bytes
FEW = 8  # parts of an answer that are passed on as they are; a page is one
WAIT_S = 8  # how long a request waits for a place

BUSY = "系统繁忙，本次操作未保存，请一分钟后重试。 The site is busy. Nothing of this step was stored. Try again in a minute."
TOO_SLOW = "上传中断：数据传输过慢，请检查网络后重新提交。 Data came too slowly. Check the network and send again."
CUT_OFF = "上传中断：只收到一部分内容，请重新提交。 Only a part of this arrived. Send it again."
TOO_LARGE = "内容过大，请分次提交。 This is too much to send at once: send it in parts."


class Admission:
    """A WSGI application around another. ``places``: how many requests work at once in this process."""

    def __init__(self, application: Application, *, places: int, wait_s: float = WAIT_S) -> None:
        self._application = application
        self._places = threading.BoundedSemaphore(places)
        self._wait_s = wait_s

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        try:
            with _whole_body(environ):
                return self._worked(environ, start)
        except _Refused as refused:
            return _short(start, refused.status, refused.sentence)

    def _worked(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if not self._places.acquire(timeout=self._wait_s):
            REFUSED.inc()
            return _short(start, "503 Service Unavailable", BUSY, ("Retry-After", "60"))
        try:
            return _whole_answer(self._application(environ, start))
        finally:
            self._places.release()


class _Refused(Exception):
    """The body did not come as it should."""

    def __init__(self, status: str, sentence: str) -> None:
        super().__init__(status)
        self.status, self.sentence = status, sentence


@contextmanager
def _whole_body(environ: Environ) -> Iterator[None]:
    """Inside, the body is a file that is all there. Raises _Refused for one that is too large, too slow or cut off."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > LARGEST:
        raise _Refused("413 Content Too Large", TOO_LARGE)
    if not length and "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        yield
        return
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
        read = _read_into(body, environ, expected=length)
        if read < length:
            raise _Refused("400 Bad Request", CUT_OFF)
        body.seek(0)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(read)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        yield


def _read_into(body: IO[bytes], environ: Environ, *, expected: int) -> int:
    """Bytes read. The sender must neither pause long nor be slow on the whole."""
    connection = environ.get("gunicorn.socket")
    before = connection.gettimeout() if connection else None
    try:
        if connection:
            connection.settimeout(PAUSE_S)
        return _read(body, environ["wsgi.input"], expected)
    except TimeoutError as error:
        SLOW_BODIES.inc()
        raise _Refused("408 Request Timeout", TOO_SLOW) from error
    finally:
        if connection:
            connection.settimeout(before)


def _read(body: IO[bytes], source: IO[bytes], expected: int) -> int:
    begun, read = time.monotonic(), 0
    while chunk := source.read(min(CHUNK, expected - read) if expected else CHUNK):
        read += body.write(chunk)
        if read > LARGEST:
            raise _Refused("413 Content Too Large", TOO_LARGE)
        if time.monotonic() - begun > PATIENCE_S + read / BYTES_PER_S:
            raise TimeoutError
    return read


def _whole_answer(answer: Iterable[bytes]) -> Iterable[bytes]:
    """The answer, finished: whatever made it is closed before the first byte leaves."""
    coming = iter(answer)
    try:
        parts = list(islice(coming, FEW))
        rest = _kept(coming) if len(parts) == FEW else None
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return parts if rest is None else _sent(parts, rest)


def _kept(coming: Iterator[bytes]) -> IO[bytes]:
    kept = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - _sent closes it
    try:
        for part in coming:
            kept.write(part)
    except BaseException:
        kept.close()
        raise
    kept.seek(0)
    return kept


def _sent(parts: list[bytes], kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        yield from parts
        while part := kept.read(CHUNK):
            yield part


def _short(start: Start, status: str, sentence: str, *headers: tuple[str, str]) -> list[bytes]:
    """A refusal that needs neither database nor templates."""
    body = sentence.encode()
    fixed = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), ("Connection", "close")]
    start(status, [*fixed, ("Cache-Control", "no-store"), *headers])
    return [body]
