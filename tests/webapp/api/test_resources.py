"""What else the API gives: documents, people, referrals, employers, rules, search, notices, filters, receivers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.api_client import ApiClient, outside
from tests.webapp.pages import open_case
from tests.webapp.scenarios.telling import Story
from webapp.core.db import db
from webapp.referrals.models import Referral


@pytest.fixture
def case_no(app: Any, employer: Any, cast: Any) -> str:
    number = open_case(employer, cast.ping).case_no
    db.session.remove()
    return number


def test_a_case_gives_its_documents_people_and_referrals(app: Any, case_no: str) -> None:
    hui = ApiClient(app, "hui")
    papers = hui.get(f"/cases/{case_no}/documents").json
    assert papers and papers[0]["kind"].startswith("D")
    detail = hui.get(f"/documents/{papers[0]['id']}").json
    assert detail["case_no"] == case_no and isinstance(detail["values"], dict)
    assert hui.get(f"/cases/{case_no}/people").status_code == hui.get(f"/cases/{case_no}/referrals").status_code == 200


@pytest.mark.parametrize("part", ["", "/documents", "/people", "/referrals", "/evidence", "/events", "/deadlines", "/tasks"])
def test_nobody_of_another_town_reads_any_part_of_a_case(app: Any, case_no: str, part: str) -> None:
    assert ApiClient(app, "zhou").get(f"/cases/{case_no}{part}").status_code == 404


def test_a_case_is_found_by_the_filters_of_the_page(app: Any, case_no: str) -> None:
    hui = ApiClient(app, "hui")
    stage = hui.get(f"/cases/{case_no}").json["stage"]
    assert [case["case_no"] for case in hui.get(f"/cases?stage={stage}&state=open").json["items"]] == [case_no]
    assert hui.get("/cases?state=closed").json["items"] == []
    assert hui.get("/cases?state=nonsense").status_code == 422


def test_tasks_are_found_by_the_filters_of_the_inbox(app: Any, case_no: str) -> None:
    tao = ApiClient(app, "tao")
    (task,) = tao.get("/tasks?view=group").json["items"]
    assert [one["id"] for one in tao.get(f"/tasks?view=group&stage={task['stage']}&sort=risk").json["items"]] == [task["id"]]
    assert tao.get("/tasks?view=group&stage=closing").json["items"] == []


def test_a_task_that_somebody_holds_is_taken_over_with_a_reason(app: Any, case_no: str, cast: Any) -> None:
    tao, admin = ApiClient(app, "tao"), ApiClient(app, "admin")
    task_id = tao.get("/tasks?view=group").json["items"][0]["id"]
    holder = tao.send("POST", f"/tasks/{task_id}/claim").json["assignee_id"]
    assert admin.send("POST", f"/tasks/{task_id}/claim").status_code in (403, 409)
    refused = admin.send("POST", f"/tasks/{task_id}/take-over", {"holder_id": holder, "reason": ""})
    assert refused.status_code == 422
    stale = admin.send("POST", f"/tasks/{task_id}/take-over", {"holder_id": holder + 999, "reason": "休假"})
    assert stale.status_code in (403, 409)


def test_a_draft_is_kept_for_its_writer(app: Any, case_no: str) -> None:
    tao = ApiClient(app, "tao")
    task_id = tao.get("/tasks?view=group").json["items"][0]["id"]
    tao.send("POST", f"/tasks/{task_id}/claim")
    assert tao.send("PUT", f"/tasks/{task_id}/draft", {"values": {"decision": "take"}}).status_code == 204
    assert tao.get(f"/tasks/{task_id}").json["draft"] == {"decision": "take"}


def test_employers_are_listed_shown_and_their_records_read(app: Any, employer: Any) -> None:
    number, name = employer.id, employer.name
    db.session.remove()
    hui = ApiClient(app, "hui")
    assert name in [one["name"] for one in hui.get("/employers?limit=100").json["items"]]
    assert hui.get(f"/employers/{number}").json["credit_code"]
    assert isinstance(hui.get(f"/employers/{number}/records").json, list)
    assert ApiClient(app, "jing").get("/employers").status_code == 403
    assert ApiClient(app, "zhou").get(f"/employers/{number}").status_code == 404


@pytest.mark.parametrize("kind", ["limits", "violations", "amounts", "exposure"])
def test_a_rule_tells_its_source_and_whether_it_was_verified(app: Any, kind: str) -> None:
    hui = ApiClient(app, "hui")
    found = hui.get(f"/rules/{kind}?on=2026-06-01").json
    assert found and all(row["source"] and row["verified"] and row["values"] for row in found)
    assert hui.get(f"/rules/{kind}/{found[0]['code']}").json[0]["code"] == found[0]["code"]
    assert hui.get(f"/rules/{kind}/NOTHING").status_code == 404


def test_the_calendar_of_a_published_year_is_read(app: Any) -> None:
    hui = ApiClient(app, "hui")
    assert any(not day["is_working"] for day in hui.get("/rules/calendar/2026").json)
    assert hui.get("/rules/calendar/1999").status_code == hui.get("/rules/calendar/99999999").status_code == 404


def test_search_finds_what_one_may_see_and_nothing_else(app: Any, case_no: str) -> None:
    assert "case" in [group["kind"] for group in ApiClient(app, "hui").get(f"/search?q={case_no}").json]
    assert ApiClient(app, "zhou").get(f"/search?q={case_no}").json == []
    assert ApiClient(app, "hui").get("/search").status_code == 422


def test_notices_and_saved_filters_are_ones_own(app: Any) -> None:
    hui = ApiClient(app, "hui")
    assert hui.get("/notices").json == {"items": [], "next": None}
    assert hui.get("/saved-filters").json == []


def test_only_administrators_read_receivers(app: Any) -> None:
    assert ApiClient(app, "admin").get("/webhooks").json == []
    assert ApiClient(app, "hui").get("/webhooks").status_code == 403


def test_a_referral_is_read_by_its_two_sides_only(app: Any, employer: Any) -> None:
    story = Story(employer)
    story.do("tao", "town_accept", decision="take")
    story.do("tao", "verify", conclusion="violation")
    story.do("an", "accept", decision="accept", matters=["radiation"])
    referral = db.session.query(Referral).first()
    if referral is None:
        pytest.fail("the matter of radiation opens a referral")
    number = referral.id
    db.session.remove()
    assert ApiClient(app, "hui").get(f"/referrals/{number}").json["kind"]
    assert ApiClient(app, "jing").get(f"/referrals/{number}").status_code == 404


def test_an_error_says_what_to_do_in_the_language_of_the_request(app: Any) -> None:
    client = app.test_client()
    zh = outside(client.get, "/api/v1/cases", headers={"Accept-Language": "zh-CN"}).json["error"]["message"]
    en = outside(client.get, "/api/v1/cases", headers={"Accept-Language": "en"}).json["error"]["message"]
    assert "登录" in zh and "Sign in" in en


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[" * 10_000 + b"]" * 10_000, "application/json"), (b"{" * 10_000, "application/json"), (b"\xff\xfe", "application/json"),
        (b'{"values": {"a": "\\ud800"}, "version": 1}', "application/json"),
        (b'{"values": {"a": "\\u0000"}, "version": 1}', "application/json"),
        (b'{"version": 1e400}', "application/json"), (b"values=1", "application/x-www-form-urlencoded"), (b"", "application/json"),
        (b'{"version": 99999999999999999999}', "application/json"), (b"<xml/>", "text/xml"),
    ],
)  # fmt: skip
def test_a_damaged_body_gets_a_sentence(app: Any, case_no: str, body: bytes, kind: str) -> None:
    tao = ApiClient(app, "tao")
    task_id = tao.get("/tasks?view=group").json["items"][0]["id"]
    headers = {**tao._headers, "Content-Type": kind}
    answer = outside(app.test_client().post, f"/api/v1/tasks/{task_id}/complete", data=body, headers=headers)
    assert answer.status_code in (400, 403, 409, 413, 415, 422)
    assert answer.json["error"]["message"]


def test_an_id_beyond_the_database_is_not_found(app: Any) -> None:
    hui = ApiClient(app, "hui")
    for path in ("tasks", "employers", "documents", "referrals"):
        assert hui.get(f"/{path}/{2**70}").status_code == hui.get(f"/{path}/{2**40}").status_code == 404
