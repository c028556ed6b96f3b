"""Headers, static files and error pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.webapp.pages import Browser, outside, text_of, token_on
from webapp.core.db import db
from webapp.core.error_pages import SENTENCES


def anonymous(app: Any, path: str, *, language: str = "en", **options: Any) -> Any:
    return outside(app.test_client().get, path, headers={"Accept-Language": language}, **options)


def test_pages_carry_strict_headers(app: Any) -> None:
    headers = Browser(app, "tao").get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'self' 'nonce-[\w-]{20,}'", policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


def test_each_response_has_its_own_nonce(app: Any) -> None:
    tao = Browser(app, "tao")
    assert tao.get("/").headers["Content-Security-Policy"] != tao.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/?view=group", "/cases", "/employers", "/start", "/sign-in", "/account", "/nowhere"])
def test_pages_have_no_inline_script_or_style(app: Any, path: str) -> None:
    page = Browser(app, "tao").get(path, follow=True).text
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", page)


def test_static_files_are_kept_for_a_year_under_their_hash(app: Any) -> None:
    page = anonymous(app, "/sign-in").text
    address = re.search(r'href="(/static/app\.css\?v=[0-9a-f]{12})"', page)
    assert address
    file = anonymous(app, address[1])
    file.close()
    assert "immutable" in file.headers["Cache-Control"]


@pytest.mark.parametrize(("language", "title"), [("en", "Not found"), ("zh-CN", "未找到")])
def test_an_unknown_address_is_answered_in_the_language_of_the_reader(app: Any, language: str, title: str) -> None:
    answer = anonymous(app, "/nowhere", language=language)
    assert answer.status_code == 404
    assert title in text_of(answer.text)


def test_what_a_role_may_not_do_is_refused_with_a_way_on(app: Any) -> None:
    answer = Browser(app, "jing").get("/cases")
    assert answer.status_code == 403
    assert "Ask the colleague responsible for it" in text_of(answer.text)
    assert 'href="/"' in answer.text


def test_a_wrong_method_says_which_are_allowed(app: Any) -> None:
    tao = Browser(app, "tao")
    answer = tao.post("/cases", csrf_token=token_on(tao.get("/").text))
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_form_without_its_token_is_refused_with_a_sentence(app: Any) -> None:
    answer = Browser(app, "tao").post("/start/case_lifecycle", employer_id="1")
    assert answer.status_code == 400
    assert "Reload the page" in text_of(answer.text)


@pytest.mark.parametrize("refused", ["SELECT", "user_task"])
def test_a_database_that_is_away_is_said_without_asking_it(app: Any, refused: str) -> None:
    """First when the session is read, then inside the view."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    tao = Browser(app, "tao")

    def away(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        if refused in statement:
            raise OperationalError(statement, {}, Exception("gone"))

    event.listen(db.engine, "before_cursor_execute", away)
    answer = tao.get("/?view=mine" if refused == "SELECT" else "/")
    event.remove(db.engine, "before_cursor_execute", away)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "Try again in a minute" in text_of(answer.text)


def test_a_bug_becomes_a_page_without_details(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "inbox.show", _broken_like(app.view_functions["inbox.show"]))
    answer = Browser(app, "tao").get("/")
    assert answer.status_code == 500
    assert "Nothing of this step was stored" in text_of(answer.text)
    assert "secret detail" not in answer.text


def test_the_api_gets_its_errors_as_json(app: Any) -> None:
    answer = anonymous(app, "/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not_found"


def test_every_status_has_a_title_and_a_sentence() -> None:
    assert all(str(title) and str(sentence).endswith(".") for title, sentence in SENTENCES.values())


def test_the_theme_of_this_browser_is_drawn_at_once(app: Any) -> None:
    client = app.test_client()
    client.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in outside(client.get, "/sign-in").text
    client.set_cookie("theme", "pink")
    assert 'lang="zh-CN" data-theme' not in outside(client.get, "/sign-in").text


def _broken_like(view: Any) -> Any:
    def broken() -> str:
        raise RuntimeError("secret detail")

    broken.policy = view.policy  # type: ignore[attr-defined]
    return broken
