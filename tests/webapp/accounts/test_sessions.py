from __future__ import annotations

import hashlib
import threading
from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from tests.webapp.accounts.browsing import age_sessions, count_sessions, key_of, send, sign_in, token_on
from webapp.accounts import services, session_rows
from webapp.accounts.models import WebSession
from webapp.accounts.queries import find_user
from webapp.accounts.sweeps import remove_ended_sessions
from webapp.core import clock
from webapp.core.db import db, transaction


class Statements:
    """The SQL of everything done inside."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.texts: list[str] = []

    def __enter__(self) -> list[str]:
        with self.app.app_context():
            self.engine = db.engine
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self.texts

    def __exit__(self, *_: Any) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.split(maxsplit=1)[0] != "BEGIN":
            self.texts.append(statement)


def test_strangers_reading_pages_store_nothing(site: Flask, client: FlaskClient) -> None:
    client.get("/sign-in")
    client.get("/open")
    assert count_sessions(site) == 0


def test_the_table_holds_only_the_hash_of_the_key(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    with site.app_context():
        row = db.session.scalars(select(WebSession)).one()
    assert row.key_hash == hashlib.sha256(key_of(client).encode()).digest()
    assert key_of(client).encode() not in row.data


def test_the_cookie_is_closed_to_scripts_and_other_sites(site: Flask, client: FlaskClient) -> None:
    site.config["SESSION_COOKIE_SECURE"] = True
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_a_signed_in_page_costs_one_query_and_writes_nothing(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    client.get("/cases-page")
    with Statements(site) as statements:
        assert client.get("/cases-page").text == "cases"
    assert [statement.split()[0] for statement in statements] == ["SELECT"]


def test_static_files_ask_the_database_nothing(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    with Statements(site) as statements:
        with client.get("/static/app.css") as file:
            assert file.status_code == 200
        assert client.get("/healthz").status_code == 404
    assert statements == []


def test_an_officer_who_does_nothing_for_eight_hours_is_out(site: Flask, client: FlaskClient) -> None:
    with time_machine.travel("2026-03-04T01:00:00Z", tick=False) as traveller:
        sign_in(client, "tao")
        traveller.shift(timedelta(hours=7, minutes=59))
        assert client.get("/inside").text == "tao"
        traveller.shift(timedelta(hours=8, seconds=1))
        assert client.get("/inside").status_code == 303


def test_nobody_stays_in_longer_than_a_day(client: FlaskClient) -> None:
    with time_machine.travel("2026-03-04T01:00:00Z", tick=False) as traveller:
        sign_in(client, "tao")
        for _ in range(3):
            traveller.shift(timedelta(hours=7, minutes=50))
            assert client.get("/inside").text == "tao"
        traveller.shift(timedelta(hours=1))
        assert client.get("/inside").status_code == 303


def test_reading_touches_the_session_every_ten_minutes(site: Flask, client: FlaskClient) -> None:
    with time_machine.travel("2026-03-04T01:00:00Z", tick=False) as traveller:
        sign_in(client, "tao")
        traveller.shift(timedelta(minutes=9))
        with Statements(site) as early:
            client.get("/inside")
        traveller.shift(timedelta(minutes=1))
        with Statements(site) as due:
            client.get("/inside")
        with Statements(site) as after:
            client.get("/inside")
    assert not any(statement.startswith("UPDATE") for statement in early + after)
    assert sum(statement.startswith("UPDATE web_session") for statement in due) == 1


def test_reading_goes_on_while_somebody_writes(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    with site.app_context(), transaction() as session:
        session.scalars(select(WebSession.id)).all()  # BEGIN IMMEDIATE: the write lock is taken
        assert site.test_client().get("/open").status_code == 200
        reader: list[str] = []
        thread = threading.Thread(target=lambda: reader.append(client.get("/inside").text))
        thread.start()
        thread.join(5)
    assert reader == ["tao"]


def test_signing_out_voids_the_key_on_the_server(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    stolen = site.test_client()
    stolen.set_cookie("zhijian", key_of(client))
    assert stolen.get("/inside").text == "tao"

    send(client, "/sign-out", page="/account")
    assert stolen.get("/inside").status_code == 303
    assert count_sessions(site) == 0
    assert client.get_cookie("zhijian") is None


def test_a_revoked_session_ends_at_once(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    with site.app_context(), transaction():
        session_rows.revoke_all(find_user("tao").id)
    assert client.get("/inside").status_code == 303


def test_a_closed_account_is_out_at_once(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    with site.app_context(), transaction():
        services.deactivate(find_user("tao"), actor_id=None, at=clock.now())
    assert client.get("/inside").status_code == 303
    assert sign_in(client, "tao").status_code == 401


def test_a_revoked_role_is_gone_in_the_next_request(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    assert client.get("/cases-page").status_code == 200
    with site.app_context(), transaction():
        tao = find_user("tao")
        services.revoke_role(tao, "TOWN", scope=tao.memberships[0].scope, actor_id=None, at=clock.now())
    assert client.get("/cases-page").status_code == 403


def test_a_form_without_a_token_is_refused(client: FlaskClient) -> None:
    sign_in(client, "tao")
    assert client.post("/rename").status_code == 400
    assert client.post("/rename", data={"csrf_token": "forged"}).status_code == 400


def test_a_token_of_another_session_is_refused(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    other = site.test_client()
    sign_in(other, "hui")
    foreign = token_on(other.get("/account"))
    assert client.post("/rename", data={"csrf_token": foreign}).status_code == 400


def test_a_token_from_before_the_sign_in_is_refused_after_it(client: FlaskClient) -> None:
    old = token_on(client.get("/sign-in"))
    sign_in(client, "tao")
    assert client.post("/rename", data={"csrf_token": old}).status_code == 400


def test_a_form_sent_after_the_session_ended_asks_to_sign_in_and_comes_back(client: FlaskClient) -> None:
    sent = client.post("/rename", data={}, headers={"Referer": "http://localhost/account"})
    assert sent.headers["Location"] == "/sign-in?next=/account"


def test_sixteen_writers_at_once_all_get_through(site: Flask) -> None:
    clients = [site.test_client() for _ in range(4)]
    for client in clients:
        sign_in(client, "tao")
    answers: list[int] = []

    def write(client: FlaskClient, token: str) -> None:
        for _ in range(4):
            answers.append(client.post("/rename", data={"csrf_token": token}).status_code)

    threads = [threading.Thread(target=write, args=(client, token_on(client.get("/account")))) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 16
    with site.app_context():
        assert find_user("tao").name_en == "Tao" + "!" * 16


def test_a_damaged_cookie_is_a_stranger(client: FlaskClient) -> None:
    for key in ("", "x", "A" * 3_000, "'; drop table web_session;--", "ä" * 43):
        client.set_cookie("zhijian", key)
        assert client.get("/inside").status_code == 303


def test_the_sweep_removes_what_has_expired(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    sign_in(site.test_client(), "hui", "wrong password")
    with site.app_context():
        assert remove_ended_sessions() == 0
    age_sessions(site, timedelta(hours=9))
    with site.app_context(), time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert remove_ended_sessions() == 3
    assert count_sessions(site) == 0
