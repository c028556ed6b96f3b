"""The first tab of a case tells in one look where it stands and what may be done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.cases.test_case_tabs import inspected
from tests.webapp.pages import TEXT, Browser, complete_next, open_case, open_task, text_of
from webapp.cases.models import Case
from webapp.processes.queries import tasks_of_case


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


def test_the_page_shows_facts_way_tasks_and_the_last_events(app: Any, case: Case, employer: Any) -> None:
    complete_next(case, conclusion="violation")
    page = Browser(app, "hui").get(f"/cases/{case.case_no}")
    shown = text_of(page.text)
    assert page.status_code == 200
    for part in (case.case_no, employer.name, employer.credit_code, "The way of the case", "What may be done next", "Time limits"):
        assert part in page.text
    assert f"Tao completed “{tasks_of_case(case.id)[0].name_en}”." in shown
    assert TEXT in text_of(Browser(app, "hui").get(f"/cases/{case.case_no}/records").text)


def test_the_page_is_complete_in_chinese(app: Any, case: Case) -> None:
    shown = Browser(app, "hui", language="zh-CN").get(f"/cases/{case.case_no}").text
    for part in ("办案流程", "下一步可办事项", "最近动态", "办理时限", "协同事项", "承办人", "用人单位情况"):
        assert part in shown


def test_who_is_next_finds_the_button_to_work(app: Any, case: Case) -> None:
    task = open_task(case)
    assert f"Work on: {task.name_en}" in text_of(Browser(app, "tao").get(f"/cases/{case.case_no}").text)
    assert f"Work on: {task.name_en}" not in text_of(Browser(app, "hui").get(f"/cases/{case.case_no}").text)


def test_a_leg_shows_its_state_and_who_has_it(app: Any, case: Case) -> None:
    harm = {"health_harm": "suspected", "insured": "no", "employer_exists": "yes", "hardship": "no", "sudden_need": "no"}
    inspected(case, **harm)
    shown = text_of(Browser(app, "hui").get(f"/cases/{case.case_no}").text)
    assert "Other departments and legs 0 of 1 ended" in shown


def test_the_page_says_what_is_missing_for_the_next_step(app: Any, case: Case) -> None:
    inspected(case, measures=["registration"])
    shown = text_of(Browser(app, "hui").get(f"/cases/{case.case_no}").text)
    assert "BR-19: Evidence is registered and nothing was decided about it." in shown


def test_a_case_of_another_town_does_not_exist(app: Any, case: Case) -> None:
    assert Browser(app, "zhou").get(f"/cases/{case.case_no}").status_code == 404
    assert Browser(app, "tao").get("/cases/TC-2026-99999").status_code == 404


def test_the_list_finds_a_case_by_employer_and_by_number(app: Any, case: Case, employer: Any) -> None:
    tao = Browser(app, "tao")
    for text in ("云禾", case.case_no.lower(), employer.credit_code):
        assert f'href="/cases/{case.case_no}"' in tao.get(f"/cases?q={text}").text
    assert "Nothing found" in tao.get("/cases?q=不存在的单位").text
    assert f'href="/cases/{case.case_no}"' not in Browser(app, "zhou").get("/cases?q=云禾").text


def test_an_empty_list_says_how_a_case_begins(app: Any) -> None:
    assert "A case begins when somebody registers a finding" in text_of(Browser(app, "zhou").get("/cases").text)
