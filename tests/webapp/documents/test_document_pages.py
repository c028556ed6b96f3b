"""Documents through the pages: made by hand, filled in without loss, made final, served, voided, each by the right roles."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.documents import stories
from tests.webapp.pages import Browser, answers, open_case, text_of, token_on
from webapp.core import clock
from webapp.core.db import db
from webapp.documents.models import Document
from webapp.documents.queries import documents_of_case, form_of, receipts_of_case

KIND, FORM = "D26", "transfer_letter"  # made by hand by HD_LEAD


@pytest.fixture
def case(cast: Any, employer: Any) -> Any:
    return open_case(employer, cast.ping)


@pytest.fixture
def hui(app: Any) -> Browser:
    return Browser(app, "hui")


def begun(browser: Browser, case: Any) -> Document:
    """A new draft by the button on the case page."""
    answer = browser.send(f"/cases/{case.case_no}/documents", f"/cases/{case.case_no}/documents", kind=KIND)
    assert answer.status_code == 303, answer.text
    db.session.rollback()
    return next(one for one in documents_of_case(case.id) if one.kind == KIND)


def typed(document: Document) -> dict[str, Any]:
    form = form_of(document)
    return answers(form, **{field.key: [] for field in form.fields if field.of}) if form else {}


def test_a_record_made_by_hand_gets_its_number(hui: Browser, case: Any) -> None:
    document = begun(hui, case)
    page = f"/documents/{document.id}"
    answer = hui.send(f"{page}/edit", f"{page}/finalise", **typed(document))
    assert answer.status_code == 303, text_of(answer.text)
    db.session.rollback()
    db.session.refresh(document)
    year = clock.today().year
    assert (document.state, document.number) == ("final", f"卫职移〔{year}〕1号")
    shown = text_of(hui.get(page).text)
    assert document.number in shown
    assert document.number in text_of(hui.get(f"/cases/{case.case_no}/documents").text)
    assert hui.get(f"{page}/edit").status_code == 303


def test_what_is_typed_is_kept(hui: Browser, case: Any) -> None:
    document = begun(hui, case)
    page = f"/documents/{document.id}"
    form = form_of(document)
    assert form is not None
    field = next(field for field in form.answerable if field.type == "textarea")
    token = token_on(hui.get(f"{page}/edit").text)
    assert hui.put(f"{page}/draft", {"values": {field.key: "写到一半"}}, token=token).status_code == 200
    assert "写到一半" in hui.get(f"{page}/edit").text
    answer = hui.send(f"{page}/edit", f"{page}/finalise", **{field.key: "还没写完"})
    assert answer.status_code == 422
    assert "还没写完" in answer.text
    hui.post(f"{page}/draft", csrf_token=token, **{field.key: "保存后离开"})
    db.session.rollback()
    db.session.refresh(document)
    assert (document.state, document.values[field.key]) == ("draft", "保存后离开")


@pytest.mark.parametrize(("username", "status"), [("zhou", 404), ("ping", 403), ("jing", 403)])
def test_other_roles_make_none(app: Any, case: Any, username: str, status: int) -> None:
    browser = Browser(app, username)
    token = token_on(browser.get("/").text)
    answer = browser.post(f"/cases/{case.case_no}/documents", csrf_token=token, kind=KIND)
    assert answer.status_code == (404 if username == "jing" else status)
    assert all(one.kind != KIND for one in documents_of_case(case.id))


@pytest.mark.parametrize("username", ["zhou", "jing"])
def test_strangers_do_not_read_them(app: Any, case: Any, username: str) -> None:
    document = stories.final(case, "D20")
    browser, page = Browser(app, username), f"/documents/{document.id}"
    assert browser.get(page).status_code == (404 if username == "zhou" else 403)
    token = token_on(browser.get("/").text)
    for verb in ("void", "service", "finalise", "again", "draft"):
        assert browser.post(f"{page}/{verb}", csrf_token=token, reason="不行不行").status_code == 404


def test_readers_without_the_role_change_nothing(app: Any, case: Any) -> None:
    document = stories.draft(case, KIND)
    browser, page = Browser(app, "ping"), f"/documents/{document.id}"
    assert browser.get(page).status_code == 200
    assert browser.get(f"{page}/edit").status_code == 403
    assert browser.get(f"{page}/service").status_code == 403
    token = token_on(browser.get(page).text)
    assert browser.post(f"{page}/void", csrf_token=token, reason="不该由我作废").status_code == 403


def test_a_kind_that_steps_make_is_not_made_by_hand(hui: Browser, case: Any) -> None:
    token = token_on(hui.get("/").text)
    assert hui.post(f"/cases/{case.case_no}/documents", csrf_token=token, kind="D20").status_code == 403
    assert hui.post(f"/cases/{case.case_no}/documents", csrf_token=token, kind="D99").status_code == 404


def test_service_through_the_page(hui: Browser, case: Any) -> None:
    document = stories.final(case, "D20")
    page = f"/documents/{document.id}/service"
    values = {"way": "direct", "served_on": clock.today().isoformat(), "receiver": "李某某", "receiver_role": "party"}
    refused = hui.send(page, page, **{**values, "way": "mail"})
    assert refused.status_code == 422
    assert "李某某" in refused.text
    assert hui.send(page, page, **values).status_code == 303
    db.session.rollback()
    assert [receipt.receiver for receipt in receipts_of_case(case.id)] == ["李某某"]
    assert "李某某" in text_of(hui.get(f"/documents/{document.id}").text)


def test_voiding_and_making_again(hui: Browser, case: Any, cast: Any) -> None:
    document = stories.final(case, KIND, actor_id=cast.hui.id, values={"reason": "移送"})
    page = f"/documents/{document.id}"
    assert "at least four" in text_of(hui.send(page, f"{page}/void", reason="错").text)
    assert hui.send(page, f"{page}/void", reason="移送机关写错了").status_code == 303
    assert "移送机关写错了" in text_of(hui.get(page).text)
    assert hui.send(page, f"{page}/again").status_code == 303
    db.session.rollback()
    again = documents_of_case(case.id)[-1]
    assert (again.replaces_id, again.values, again.state) == (document.id, {"reason": "移送"}, "draft")


def test_the_case_page_says_what_waits_for_service(hui: Browser, case: Any) -> None:
    stories.final(case, "D20")
    assert "takes effect when it is served" in text_of(hui.get(f"/cases/{case.case_no}/documents").text)


def test_events_are_told_in_words(app: Any, hui: Browser, case: Any, cast: Any) -> None:
    document = stories.final(case, "D20")
    stories.added(case, cast.ping)
    page = text_of(hui.get(f"/cases/{case.case_no}").text)
    assert f"made “Penalty decision” final, number {document.number}." in page
    assert "added evidence." in page
    assert "文书" in Browser(app, "hui", language="zh-CN").get(f"/cases/{case.case_no}").text
