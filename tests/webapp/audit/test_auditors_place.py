"""What an auditor may do: read the own area, and nothing else. Over every route there is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.pages import Browser, open_case
from tests.webapp.security import world
from tests.webapp.security.test_routes import ONCE, address, routes
from tests.webapp.security.world import Stranger
from webapp.accounts import services as accounts
from webapp.accounts.web import SAFE_METHODS
from webapp.core import clock
from webapp.core.db import transaction

# The own account, the language, what was read, and samples.
OWN = ("accounts.", "tokens.", "notifications.", "audit.", "search.", "help.")


@ONCE
def test_an_auditor_changes_nothing_by_any_route(app: Any, cast: Any, employer: Any) -> None:
    known = world.objects(cast, employer)
    auditor = Stranger(app, "shenji")
    refused = []
    for method, endpoint, rule in routes(app):
        if method in SAFE_METHODS or (endpoint.startswith(OWN) and not endpoint.startswith("accounts.users.")):
            continue
        answer = auditor.send(method, address(rule, known))
        if answer.status_code not in (403, 404):
            refused.append((method, rule.rule, answer.status_code))
    assert refused == []


@ONCE
def test_an_auditor_reads_cases_employers_campaigns_and_the_organisation(app: Any, cast: Any, employer: Any) -> None:
    known = world.objects(cast, employer)
    auditor = Browser(app, "shenji")
    paths = (
        "/cases",
        f"/cases/{known['case_no']}",
        "/employers",
        f"/employers/{employer.id}",
        "/campaigns",
        "/organisation",
        "/rules/limits",
    )
    assert {path: auditor.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    assert auditor.get("/").headers["Location"] == "/audit"


@pytest.mark.parametrize("username", ["ping", "tao", "hui", "zheng", "jing"])
def test_nobody_else_audits(app: Any, username: str) -> None:
    browser = Browser(app, username)
    for path in ("/audit", "/audit/accesses", "/audit/sign-ins", "/audit/samples/new"):
        assert browser.get(path).status_code == 403


def test_an_auditor_of_another_area_finds_nothing_here(app: Any, cast: Any, employer: Any) -> None:
    case = open_case(employer, cast.ping)
    far = world.far_official()
    with transaction():
        accounts.grant_role(far, "AUD", actor_id=None, at=clock.now(), jurisdiction_id=far.jurisdiction_id)
    auditor = Browser(app, "far")
    Browser(app, "shenji").get(f"/audit/cases/{case.case_no}")
    assert auditor.get(f"/audit/cases/{case.case_no}").status_code == 404
    assert auditor.get(f"/audit/cases/{case.case_no}/archive").status_code == 404
    assert case.case_no not in auditor.get("/audit/accesses").text
    assert "shenji" not in auditor.get("/audit/sign-ins").text
