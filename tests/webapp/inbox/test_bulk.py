"""Many tasks at once: each has a result of its own, nothing is done twice, nothing is named that one may not see."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.webapp.pages import Browser, open_case, open_task, outside, text_of, token_on
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.events.models import Event
from webapp.inbox import bulk
from webapp.notifications.models import Notice
from webapp.processes import services
from webapp.processes.models import UserTask

FEW = 4


@pytest.fixture
def cases(app: Any, cast: Any, employer: Any) -> list[Case]:
    return [open_case(employer, cast.ping) for _ in range(FEW)]


@pytest.fixture
def tasks(cases: list[Case]) -> list[UserTask]:
    """Verifications that the town may claim."""
    return [open_task(case) for case in cases]


def send(browser: Browser, tasks: list[UserTask] | list[int], *, key: str | None = None, **values: Any) -> Any:
    ids = [str(one if isinstance(one, int) else one.id) for one in tasks]
    token = token_on(browser.get("/account").text)
    path = values.pop("path", "/tasks/bulk")
    return browser.post(path, csrf_token=token, idempotency_key=key or str(uuid.uuid4()), task=ids, **values)


def holders(tasks: list[UserTask]) -> list[int | None]:
    db.session.rollback()
    return [db.session.get_one(UserTask, task.id, populate_existing=True).assignee_id for task in tasks]


def test_every_selected_task_is_claimed(app: Any, tasks: list[UserTask], cast: Any) -> None:
    tao = Browser(app, "tao")
    answer = send(tao, tasks, verb="claim", next="/?view=group&after=x")
    assert answer.status_code == 303
    page = tao.get(answer.headers["Location"])
    assert f"{FEW} tasks are on your desk." in text_of(page.text)
    assert 'href="/?view=group&amp;after=x"' in page.text
    assert holders(tasks) == [cast.tao.id] * FEW


def test_what_cannot_be_found_is_not_offered_for_another_try(app: Any, tasks: list[UserTask]) -> None:
    chen = Browser(app, "chen")
    answer = send(chen, [*tasks[:2], 999_999], verb="release")
    page = chen.get(answer.headers["Location"]).text
    assert "1 could not be done" in text_of(page)
    assert "There is no such task, or it is not yours to see." in page
    assert 'name="task"' not in page


def test_a_refused_task_says_who_was_first_and_offers_another_try(app: Any, tasks: list[UserTask], cast: Any) -> None:
    with transaction():
        for task in tasks:
            task.role, task.scope = "HD_LEAD", f"j{cast.hui.jurisdiction_id}"
        services.claim(tasks[1], actor=cast.hui2, at=clock.now())
    hui = Browser(app, "hui")
    answer = send(hui, tasks, verb="claim")
    page = hui.get(answer.headers["Location"]).text
    shown = text_of(page)
    assert f"{FEW - 1} tasks are on your desk. 1 could not be done" in shown
    assert "Hui2 claimed this task at" in shown
    assert re.findall(r'<input type="hidden" name="task" value="(\d+)">', page) == [str(tasks[1].id)]
    first_row = page[page.index("bulk-results") :]
    assert first_row.index("could not be done") < first_row.index("tag ok")


def test_releasing_gives_back_and_what_is_free_already_is_no_failure(app: Any, tasks: list[UserTask], cast: Any) -> None:
    with transaction():
        services.claim(tasks[0], actor=cast.tao, at=clock.now())
    tao = Browser(app, "tao")
    answer = send(tao, tasks[:2], verb="release")
    assert "2 tasks can be claimed by the group again." in text_of(tao.get(answer.headers["Location"]).text)
    assert holders(tasks[:2]) == [None, None]


def test_the_same_form_sent_twice_is_done_once(app: Any, tasks: list[UserTask]) -> None:
    tao, key = Browser(app, "tao"), str(uuid.uuid4())
    first, second = (send(tao, tasks, key=key, verb="claim") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"] == f"/tasks/bulk/{key}"
    db.session.rollback()
    assert db.session.scalar(select(func.count(Event.id)).where(Event.name == "task.claimed")) == FEW


def test_a_key_that_meant_something_else_is_refused(app: Any, tasks: list[UserTask]) -> None:
    tao, key = Browser(app, "tao"), str(uuid.uuid4())
    send(tao, tasks[:1], key=key, verb="claim")
    assert send(tao, tasks[1:], key=key, verb="claim").status_code == 422
    assert holders(tasks[1:]) == [None] * (FEW - 1)


def test_parts_sent_by_a_script_come_together_on_one_page(app: Any, tasks: list[UserTask], cast: Any) -> None:
    tao, key = Browser(app, "tao"), str(uuid.uuid4())
    token = token_on(tao.get("/account").text)
    for part, some in enumerate((tasks[:2], tasks[2:])):
        data = {"csrf_token": token, "idempotency_key": key, "part": str(part), "verb": "claim", "task": [str(one.id) for one in some]}
        answer = outside(tao.client.post, "/tasks/bulk", data=data, headers={"Accept": "application/json"})
        assert [one["outcome"] for one in answer.json["results"]] == ["done", "done"]
    assert f"{FEW} tasks are on your desk." in text_of(tao.get(f"/tasks/bulk/{key}").text)


def test_results_are_for_the_one_who_sent_the_form(app: Any, tasks: list[UserTask]) -> None:
    key = str(uuid.uuid4())
    send(Browser(app, "tao"), tasks, key=key, verb="claim")
    assert Browser(app, "zhou").get(f"/tasks/bulk/{key}").status_code == 404
    for damaged in ("x", "%00", "../tasks", str(uuid.uuid4())):
        assert Browser(app, "tao").get(f"/tasks/bulk/{damaged}").status_code in (303, 308, 404)


def test_foreign_tasks_answer_like_none_and_are_not_named(app: Any, tasks: list[UserTask], employer: Any) -> None:
    zhou = Browser(app, "zhou")
    for verb in ("claim", "release"):
        answer = send(zhou, [*tasks, 999_999], verb=verb)
        page = zhou.get(answer.headers["Location"]).text
        assert page.count("There is no such task, or it is not yours to see.") == FEW + 1
        assert employer.name not in page
        assert str(tasks[0].case_no) not in page
    assert holders(tasks) == [None] * FEW


@pytest.mark.parametrize(
    ("ids", "verb", "sentence"),
    [
        ([], "claim", "No task is selected."),
        (list(range(1, bulk.MAX_TASKS + 2)), "claim", "201 tasks are too many at once. Select at most 200"),
        ([1], "burn", "Choose what is to be done"),
        ([1], "", "Choose what is to be done"),
    ],
)
def test_what_makes_no_sense_is_told_so(app: Any, ids: list[int], verb: str, sentence: str) -> None:
    answer = send(Browser(app, "tao"), ids, verb=verb)
    assert answer.status_code == 422
    assert sentence in text_of(answer.text)


def test_hostile_ids_and_addresses_do_no_harm(app: Any) -> None:
    tao = Browser(app, "tao")
    token = token_on(tao.get("/account").text)
    hostile = ["-1", "0", "x", "", "9" * 30, "1;drop", "１２"]
    for back in ("//evil.example", "https://evil.example", "/\\evil", "/account", "javascript:1", "/?" + "x" * 2000):
        answer = tao.post("/tasks/bulk", csrf_token=token, idempotency_key=str(uuid.uuid4()), verb="claim", task=hostile, next=back)
        assert answer.status_code == 303
        page = tao.get(answer.headers["Location"]).text
        assert "evil" not in page
        assert "javascript:1" not in page


def test_a_supervisor_assigns_many_to_one_person(app: Any, tasks: list[UserTask], cast: Any) -> None:
    chen = Browser(app, "chen")
    chosen = send(chen, tasks, path="/tasks/bulk/assign", next="/?view=all")
    shown = text_of(chosen.text)
    assert chosen.status_code == 200
    assert f"Assign {FEW} tasks" in shown
    assert "Tao Town" in shown
    assert "Zhou" not in shown
    answer = send(chen, tasks, verb="assign", to=str(cast.tao.id), reason="", next="/?view=all")
    assert f"{FEW} tasks are with Tao now." in text_of(chen.get(answer.headers["Location"]).text)
    assert holders(tasks) == [cast.tao.id] * FEW
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.user_id == cast.tao.id)) == FEW


def test_assigning_is_for_supervisors_and_to_candidates(app: Any, tasks: list[UserTask], cast: Any) -> None:
    assert send(Browser(app, "hui"), tasks, verb="assign", to=str(cast.tao.id)).status_code == 403
    assert send(Browser(app, "hui"), tasks, path="/tasks/bulk/assign").status_code == 403
    assert send(Browser(app, "zhou"), tasks, path="/tasks/bulk/assign").status_code == 404
    chen = Browser(app, "chen")
    nobody = send(chen, tasks, verb="assign", to="", reason="they know the firm")
    assert nobody.status_code == 422
    assert "they know the firm" in nobody.text
    answer = send(chen, tasks, verb="assign", to=str(cast.zhou.id))
    assert "Zhou may not work on this task" in text_of(chen.get(answer.headers["Location"]).text)
    assert holders(tasks) == [None] * FEW


def test_taking_many_from_their_holders_needs_a_reason_for_each(app: Any, tasks: list[UserTask], cast: Any) -> None:
    with transaction():
        services.claim(tasks[0], actor=cast.tao, at=clock.now())
    with transaction():
        for task in tasks:
            task.role, task.scope = "HD_LEAD", f"j{cast.hui.jurisdiction_id}"
    chen = Browser(app, "chen")
    answer = send(chen, tasks, verb="assign", to=str(cast.hui.id), reason="")
    shown = text_of(chen.get(answer.headers["Location"]).text)
    assert f"{FEW - 1} tasks are with Hui now. 1 could not be done" in shown
    assert "Say in a few words why" in shown
    assert holders(tasks) == [cast.tao.id] + [cast.hui.id] * (FEW - 1)


def test_the_bar_is_there_and_works_without_scripts(app: Any, tasks: list[UserTask]) -> None:
    page = Browser(app, "tao").get("/?view=group").text
    assert '<form id="bulk"' in page
    assert 'form="bulk"' in page
