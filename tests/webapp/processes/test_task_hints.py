"""Live hints, the law beside the form, dates filled in: what the page of a task says before anything is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.webapp.pages import Browser, answers, complete_next, open_case, open_task, outside, text_of, token_on
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db
from webapp.legality import task_law
from webapp.legality.registry import RULES
from webapp.processes import queries
from webapp.processes.models import FormDraft, FormSubmission, UserTask


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


@pytest.fixture
def task(case: Case) -> UserTask:
    """The verification."""
    complete_next(case, decision="take")
    return open_task(case)


def ask(browser: Browser, task: UserTask, values: Any, *, language: str = "en") -> Any:
    headers = {"X-CSRFToken": token_on(browser.get("/account").text), "Accept": "application/json", "Accept-Language": language}
    return outside(browser.client.post, f"/tasks/{task.id}/check", json={"values": values}, headers=headers)


def until(case: Case, element: str) -> UserTask:
    """The open task of the lifecycle, after everything before it was done."""
    decided = {"TOWN": "take", "HD_INTAKE": "accept", "HD_CHIEF": "file"}
    while (task := open_task(case)).element != element:
        complete_next(case, decision=decided.get(task.role), conclusion="violation")
    return task


def test_wrong_answers_are_told_by_field_and_nothing_is_stored(app: Any, task: UserTask) -> None:
    before = db.session.query(FormSubmission).count()
    hints = ask(Browser(app, "tao"), task, {"verified_on": "2099-01-01", "conclusion": "perhaps"}).json
    assert "verified_on" in hints["errors"]
    assert "conclusion" in hints["errors"]
    db.session.rollback()
    assert (db.session.query(FormSubmission).count(), db.session.query(FormDraft).count()) == (before, 0)


def test_right_answers_have_no_errors(app: Any, task: UserTask) -> None:
    values = answers(queries.form_of(task), conclusion="violation")
    assert ask(Browser(app, "tao"), task, values).json["errors"] == {}


def test_hints_speak_the_language_of_the_reader(app: Any, task: UserTask) -> None:
    told = ask(Browser(app, "tao", language="zh-CN"), task, {"verified_on": "2099-01-01"}, language="zh-CN").json
    assert any("日期" in sentence for sentence in told["errors"]["verified_on"])


def test_a_rule_that_would_refuse_is_named_while_one_types(app: Any, cast: Any, case: Case) -> None:
    task = until(case, "propose_filing")
    hints = ask(Browser(app, "hui"), task, {"officers": [str(cast.hui.id)]}).json
    assert any(sentence.startswith("BR-03:") for sentence in hints["refusals"])


def test_a_chosen_violation_tells_its_penalty(app: Any, case: Case) -> None:
    task = until(case, "propose_filing")
    key = next(field.key for field in queries.form_of(task).answerable if field.of == "violations")
    notes = ask(Browser(app, "hui"), task, {key: ["V-71-01"]}).json["notes"]
    assert "V-71-01" in notes[key][0]
    assert "yuan" in notes[key][0]


def test_the_day_that_starts_a_clock_tells_until_when_it_runs(app: Any, task: UserTask) -> None:
    day = clock.today() - timedelta(days=1)
    notes = ask(Browser(app, "tao"), task, {"verified_on": day.isoformat()}).json["notes"]
    assert "which runs to" in notes["verified_on"][0]


@pytest.mark.parametrize("body", [[], "", {"values": []}, {"values": {f"k{number}": "" for number in range(300)}}])
def test_a_body_that_is_no_form_is_refused(app: Any, task: UserTask, body: Any) -> None:
    tao = Browser(app, "tao")
    headers = {"X-CSRFToken": token_on(tao.get("/account").text), "Accept": "application/json"}
    assert outside(tao.client.post, f"/tasks/{task.id}/check", json=body, headers=headers).status_code in (400, 422)


def test_strange_values_are_answered_with_sentences(app: Any, task: UserTask) -> None:
    for value in (None, 1e300, ["a"] * 50, {"typename": "x"}, "\x00", "<script>", True):
        answer = ask(Browser(app, "tao"), task, {"facts": value, "typename": value, "verified_on": value})
        assert answer.status_code in (200, 400)  # NUL is refused at the door


def test_another_town_learns_nothing(app: Any, task: UserTask) -> None:
    assert ask(Browser(app, "zhou"), task, {}).status_code == 404


def test_the_page_has_the_law_and_the_clocks_of_the_step(app: Any, case: Case) -> None:
    task = until(case, "file_case")
    shown = text_of(Browser(app, "chen").get(f"/tasks/{task.id}").text)
    assert "Time limits" in shown
    proposal = text_of(Browser(app, "hui").get(f"/tasks/{task.id}").text)
    assert "What the law says here" in proposal


def test_every_rule_has_a_sentence_for_officials() -> None:
    assert task_law.SENTENCES.keys() == RULES.keys()
    assert all(task_law.basis_of(rule.source) for rule in RULES.values())


def test_today_is_filled_in_where_the_form_says_so(app: Any, task: UserTask) -> None:
    page = Browser(app, "tao").get(f"/tasks/{task.id}").text
    assert f'value="{clock.today().isoformat()}" id="f-verified_on"' in page


def test_a_draft_is_discarded_by_its_owner_only(app: Any, cast: Any, task: UserTask) -> None:
    tao = Browser(app, "tao")
    token = token_on(tao.get(f"/tasks/{task.id}").text)
    tao.put(f"/tasks/{task.id}/draft", {"values": {"facts": "half a sentence"}}, token=token)
    assert "Your draft of" in text_of(tao.get(f"/tasks/{task.id}").text)
    hui = Browser(app, "hui")
    hui.post(f"/tasks/{task.id}/draft/discard", csrf_token=token_on(hui.get("/account").text))
    assert "half a sentence" in tao.get(f"/tasks/{task.id}").text
    assert tao.post(f"/tasks/{task.id}/draft/discard", csrf_token=token).status_code == 303
    assert "half a sentence" not in tao.get(f"/tasks/{task.id}").text


def test_the_steps_before_and_after_are_one_click_away(app: Any, case: Case, task: UserTask) -> None:
    page = Browser(app, "tao").get(f"/tasks/{task.id}").text
    assert 'rel="prev"' in page
    complete_next(case, conclusion="violation")
    assert 'rel="next"' in Browser(app, "tao").get(f"/tasks/{task.id}").text
