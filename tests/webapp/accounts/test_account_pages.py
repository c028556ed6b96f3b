from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP

from tests.webapp.accounts.browsing import PASSWORD, events_of, send, sign_in, token_of
from webapp.accounts import sign_in as signing
from webapp.accounts import web
from webapp.accounts.queries import find_user
from webapp.accounts.sign_in import PER_ACCOUNT
from webapp.core import clock

NEW = "another long sentence"


def code_at(key: str, at: datetime) -> str:
    """What the authenticator app shows."""
    return str(TOTP(key=key).generate(time=at).token)


def secret_of(app: Flask, username: str) -> str:
    with app.app_context():
        return find_user(username).tf_totp_secret or ""


def switch_on(client: FlaskClient) -> str:
    """Set up the second factor of the signed-in client through the pages; returns the key that the app learns."""
    send(client, "/account/two-factor", page="/account")
    found = re.search(r"<code[^>]*>([A-Z2-7-]+)</code>", client.get("/account/two-factor").text)
    assert found
    done = send(client, "/account/two-factor/confirm", page="/account/two-factor", code=code_at(found[1], clock.now()))
    assert done.headers["Location"] == "/account"
    return found[1]


def test_changing_the_password_ends_every_other_session(site: Flask, client: FlaskClient) -> None:
    other = site.test_client()
    sign_in(other, "tao")
    bearer = {"Authorization": f"Bearer {token_of(site, 'tao')}"}
    sign_in(client, "tao")

    changed = send(client, "/account/password", page="/account", current=PASSWORD, new=NEW, repeat=NEW)

    assert changed.headers["Location"] == "/account"
    assert client.get("/inside").text == "tao"
    assert other.get("/inside").status_code == 303
    assert other.get("/api/v1/probe", headers=bearer).status_code == 401
    assert sign_in(site.test_client(), "tao").status_code == 401
    assert sign_in(site.test_client(), "tao", NEW).status_code == 303
    assert "account.password_changed" in events_of(site)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"current": "wrong", "new": NEW, "repeat": NEW}, "not your present password"),
        ({"current": PASSWORD, "new": NEW, "repeat": "different"}, "differ"),
        ({"current": PASSWORD, "new": "short", "repeat": "short"}, "10 to 128"),
        ({"current": PASSWORD, "new": "tao is my name", "repeat": "tao is my name"}, "user name"),
        ({"current": PASSWORD, "new": "aaaaaaaaaaaa", "repeat": "aaaaaaaaaaaa"}, "repeats"),
        ({"current": PASSWORD, "new": "x" * 129, "repeat": "x" * 129}, "10 to 128"),
        ({}, "not your present password"),
    ],
)
def test_a_bad_new_password_is_refused_with_a_sentence(site: Flask, client: FlaskClient, values: dict[str, str], sentence: str) -> None:
    sign_in(client, "tao")
    send(client, "/language", page="/account", locale="en")
    refused = send(client, "/account/password", page="/account", **values)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert sign_in(site.test_client(), "tao").status_code == 303


def test_a_stolen_session_cannot_guess_the_password(client: FlaskClient) -> None:
    sign_in(client, "tao")
    for _ in range(PER_ACCOUNT):
        send(client, "/account/password", page="/account", current="guess", new=NEW, repeat=NEW)
    assert send(client, "/account/password", page="/account", current=PASSWORD, new=NEW, repeat=NEW).status_code == 429


def test_two_factor_the_whole_way(site: Flask, client: FlaskClient) -> None:
    with time_machine.travel("2026-03-04T01:00:00Z", tick=False) as traveller:
        sign_in(client, "tao")
        secret = switch_on(client)
        assert client.get("/inside").text == "tao"

        traveller.shift(60)
        phone = site.test_client()
        asked = sign_in(phone, "tao", next="/cases-page")
        assert asked.headers["Location"] == "/sign-in/code"
        assert phone.get("/inside").status_code == 303  # the password alone is not enough

        code = code_at(secret, clock.now())
        assert send(phone, "/sign-in/code", page="/sign-in/code", code=f"{code[:3]} {code[3:]}").headers["Location"] == "/cases-page"
        assert phone.get("/inside").text == "tao"

        used = site.test_client()
        sign_in(used, "tao")
        assert send(used, "/sign-in/code", page="/sign-in/code", code=code).status_code == 401

        assert send(client, "/account/two-factor/disable", page="/account", current="wrong").status_code == 422
        assert send(client, "/account/two-factor/disable", page="/account", current=PASSWORD).headers["Location"] == "/account"
        assert sign_in(site.test_client(), "tao").headers["Location"] == "/"
    assert {"account.two_factor_enabled", "account.two_factor_disabled"} <= set(events_of(site))


