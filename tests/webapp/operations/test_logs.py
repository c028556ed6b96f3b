"""Log lines: one a request, nothing personal, nothing that a visitor wrote."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests import factories
from tests.webapp.pages import TEXT, Browser, outside
from webapp.core import logs
from webapp.core.db import db


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a server would have written."""
    stream, root = io.StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure("json", stream=stream)
    yield stream
    root.handlers[:], root.level = before, level


def entries(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_told_by_its_route_and_not_by_its_address(app: Any, employer: Any, lines: io.StringIO) -> None:
    hui, number = Browser(app, "hui"), employer.id
    db.session.remove()
    hui.get(f"/employers/{number}?tab=沙溪铸造")
    told = entries(lines)[-1]
    assert (told["route"], told["status"], told["method"]) == ("/employers/<int:employer_id>", 200, "GET")
    assert told["statements"] > 0 and told["user"] and told["request"]
    assert "沙溪" not in lines.getvalue()


def test_nothing_that_was_typed_or_is_personal_reaches_the_log(app: Any, employer: Any, lines: io.StringIO) -> None:
    name, code = employer.name, employer.credit_code
    db.session.remove()
    ping = Browser(app, "ping")
    ping.post("/sign-in", username=name, password="沙溪的密码1234")
    ping.get(f"/employers?q={name}")
    ping.get(f"/cases?q={code}")
    ping.post("/start/case_lifecycle", employer_id="1", description=TEXT)
    ping.get("/cases/" + "临" * 40)
    written = lines.getvalue()
    assert not [secret for secret in (name, code, TEXT, "密码", factories.PASSWORD, "临临") if secret in written]


def test_an_error_is_told_by_its_kind_and_its_places(lines: io.StringIO) -> None:
    try:
        int("张某某的身份证")
    except ValueError:
        logging.getLogger("webapp").exception("something broke")
    told = entries(lines)[-1]
    assert told["error"] == "builtins.ValueError"
    assert "test_logs.py" in told["places"][-1]
    assert "张某某" not in lines.getvalue()


def test_a_line_break_does_not_make_a_second_line(lines: io.StringIO) -> None:
    logging.getLogger("webapp").warning('one\n{"level": "info"}\u2028two')
    assert len(lines.getvalue().splitlines()) == 1


def test_a_sane_number_of_a_request_is_kept_and_another_replaced(app: Any) -> None:
    def answered(sent: str) -> str:
        return str(outside(app.test_client().get, "/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"])

    assert answered("4f1c9a2e-77") == "4f1c9a2e-77"
    assert answered("x y\u00e9<script>") != "x y\u00e9<script>"


def test_a_terminal_gets_short_lines() -> None:
    record = logging.LogRecord("webapp", logging.INFO, "", 0, "sweep", None, None)
    record.fields = {"sweep": "outbox", "done": 3}
    assert logs.PlainLines().format(record).endswith("INFO sweep sweep=outbox done=3")
