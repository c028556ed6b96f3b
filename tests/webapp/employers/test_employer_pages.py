"""Pages of the registry, and starting a finding about an employer. Covers R-052."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from tests import factories
from tests.webapp.pages import Browser, answers, hidden_values, open_case, text_of
from webapp.cases.models import Case
from webapp.core.db import db
from webapp.processes import editions

START = "/start/case_lifecycle"


def finding() -> dict[str, Any]:
    return answers(editions.start_form(editions.active_edition(), "case_lifecycle"))


def test_the_list_is_searched_by_part_of_a_name(app: Any, employer: Any) -> None:
    hui = Browser(app, "hui")
    assert employer.name in hui.get("/employers?q=云禾").text
    assert employer.name not in hui.get("/employers?q=汽修").text
    assert "No employer found" in text_of(hui.get("/employers?q=100%25").text)


def test_each_place_sees_its_own_employers(app: Any, employer: Any) -> None:
    zhou = Browser(app, "zhou")
    assert employer.name not in zhou.get("/employers").text
    assert zhou.get(f"/employers/{employer.id}").status_code == 404


def test_the_page_shows_what_is_known_and_its_cases(app: Any, employer: Any, cast: Any) -> None:
    case = open_case(employer, cast.ping)
    page = Browser(app, "hui").get(f"/employers/{employer.id}").text
    for part in (employer.name, employer.credit_code, "Silica dust", "Ferrous casting", case.case_no):
        assert part in page
    assert "矽尘" in Browser(app, "hui", language="zh-CN").get(f"/employers/{employer.id}").text


def test_a_finding_starts_with_choosing_the_employer(app: Any, employer: Any) -> None:
    ping = Browser(app, "ping")
    assert f'href="{START}?employer_id={employer.id}"' in ping.get(START).text
    page = ping.get(f"{START}?employer_id={employer.id}").text
    assert employer.name in page
    assert f'name="employer_id" value="{employer.id}"' in page


def test_a_finding_opens_a_case_once_however_often_it_is_sent(app: Any, employer: Any) -> None:
    ping = Browser(app, "ping")
    hidden = hidden_values(ping.get(f"{START}?employer_id={employer.id}").text, START)
    sent = [ping.post(START, **hidden, **finding()) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303]
    assert sent[0].headers["Location"] == sent[1].headers["Location"]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1
    assert "Registered as TC-" in text_of(ping.get(sent[0].headers["Location"]).text)


def test_an_unacceptable_finding_keeps_what_was_typed(app: Any, employer: Any) -> None:
    values = finding()
    values["description"] = "x"
    values["place"] = "third workshop, grinding line"
    answer = Browser(app, "ping").send(f"{START}?employer_id={employer.id}", START, **values)
    assert answer.status_code == 422
    assert "third workshop, grinding line" in answer.text
    assert 'href="#f-description"' in answer.text


def test_a_finding_about_an_employer_elsewhere_is_refused_and_the_choice_comes_again(app: Any, employer: Any) -> None:
    elsewhere = factories.garage()
    hidden = hidden_values(Browser(app, "ping").get(f"{START}?employer_id={employer.id}").text, START)
    ping = Browser(app, "ping")
    token = hidden_values(ping.get(f"{START}?employer_id={employer.id}").text, START)["csrf_token"]
    answer = ping.post(START, **{**hidden, "csrf_token": token, "employer_id": str(elsewhere.id)}, **finding())
    assert answer.status_code == 422
    assert "Choose the employer this is about" in text_of(answer.text)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_who_may_not_start_is_told_so(app: Any) -> None:
    assert Browser(app, "jing").get(START).status_code == 403
    assert "Your role starts no process" in text_of(Browser(app, "jing").get("/start").text)
    assert Browser(app, "ping").get("/start/unknown_process").status_code == 404
