"""Pages of clocks: supervisors suspend, resume and extend, take note of what was missed, and read what was owed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.webapp.deadlines.clocks import clock_of, open_clock, set_rule
from tests.webapp.pages import Browser, open_case, text_of, token_on
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.deadlines.models import Deadline, Escalation
from webapp.deadlines.sweeps import watch_deadlines


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


@pytest.fixture
def decide(case: Case) -> Deadline:
    set_rule("DECIDE", extension_value=30, extension_unit="CD", extension_count=1)
    return open_clock(case, "DECIDE", at=clock.now())


def miss_everything(case: Case) -> None:
    past = clock.now() - timedelta(days=1)
    with transaction():
        db.session.execute(update(Deadline).where(Deadline.case_id == case.id).values(due_at=past))
    watch_deadlines()
    db.session.expire_all()


def test_the_case_page_shows_the_clock_its_basis_and_its_mark(app: Any, case: Case, decide: Deadline) -> None:
    page = Browser(app, "hui").get(f"/cases/{case.case_no}/clocks").text
    assert f'href="/deadlines/{decide.id}"' in page
    for part in ("article 60", "<span>checked</span>"):
        assert part in page


def test_a_chief_suspends_and_resumes_with_a_reason(app: Any, case: Case, decide: Deadline) -> None:
    chen, here = Browser(app, "chen"), f"/deadlines/{decide.id}"
    answer = chen.send(here, f"{here}/suspensions", reason="reconsideration", note="复议受理通知书 1 号")
    assert answer.status_code == 303
    page = text_of(chen.get(here).text)
    for part in ("suspended", "administrative reconsideration", "复议受理通知书 1 号", "Chen"):
        assert part in page
    assert "suspended since" in text_of(chen.get(f"/cases/{case.case_no}/clocks").text)
    assert chen.send(here, f"{here}/resumption").status_code == 303
    assert clock_of(case, "DECIDE").suspended_at is None


def test_a_refusal_keeps_what_was_typed(app: Any, decide: Deadline) -> None:
    chen, here = Browser(app, "chen"), f"/deadlines/{decide.id}"
    answer = chen.send(here, f"{here}/suspensions", reason="of my own", note="第三次补充")
    assert answer.status_code == 422
    assert "Choose why the time is not counted." in text_of(answer.text)
    assert "第三次补充" in answer.text
    assert chen.send(here, f"{here}/suspensions", reason="police", note="").status_code == 422


def test_an_extension_is_approved_once(app: Any, case: Case, decide: Deadline) -> None:
    chen, here = Browser(app, "chen"), f"/deadlines/{decide.id}"
    assert chen.send(here, f"{here}/extensions", reason="案情复杂").status_code == 303
    page = chen.get(here).text
    assert "Extended by 30 calendar days" in text_of(page)
    assert f'action="{here}/extensions"' not in page
    assert "extended to" in text_of(chen.get(f"/cases/{case.case_no}/clocks").text)


def test_only_supervisors_of_the_group_move_a_clock(app: Any, case: Case, decide: Deadline) -> None:
    here = f"/deadlines/{decide.id}"
    for name, status in (("hui", 403), ("tao", 403), ("zhou", 404)):
        person = Browser(app, name)
        page = person.get(here)
        assert page.status_code == (404 if name == "zhou" else 200)
        assert "/suspensions" not in page.text
        token = token_on(person.get("/").text)
        assert person.post(f"{here}/suspensions", csrf_token=token, reason="police", note="x").status_code == status


def test_what_was_missed_is_in_the_list_of_the_supervisors_until_seen(app: Any, case: Case, decide: Deadline, employer: Any) -> None:
    miss_everything(case)
    tao, chen, zhou = (Browser(app, name) for name in ("tao", "chen", "zhou"))
    assert "Overdue, needs you 1" in text_of(tao.get("/").text)
    assert employer.name in tao.get("/escalations").text
    assert case.case_no not in zhou.get("/escalations").text
    assert text_of(chen.get("/escalations").text).count(employer.name) == 2
    of_decide = db.session.scalars(select(Escalation.id).where(Escalation.code == "DECIDE")).one()
    assert chen.send("/escalations", f"/escalations/{of_decide}/seen", note="已督办").status_code == 303
    assert text_of(chen.get("/escalations").text).count(employer.name) == 1
    token = token_on(zhou.get("/").text)
    assert zhou.post("/escalations/1/seen", csrf_token=token, note="").status_code == 404
    assert Browser(app, "hui").get("/escalations").status_code == 403


def test_duties_are_listed_for_the_supervisors_of_the_place(app: Any, case: Case, decide: Deadline) -> None:
    miss_everything(case)
    page = text_of(Browser(app, "chen").get("/duties").text)
    assert "not performed" in page
    assert case.case_no in page
    assert case.case_no not in Browser(app, "zhou").get("/duties?first=2020-01-01&last=nonsense").text
    assert "No duty in this period" in text_of(Browser(app, "chen").get("/duties?last=2020-01-01").text)


@pytest.mark.parametrize("path", ["/escalations", "/duties", "/deadlines/{id}"])
def test_the_pages_speak_chinese(app: Any, case: Case, decide: Deadline, path: str) -> None:
    miss_everything(case)
    page = Browser(app, "chen", language="zh-CN").get(path.format(id=decide.id))
    assert page.status_code == 200
    assert "超期待处理" in page.text or "法定期限" in page.text
