"""The task page: what it is, what was said, the form, and every way it can be refused."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.pages import Browser, answers, complete_next, counted_queries, hidden_values, open_case, open_task, text_of, token_on
from tests.webapp.scenarios import ways
from tests.webapp.scenarios.telling import Story
from tests.webapp.scenarios.test_crime import REACHED, screened, sent
from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.processes import queries, services
from webapp.processes.models import COMPLETED, FormDraft, UserTask

MAX_QUERIES = 12
DECIDED = {"TOWN": "take", "HD_INTAKE": "accept", "HD_CHIEF": "file"}


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


@pytest.fixture
def task(case: Case) -> UserTask:
    """The verification."""
    complete_next(case, decision="take")
    return open_task(case)


def form_of(task: UserTask) -> Any:
    return queries.form_of(task)


def fresh(task: UserTask) -> UserTask:
    db.session.rollback()
    return db.session.get_one(UserTask, task.id, populate_existing=True)


def claim_as(person: Any, task: UserTask) -> None:
    with transaction():
        services.claim(task, actor=person, at=clock.now())


def test_the_page_says_what_it_is_about_and_what_was_said_before(app: Any, task: UserTask, employer: Any) -> None:
    page = Browser(app, "tao").get(f"/tasks/{task.id}")
    shown = text_of(page.text)
    assert page.status_code == 200
    for part in (task.name_en, employer.name, task.case_no, "What was said before", "ping".title(), "Claim"):
        assert str(part) in shown


def test_labels_are_tied_to_their_fields_and_refer_to_help(app: Any, task: UserTask) -> None:
    page = Browser(app, "tao").get(f"/tasks/{task.id}").text
    for field in form_of(task).answerable:
        if field.type in ("text", "textarea", "date", "integer", "select"):
            assert f'<label for="f-{field.key}">' in page
            assert f'id="f-{field.key}" name="{field.key}"' in page
        if field.help:
            assert f'id="f-{field.key}-help"' in page


def test_chinese_and_english_show_the_same_page(app: Any, task: UserTask) -> None:
    chinese = text_of(Browser(app, "tao", language="zh-CN").get(f"/tasks/{task.id}").text)
    english = text_of(Browser(app, "tao").get(f"/tasks/{task.id}").text)
    assert task.name in chinese
    assert "此前办理情况" in chinese
    assert task.name_en in english
    assert form_of(task).title["zh"] in chinese
    assert form_of(task).title["en"] in english


def test_the_page_needs_few_queries(app: Any, task: UserTask, cast: Any) -> None:
    claim_as(cast.tao, task)
    tao = Browser(app, "tao")
    tao.get(f"/tasks/{task.id}")
    with counted_queries() as statements:
        assert tao.get(f"/tasks/{task.id}").status_code == 200
    assert len(statements) <= MAX_QUERIES, "\n".join(statements)


def test_claiming_puts_the_task_on_my_desk(app: Any, task: UserTask, cast: Any) -> None:
    tao = Browser(app, "tao")
    answer = tao.post(f"/tasks/{task.id}/claim", csrf_token=token_on(tao.get("/?view=group").text))
    assert answer.status_code == 303
    assert fresh(task).assignee_id == cast.tao.id
    assert "is on your desk now" in tao.get(answer.headers["Location"]).text


def test_a_task_somebody_holds_says_who_and_since_when(app: Any, task: UserTask, cast: Any) -> None:
    claim_as(cast.tao, task)
    page = Browser(app, "hui").get(f"/tasks/{task.id}").text
    assert "Tao claimed this task at" in text_of(page)
    assert f'action="/tasks/{task.id}/complete"' not in page


def test_claiming_what_a_colleague_claimed_first_is_refused_with_name_and_time(app: Any, case: Case, cast: Any) -> None:
    while open_task(case).role != "HD_LEAD":
        complete_next(case, conclusion="violation")
    task = open_task(case)
    hui2 = Browser(app, "hui2")
    page = hui2.get(f"/tasks/{task.id}").text
    claim_as(cast.hui, task)
    answer = hui2.post(f"/tasks/{task.id}/claim", csrf_token=token_on(page))
    assert answer.status_code == 409
    assert "Hui claimed this task at" in text_of(answer.text)


def test_releasing_gives_the_task_back_to_the_group(app: Any, task: UserTask, cast: Any) -> None:
    claim_as(cast.tao, task)
    tao = Browser(app, "tao")
    assert tao.send(f"/tasks/{task.id}", f"/tasks/{task.id}/release").status_code == 303
    assert fresh(task).assignee_id is None


def test_submitting_moves_the_case_on_and_says_to_whom(app: Any, task: UserTask) -> None:
    tao = Browser(app, "tao")
    answer = tao.send(f"/tasks/{task.id}", f"/tasks/{task.id}/complete", **answers(form_of(task), conclusion="violation"))
    assert answer.status_code == 303, text_of(answer.text)
    assert fresh(task).state == COMPLETED
    following = text_of(tao.get(answer.headers["Location"]).text)
    assert f"“{task.name_en}” is done. Next:" in following
    assert "(District health, intake)" in following


def test_a_wrong_form_keeps_what_was_typed_and_links_each_problem(app: Any, task: UserTask) -> None:
    form = form_of(task)
    values = answers(form, conclusion="violation")
    broken = next(field.key for field in form.answerable if field.type == "date")
    kept = next(field.key for field in form.answerable if field.type == "textarea")
    answer = Browser(app, "tao").send(f"/tasks/{task.id}", f"/tasks/{task.id}/complete", **{**values, broken: "tomorrow"})
    assert answer.status_code == 422
    assert f'href="#f-{broken}"' in answer.text
    assert f'aria-describedby="f-{broken}-problem' in answer.text
    assert values[kept] in answer.text
    assert fresh(task).is_open


def test_a_stale_form_keeps_what_was_typed(app: Any, task: UserTask, cast: Any) -> None:
    tao = Browser(app, "tao")
    hidden = hidden_values(tao.get(f"/tasks/{task.id}").text, f"/tasks/{task.id}/complete")
    claim_as(cast.tao, task)
    values = answers(form_of(task), conclusion="violation")
    answer = tao.post(f"/tasks/{task.id}/complete", **hidden, **values)
    assert answer.status_code == 409
    assert "This task changed since you opened the page" in text_of(answer.text)
    kept = next(field.key for field in form_of(task).answerable if field.type == "textarea")
    assert values[kept] in answer.text
    assert fresh(task).is_open


def test_a_form_sent_after_somebody_else_completed_it_says_who_and_when(app: Any, case: Case) -> None:
    while open_task(case).role != "HD_LEAD":
        complete_next(case, conclusion="violation")
    task = open_task(case)
    hui2 = Browser(app, "hui2")
    hidden = hidden_values(hui2.get(f"/tasks/{task.id}").text, f"/tasks/{task.id}/complete")
    values = answers(form_of(task))
    complete_next(case)
    answer = hui2.post(f"/tasks/{task.id}/complete", **hidden, **values)
    assert answer.status_code == 409
    assert "Hui already completed this task at" in text_of(answer.text)
    typed = next(field.key for field in form_of(task).answerable if field.type == "textarea")
    assert values[typed] in answer.text


def test_a_double_click_is_done_once_and_answered_twice(app: Any, task: UserTask) -> None:
    tao = Browser(app, "tao")
    values = answers(form_of(task), conclusion="violation")
    hidden = hidden_values(tao.get(f"/tasks/{task.id}").text, f"/tasks/{task.id}/complete")
    first = tao.post(f"/tasks/{task.id}/complete", **hidden, **values)
    second = tao.post(f"/tasks/{task.id}/complete", **hidden, **values)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]


def test_a_draft_saves_itself_and_is_there_again(app: Any, task: UserTask, cast: Any) -> None:
    tao = Browser(app, "tao")
    page = tao.get(f"/tasks/{task.id}").text
    field = next(field.key for field in form_of(task).answerable if field.type == "textarea")
    answer = tao.put(f"/tasks/{task.id}/draft", {"values": {field: "half a sentence"}}, token=token_on(page))
    assert answer.status_code == 200
    assert answer.json["text"].startswith("Draft saved ")
    assert "half a sentence" in tao.get(f"/tasks/{task.id}").text
    db.session.rollback()
    assert db.session.get_one(FormDraft, (task.id, cast.tao.id)).values == {field: "half a sentence"}


def test_a_draft_that_is_no_form_is_refused(app: Any, task: UserTask) -> None:
    tao = Browser(app, "tao")
    token = token_on(tao.get(f"/tasks/{task.id}").text)
    for body in ({"values": []}, [], {"values": {"a": "x" * 300_000}}):
        assert tao.put(f"/tasks/{task.id}/draft", body, token=token).status_code in (200, 422)
    db.session.rollback()
    assert [draft.values for draft in db.session.query(FormDraft) if draft.values] == []


def test_without_scripts_the_draft_has_a_button(app: Any, task: UserTask) -> None:
    tao = Browser(app, "tao")
    hidden = hidden_values(tao.get(f"/tasks/{task.id}").text, f"/tasks/{task.id}/complete")
    field = next(field.key for field in form_of(task).answerable if field.type == "textarea")
    answer = tao.post(f"/tasks/{task.id}/draft", **hidden, **{field: "kept by hand"})
    assert answer.status_code == 303
    assert "kept by hand" in tao.get(f"/tasks/{task.id}").text


def test_a_task_of_another_town_does_not_exist(app: Any, task: UserTask) -> None:
    zhou = Browser(app, "zhou")
    assert zhou.get(f"/tasks/{task.id}").status_code == 404
    token = token_on(zhou.get("/").text)
    for verb in ("claim", "release", "complete", "draft"):
        assert zhou.post(f"/tasks/{task.id}/{verb}", csrf_token=token).status_code == 404


def test_an_outside_body_reads_its_own_leg_and_nothing_else_of_the_case(app: Any, case: Case) -> None:
    harm = {"health_harm": "suspected", "insured": "no", "employer_exists": "yes", "hardship": "no", "sudden_need": "no"}
    for role in ("TOWN", "TOWN", "HD_INTAKE", "HD_LEAD", "HD_CHIEF", "HD_LEAD"):
        complete_next(case, role=role, decision=DECIDED.get(role), conclusion="violation", **harm)
    handed_in = next(task for task in queries.open_tasks_of_case(case.id) if task.element == "hand_in")
    with transaction():
        hui = db.session.get_one(User, db.session.scalar(select(User.id).where(User.username == "hui")))
        given = answers(form_of(handed_in))
        services.complete(handed_in, values=given, version=None, actor=hui, at=clock.now(), locale="en")
    task = open_task(case, role="MED")
    page = Browser(app, "yi").get(f"/tasks/{task.id}").text
    shown = text_of(page)
    assert handed_in.name_en in shown
    assert "Town verification" not in shown
    assert case.employer.credit_code in shown  # the facts of the employer its task is about
    assert f"/employers/{case.employer_id}" not in page  # the registry itself stays closed
    assert Browser(app, "yi").get(f"/cases/{case.case_no}").status_code == 403


def test_a_hostile_value_is_shown_as_text(app: Any, task: UserTask) -> None:
    field = next(field.key for field in form_of(task).answerable if field.type == "textarea")
    answer = Browser(app, "tao").send(f"/tasks/{task.id}", f"/tasks/{task.id}/complete", **{field: "</textarea><script>alert(1)</script>"})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_a_form_too_large_is_refused_with_a_sentence(app: Any, task: UserTask) -> None:
    answer = Browser(app, "tao").send(f"/tasks/{task.id}", f"/tasks/{task.id}/complete", note="x" * (3 * 1024 * 1024))
    assert answer.status_code == 413
    assert "at most 2 MB" in text_of(answer.text)


def test_a_body_does_not_read_how_the_office_came_to_refer(app: Any, employer: Any) -> None:
    story = Story(employer)
    ways.file(story, "V-75-06")
    screened(story, "V-75-06", **REACHED)
    sent(story)
    task = story.open_task("receive", "police_referral")
    with clock.moved_to(story.now):
        shown = text_of(Browser(app, "jing").get(f"/tasks/{task.id}").text)
    assert "Send the file" in shown
    assert "Approve the transfer" not in shown
    assert "Report on the transfer" not in shown
