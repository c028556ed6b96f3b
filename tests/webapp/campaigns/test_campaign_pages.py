"""Pages of campaigns: planning, launching, watching, drilling down."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from tests.webapp.campaigns.campaigning import PLAN, WAYS, add_employers, launched, members, planned, running, task_of, walk
from tests.webapp.pages import Browser, hidden_values, text_of
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.cases.models import Case
from webapp.core.db import db

TYPED = {
    "kind": "DUST",
    "name": "Dust campaign 2026",
    "plan": "After the superior's letter.",
    "starts_on": "2026-03-01",
    "ends_on": "2026-05-31",
}


def stored(**found: Any) -> list[Campaign]:
    db.session.rollback()
    return list(db.session.scalars(select(Campaign).filter_by(**found), execution_options={"populate_existing": True}))


def test_a_campaign_is_planned_launched_and_watched(app: Any, cast: Any, employer: Any) -> None:
    hui = Browser(app, "hui")
    answer = hui.send("/campaigns/new", "/campaigns", **TYPED)
    page = hui.get(answer.headers["Location"]).text
    for part in ("is planned. Nothing has started yet.", "draft", "2 employers are in the scope now", "After the superior's letter."):
        assert part in text_of(page)
    (campaign,) = stored(name=TYPED["name"])
    here = f"/campaigns/{campaign.id}"
    answer = hui.send(here, f"{here}/launch")
    page = text_of(hui.get(answer.headers["Location"]).text)
    for part in ("Launched: 2 employers are in the campaign", "0 / 2 visits opened", "Shaxi", "Liuhe", "Hui", "not opened yet"):
        assert part in page
    (campaign,) = stored(name=TYPED["name"])
    assert (campaign.state, campaign.member_count, campaign.frozen_by_id) == ("launching", 2, cast.hui.id)


def test_twenty_presses_launch_once_and_say_so(app: Any, cast: Any) -> None:
    campaign, hui = planned(cast.hui), Browser(app, "hui")
    here = f"/campaigns/{campaign.id}"
    hidden = hidden_values(hui.get(here).text, f"{here}/launch")
    first = [hui.post(f"{here}/launch", **hidden) for _ in range(3)]
    assert {answer.status_code for answer in first} == {303}
    later = [hui.post(f"{here}/launch", **{**hidden, "idempotency_key": f"another-press-{number}"}) for number in range(17)]
    assert {answer.status_code for answer in later} == {409}
    assert "This campaign was launched already, by Hui" in text_of(later[-1].text)
    db.session.rollback()
    assert db.session.scalar(select(func.count(CampaignMember.id))) == 2


def test_typed_work_is_never_lost(app: Any, cast: Any) -> None:
    wrong = {**TYPED, "name": " ", "ends_on": "2025-01-01", "min_workers": "many"}
    first = Browser(app, "hui").send("/campaigns/new", "/campaigns", **wrong)
    assert first.status_code == 422
    assert "Give the number of workers in digits" in text_of(first.text)
    second = Browser(app, "hui").send("/campaigns/new", "/campaigns", **{**wrong, "min_workers": "20"})
    for answer in (first, second):
        assert "After the superior&#39;s letter." in answer.text
        assert 'value="2025-01-01"' in answer.text
    for part in ("Give the campaign a name of 2 to 120 characters", "Choose a last day that is not before the first", 'href="#f-ends_on"'):
        assert part in second.text
    assert stored() == []


def test_the_count_follows_the_scope_while_one_plans(app: Any, cast: Any, employer: Any) -> None:
    add_employers(3, town="LH", workers=8)
    hui = Browser(app, "hui")
    assert "5 employers are in the scope now" in text_of(hui.get("/campaigns/scope?kind=DUST").text)
    assert "2 employers" in text_of(hui.get("/campaigns/scope?kind=DUST&min_workers=20").text)
    one_town = text_of(hui.get(f"/campaigns/scope?kind=DUST&town_ids={employer.town_id}").text)
    assert one_town == "1 employer is in the scope now Shaxi 1"
    assert "Nobody meets it" in text_of(hui.get("/campaigns/scope?kind=PLATING").text)
    counted = hui.send("/campaigns/new", "/campaigns", **{**TYPED, "count": "1"})
    assert "5 employers are in the scope now" in text_of(counted.text)
    assert TYPED["name"] in counted.text
    assert stored() == []


def test_a_draft_can_be_changed_and_a_launched_campaign_cannot(app: Any, cast: Any, employer: Any) -> None:
    campaign, hui = planned(cast.hui), Browser(app, "hui")
    here = f"/campaigns/{campaign.id}/plan"
    assert PLAN.name in hui.get(here).text
    changed = hui.send(here, here, **{**TYPED, "town_ids": str(employer.town_id), "min_workers": "10"})
    assert changed.status_code == 303
    (found,) = stored(id=campaign.id)
    assert (found.name, found.criteria) == (TYPED["name"], {"town_ids": [employer.town_id], "min_workers": 10})
    hidden = hidden_values(hui.get(here).text, here)
    hui.send(f"/campaigns/{campaign.id}", f"/campaigns/{campaign.id}/launch")
    refused = hui.post(here, **{**hidden, **TYPED, "name": "too late"})
    assert refused.status_code == 409
    assert "visits are being opened" in text_of(refused.text)
    assert "too late" in refused.text


def test_an_empty_scope_is_refused_in_words(app: Any, cast: Any) -> None:
    campaign, hui = planned(cast.hui, kind="PLATING"), Browser(app, "hui")
    here = f"/campaigns/{campaign.id}"
    answer = hui.send(here, f"{here}/launch")
    assert answer.status_code == 422
    assert "No employer meets the scope" in text_of(answer.text)


def test_stopping_needs_a_reason_that_the_towns_read(app: Any, cast: Any) -> None:
    campaign, hui = launched(cast.hui), Browser(app, "hui")
    here = f"/campaigns/{campaign.id}"
    assert "Say why the campaign stops" in text_of(hui.send(here, f"{here}/stop", reason=" ").text)
    assert hui.send(here, f"{here}/stop", reason="The superior asks to wait").status_code == 303
    tao = text_of(Browser(app, "tao").get(here).text)
    assert "Stopped: The superior asks to wait" in tao
    assert "0 of 2 visits were opened" in tao
    assert hui.send(here, f"{here}/resume").status_code == 303
    page = text_of(hui.get(here).text)
    for part in ("resumed the campaign", "stopped the campaign: The superior asks to wait", "launched the campaign: 2 employers"):
        assert part in page


def test_finishing_waits_for_the_visits(app: Any, cast: Any) -> None:
    campaign, hui = running(cast.hui), Browser(app, "hui")
    here = f"/campaigns/{campaign.id}"
    assert "2 visits are still under way" in text_of(hui.send(here, f"{here}/finish").text)
    for member in members(campaign):
        walk(member, "passed")
    assert hui.send(here, f"{here}/finish").status_code == 303
    assert stored(id=campaign.id)[0].state == "finished"


@pytest.mark.parametrize("username", ["tao", "ping", "an", "zheng"])
def test_others_look_and_do_not_touch(app: Any, cast: Any, username: str) -> None:
    campaign, browser = launched(cast.hui), Browser(app, username)
    here = f"/campaigns/{campaign.id}"
    page = browser.get(here)
    assert page.status_code == 200
    assert "/stop" not in page.text
    assert PLAN.name in browser.get("/campaigns").text
    assert "/campaigns/new" not in browser.get("/campaigns").text
    token = hidden_values(page.text, "/language")["csrf_token"]
    for verb in ("launch", "stop", "resume", "finish", "plan"):
        assert browser.post(f"{here}/{verb}", csrf_token=token).status_code == 403
    assert browser.get("/campaigns/new").status_code == 403


def test_outside_bodies_have_no_campaigns(app: Any, cast: Any) -> None:
    campaign, jing = launched(cast.hui), Browser(app, "jing")
    assert jing.get("/campaigns").status_code == 403
    assert jing.get(f"/campaigns/{campaign.id}").status_code == 403
    assert "/campaigns" not in jing.get("/").text
    assert Browser(app, "hui").get("/campaigns/999").status_code == 404


def test_the_bar_moves_and_then_the_page_is_loaded_anew(app: Any, cast: Any) -> None:
    campaign, other = launched(cast.hui), running(cast.hui, name="Second")
    tao = Browser(app, "tao")
    bar = tao.get(f"/campaigns/{campaign.id}/progress").text
    assert "data-over" not in bar
    assert 'aria-valuenow="0"' in bar
    assert "data-over" in tao.get(f"/campaigns/{other.id}/progress").text


def test_the_board_leads_to_the_members_and_those_to_task_and_case(app: Any, cast: Any, employer: Any) -> None:
    campaign = running(cast.hui)
    first, second = members(campaign)
    walk(first, "re_check")
    walk(second, "handed_over")
    hui, here = Browser(app, "hui"), f"/campaigns/{campaign.id}"
    assert f"{here}/members?town={first.town_id}&amp;state=re_check" in hui.get(here).text
    rows = hui.get(f"{here}/members?state=re_check").text
    assert f'href="/tasks/{task_of(first).id}"' in rows
    assert f"{here}/members/{first.id}" in rows
    assert f"{here}/members/{second.id}" not in rows
    case = db.session.scalars(select(Case)).one()
    assert f"/cases/{case.case_no}" in hui.get(f"{here}/members?state=handed_over").text
    page = hui.get(f"{here}/members/{second.id}").text
    for part in (case.case_no, "B06", "Hand over", "handed over"):
        assert part in page
    assert "No employer of your area stands there" in hui.get(f"{here}/members?state=corrected").text


def test_a_member_of_another_town_is_not_found(app: Any, cast: Any, employer: Any) -> None:
    campaign = running(cast.hui)
    other = next(member for member in members(campaign) if member.employer_id != employer.id)
    assert Browser(app, "tao").get(f"/campaigns/{campaign.id}/members/{other.id}").status_code == 404
    assert Browser(app, "zhou").get(f"/campaigns/{campaign.id}/members/{other.id}").status_code == 200


def test_the_task_page_of_a_visit_names_campaign_and_employer(app: Any, cast: Any, employer: Any) -> None:
    campaign = running(cast.hui)
    member = next(member for member in members(campaign) if member.employer_id == employer.id)
    path = f"/tasks/{task_of(member).id}"
    for username, status in (("tao", 200), ("hui", 200), ("ping", 200), ("zhou", 404), ("jing", 404)):
        page = Browser(app, username).get(path)
        assert page.status_code == status, username
        if status == 200:
            for part in (PLAN.name, f"/campaigns/{campaign.id}", employer.name, f"/employers/{employer.id}", "List check"):
                assert part in page.text
    assert 'name="situation"' in Browser(app, "tao").get(path).text
    assert 'name="situation"' not in Browser(app, "hui").get(path).text


def test_an_administrator_chooses_the_district(app: Any, cast: Any) -> None:
    page = Browser(app, "admin").get("/campaigns/new")
    assert page.status_code == 200
    assert "Shaxi" in page.text


@pytest.mark.parametrize("state", list(WAYS))
def test_every_state_reads_in_both_languages(app: Any, cast: Any, state: str) -> None:
    campaign = running(cast.hui)
    walk(members(campaign)[0], state)
    for language, words in (("en", "Where the visits stand"), ("zh-CN", "进展情况")):
        browser = Browser(app, "hui", language=language)
        assert words in browser.get(f"/campaigns/{campaign.id}").text
        for path in ("/members", f"/members?state={state}", f"/members/{members(campaign)[0].id}"):
            assert browser.get(f"/campaigns/{campaign.id}{path}").status_code == 200
