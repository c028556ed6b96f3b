"""The story of an employer: one order of time, only what the reader may see, narrowed and paged."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from tests import factories
from tests.webapp.campaigns.campaigning import members, running, walk
from tests.webapp.pages import Browser, counted_queries, open_case, text_of
from webapp.core import clock
from webapp.core.clock import LEGAL_ZONE
from webapp.core.db import db, transaction
from webapp.core.pagination import BadCursor
from webapp.employers.all_records import all_records
from webapp.employers.compliance import duties_of
from webapp.employers.facts import facts_of
from webapp.employers.models import Employer
from webapp.employers.services import add_record
from webapp.story.employer import open_now, story_of
from webapp.story.wording import sentence, tone

TEST = {
    "tested_on": "2025-06-01", "institution": "演示技术服务机构", "post": "浇注", "factor": "heat", "kind": "LEVEL", "value": "29",
    "unit": "WBGT", "limit_value": "28",
}  # fmt: skip


def add(employer: Employer, of: str, **values: Any) -> None:
    with transaction():
        add_record(employer, of, values=values, actor_id=None, at=clock.now(), locale="zh")


def insured(employer: Employer, count: int) -> None:
    for number in range(count):
        add(employer, "insurance_fact", checked_on=(date(2025, 1, 1) + timedelta(days=number)).isoformat(), insured_workers=str(number))


def story(employer: Employer, user: Any, **chosen: Any) -> Any:
    return story_of(employer, all_records(employer.id), user, **chosen)


def words(employer: Employer, user: Any, **chosen: Any) -> str:
    return " ".join(sentence(one) for one in story(employer, user, **chosen).happenings)


def test_records_come_in_one_query_as_they_come_one_by_one(app: Any, employer: Any) -> None:
    insured(employer, 3)
    add(employer, "declaration", kind="first", declared_on="2025-03-01", receipt_no="HZ-1", factors=["silica_dust"])
    employer_id = employer.id
    with counted_queries() as statements:
        found = all_records(employer_id)
    assert len(statements) == 1
    from webapp.employers.models import Declaration, InsuranceFact

    assert [row.insured_workers for row in found.of(InsuranceFact)] == [2, 1, 0]
    (declared,) = found.of(Declaration)
    assert (declared.factors, declared.declared_on, declared.is_struck) == (["silica_dust"], date(2025, 3, 1), False)


def test_everything_stands_in_one_order_the_latest_first(app: Any, cast: Any, employer: Any) -> None:
    case = open_case(employer, cast.ping)
    insured(employer, 2)
    page = story(employer, cast.hui)
    days = [one.on for one in page.happenings]
    assert days == sorted(days, reverse=True)
    assert page.happenings[0].ref == case.case_no
    assert set(page.kinds) == {"case", "labour", "registry"}
    assert page.years == sorted({one.on.year for one in page.happenings}, reverse=True)


def test_a_campaigns_visit_is_part_of_the_story(app: Any, cast: Any, employer: Any) -> None:
    campaign = running(cast.hui, criteria={"town_ids": [employer.town_id], "min_workers": 0})
    walk(next(one for one in members(campaign) if one.employer_id == employer.id), "passed")
    told = story(employer, cast.tao, kind="visit").happenings
    assert [one.what for one in told] == ["visit_ended", "visit_begun"]
    assert campaign.name in sentence(told[0])
    assert story(employer, cast.tao).trained is not None


def test_who_reads_no_cases_reads_none_in_the_story(app: Any, cast: Any, employer: Any) -> None:
    case = open_case(employer, cast.ping)
    page = story(employer, cast.tang)  # the window: employers, no cases
    assert case.case_no not in " ".join(sentence(one) for one in page.happenings)
    now = open_now(employer.id, cast.tang)
    assert (now.tasks, now.clocks, page.referrals) == ([], [], {})


def test_it_is_narrowed_by_kind_and_year_and_paged(app: Any, cast: Any, employer: Any) -> None:
    insured(employer, 25)
    page = story(employer, cast.hui, kind="labour", year=2025)
    assert (len(page.happenings), page.total) == (20, 25)
    rest = story(employer, cast.hui, kind="labour", year=2025, after=page.next)
    assert (len(rest.happenings), rest.next) == (5, None)
    assert not {one.key for one in page.happenings} & {one.key for one in rest.happenings}
    assert story(employer, cast.hui, kind="labour", year=2024).happenings == []
    with pytest.raises(BadCursor):
        story(employer, cast.hui, after="yesterday~x")


def test_a_test_over_the_limit_is_told_with_its_post(app: Any, cast: Any, employer: Any) -> None:
    add(employer, "workplace_test", **TEST)
    (one,) = story(employer, cast.hui, kind="test").happenings
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert "1 over their limit: 浇注" in sentence(one)
    assert tone(one) == "bad"


def test_duties_say_what_is_missing(app: Any, employer: Any) -> None:
    on = date(2026, 6, 1)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        tones = [duty.tone for duty in duties_of(facts_of(employer.id, on), trained=None, trained_on=None, on=on)]
        assert tones == ["bad", "warn", "warn", "warn", "ok"]
        add(employer, "declaration", kind="first", declared_on="2024-03-01", receipt_no="HZ-1", factors=["silica_dust"])
        add(employer, "health_exam", year="2026", kind="in_service", due_workers="20", examined_workers="15")
        found = duties_of(facts_of(employer.id, on), trained="failed", trained_on=on, on=on)
    assert [duty.tone for duty in found] == ["warn", "warn", "bad", "bad", "ok"]
    assert "5 are missing" in found[2].text


def test_the_page_shows_the_story_and_what_is_open_now(app: Any, cast: Any, employer: Any) -> None:
    case = open_case(employer, cast.ping)
    hui = Browser(app, "hui")
    page = hui.get(f"/employers/{employer.id}").text
    assert f'href="/cases/{case.case_no}"' in page
    assert "The story of this employer" in page
    assert len(page) < 120_000
    assert case.case_no not in hui.get(f"/employers/{employer.id}?kind=registry").text.split('id="story"')[1].split("<aside")[0]
    assert hui.get(f"/employers/{employer.id}?kind=nonsense&year=x").status_code == 200
    assert hui.get(f"/employers/{employer.id}?after=x").status_code == 400


def test_the_page_needs_few_queries_however_long_the_story_is(app: Any, cast: Any, employer: Any) -> None:
    open_case(employer, cast.ping)
    insured(employer, 30)
    hui = Browser(app, "hui")
    hui.get(f"/employers/{employer.id}")
    with counted_queries() as statements:
        assert hui.get(f"/employers/{employer.id}").status_code == 200
    assert len(statements) <= 12, statements


def test_the_list_is_narrowed_by_every_filter_of_its_address(app: Any, cast: Any, employer: Any) -> None:
    hui, garage = Browser(app, "hui"), factories.garage()
    with transaction():
        db.session.merge(employer).is_key = True
    for wanted in (f"town={employer.town_id}", f"town={employer.town_id}&grid={employer.grid_id}", "key=yes"):
        page = hui.get(f"/employers?{wanted}").text
        assert employer.name in page and garage.name not in page, wanted
    assert "No employer found" in text_of(hui.get("/employers?hazard=noise").text)
    assert employer.name in hui.get("/employers?hazard=silica_dust&status=running").text
    assert "No employer found" in text_of(hui.get("/employers?status=closed").text)
    assert employer.name in hui.get("/employers?town=99999&grid=x&hazard=%22&industry=C0&status=x&key=1").text


def test_the_list_of_many_keeps_its_filters_from_page_to_page(app: Any, cast: Any, employer: Any) -> None:
    at = datetime.combine(date(2026, 1, 1), time(), LEGAL_ZONE)
    with transaction():
        for number in range(30):
            db.session.add(
                Employer(
                    jurisdiction_id=employer.jurisdiction_id,
                    town_id=employer.town_id,
                    grid_id=employer.grid_id,
                    created_at=at,
                    credit_code=f"DEMO0000000001{number:04d}",
                    name=f"演示单位{number}",
                    address="演示路",
                    industry="C26",
                    hazards=["noise"],
                    workers=9,
                    exposed_workers=3,
                )
            )
    page = Browser(app, "hui").get("/employers?hazard=noise&industry=C26").text
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following is not None
    assert "hazard=noise" in following[1] and "industry=C26" in following[1]
