"""Forged filters and cursors on every page that has an address without parameters: clear words, never an error of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.webapp.security.test_routes import ONCE, routes
from tests.webapp.security.world import Stranger, readable

SCRIPT = "<script>alert(1)</script>"
HOSTILE = (
    SCRIPT, "'\"><svg onload=1>", "' OR 1=1 --", "%s%n", "{{7*7}}", "-1", "0", "9" * 40, "1e999", "NaN", "\u0000", "\u202egpj.exe",
    "\u200b", "x" * 5000, "2026-13-45", "9999-12-31", "0001-01-01", "1|2|3", "eyJ9", "=1+1", "٣", "½", "../../etc/passwd",
)  # fmt: skip
NAMES = (
    "q", "after", "before", "town", "grid", "risk", "hazard", "industry", "due", "assignee", "view", "sort", "stage", "state", "year",
    "kind", "from", "to", "since", "until", "on", "tab", "area", "role", "place", "person", "case", "case_no", "who", "month", "limit",
    "draft", "next", "process", "urgency", "status", "leg", "step", "min_workers", "employers", "first", "last",
)  # fmt: skip


@ONCE
@pytest.mark.parametrize("username", ["hui"])
def test_forged_filters_and_cursors_are_answered_in_words(app: Any, username: str) -> None:
    person, wrong = Stranger(app, username), []
    for method, _, rule in routes(app):
        if method != "GET" or rule.arguments:
            continue
        for value in HOSTILE:
            answer = person.send("GET", f"{rule.rule}?{urlencode(dict.fromkeys(NAMES, value))}")
            if answer.status_code >= 500 or (answer.mimetype == "text/html" and SCRIPT in readable(answer)):
                wrong.append((rule.rule, value[:40], answer.status_code))
    assert wrong == []
