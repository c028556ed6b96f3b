"""Officers read the rules; administrators see what a new row changes, and add it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.webapp.pages import Browser, hidden_values, text_of
from tests.webapp.rules.test_notices import NOTICE
from webapp.core import clock
from webapp.core.db import db
from webapp.rules import queries
from webapp.rules.models import CalendarImport, TimeLimit

PAGES = ("limits", "violations", "amounts", "exposure", "calendar")
PAY = "/rules/limits/PAY"
ROW = {
    "valid_from": "2099-01-01", "value": "20", "unit": "CD", "rolls": "true", "source": "L:APL67", "verified": "yes",
}  # fmt: skip


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(TimeLimit).where(TimeLimit.code == "PAY")) or 0


@pytest.mark.parametrize("page", PAGES)
def test_a_patroller_reads_every_page_and_finds_no_form(app: Any, page: str) -> None:
    answer = Browser(app, "ping").get(f"/rules/{page}")
    assert answer.status_code == 200
    assert '<form method="post" action="/rules' not in answer.text
    assert 'href="/rules" aria-current="page"' in answer.text


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_code_has_a_page_in_both_languages(app: Any, language: str) -> None:
    admin = Browser(app, "admin", language=language)
    for kind, code in (("limits", "DECIDE"), ("violations", "V-79-01"), ("amounts", "LATE_RATE"), ("exposure", "benzene")):
        page = admin.get(f"/rules/{kind}/{code}")
        assert page.status_code == 200
        assert code in page.text
    assert admin.get("/rules", follow=True).status_code == 200


def test_outside_bodies_have_no_business_here_and_unknown_codes_are_not_found(app: Any) -> None:
    assert Browser(app, "jing").get("/rules/limits").status_code == 403
    hui = Browser(app, "hui")
    assert [hui.get(path).status_code for path in ("/rules/limits/NOPE", "/rules/nope", "/rules/calendar/imports/99")] == [404] * 3


@pytest.mark.parametrize("who", ["ping", "hui", "chen"])
def test_only_administrators_add(app: Any, who: str) -> None:
    officer, admin = Browser(app, who), Browser(app, "admin")
    token = {"csrf_token": hidden_values(officer.get("/").text, "/language")["csrf_token"]}
    assert officer.post(PAY, **token, **ROW, save="1").status_code == 403
    assert officer.post("/rules/calendar", **token, text=NOTICE, publish="1").status_code == 403
    assert (rows(), admin.get(PAY).status_code) == (1, 200)


def test_a_list_is_searched_and_shows_the_law_of_a_day(app: Any) -> None:
    hui = Browser(app, "hui")
    found = text_of(hui.get("/rules/violations?q=V-72-01").text)
    assert "50,000 to 200,000 yuan" in found
    assert "V-71-01" not in found
    assert "No rule found" in text_of(hui.get("/rules/limits?q=zzz").text)
    assert "PC-TWA 6" in text_of(hui.get("/rules/exposure?q=benzene&on=2022-10-31").text)
    assert "PC-TWA 3" in text_of(hui.get("/rules/exposure?q=benzene&on=not-a-day").text)
    assert "not in force on this day" in text_of(hui.get("/rules/violations?q=V-72-01&on=2018-12-28").text)


def test_the_preview_shows_the_change_and_saves_nothing(app: Any) -> None:
    admin = Browser(app, "admin")
    shown = text_of(admin.send(PAY, PAY, **ROW, preview="1").text)
    assert "What starts on 2099-01-01 or later takes the new row: 20 calendar days." in shown
    assert "0 running clocks keep their row." in shown
    assert "Time limit: 15 → 20" in shown
    assert "counted from today, the last day is" in shown
    assert rows() == 1


def test_saving_adds_the_row_once(app: Any) -> None:
    admin = Browser(app, "admin")
    hidden = hidden_values(admin.get(PAY).text, PAY)
    sent = [admin.post(PAY, **hidden, **ROW, save="1") for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303]
    assert rows() == 2
    page = text_of(admin.get(PAY).text)
    assert "The row of PAY from 2099-01-01 is saved." in page
    assert "to come" in page
    assert "2098-12-31" in page


def test_a_past_day_asks_first_and_says_that_running_clocks_stay(app: Any) -> None:
    admin = Browser(app, "admin")
    past = ROW | {"valid_from": "2026-01-01"}
    assert "The first day lies in the past: running clocks are not changed." in text_of(admin.send(PAY, PAY, **past, preview="1").text)
    refused = admin.send(PAY, PAY, **past, save="1")
    assert refused.status_code == 409
    assert 'name="confirmed"' in refused.text
    assert rows() == 1
    assert admin.send(PAY, PAY, **past, save="1", confirmed="yes").status_code == 303
    assert rows() == 2


def test_wrong_input_is_kept_and_marked(app: Any) -> None:
    answer = Browser(app, "admin").send(PAY, PAY, **ROW | {"source": "hearsay & <b>more</b>"}, save="1")
    assert answer.status_code == 422
    assert "A checked row names a law and its article" in answer.text
    assert "hearsay &amp; &lt;b&gt;more&lt;/b&gt;" in answer.text


def test_a_notice_is_previewed_then_published_and_reports_what_moved(app: Any) -> None:
    admin, here = Browser(app, "admin"), "/rules/calendar"
    page = admin.send(here, here, text=NOTICE)
    assert "What the notice changes" in page.text
    assert not queries.is_published(2027)
    done = admin.post(here, **hidden_values(page.text, here) | {"text": NOTICE}, publish="1")
    assert done.status_code == 303
    report = text_of(admin.get(done.headers["Location"]).text)
    assert "The calendar of 2027 is published. 0 running clocks moved." in report
    assert "No date moved" in report
    db.session.rollback()
    assert db.session.scalars(select(CalendarImport.years)).one() == [2027]
    assert "2027-10-09" in admin.get(f"{here}?year=2027").text
    assert queries.is_working_day(date(2027, 10, 9))


def test_an_uploaded_file_in_gbk_is_read_and_a_bad_one_is_refused_in_words(app: Any) -> None:
    admin, here = Browser(app, "admin"), "/rules/calendar"
    good = admin.send(here, here, file=(io.BytesIO(NOTICE.encode("gbk")), "notice.csv"))
    assert "清明节" in good.text
    bad = admin.send(here, here, file=(io.BytesIO(b"\xff\xff\xff"), "notice.csv"))
    assert (bad.status_code, "is not text in UTF-8 or GBK" in bad.text) == (422, True)
    lines = admin.send(here, here, text="2027-13-01,no,x")
    assert (lines.status_code, "Line 1: “2027-13-01” is not a day." in text_of(lines.text)) == (422, True)
    empty = admin.send(here, here, text=" ")
    assert "Paste the lines of the notice, or choose a file." in text_of(empty.text)


def test_the_calendar_says_which_year_is_provisional(app: Any) -> None:
    shown = text_of(Browser(app, "hui").get("/rules/calendar").text)
    assert f"{clock.today().year + 1} is not published: dates in it are provisional" in shown
