"""Every tab of a case: who may open it, what it shows, and how little it asks of the database."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.pages import Browser, complete_next, counted_queries, open_case, open_task, text_of
from webapp.cases.models import Case
from webapp.cases.tab_wording import TABS
from webapp.core.db import db
from webapp.processes.models import ProcessInstance
from webapp.processes.queries import tasks_of_case

MAX_QUERIES, MAX_BYTES = 12, 120_000
TO_INSPECTION = (
    ("TOWN", {"decision": "take"}), ("TOWN", {"conclusion": "violation"}), ("HD_INTAKE", {}), ("HD_LEAD", {}), ("HD_CHIEF", {}),
)  # fmt: skip
PATHS = ["" if tab == "overview" else f"/{tab}" for tab in TABS]
HOSTILE = '"><script>alert(1)</script>\u202e'


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


def inspected(case: Case, **given: Any) -> None:
    for role, steering in TO_INSPECTION:
        complete_next(case, role=role, **steering)
    complete_next(case, role="HD_LEAD", **given)


@pytest.mark.parametrize("username", ["chen", "hui"])
def test_every_tab_needs_few_queries_and_little_room(app: Any, case: Case, username: str) -> None:
    inspected(case, measures=["registration"])
    reader = Browser(app, username)
    for path in PATHS:
        reader.get(f"/cases/{case.case_no}{path}")
        with counted_queries() as statements:
            page = reader.get(f"/cases/{case.case_no}{path}")
        assert page.status_code == 200, path
        assert len(statements) <= MAX_QUERIES, path + "\n" + "\n".join(statements)
        assert len(page.get_data()) < MAX_BYTES, path


def test_every_tab_opens_for_those_who_read_the_case_and_for_nobody_else(app: Any, case: Case) -> None:
    expected = {"ping": 200, "tao": 200, "fan": 200, "zheng": 200, "admin": 200, "zhou": 404, "jing": 403, "she": 403}
    for username, status in expected.items():
        browser = Browser(app, username)
        found = {path: browser.get(f"/cases/{case.case_no}{path}").status_code for path in PATHS}
        assert found == dict.fromkeys(PATHS, status), username


def test_every_tab_says_where_one_is_and_links_to_the_others(app: Any, case: Case) -> None:
    hui = Browser(app, "hui")
    for path in PATHS:
        page = hui.get(f"/cases/{case.case_no}{path}").text
        assert page.count('aria-current="page"') >= 1
        for other in PATHS:
            assert f'href="/cases/{case.case_no}{other}"' in page, (path, other)


def test_every_tab_is_complete_in_chinese(app: Any, case: Case) -> None:
    hui = Browser(app, "hui", language="zh-CN")
    for path, word in zip(
        PATHS,
        ("下一步可办事项", "时间线", "违法认定", "办理记录", "证据", "文书", "相关人员", "移送", "时限", "备注", "流程图"),
        strict=True,
    ):
        assert word in hui.get(f"/cases/{case.case_no}{path}").text, path


def test_the_way_shows_stages_done_now_and_to_come(app: Any, case: Case) -> None:
    complete_next(case, conclusion="violation")
    page = Browser(app, "hui").get(f"/cases/{case.case_no}").text
    assert page.count('aria-current="step"') == 1
    shown = text_of(page[page.index('class="steps') : page.index("</ol>", page.index('class="steps'))])
    assert shown.startswith("1 Clue now") or "Clue" in shown
    assert "Closing to come" in shown


def test_the_head_names_the_officers_of_the_filing_report(app: Any, case: Case) -> None:
    assert "not named yet" in text_of(Browser(app, "hui").get(f"/cases/{case.case_no}").text)
    inspected(case)
    shown = text_of(Browser(app, "hui").get(f"/cases/{case.case_no}/clocks").text)
    assert "not named yet" not in shown
    assert "Filed on" in shown


def test_findings_have_the_article_the_range_and_the_steps_that_named_them(app: Any, case: Case) -> None:
    hui = Browser(app, "hui")
    assert "No step has named a violation yet" in hui.get(f"/cases/{case.case_no}/findings").text
    inspected(case)
    shown = text_of(hui.get(f"/cases/{case.case_no}/findings").text)
    assert "yuan" in shown
    assert "article" in shown
    filing = next(task for task in tasks_of_case(case.id) if task.element == "propose_filing")
    assert f'/cases/{case.case_no}/records?task={filing.id}"' in hui.get(f"/cases/{case.case_no}/findings").text


def test_a_record_that_was_asked_for_stands_on_top(app: Any, case: Case) -> None:
    inspected(case)
    first = tasks_of_case(case.id)[0]
    page = Browser(app, "hui").get(f"/cases/{case.case_no}/records?task={first.id}").text
    assert "The record you asked for is on top" in page
    assert page.index(f'id="record-{first.id}"') < page.index("</details>", page.index("said-title"))


def test_records_come_page_by_page(app: Any, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.cases.records_tab.PAGE", 2)
    inspected(case)
    hui, seen, address = Browser(app, "hui"), 0, f"/cases/{case.case_no}/records"
    while address:
        page = hui.get(address).text
        seen += page.count('class="fold"')
        address = page.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in page else ""
    assert seen == 7


@pytest.mark.parametrize("query", ["task=9", "task=x", "before=x", "before=-1", "task=99999999999999999999", "before=%00"])
def test_a_forged_address_of_a_record_shows_the_newest(app: Any, case: Case, query: str) -> None:
    complete_next(case, conclusion="violation")
    page = Browser(app, "hui").get(f"/cases/{case.case_no}/records?{query}")
    assert page.status_code == 200
    assert "The record you asked for" not in page.text


def test_the_diagram_shows_one_leg_and_who_went_it(app: Any, case: Case) -> None:
    inspected(case, health_harm="suspected", insured="no", employer_exists="yes", hardship="no", sudden_need="no")
    hui = Browser(app, "hui")
    page = hui.get(f"/cases/{case.case_no}/diagram").text
    assert page.count("<svg xmlns") == 1
    assert f'href="/tasks/{open_task(case).id}"' in page
    leg = db.session.query(ProcessInstance).filter(ProcessInstance.case_id == case.id, ProcessInstance.parent_id.is_not(None)).first()
    assert leg is not None
    assert hui.get(f"/cases/{case.case_no}/diagram?leg={leg.id}").text != page
    for forged in ("0", "x", "99999999", HOSTILE):
        assert "<svg xmlns" in hui.get(f"/cases/{case.case_no}/diagram", follow=True).text
        assert hui.get(f"/cases/{case.case_no}/diagram?leg={forged}&step={forged}").status_code == 200


def test_hostile_names_are_text_on_every_tab(app: Any, case: Case, employer: Any) -> None:
    employer.name = HOSTILE
    db.session.commit()
    hui = Browser(app, "hui")
    for path in PATHS:
        assert "<script>alert" not in hui.get(f"/cases/{case.case_no}{path}").text, path
