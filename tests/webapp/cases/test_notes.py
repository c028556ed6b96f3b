"""Internal notes: written by who works on the case, changed the same day, struck out with a reason, never in the dossier."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.webapp.pages import Browser, open_case, text_of
from webapp.cases import notes
from webapp.cases.models import Case, Note
from webapp.cases.queries import timeline
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Forbidden

WORDS = "已与单位电话约定周三上午到场。"
HOSTILE = "<img src=x onerror=alert(1)> {{ 7*7 }} \u202eabc"


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


def write(browser: Browser, case: Case, text: str = WORDS) -> Any:
    here = f"/cases/{case.case_no}/notes"
    return browser.send(here, here, text=text)


def the_note() -> Note:
    db.session.expire_all()
    return db.session.query(Note).one()


def test_a_note_is_written_and_colleagues_read_it(app: Any, case: Case) -> None:
    assert write(Browser(app, "hui"), case).status_code == 303
    shown = text_of(Browser(app, "tao").get(f"/cases/{case.case_no}/notes").text)
    assert WORDS in shown
    assert "Hui" in shown
    assert "wrote an internal note" in Browser(app, "tao").get(f"/cases/{case.case_no}/timeline?kind=note").text


def test_the_record_says_that_a_note_was_written_but_not_what(app: Any, case: Case) -> None:
    write(Browser(app, "hui"), case)
    event = next(one for one in timeline(case) if one.name == "note.added")
    assert event.payload == {"note_id": the_note().id}


def test_the_author_changes_a_note_the_same_day_and_its_words_before_stay(app: Any, case: Case) -> None:
    hui, here = Browser(app, "hui"), f"/cases/{case.case_no}/notes"
    write(hui, case)
    assert hui.send(here, f"{here}/{the_note().id}/text", text="改到周四下午。").status_code == 303
    shown = text_of(hui.get(here).text)
    assert "改到周四下午。" in shown
    assert "How it read before 1" in shown
    assert WORDS in shown


def test_a_note_of_yesterday_is_not_changed_any_more(app: Any, case: Case, cast: Any) -> None:
    with transaction():
        note = notes.add_note(case, text=WORDS, actor=cast.hui, at=clock.now() - timedelta(days=1))
    with pytest.raises(notes.NoteTooOld), transaction():
        notes.edit_note(note, text="x", actor=cast.hui, at=clock.now())
    page = Browser(app, "hui").get(f"/cases/{case.case_no}/notes").text
    assert f"/notes/{note.id}/text" not in page
    assert f"/notes/{note.id}/strike" in page


def test_a_note_is_struck_out_with_a_reason_and_stays_readable(app: Any, case: Case) -> None:
    hui, here = Browser(app, "hui"), f"/cases/{case.case_no}/notes"
    write(hui, case)
    strike = f"{here}/{the_note().id}/strike"
    refused = hui.send(here, strike, reason="x")
    assert refused.status_code == 422
    assert "Say in a few words why" in refused.text
    assert hui.send(here, strike, reason="写错案件了").status_code == 303
    page = hui.get(here).text
    assert f"<del>{WORDS}</del>" in page
    assert "写错案件了" in page
    assert strike not in page


def test_only_the_author_may_change_or_strike_a_note(app: Any, case: Case, cast: Any) -> None:
    write(Browser(app, "hui"), case)
    tao, here = Browser(app, "tao"), f"/cases/{case.case_no}/notes"
    assert f"/notes/{the_note().id}/" not in tao.get(here).text
    with pytest.raises(notes.NoteNotYours), transaction():
        notes.strike_note(the_note(), reason="不是我写的", actor=cast.tao, at=clock.now())
    assert not the_note().is_struck


def test_who_is_from_elsewhere_or_outside_neither_reads_nor_writes(app: Any, case: Case, cast: Any) -> None:
    write(Browser(app, "hui"), case)
    for username, status in {"zhou": 404, "jing": 403}.items():
        assert Browser(app, username).get(f"/cases/{case.case_no}/notes").status_code == status
    with pytest.raises(Forbidden), transaction():
        notes.add_note(case, text=WORDS, actor=cast.zhou, at=clock.now())


def test_empty_and_too_long_notes_come_back_with_what_was_typed(app: Any, case: Case) -> None:
    hui = Browser(app, "hui")
    assert "Write the note first" in write(hui, case, "  \n ").text
    long = write(hui, case, "字" * 2001)
    assert long.status_code == 422
    assert "this one has 2001" in long.text
    assert "字" * 2001 in long.text


def test_hostile_words_stay_words(app: Any, case: Case) -> None:
    hui = Browser(app, "hui")
    assert write(hui, case, HOSTILE).status_code == 303
    page = hui.get(f"/cases/{case.case_no}/notes").text
    assert "<img src=x" not in page
    assert "{{ 7*7 }} abc" in page
    assert "\u202e" not in page


def test_a_double_click_writes_one_note(app: Any, case: Case) -> None:
    hui, here = Browser(app, "hui"), f"/cases/{case.case_no}/notes"
    for _ in range(2):
        hui.send(here, here, text=WORDS, idempotency_key="the-same-click")
    assert the_note().text == WORDS


def test_a_note_of_another_case_is_not_found(app: Any, case: Case, cast: Any, employer: Any) -> None:
    write(Browser(app, "hui"), case)
    other, hui = open_case(employer, cast.ping), Browser(app, "hui")
    token = hui.send(f"/cases/{other.case_no}/notes", f"/cases/{other.case_no}/notes", text="另一案")
    assert token.status_code == 303
    first = db.session.query(Note).filter(Note.case_id == case.id).one()
    with pytest.raises(notes.NotFound):
        notes.find_note(other, first.id)


def test_the_dossier_has_no_notes(app: Any, case: Case, cast: Any) -> None:
    from webapp.dossiers.contents import dossier_of

    write(Browser(app, "hui"), case)
    with app.test_request_context():
        printed = dossier_of(case, reader=cast.hui, at=clock.now())
    assert WORDS not in repr(printed.document)