def test_the_set_up_page_shows_a_picture_and_a_key(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    send(client, "/account/two-factor", page="/account")
    page = client.get("/account/two-factor").text
    assert re.search(r'<svg viewBox="0 0 (\d+) \1"', page)
    assert re.search(r"<code[^>]*>([A-Z2-7]{4}-?)+", page)
    assert secret_of(site, "tao") == ""


def test_a_wrong_code_does_not_switch_it_on(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    send(client, "/account/two-factor", page="/account")
    for code in ("000000", "", "abc", "1" * 100):
        assert send(client, "/account/two-factor/confirm", page="/account/two-factor", code=code).status_code == 401
    assert secret_of(site, "tao") == ""
    assert client.get("/inside").text == "tao"


def test_codes_cannot_be_guessed(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    switch_on(client)
    thief = site.test_client()
    sign_in(thief, "tao")
    for _ in range(PER_ACCOUNT):
        assert send(thief, "/sign-in/code", page="/sign-in/code", code="000000").status_code == 401
    assert send(thief, "/sign-in/code", page="/sign-in/code", code="000000").status_code == 429


def test_the_code_must_come_within_five_minutes(site: Flask, client: FlaskClient) -> None:
    with time_machine.travel("2026-03-04T01:00:00Z", tick=False) as traveller:
        sign_in(client, "tao")
        secret = switch_on(client)
        slow = site.test_client()
        sign_in(slow, "tao")
        traveller.shift(5 * 60)
        assert send(slow, "/sign-in/code", code=code_at(secret, clock.now())).status_code == 401
        assert slow.get("/inside").status_code == 303


def test_nobody_reaches_the_code_page_without_a_password(client: FlaskClient) -> None:
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert send(client, "/sign-in/code", code="123456").status_code == 401


def test_a_token_needs_the_code_too(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    secret = switch_on(client)
    at = datetime.now(UTC) + timedelta(minutes=2)

    def ask(code: str | None) -> str:
        with site.app_context():
            return web.token_for("tao", PASSWORD, code=code, address="127.0.0.1", at=at).token

    with pytest.raises(signing.CodeNeeded):
        ask(None)
    with pytest.raises(signing.WrongCode):
        ask("000000")
    token = ask(code_at(secret, at))
    assert client.get("/api/v1/probe", headers={"Authorization": f"Bearer {token}"}).json == {"user": "tao"}
    with pytest.raises(signing.WrongCode):
        ask(code_at(secret, at))


def test_a_failed_token_request_counts_towards_the_throttle(site: Flask) -> None:
    with site.app_context():
        for _ in range(PER_ACCOUNT):
            with pytest.raises(signing.WrongCredentials):
                web.token_for("tao", "wrong", code=None, address="127.0.0.1", at=clock.now())
        with pytest.raises(signing.TooManyAttempts):
            web.token_for("tao", PASSWORD, code=None, address="127.0.0.1", at=clock.now())


def test_the_language_is_kept_on_the_account_and_in_the_browser(site: Flask, client: FlaskClient) -> None:
    assert 'lang="zh-CN"' in client.get("/sign-in").text
    assert send(client, "/language", locale="en", next="/sign-in?next=/inside").headers["Location"] == "/sign-in?next=/inside"
    assert '<html lang="en"' in client.get("/sign-in").text

    sign_in(client, "tao")
    send(client, "/language", page="/account", locale="en", next="https://evil.example")
    with site.app_context():
        assert find_user("tao").locale == "en"
    elsewhere = site.test_client()
    sign_in(elsewhere, "tao")
    assert '<html lang="en"' in elsewhere.get("/account").text


def test_an_unknown_language_is_refused(client: FlaskClient) -> None:
    assert send(client, "/language", locale="xx").status_code == 422


def test_sign_in_form_keeps_the_name_and_escapes_it(client: FlaskClient) -> None:
    refused = sign_in(client, '"><script>alert(1)</script>', "wrong")
    assert "<script>alert" not in refused.text
    assert "&lt;script&gt;" in refused.text
    assert "wrong" not in refused.text.replace('class="field wrong"', "")


def test_whoever_is_signed_in_does_not_see_the_sign_in_page(client: FlaskClient) -> None:
    sign_in(client, "tao")
    assert client.get("/sign-in?next=/inside").headers["Location"] == "/inside"
