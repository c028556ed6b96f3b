"""Filters in the address, saved filters, the shape of the list, following, the next task and the export."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from uuid import UUID

import openpyxl
import pytest

from tests.webapp.pages import Browser, complete_next, counted_queries, hidden_values, open_case, open_task, text_of
from webapp.cases.handlers import keep_traits
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.employers.models import Employer
from webapp.inbox import export
from webapp.inbox.models import CaseWatch, SavedFilter
from webapp.processes import services
from webapp.processes.models import UserTask

MAX_QUERIES, MAX_BYTES = 12, 120_000
GROUP = "/?view=group"


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


def link_to(task: UserTask) -> str:
    return f'href="/tasks/{task.id}"'


def save(browser: Browser, query: str, **values: str) -> Any:
    answer = browser.send(f"/?{query}", "/inbox/filters", **{"list": query, **values})
    db.session.rollback()  # what was read before is not what is there now
    return answer


def test_a_step_gives_task_and_case_their_stage_and_the_task_what_lists_filter_by(app: Any, case: Case, employer: Any) -> None:
    task = open_task(case)
    assert (task.stage, case.stage) == ("clue", "clue")
    assert (task.industry, task.hazards, task.risk_level) == (employer.industry, ",silica_dust,", None)
    while open_task(case).stage == "clue":
        complete_next(case)
    db.session.expire_all()
    assert case.stage == open_task(case).stage != "clue"


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("stage=clue", True), ("stage=visit", False), ("process=case_lifecycle", True), ("process=campaign_visit", False),
        ("risk=none", True),
        ("risk=3", False), ("hazard=silica_dust", True), ("hazard=noise", False), ("industry=C33", True), ("industry=O81", False),
        ("due=overdue", False), ("due=week", True), ("q=云禾", True), ("q=nobody", False), ("stage=clue&hazard=silica_dust", True),
    ],
)  # fmt: skip
def test_each_filter_narrows_the_list(app: Any, case: Case, query: str, hit: bool) -> None:
    page = Browser(app, "tao").get(f"{GROUP}&{query}")
    assert page.status_code == 200
    assert (link_to(open_task(case)) in page.text) is hit
    assert ("Nothing found" in text_of(page.text)) is not hit
    assert "Clear all" in text_of(page.text)


def test_place_and_holder_narrow_the_list_of_a_supervisor(app: Any, case: Case, cast: Any) -> None:
    chen, task = Browser(app, "chen"), open_task(case)
    for query in (f"town={case.town_id}", f"town={case.town_id}&grid={case.grid_id}", "assignee=nobody"):
        assert link_to(task) in chen.get(f"/?view=all&{query}").text
    with transaction():
        services.claim(task, actor=cast.tao, at=clock.now())
    assert link_to(task) in chen.get(f"/?view=all&assignee={cast.tao.id}").text
    assert link_to(task) not in chen.get("/?view=all&assignee=nobody").text


def test_what_is_no_longer_offered_is_left_out_and_what_is_damaged_is_refused(app: Any, case: Case) -> None:
    tao = Browser(app, "tao")
    for stale in (
        "stage=gone",
        "town=99999",
        "risk=9",
        "due=never",
        "assignee=1",
        "process=gone",
        "hazard=gone",
        "sort=size",
        "industry=ZZ",
    ):
        assert link_to(open_task(case)) in tao.get(f"{GROUP}&{stale}").text, stale
    for forged in ("town=abc", "grid=-1", "town=99999999999999", "stage=%3Cscript%3E", "hazard=a'b"):
        answer = tao.get(f"{GROUP}&{forged}")
        assert answer.status_code == 400, forged
        assert "Clear the filters and choose again" in text_of(answer.text)
    assert tao.get("/?view=nobody").status_code == 404


def test_a_chip_takes_its_filter_away(app: Any, case: Case) -> None:
    page = Browser(app, "tao").get(f"{GROUP}&stage=clue&due=week").text
    chips = re.findall(r'class="chip" href="([^"]+)"', page)
    assert [chip.replace("&amp;", "&") for chip in chips] == ["/?view=group&due=week", "/?view=group&stage=clue"]


def test_two_people_share_a_filter_and_only_its_owner_changes_it(app: Any, case: Case, cast: Any) -> None:
    hui, chen = Browser(app, "hui"), Browser(app, "chen")
    group = f"HD_LEAD@j{cast.hui.jurisdiction_id}"
    assert save(hui, "view=group&stage=notice", name="告知", group=group).status_code == 303
    saved = db.session.query(SavedFilter).one()
    assert saved.query == "view=group&stage=notice"
    assert ("告知" in hui.get("/").text, "告知" in chen.get("/").text) == (True, False)
    with transaction():
        saved.role, saved.scope = "HD_CHIEF", group.split("@")[1]
    assert "告知" in chen.get("/").text
    page = chen.get("/?view=mine").text
    values = hidden_values(page, "/inbox/filters")
    assert chen.post(f"/inbox/filters/{saved.id}/delete", **values).status_code == 404
    assert hui.send("/?view=group&stage=notice", f"/inbox/filters/{saved.id}", name="送达", group="").status_code == 303
    assert "送达" not in chen.get("/").text


def test_a_filter_needs_a_name_and_a_group_of_ones_own(app: Any, case: Case) -> None:
    tao = Browser(app, "tao")
    assert save(tao, "view=group", name="  ").status_code == 422
    assert save(tao, "view=group", name="x" * 41).status_code == 422
    assert save(tao, "view=group", name="theirs", group="HD_CHIEF@j1").status_code == 403
    assert save(tao, "view=group", name="x", list="view=group&town=abc").status_code == 400
    assert db.session.query(SavedFilter).count() == 0


def test_the_list_has_the_columns_and_the_beginning_that_were_chosen(app: Any, case: Case) -> None:
    tao = Browser(app, "tao")
    save(tao, "view=group&stage=clue", name="线索")
    saved = db.session.query(SavedFilter).one()
    assert (
        tao.send("/?view=group", "/inbox/preferences", list="view=group", columns="case", size="50", default=str(saved.id)).status_code
        == 303
    )
    assert tao.get("/").headers["Location"] == "/?view=group&stage=clue"
    page = tao.get(GROUP).text
    assert (case.case_no in page, "since" in re.findall(r'class="(\w+)', page)) == (True, False)
    tao.send("/?view=group&stage=clue", f"/inbox/filters/{saved.id}", name="线索", group="")
    values = hidden_values(tao.get("/?view=group&stage=clue").text, f"/inbox/filters/{saved.id}")
    assert tao.post(f"/inbox/filters/{saved.id}/delete", **values).status_code == 303
    assert tao.get("/").status_code == 200


def test_the_tasks_of_a_case_one_follows_are_listed(app: Any, case: Case, cast: Any) -> None:
    hui, task = Browser(app, "hui"), open_task(case)
    values = hidden_values(hui.get("/?view=watched").text, "/inbox/preferences")
    assert hui.post(f"/cases/{case.case_no}/watch", **values).status_code == 303
    assert link_to(task) in hui.get("/?view=watched").text
    db.session.rollback()
    assert db.session.query(CaseWatch).count() == 1
    hui.post(f"/cases/{case.case_no}/watch", **{**values, "follow": "no", "idempotency_key": "another"})
    assert link_to(task) not in hui.get("/?view=watched").text
    assert Browser(app, "zhou").post(f"/cases/{case.case_no}/watch", **values).status_code in (400, 404)


def test_what_i_completed_is_listed_the_newest_first(app: Any, cast: Any, employer: Any) -> None:
    done = [complete_next(open_case(employer, cast.ping)) for _ in range(2)]
    page = Browser(app, "tao").get("/?view=done").text
    assert re.findall(r'class="main-link" href="/tasks/(\d+)"', page) == [str(task.id) for task in reversed(done)]


def test_the_next_task_is_mine_else_one_to_claim(app: Any, case: Case, cast: Any, employer: Any) -> None:
    tao = Browser(app, "tao")
    assert tao.get("/next").headers["Location"] == f"/tasks/{open_task(case).id}"
    mine = open_task(open_case(employer, cast.ping))
    with transaction():
        services.claim(mine, actor=cast.tao, at=clock.now())
    assert tao.get("/next").headers["Location"] == f"/tasks/{mine.id}"
    assert Browser(app, "fan").get("/next").headers["Location"] == "/?view=mine"


def test_the_export_has_the_rows_of_the_list_and_runs_nothing(
    app: Any, case: Case, cast: Any, employer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        open_task(case).employer_name = "=1+2"
    tao = Browser(app, "tao")
    answer = tao.get("/inbox/export.csv?view=group&stage=clue")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert (rows[0][3], rows[1][3], rows[1][2], len(rows)) == ("Employer", "'=1+2", case.case_no, 2)
    sheet = openpyxl.load_workbook(io.BytesIO(tao.get("/inbox/export.xlsx?view=group").data)).active
    assert sheet is not None
    assert (sheet["D2"].value, sheet["D2"].data_type) == ("=1+2", "s")
    monkeypatch.setattr(export, "MAX_ROWS", 1)
    monkeypatch.setattr(export, "AT_ONCE", 1)
    open_case(employer, cast.ping)
    assert "Narrow the filter" in tao.get("/inbox/export.csv?view=group").text


def test_a_page_of_a_hundred_rows_is_small_and_needs_few_queries(app: Any, cast: Any, case: Case) -> None:
    task = open_task(case)
    columns = {column.key: getattr(task, column.key) for column in UserTask.__table__.columns if column.key not in ("id", "engine_task_id")}
    with transaction():
        db.session.add_all([UserTask(**columns, engine_task_id=UUID(int=number + 1)) for number in range(120)])
    tao = Browser(app, "tao")
    tao.send(GROUP, "/inbox/preferences", size="100", columns="stage")
    tao.get(GROUP)  # takes the message of the change
    address = f"{GROUP}&stage=clue&town={case.town_id}"
    with counted_queries() as statements:
        page = tao.get(address)
    assert page.text.count('class="main-link"') == 100
    assert len(page.data) < MAX_BYTES
    assert len(statements) <= MAX_QUERIES, "\n".join(statements)


def test_a_new_risk_class_reaches_the_open_tasks(app: Any, case: Case, cast: Any) -> None:
    with transaction():
        employer = db.session.get_one(Employer, case.employer_id)
        employer.risk_level = 3
        keep_traits(employer)
    db.session.expire_all()
    assert open_task(case).risk_level == 3
    assert link_to(open_task(case)) in Browser(app, "tao").get(f"{GROUP}&risk=3&sort=risk").text
