"""Fifty slow clients and a crowd ten times the places: the others go on working."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.site import Site
from webapp.core.db import db

pytestmark = [pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True), pytest.mark.xdist_group("slow_clients")]
SLOW = 50


@pytest.fixture
def site(app: Any, free_port: int) -> Iterator[Site]:
    db.session.remove()
    found = Site(app.config["ZHIJIAN"], free_port)
    found.start(workers=2)
    yield found
    found.close()


@contextlib.contextmanager
def dripping(site: Site, opening: bytes) -> Iterator[list[socket.socket]]:
    """Clients that send ``opening`` and then a byte every now and then."""
    address = urlsplit(site.base)
    open_sockets = [socket.create_connection((address.hostname or "", address.port or 0)) for _ in range(SLOW)]
    stop = threading.Event()
    for one in open_sockets:
        one.sendall(opening)
    drip = threading.Thread(target=_drip, args=(open_sockets, stop))
    drip.start()
    try:
        yield open_sockets
    finally:
        stop.set()
        drip.join()
        for one in open_sockets:
            one.close()


def _drip(sockets: list[socket.socket], stop: threading.Event) -> None:
    while not stop.wait(0.5):
        for one in sockets:
            with contextlib.suppress(OSError):
                one.sendall(b"x")


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", id="head"),
        pytest.param(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", id="body"),
    ],
)
def test_slow_senders_keep_nobody_from_working(site: Site, opening: bytes) -> None:
    hui = site.client("hui")
    with dripping(site, opening):
        time.sleep(1)
        assert [hui.get("/api/v1/tasks").status_code for _ in range(20)] == [200] * 20


def test_slow_readers_keep_nobody_from_working(site: Site) -> None:
    address, hui = urlsplit(site.base), site.client("hui")
    wanted = b"GET /static/app.js HTTP/1.1\r\nHost: x\r\n\r\n" * 20
    readers = []
    for _ in range(SLOW):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        one.connect((address.hostname or "", address.port or 0))
        one.sendall(wanted)
        readers.append(one)
    time.sleep(1)
    assert [hui.get("/api/v1/tasks").status_code for _ in range(20)] == [200] * 20
    for one in readers:
        one.close()


def test_ten_times_the_load_is_served_or_told_to_come_back(site: Site) -> None:
    """80 clients for 8 places: nothing hangs, nothing breaks, and afterwards the site is as before."""
    hui = site.client("hui")
    with ThreadPoolExecutor(80) as crowd:
        answers = Counter(crowd.map(lambda _: hui.get("/api/v1/tasks").status_code, range(400)))
    assert set(answers) <= {200, 503} and answers[200] > 0
    assert hui.get("/api/v1/tasks").status_code == 200
