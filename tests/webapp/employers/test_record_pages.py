"""The employer's file in the browser: tabs, forms, who may keep it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.webapp.pages import Browser, counted_queries, text_of
from webapp.core.db import db
from webapp.employers.models import Employer, InsuranceFact, Risk
from webapp.employers.page import TABS

INSURED = {"checked_on": "2026-01-20", "insured_workers": "12"}


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def records_page(employer: Employer, kind: str) -> str:
    return f"/employers/{employer.id}/records/{kind}"


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_each_tab_of_the_file_opens(app: Any, employer: Any, tab: str, language: str) -> None:
    page = Browser(app, "tao", language=language).get(f"/employers/{employer.id}?tab={tab}")
    assert page.status_code == 200
    assert 'aria-current="page"' in page.text


def test_an_officer_adds_a_record_once_however_often_it_is_sent(app: Any, employer: Any) -> None:
    tao, here = Browser(app, "tao"), records_page(employer, "insurance_fact")
    answer = tao.send(here, here, **INSURED)
    assert answer.headers["Location"] == f"/employers/{employer.id}?tab=labour"
    page = text_of(tao.get(answer.headers["Location"]).text)
    assert "The record is kept in the employer's file." in page
    assert "2026-01-20" in page
    assert "12 of 60 insured" in text_of(tao.get(f"/employers/{employer.id}").text)
    assert count(InsuranceFact) == 1


def test_what_was_typed_stays_when_it_is_refused(app: Any, employer: Any) -> None:
    here = records_page(employer, "insurance_fact")
    answer = Browser(app, "tao").send(here, here, checked_on="2026-01-20", insured_workers="1000")
    assert answer.status_code == 422
    assert "knows only 60 workers" in text_of(answer.text)
    assert 'value="1000"' in answer.text
    assert count(InsuranceFact) == 0


@pytest.mark.parametrize(("username", "status"), [("ping", 200), ("tao", 200), ("hui", 200), ("chen", 200), ("zhou", 404), ("jing", 403)])
def test_who_keeps_the_file(app: Any, employer: Any, username: str, status: int) -> None:
    browser = Browser(app, username)
    assert browser.get(records_page(employer, "risk")).status_code == status
    assert browser.get(f"/employers/{employer.id}/profile").status_code == status


def test_an_unknown_kind_or_another_employers_record_is_not_there(app: Any, employer: Any) -> None:
    tao = Browser(app, "tao")
    assert tao.get(records_page(employer, "nonsense")).status_code == 404
    tao.send(records_page(employer, "insurance_fact"), records_page(employer, "insurance_fact"), **INSURED)
    db.session.rollback()
    record = db.session.scalars(select(InsuranceFact)).one()
    hui, elsewhere = Browser(app, "hui"), factories.garage()
    assert hui.get(f"{records_page(elsewhere, 'insurance_fact')}/{record.id}/strike").status_code == 404
    assert hui.get(f"{records_page(employer, 'insurance_fact')}/{record.id}/strike").status_code == 200


def test_a_record_is_struck_out_with_a_reason_and_stays_readable(app: Any, employer: Any) -> None:
    hui, here = Browser(app, "hui"), records_page(employer, "risk")
    hui.send(here, here, scheme="ENFORCE_2020", enforcement="jia", assessed_on="2026-01-10", source="监督分类报告")
    page = hui.get(f"/employers/{employer.id}?tab=risk").text
    assert "Enforcement class: class 甲" in page
    assert "High risk" in page
    db.session.rollback()
    strike = f"{here}/{db.session.scalars(select(Risk)).one().id}/strike"
    assert hui.send(strike, strike, reason="").status_code == 422
    assert hui.send(strike, strike, reason="等级录错").status_code == 303
    page = hui.get(f"/employers/{employer.id}?tab=risk").text
    assert "等级录错" in page
    assert "High risk" not in page
    assert "Somebody has struck out this record already" in text_of(hui.send(strike, strike, reason="再次划除").text)


def test_the_basic_facts_are_shown_as_they_are_and_change(app: Any, employer: Any) -> None:
    hui, here = Browser(app, "hui"), f"/employers/{employer.id}/profile"
    assert 'value="60"' in hui.get(here).text
    sent = {"workers": "61", "exposed_workers": "25", "status": "closed", "is_key": "no", "legal_rep": "李某某"}
    assert hui.send(here, here, **sent).status_code == 303
    page = text_of(hui.get(f"/employers/{employer.id}").text)
    assert "not running any more" in page
    assert "李某某" in page


def test_the_list_is_narrowed_by_risk_and_industry(app: Any, employer: Any) -> None:
    hui, here = Browser(app, "hui"), records_page(employer, "risk")
    hui.send(here, here, scheme="CATALOG_2021", catalog_class="severe", assessed_on="2026-01-10", source="行业分类")
    garage = factories.garage().name
    narrowed = hui.get("/employers?risk=3").text
    assert employer.name in narrowed
    assert garage not in narrowed
    assert "No employer found" in text_of(hui.get("/employers?risk=3&industry=C203").text)
    assert garage in hui.get("/employers?risk=nonsense").text


def test_the_page_asks_a_fixed_number_of_questions_however_long_the_file_is(app: Any, employer: Any) -> None:
    tao, here = Browser(app, "tao"), records_page(employer, "insurance_fact")
    tao.get(f"/employers/{employer.id}?tab=labour")
    with counted_queries() as before:
        tao.get(f"/employers/{employer.id}?tab=labour")
    for day in range(1, 6):
        tao.send(here, here, checked_on=f"2026-01-0{day}", insured_workers=str(day))
    tao.get(f"/employers/{employer.id}")  # says what happened, once
    with counted_queries() as after:
        tao.get(f"/employers/{employer.id}?tab=labour")
    assert len(after) == len(before)
