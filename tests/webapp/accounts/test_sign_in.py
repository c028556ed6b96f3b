from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from tests.webapp.accounts.browsing import events_of, key_of, send, sign_in
from webapp.accounts import passwords, services
from webapp.accounts.models import SignInAttempt
from webapp.accounts.queries import find_user
from webapp.accounts.sign_in import PER_ACCOUNT, PER_ADDRESS
from webapp.accounts.web import safe_target
from webapp.core import clock
from webapp.core.db import db, transaction


def test_tao_signs_in_and_out(site: Flask, client: FlaskClient) -> None:
    assert sign_in(client, " TAO ").headers["Location"] == "/"
    assert client.get("/inside").text == "tao"

    assert send(client, "/sign-out", page="/account").headers["Location"] == "/sign-in"
    assert client.get("/inside").status_code == 303
    assert events_of(site)[-2:] == ["account.signed_in", "account.signed_out"]


def test_sign_in_leads_back_to_the_page_that_was_asked_for(client: FlaskClient) -> None:
    asked = client.get("/cases-page?town=3")
    assert asked.headers["Location"] == "/sign-in?next=/cases-page?town%3D3"

    page = client.get(asked.headers["Location"])
    assert 'name="next" value="/cases-page?town=3"' in page.text
    assert sign_in(client, "tao", next="/cases-page?town=3").headers["Location"] == "/cases-page?town=3"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example", "", "x"],
)
def test_no_address_leads_to_another_site(target: str) -> None:
    assert safe_target(target) == "/"


def test_sign_in_never_leads_to_another_site(client: FlaskClient) -> None:
    assert sign_in(client, "tao", next="//evil.example").headers["Location"] == "/"


def test_unknown_wrong_and_inactive_get_the_same_answer(site: Flask) -> None:
    with site.app_context(), transaction():
        services.deactivate(find_user("hui"), actor_id=None, at=clock.now())

    def answer(username: str, password: str) -> tuple[int, str]:
        response = sign_in(site.test_client(), username, password)
        return response.status_code, response.text.replace(username, "X").split('role="alert"')[1].split("csrf_token")[0]

    known = answer("tao", "not the password")
    assert known[0] == 401
    assert answer("nobody-here", "not the password") == known
    assert answer("hui", "a long sentence") == known


def test_unknown_names_cost_the_same_work(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(username: str) -> tuple[list[str], int]:
        client = site.test_client()
        statements: list[str] = []
        with site.app_context():
            engine = db.engine
        verified = _count_calls(monkeypatch)
        page = client.get("/sign-in")
        event.listen(engine, "before_cursor_execute", watch := _statement_noter(statements))
        sign_in_with(client, page.text, username)
        event.remove(engine, "before_cursor_execute", watch)
        return statements, verified()

    work("tao"), work("nobody-here")  # first use of each event stream
    assert work("tao") == work("nobody-here")


def test_too_many_failures_lock_the_account_for_a_while(site: Flask, client: FlaskClient) -> None:
    with time_machine.travel("2026-03-04T01:00:00Z", tick=False) as traveller:
        for _ in range(PER_ACCOUNT):
            assert sign_in(client, "tao", "wrong password").status_code == 401
        locked = sign_in(client, "tao")
        assert locked.status_code == 429
        assert "15" in locked.text
        assert sign_in(site.test_client(), "hui").status_code == 303

        traveller.shift(15 * 60 + 1)
        assert sign_in(client, "tao").status_code == 303


def test_unknown_names_are_locked_like_known_ones(client: FlaskClient) -> None:
    for _ in range(PER_ACCOUNT):
        sign_in(client, "nobody-here", "wrong password")
    assert sign_in(client, "nobody-here").status_code == 429


def test_one_address_cannot_try_every_account(site: Flask, client: FlaskClient) -> None:
    with site.app_context(), transaction() as session:
        session.add_all(SignInAttempt(subject="ip:127.0.0.1", failed_at=clock.now()) for _ in range(PER_ADDRESS))
    assert sign_in(client, "tao").status_code == 429


def test_success_forgets_the_failures_of_the_account_but_not_of_the_address(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao", "wrong password")
    sign_in(client, "tao")
    with site.app_context():
        subjects = list(db.session.scalars(select(SignInAttempt.subject)))
    assert subjects == ["ip:127.0.0.1"]


def test_names_of_failed_attempts_are_not_stored(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "my-secret-password", "x")
    with site.app_context():
        assert db.session.scalar(select(func.count()).where(SignInAttempt.subject.contains("secret"))) == 0


def test_signing_in_changes_the_key(client: FlaskClient) -> None:
    client.get("/sign-in")
    before = key_of(client)
    sign_in(client, "tao")
    assert key_of(client) != before


def test_a_planted_key_is_worth_nothing_after_sign_in(site: Flask, client: FlaskClient) -> None:
    planted = "A" * 43
    client.set_cookie("zhijian", planted)
    sign_in(client, "tao")

    attacker = site.test_client()
    attacker.set_cookie("zhijian", planted)
    assert attacker.get("/inside").status_code == 303


def test_an_outdated_hash_is_renewed_at_sign_in(site: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "is_outdated", lambda _: True)
    with site.app_context():
        before = find_user("tao").password
    sign_in(client, "tao")
    with site.app_context():
        assert find_user("tao").password != before
    monkeypatch.undo()
    assert sign_in(site.test_client(), "tao").status_code == 303


def test_full_width_letters_are_the_same_password(site: Flask, client: FlaskClient) -> None:
    assert sign_in(client, "ｔａｏ", "ａ ｌｏｎｇ sentence").status_code == 303


def test_a_monstrous_password_is_only_wrong(client: FlaskClient) -> None:
    assert sign_in(client, "tao", "x" * 1_000_000).status_code == 401


def sign_in_with(client: FlaskClient, page: str, username: str) -> None:
    token = page.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]
    client.post("/sign-in", data={"csrf_token": token, "username": username, "password": "not the password"})


def _statement_noter(statements: list[str]) -> Callable[..., None]:
    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    return note


def _count_calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often the slow hash is compared from now on."""
    calls: list[str] = []
    hasher = passwords._hasher
    original = hasher.verify

    class Counting:
        def verify(self, known: str, offered: str) -> bool:
            calls.append(known)
            return original(known, offered)

        def hash(self, password: str) -> str:
            return hasher.hash(password)

    monkeypatch.setattr(passwords, "_hasher", Counting())

    def count() -> int:
        monkeypatch.undo()
        return len(calls)

    return count
