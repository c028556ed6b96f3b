"""The inbox: mine, my groups, all of my area."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.webapp.pages import Browser, counted_queries, open_case, open_task, text_of, token_on
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.inbox import counts, pools
from webapp.processes import services
from webapp.processes.models import UserTask

MAX_QUERIES = 12


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


def set_due(task: UserTask, hours: float) -> None:
    with transaction():
        task.due_at = task.order_at = clock.now() + timedelta(hours=hours)


def test_an_empty_desk_says_what_to_do(app: Any) -> None:
    assert "Nothing waits for you or your group" in text_of(Browser(app, "tao").get("/").text)


def test_an_empty_desk_points_to_what_can_be_claimed(app: Any, case: Case) -> None:
    page = Browser(app, "tao").get("/")
    assert "1 task waits for somebody of your group" in text_of(page.text)
    assert 'href="/?view=group"' in page.text


def test_tasks_of_my_group_can_be_claimed_from_the_list(app: Any, case: Case, employer: Any) -> None:
    task = open_task(case)
    tao = Browser(app, "tao")
    page = tao.get("/?view=group")
    assert employer.name in page.text
    assert f'form="claim" formaction="/tasks/{task.id}/claim"' in page.text
    tao.post(f"/tasks/{task.id}/claim", csrf_token=token_on(page.text))
    assert "Nothing to claim" in text_of(tao.get("/?view=group").text)
    assert f'href="/tasks/{task.id}"' in tao.get("/").text


def test_each_actor_sees_just_their_tasks(app: Any, case: Case) -> None:
    task = open_task(case)
    for name in ("hui", "jing", "zhou", "ping"):
        for view in ("mine", "group"):
            assert f"/tasks/{task.id}" not in Browser(app, name).get(f"/?view={view}").text


def test_only_supervisors_have_the_view_of_everything(app: Any, case: Case) -> None:
    task = open_task(case)
    assert f'href="/tasks/{task.id}"' in Browser(app, "chen").get("/?view=all").text
    assert f'href="/tasks/{task.id}"' not in Browser(app, "zhou").get("/?view=all").text
    assert Browser(app, "hui").get("/?view=all").status_code == 404


def test_remaining_time_is_said_in_words_and_overdue_comes_first(app: Any, cast: Any, employer: Any) -> None:
    late, soon, calm = (open_task(open_case(employer, cast.ping)) for _ in range(3))
    for task, hours in ((calm, 24 * 9), (soon, 30), (late, -24 * 3)):
        set_due(task, hours)
    page = Browser(app, "tao").get("/?view=group").text
    shown = text_of(page)
    assert [int(task_id) for task_id in re.findall(r'class="main-link" href="/tasks/(\d+)"', page)] == [late.id, soon.id, calm.id]
    assert shown.index("3 days overdue") < shown.index("9 days left")
    assert "Overdue 1 " in shown
    assert "Due within 48 hours 1 " in shown
    assert "超期 3 天" in text_of(Browser(app, "tao", language="zh-CN").get("/?view=group").text)


def test_pages_of_25_follow_each_other(app: Any, cast: Any, employer: Any) -> None:
    for _ in range(27):
        open_case(employer, cast.ping)
    tao = Browser(app, "tao")
    first = tao.get("/?view=group").text
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = tao.get(following).text
    assert first.count("/claim") == 25
    assert second.count("/claim") == 2
    assert "To claim 27" in text_of(first)


def test_a_damaged_page_address_is_refused_with_a_sentence(app: Any) -> None:
    answer = Browser(app, "tao").get("/?after=garbage")
    assert answer.status_code == 400
    assert "Go back to the first page of the list" in text_of(answer.text)


def test_the_page_needs_few_queries(app: Any, case: Case, cast: Any) -> None:
    with transaction():
        services.claim(open_task(case), actor=cast.tao, at=clock.now())
    chen = Browser(app, "chen")
    for view in ("mine", "group", "all"):
        chen.get(f"/?view={view}")
        with counted_queries() as statements:
            assert chen.get(f"/?view={view}").status_code == 200
        assert len(statements) <= MAX_QUERIES, "\n".join(statements)


def test_a_search_finds_tasks_of_the_view_by_employer_or_case(app: Any, case: Case) -> None:
    task = open_task(case)
    tao = Browser(app, "tao")
    for text in ("云禾", case.case_no):
        assert f'href="/tasks/{task.id}"' in tao.get(f"/?view=group&q={text}").text
    assert "Nothing found" in tao.get(f"/?view=mine&q={case.case_no}").text
    assert f"/tasks/{task.id}" not in Browser(app, "hui").get(f"/?view=group&q={case.case_no}").text


def test_counts_stop_at_the_cap(app: Any, cast: Any, monkeypatch: pytest.MonkeyPatch, employer: Any) -> None:
    for module in (counts, pools):
        monkeypatch.setattr(module, "TOTAL_CAP", 2)
    for _ in range(4):
        open_case(employer, cast.ping)
    db.session.rollback()
    assert counts.counts(cast.tao, now=clock.now()).group == 3
