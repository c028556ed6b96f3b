"""Pages of referrals: who sees what, the package builder, the thread, answers on paper."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.documents import files
from tests.webapp.documents import stories as papers
from tests.webapp.pages import Browser, open_case, text_of, token_on
from tests.webapp.referrals.stories import do, open_task, refer, send
from webapp.core.db import db
from webapp.referrals import queries


@pytest.fixture
def case(cast: Any, employer: Any) -> Any:
    return open_case(employer, cast.ping)


@pytest.fixture
def sent(case: Any, cast: Any) -> Any:
    """With one photograph in its package."""
    file = papers.added(case, cast.hui)
    referral = refer(case)
    send(referral, evidence_at_hand="yes", evidence_evidence=[str(file.id)], evidence_none=None)
    return referral


def form_on(page: str, action: str) -> dict[str, str]:
    assert f'action="{action}"' in page
    return {"csrf_token": token_on(page)}


def test_the_receiving_body_sees_the_package_and_not_the_case(app: Any, case: Any, sent: Any) -> None:
    browser, address = Browser(app, "bao"), f"/referrals/{sent.id}"
    page = browser.get(address)
    text = text_of(page.text)
    assert page.status_code == 200
    assert "现场.jpg" in text and "Transfer letter" in text
    assert browser.get(f"/cases/{case.case_no}").status_code in (403, 404)
    assert f'href="/cases/{case.case_no}' not in page.text
    item = next(one for one in queries.items_of(sent) if one.evidence_id)
    with browser.get(f"{address}/evidence/{item.evidence_id}") as file:
        assert (file.status_code, file.data[:2]) == (200, b"\xff\xd8")
    assert address in browser.get("/referrals").text


def test_what_is_not_in_the_package_cannot_be_downloaded(app: Any, case: Any, sent: Any, cast: Any) -> None:
    other = papers.added(case, cast.hui, files.photo(colour="red"))
    browser = Browser(app, "bao")
    assert browser.get(f"/referrals/{sent.id}/evidence/{other.id}").status_code == 404


@pytest.mark.parametrize(("username", "status"), [
    ("hui", 200), ("chen", 200), ("tao", 200), ("ping", 200), ("bao", 200), ("hua", 404), ("jing", 404), ("zhou", 404),
])  # fmt: skip
def test_each_person_sees_the_referral_or_does_not_know_of_it(app: Any, sent: Any, username: str, status: int) -> None:
    browser = Browser(app, username)
    assert browser.get(f"/referrals/{sent.id}").status_code == status
    assert (f"/referrals/{sent.id}" in browser.get("/referrals").text) == (status == 200)


def test_a_draft_is_unknown_to_its_receiver(app: Any, case: Any) -> None:
    assert Browser(app, "bao").get(f"/referrals/{refer(case).id}").status_code == 404


def test_only_a_case_lead_packs(app: Any, case: Any) -> None:
    referral = refer(case)
    address = f"/referrals/{referral.id}/items"
    tao = Browser(app, "tao")
    page = tao.get(f"/referrals/{referral.id}").text
    assert address not in page
    assert tao.post(address, csrf_token=token_on(page), kind="evidence", thing="paper").status_code == 403


def test_the_package_is_built_on_the_page(app: Any, case: Any, cast: Any) -> None:
    referral, file, browser = refer(case), papers.added(case, cast.hui), Browser(app, "hui")
    address = f"/referrals/{referral.id}"
    page = browser.get(address).text
    assert "still needs: Transfer letter, On-site or other record, Evidence" in text_of(page)
    token = form_on(page, f"{address}/items")
    assert browser.post(f"{address}/items", **token, kind="evidence", thing=f"evidence:{file.id}").status_code == 303
    browser.post(f"{address}/items", **token, kind="record", thing="none", reason="现场未制作笔录")
    page = browser.get(address).text
    assert "现场未制作笔录" in text_of(page) and "still needs: Transfer letter." in text_of(page)
    item = queries.items_of(referral)[0]
    browser.post(f"{address}/items/{item.id}/removal", **token)
    db.session.rollback()
    assert [one.kind for one in queries.items_of(referral)] == ["record"]


def test_a_refused_item_is_refused_in_words(app: Any, case: Any) -> None:
    referral, browser = refer(case), Browser(app, "hui")
    address = f"/referrals/{referral.id}"
    token = form_on(browser.get(address).text, f"{address}/items")
    browser.post(f"{address}/items", **token, kind="evidence", thing="evidence:999999")
    assert "Only documents in force and evidence of this case" in browser.get(address).text
    browser.post(f"{address}/items", **token, kind="letter", thing="none", reason="没有移送书")
    assert "must be in the package" in browser.get(address).text


def test_the_two_sides_talk_about_a_supplement(app: Any, sent: Any) -> None:
    do(sent, "receive", answer="return", missing="请补充劳动合同复印件")
    address, hui, bao = f"/referrals/{sent.id}", Browser(app, "hui"), Browser(app, "bao")
    page = hui.get(address).text
    assert "请补充劳动合同复印件" in text_of(page) and "supplement asked for" in text_of(page)
    hui.post(f"{address}/messages", **form_on(page, f"{address}/messages"), text="明天送达，请稍候。")
    page = bao.get(address).text
    assert "明天送达，请稍候。" in text_of(page)
    assert bao.post(f"{address}/messages", **form_on(page, f"{address}/messages"), text="收到，谢谢。").status_code == 303
    assert "收到，谢谢。" in text_of(hui.get(address).text)


def test_an_officer_records_the_answer_of_a_body_from_its_paper(app: Any, sent: Any) -> None:
    browser, task = Browser(app, "hui"), open_task(sent)
    address, paper = f"/referrals/{sent.id}", next(one.evidence_id for one in queries.items_of(sent) if one.evidence_id)
    assert f"{address}/answers/{task.id}" in browser.get(address).text
    page = browser.get(f"{address}/answers/{task.id}").text
    said = {
        "task": str(task.id), "received_on": "2026-02-02", "receipt_no": "R-7", "answer": "accept", "contact": "劳动监察 0512-0000",
        "csrf_token": token_on(page),
    }  # fmt: skip
    refused = browser.post(f"{address}/answers", **said)
    assert refused.status_code == 422 and "needs its paper" in refused.text and 'value="R-7"' in refused.text
    assert browser.post(f"{address}/answers", **said, paper=str(paper)).status_code == 303
    text = text_of(browser.get(address).text)
    assert "accepted" in text and "recorded on behalf of the receiver" in text


def test_nobody_else_records_for_a_body(app: Any, sent: Any) -> None:
    task = open_task(sent)
    for username, status in (("tao", 403), ("bao", 403), ("hua", 404)):
        assert Browser(app, username).get(f"/referrals/{sent.id}/answers/{task.id}").status_code == status


def test_the_case_page_lists_its_referrals_with_what_is_missing(app: Any, case: Any) -> None:
    referral = refer(case)
    page = Browser(app, "hui").get(f"/cases/{case.case_no}/referrals").text
    assert f'href="/referrals/{referral.id}"' in page
    assert "Missing: Transfer letter, On-site or other record, Evidence" in text_of(page)


def test_a_closed_referral_offers_no_form(app: Any, sent: Any) -> None:
    do(sent, "receive", answer="decline", reason="不属本机关职责")
    do(sent, "read")
    address, browser = f"/referrals/{sent.id}", Browser(app, "bao")
    page = browser.get(address).text
    assert f'action="{address}/messages"' not in page and "This referral is closed" in page
    browser.post(f"{address}/messages", csrf_token=token_on(page), text="还有一点意见")
    assert "takes no more material, messages or answers" in browser.get(address).text


def test_an_administrator_adds_a_dated_receiver(app: Any) -> None:
    browser = Browser(app, "admin")
    page = browser.get("/referrals/routes").text
    said = {
        "matter": "medical_aid",
        "receiver_role": "HRSS_INJ",
        "source": "太卫健〔2021〕文件",
        "valid_from": "2026-06-01",
        "jurisdiction_id": "",
    }
    assert browser.post("/referrals/routes", csrf_token=token_on(page), **said).status_code == 303
    assert "太卫健〔2021〕文件" in browser.get("/referrals/routes").text
    browser.post("/referrals/routes", csrf_token=token_on(page), **said)
    assert "cannot be added" in browser.get("/referrals/routes").text
    assert Browser(app, "hui").get("/referrals/routes").status_code == 403
