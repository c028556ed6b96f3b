"""The page of search: who finds what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.webapp.cases.test_people import NAME, NUMBER, WORKER, add
from tests.webapp.documents.stories import final
from tests.webapp.pages import Browser, counted_queries, open_case, text_of
from tests.webapp.referrals.stories import refer, send
from webapp.core.db import db, transaction
from webapp.events.models import AccessLog
from webapp.search.queries import Kind, found

FIRM, GARAGE = "太仓云禾铸造有限公司(演示)", "太仓澄岚汽修有限公司(演示)"
COMPLAINANT = {"kind": "complainant", "name": "赵举报"}
TRAPS = [
    "%",
    "_",
    "'",
    '"><script>alert(1)</script>',
    "\\",
    "😀",
    "\x00",
    "  ",
    "x" * 10_000,
    "云' OR 1=1 --",
    "ＹＨ",
    "〔",
    "*",
    "^太",
    "\ud7ff",
]


@pytest.fixture
def case(app: Any, employer: Any, cast: Any) -> Any:
    return open_case(employer, cast.ping)


def kinds(user: Any, text: str) -> list[str]:
    return [group.kind.value for group in found(text, user=user).groups]


def hits(page: str) -> list[str]:
    return re.findall(r'data-hit href="([^"]+)"', page)


@pytest.mark.parametrize("username", ["ping", "tao", "hui", "chen", "admin"])
def test_who_reads_the_place_finds_the_employer_and_the_case(app: Any, case: Any, cast: Any, username: str) -> None:
    page = Browser(app, username).get("/search?q=云禾").text
    assert hits(page)[:2] == [f"/cases/{case.case_no}", f"/employers/{case.employer_id}"]
    assert "太仓<mark>云禾</mark>铸造有限公司(演示)" in page


@pytest.mark.parametrize("text", ["云", "yh", "yunhe", FIRM, "DEMO00000000000001", "1"])
def test_people_of_another_town_find_nothing_of_this_one(app: Any, case: Any, cast: Any, text: str) -> None:
    add(case, cast.hui, WORKER)
    zhou = Browser(app, "zhou")
    assert hits(zhou.get(f"/search?q={text}").text) == []
    assert "Nothing found" in text_of(zhou.get(f"/search?q={text}").text)
    assert case.case_no not in zhou.get(f"/search?q={text}").text
    assert hits(zhou.get("/search?q=太仓").text) == [f"/employers/{employer_of(GARAGE)}"]


def test_a_count_tells_nothing_of_what_one_may_not_see(app: Any, case: Any, cast: Any) -> None:
    group = next(one for one in found("太仓", user=cast.zhou).groups if one.kind is Kind.EMPLOYER)
    assert (group.total, len(group.items)) == (1, 1)
    assert Kind.CASE not in {one.kind for one in found("太仓", user=cast.zhou).groups}


def test_a_receiving_body_finds_what_was_sent_to_it_and_nothing_else(app: Any, case: Any, cast: Any) -> None:
    referral = refer(case)
    assert kinds(cast.bao, "云禾") == []
    send(referral)
    for text in ("云禾", "yhzz", case.case_no):
        assert kinds(cast.bao, text) == ["referral"]
        assert kinds(cast.jing, text) == []
    page = Browser(app, "bao").get("/search?q=云禾").text
    assert hits(page) == [f"/referrals/{referral.id}"]
    assert "referral" in kinds(cast.hui, "云禾")
    assert "referral" not in kinds(cast.zhou, "云禾")


def test_people_are_found_masked_and_nothing_is_logged(app: Any, case: Any, cast: Any) -> None:
    person = add(case, cast.hui, WORKER)
    for text in (NAME[0], NAME, NAME[:2]):
        page = Browser(app, "hui").get(f"/search?q={text}").text
        assert f"/people/{person.id}" in hits(page)
        assert "张*" in page
        assert NUMBER not in page
    assert NAME not in Browser(app, "hui").get("/search?q=张").text
    assert db.session.scalar(select(func.count()).select_from(AccessLog)) == 0


@pytest.mark.parametrize(
    ("username", "finds"), [("hui", True), ("tao", True), ("ping", False), ("fan", False), ("he1", False), ("admin", False)]
)
def test_only_who_may_read_identities_finds_by_the_whole_name(app: Any, case: Any, cast: Any, username: str, finds: bool) -> None:
    add(case, cast.hui, WORKER)
    assert (kinds(getattr(cast, username), NAME) == ["person"]) is finds


def test_who_sees_the_masks_finds_by_the_surname(app: Any, case: Any, cast: Any) -> None:
    add(case, cast.hui, WORKER)
    assert [kinds(user, NAME[0]) for user in (cast.fan, cast.admin, cast.zhou, cast.jing)] == [["person"], [], [], []]


def test_a_complainant_is_found_by_intake_alone(app: Any, case: Any, cast: Any) -> None:
    add(case, cast.an, COMPLAINANT)
    for text in ("赵", "赵举报", "zjb"):
        assert "person" in kinds(cast.an, text)
        assert [kinds(user, text) for user in (cast.hui, cast.tao, cast.chen, cast.admin)] == [[], [], [], []]


def test_documents_are_found_by_number_and_by_kind(app: Any, case: Any, cast: Any) -> None:
    document = final(case)
    year = document.year
    for text in (
        document.number,
        f"{year}-{document.serial}",
        f"〔{year}〕{document.serial}号",
        f"[{year}]{document.serial}",
        "受理记录 云禾",
        "ajsl yh",
    ):
        groups = {group.kind: group for group in found(text, user=cast.hui).groups}
        assert [one.id for one in groups[Kind.DOCUMENT].items] == [document.id], text
        assert Kind.DOCUMENT not in {group.kind for group in found(text, user=cast.zhou).groups}
        assert Kind.DOCUMENT not in {group.kind for group in found(text, user=cast.jing).groups}


@pytest.mark.parametrize("text", TRAPS)
def test_no_text_breaks_the_page(app: Any, case: Any, text: str) -> None:
    browser = Browser(app, "hui")
    for path in ("/search", "/search/suggest"):
        answer = browser.client.get(path, query_string={"q": text, "kind": text})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
    if text not in ("云' OR 1=1 --", "ＹＨ", "^太"):
        assert hits(browser.client.get("/search", query_string={"q": text}).text) == []


def test_an_identity_number_is_not_searched_for_here(app: Any, case: Any, cast: Any) -> None:
    add(case, cast.hui, WORKER)
    page = Browser(app, "hui").get(f"/search?q={NUMBER}").text
    assert hits(page) == []
    assert "Identity numbers are not searched for here" in text_of(page)
    assert 'class="btn primary" href="/people"' in page


def test_a_page_of_one_kind_shows_that_kind(app: Any, case: Any) -> None:
    hui = Browser(app, "hui")
    assert hits(hui.get("/search?q=云禾&kind=employer").text) == [f"/employers/{case.employer_id}"]
    assert hits(hui.get("/search?q=云禾&kind=unknown").text) == hits(hui.get("/search?q=云禾").text)


def test_the_list_below_the_box_has_options(app: Any, case: Any) -> None:
    part = Browser(app, "hui").get("/search/suggest?q=yh").text
    assert "<html" not in part
    assert re.findall(r'href="([^"]+)"', part) == [f"/cases/{case.case_no}", f"/employers/{case.employer_id}", "/search?q=yh"]


@pytest.mark.parametrize("text", ["云", "117", "受理记录 云禾", "2026-1"])
def test_a_search_takes_few_queries(app: Any, case: Any, cast: Any, text: str) -> None:
    final(case)
    hui = Browser(app, "hui")
    hui.get("/search?q=x")
    with counted_queries() as queries:
        assert hui.get(f"/search?q={text}").status_code == 200
    assert len(queries) <= 12, queries


def test_a_page_without_a_question_says_what_can_be_found(app: Any) -> None:
    page = Browser(app, "bao").get("/search").text
    assert "What are you looking for?" in text_of(page)


def employer_of(name: str) -> int:
    from webapp.employers.models import Employer

    with transaction():
        return db.session.scalars(select(Employer.id).where(Employer.name == name)).one()
