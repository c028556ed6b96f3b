"""People of a case in the browser: add, list masked, reveal, who looked."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from tests.webapp.cases.test_people import NAME, NUMBER, WORKER, add
from tests.webapp.pages import Browser, open_case, text_of
from webapp.cases.models import Case, Person
from webapp.core.db import db
from webapp.core.idempotency import IdempotencyKey
from webapp.events.models import AccessLog


@pytest.fixture
def case(app: Any, employer: Any, cast: Any) -> Case:
    return open_case(employer, cast.ping)


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_person_is_added_and_shown_by_the_mask(app: Any, case: Case) -> None:
    hui = Browser(app, "hui")
    answer = hui.send(f"/cases/{case.case_no}/people/new", f"/cases/{case.case_no}/people", **WORKER)
    assert answer.headers["Location"] == f"/cases/{case.case_no}/people"
    page = hui.get(answer.headers["Location"]).text
    assert "张*" in page
    assert "32**************0X" in page
    assert "added a person concerned" in hui.get(f"/cases/{case.case_no}/timeline?kind=person").text
    for secret in (NAME, NUMBER, "尘肺"):
        assert secret not in page
    assert NAME.encode() not in b"".join(db.session.scalars(select(IdempotencyKey.answer)))


def test_what_was_typed_stays_when_it_is_refused(app: Any, case: Case) -> None:
    sent = {**WORKER, "id_number": "320000198001010011"}
    answer = Browser(app, "hui").send(f"/cases/{case.case_no}/people/new", f"/cases/{case.case_no}/people", **sent)
    assert answer.status_code == 422
    assert f'value="{NAME}"' in answer.text
    assert count(Person) == 0


def test_data_are_revealed_in_the_answer_to_a_form_with_a_reason(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.hui, WORKER)
    chen, page = Browser(app, "chen"), f"/people/{person.id}"
    assert NAME not in chen.get(page).text
    assert "尘肺" not in chen.get(page).text
    refused = chen.send(page, f"{page}/reveal/identity", reason="")
    assert refused.status_code == 422
    assert NAME not in refused.text
    shown = chen.send(page, f"{page}/reveal/identity", reason="核对当事人身份")
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
    assert NAME in shown.text
    assert NUMBER in shown.text
    assert "尘肺" not in shown.text  # the other part needs its own reason
    assert "职业性尘肺病壹期" in chen.send(page, f"{page}/reveal/health", reason="核对诊断证明").text
    assert count(AccessLog) == 2
    timeline = text_of(chen.get(f"/cases/{case.case_no}/people").text)
    assert "Who looked at protected data 2" in timeline
    assert "核对诊断证明" in timeline


def test_a_reason_is_asked_for_every_view(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.hui, WORKER)
    assert Browser(app, "hui").get(f"/people/{person.id}/reveal/identity").status_code == 405
    assert Browser(app, "hui").post(f"/people/{person.id}/reveal/identity", reason="没有令牌").status_code == 400
    assert count(AccessLog) == 0


@pytest.mark.parametrize(
    ("username", "page", "identity", "health"),
    [("ping", 200, 403, 403), ("tao", 200, 200, 403), ("an", 200, 200, 403), ("hui", 200, 200, 200), ("chen", 200, 200, 200),
     ("zheng", 200, 403, 403), ("zhou", 404, 404, 404), ("jing", 404, 404, 404), ("she", 404, 404, 404), ("admin", 404, 404, 404)],
)  # fmt: skip
def test_each_role_gets_the_parts_it_needs(app: Any, cast: Any, case: Case, username: str, page: int, identity: int, health: int) -> None:
    person = add(case, cast.hui, WORKER)
    browser = Browser(app, username)
    token = browser.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    answers = [browser.post(f"/people/{person.id}/reveal/{part}", csrf_token=token, reason="核对身份") for part in ("identity", "health")]
    assert [browser.get(f"/people/{person.id}").status_code, *(answer.status_code for answer in answers)] == [page, identity, health]
    assert count(AccessLog) == [identity, health].count(200)


def test_a_person_is_found_by_the_whole_number_without_putting_it_into_an_address(app: Any, cast: Any, case: Case) -> None:
    add(case, cast.hui, WORKER)
    hui = Browser(app, "hui")
    assert "/people" in hui.get("/cases").text
    found = hui.send("/people", "/people", id_number=NUMBER)
    assert case.case_no in found.text
    assert NUMBER not in found.text
    assert count(AccessLog) == 1  # who was found is known from now on
    assert "Nobody with this number" in text_of(hui.send("/people", "/people", id_number="32").text)
    assert count(AccessLog) == 1
    assert Browser(app, "ping").send("/people", "/people", id_number=NUMBER).status_code == 403


def test_intake_records_a_consent_on_the_page_of_the_complainant(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.an, {"kind": "complainant", "name": "欧阳某某"})
    an, page = Browser(app, "an"), f"/people/{person.id}"
    assert "only intake sees who it is" in text_of(an.get(page).text)
    assert an.send(page, f"{page}/consent", consent_evidence="").status_code == 422
    assert an.send(page, f"{page}/consent", consent_evidence="书面同意书2026年3月4日").status_code == 303
    assert Browser(app, "hui").get(page).status_code == 200
    assert Browser(app, "tao").get(page).status_code == 404


def test_who_keeps_no_people_is_told_so(app: Any, case: Case) -> None:
    assert Browser(app, "zheng").get(f"/cases/{case.case_no}/people/new").status_code == 403
    assert Browser(app, "zhou").get(f"/cases/{case.case_no}/people/new").status_code == 404
