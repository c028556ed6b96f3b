"""Every route against everybody: who is not signed in, who lacks the permission, who is from elsewhere, what comes without a token.

A new parameter of an address fails here until ``world.objects`` knows something for it, or it is named below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.webapp.pages import outside
from tests.webapp.security import world
from tests.webapp.security.world import Stranger, readable
from webapp.accounts.models import User
from webapp.accounts.web import PUBLIC, PUBLIC_ENDPOINTS, SAFE_METHODS, SIGNED_IN, policy_of
from webapp.core.db import db
from webapp.core.permissions import Permission

# Read by all who may read cases at all: rules, calendar and organisation belong to no place. Starts have their own list of who may.
OF_NO_PLACE = ("rules.", "organisation.", "processes.start", "api_processes.", "static")
# Everybody of the district reads that a campaign runs; its members and visits only in one's own place.
BOARDS = {"api_campaigns.show_campaign", "campaigns.show", "campaigns.members", "campaigns.progress"}
# Which of a kind, never an object of a place.
WORDS = {"sample_id": "1", "seq": "1", "year": "2026", "kind": "declaration", "key": "case_lifecycle", "code": "TC", "filename": "app.css"}
ONCE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def routes(app: Any) -> Iterator[tuple[str, str, Any]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield method, rule.endpoint, rule


def address(rule: Any, known: dict[str, str]) -> str:
    found = re.sub(r"<any\(([a-z]+)[^>]*>", r"\1", rule.rule)
    return re.sub(r"<(?:[a-z]+:)?(\w+)>", lambda one: known.get(one[1], WORDS.get(one[1], "1")), found)


@ONCE
def test_who_is_not_signed_in_reads_nothing(app: Any) -> None:
    client = app.test_client()
    for method, endpoint, rule in routes(app):
        if policy_of(app, endpoint, method) != PUBLIC:
            answer = outside(client.open, address(rule, {}), method=method)
            is_refused = answer.status_code == 401 or (answer.status_code == 303 and "/sign-in" in answer.headers["Location"])
            assert is_refused, (method, rule.rule, answer.status_code)


@ONCE
@pytest.mark.parametrize("username", ["ping", "tang", "fan", "hui", "chen", "bao"])
def test_a_role_without_the_permission_is_refused_by_every_route_that_needs_it(app: Any, username: str) -> None:
    stranger = Stranger(app, username)
    person = db.session.query(User).filter_by(username=username).one()
    for method, endpoint, rule in routes(app):
        need = policy_of(app, endpoint, method)
        if need not in (PUBLIC, SIGNED_IN) and not person.has(Permission(need)):
            assert stranger.send(method, address(rule, {})).status_code == 403, (method, rule.rule)


@ONCE
def test_every_write_of_a_browser_needs_a_token(app: Any) -> None:
    admin = Stranger(app, "admin")
    for method, endpoint, rule in routes(app):
        if method not in SAFE_METHODS and policy_of(app, endpoint, method) != PUBLIC:
            assert admin.send(method, address(rule, {}), token=False).status_code == 400, (method, rule.rule)


@ONCE
def test_every_parameter_of_an_address_is_known_here(app: Any, cast: Any, employer: Any) -> None:
    known = world.objects(cast, employer)
    for method, endpoint, rule in routes(app):
        if policy_of(app, endpoint, method) != Permission.ADMINISTER and not endpoint.startswith(OF_NO_PLACE):
            unknown = set(rule.arguments) - known.keys() - WORDS.keys()
            assert unknown == set(), (method, rule.rule)


@ONCE
@pytest.mark.parametrize("username", ["far", "zhou", "yan"])
def test_who_is_from_elsewhere_finds_nothing_of_this_place(app: Any, cast: Any, employer: Any, username: str) -> None:
    """Another district's officials, another town, a body that nothing was sent to: no object, by no route, and no word of it."""
    known = world.objects(cast, employer)
    world.far_official()
    stranger = Stranger(app, username)
    found = []
    for method, endpoint, rule in routes(app):
        if endpoint in PUBLIC_ENDPOINTS or endpoint.startswith(OF_NO_PLACE) or not set(rule.arguments) & known.keys():
            continue
        answer = stranger.send(method, address(rule, known))
        may_answer = username == "zhou" and endpoint in BOARDS
        if not (may_answer or answer.status_code in (403, 404)) or any(secret in readable(answer) for secret in world.SECRETS):
            found.append((method, rule.rule, answer.status_code))
    assert found == []


@ONCE
@pytest.mark.parametrize("username", ["far", "zhou", "yan"])
def test_lists_of_somebody_from_elsewhere_do_not_name_what_is_here(app: Any, cast: Any, employer: Any, username: str) -> None:
    known = world.objects(cast, employer)
    world.far_official()
    stranger = Stranger(app, username)
    for method, _, rule in routes(app):
        if method == "GET" and not rule.arguments:
            text = stranger.send(method, rule.rule).data.decode("utf-8", "replace")  # some lists are spreadsheets
            assert not [secret for secret in (*world.SECRETS, known["case_no"]) if secret in text], rule.rule
