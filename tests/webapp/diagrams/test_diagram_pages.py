"""Administrators' pages: what is in force, drafts by upload, the second person, rolling back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.diagrams.changing import drafted, published, replaced, submitted
from tests.webapp.pages import Browser, open_case, text_of
from webapp.core.db import db
from webapp.diagrams.models import Draft
from webapp.processes import editions

CORRECTION = ("bpmn", "correction")


def renamed(name: str) -> tuple[str, str, bytes]:
    return (*CORRECTION, replaced(*CORRECTION, ('name="责令限期改正"', f'name="{name}"')))


def new_draft(browser: Browser) -> str:
    """Address of a fresh draft."""
    answer = browser.send("/diagrams", "/diagrams/drafts", title="调整改正期限")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def upload(browser: Browser, draft: str, *files: tuple[str, bytes]) -> Any:
    chosen = [(BytesIO(content), name) for name, content in files]
    return browser.send(draft, f"{draft}/uploads", files=chosen)


def latest() -> Draft:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Draft).order_by(Draft.id.desc()).limit(1)).one()


@pytest.mark.parametrize(("language", "words"), [("en", "Active edition 1"), ("zh-CN", "现行第 1 版")])
def test_the_list_shows_what_is_in_force_and_how_many_run_by_it(app: Any, cast: Any, employer: Any, language: str, words: str) -> None:
    open_case(employer, cast.ping)
    admin = Browser(app, "admin", language=language)
    page = text_of(admin.get("/diagrams").text)
    for part in (words, "镇街核实", "Town verification", "crime_screen", "case_lifecycle"):
        assert part in page
    assert ("1 running process" if language == "en" else "1 个在办流程") in page


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("place", ["", "/bpmn/case_lifecycle", "/dmn/crime_screen", "/form/verification"])
def test_everything_in_an_edition_can_be_looked_at(app: Any, language: str, place: str) -> None:
    number = editions.active_edition().id
    answer = Browser(app, "admin", language=language).get(f"/diagrams/editions/{number}{place}")
    assert answer.status_code == 200
    wanted = {
        "": "verification",
        "/bpmn/case_lifecycle": "<svg",
        "/dmn/crime_screen": "stop_order_refused",
        "/form/verification": "disabled",
    }
    assert wanted[place] in answer.text


def test_files_come_out_as_they_were_published(app: Any) -> None:
    answer = Browser(app, "admin").get(f"/diagrams/editions/{editions.active_edition().id}/bpmn/correction/download")
    assert answer.data == replaced(*CORRECTION)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_draft_is_filled_by_upload_checked_submitted_and_published_by_another(app: Any) -> None:
    admin, admin2 = Browser(app, "admin"), Browser(app, "admin2")
    draft = new_draft(admin)
    broken = replaced(*CORRECTION, ('value="CORRECT_ORDER"', 'value="NO_SUCH_LIMIT"'))
    assert upload(admin, draft, ("c.bpmn", broken)).status_code == 303
    page = text_of(admin.get(draft).text)
    assert "1 error" in page and "NO_SUCH_LIMIT" in page and "issue_order" in page
    assert admin.send(draft, f"{draft}/submit").status_code == 422
    upload(admin, draft, ("c.bpmn", renamed("限期改正")[2]))
    assert admin.send(draft, f"{draft}/submit").status_code == 303
    assert "another administrator has to publish it" in text_of(admin.get(draft).text)
    difference = text_of(admin2.get(f"{draft}/files/bpmn/correction/difference").text)
    assert "责令限期改正 → 限期改正" in difference
    answer = admin2.send(draft, f"{draft}/publish", activate="now", note="期限调整")
    assert answer.status_code == 303
    assert "Published and active as edition 2" in text_of(admin2.get(answer.headers["Location"]).text)
    assert "期限调整" in admin2.get("/diagrams").text


def test_the_author_who_tries_to_publish_is_told_whom_to_ask(app: Any, cast: Any) -> None:
    draft = submitted(cast.admin, renamed("限期改正"))
    page, admin = f"/diagrams/drafts/{draft.id}", Browser(app, "admin")
    answer = admin.send(page, f"{page}/return", remark="先看看")
    assert answer.status_code == 303
    assert "先看看" in admin.get(page).text
    hidden = {"csrf_token": admin.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]}
    assert admin.post(f"{page}/publish", **hidden).status_code == 409


def test_published_later_is_activated_by_a_button_and_rolled_back_by_another(app: Any, cast: Any) -> None:
    draft, admin2 = submitted(cast.admin, renamed("限期改正")), Browser(app, "admin2")
    page = f"/diagrams/drafts/{draft.id}"
    admin2.send(page, f"{page}/publish", activate="later")
    number = latest().edition_id
    address = f"/diagrams/editions/{number}"
    assert "not activated yet" in text_of(admin2.get(address).text)
    assert "责令限期改正 → 限期改正" in text_of(admin2.get(f"{address}/bpmn/correction/difference").text)
    for target in (number, 1):
        answer = admin2.send(f"/diagrams/editions/{target}", f"/diagrams/editions/{target}/activate")
        assert answer.status_code == 303
        db.session.rollback()
        assert editions.active_edition().id == target


def test_a_draft_overtaken_in_the_same_file_says_what_to_do(app: Any, cast: Any) -> None:
    mine = submitted(cast.admin, renamed("甲"))
    published(submitted(cast.admin, renamed("乙")), cast.admin2)
    page, admin2 = f"/diagrams/drafts/{mine.id}", Browser(app, "admin2")
    answer = admin2.send(page, f"{page}/publish", activate="now")
    assert answer.status_code == 409
    assert "has another version of: correction.bpmn" in text_of(answer.text)
    admin2.send(page, f"{page}/return")
    admin = Browser(app, "admin")
    assert admin.send(page, f"{page}/files/bpmn/correction/keep").status_code == 303
    assert admin.send(page, f"{page}/submit").status_code == 303


def test_a_draft_overtaken_in_another_file_moves_on_with_a_check(app: Any, cast: Any) -> None:
    mine = submitted(cast.admin, renamed("甲"))
    published(
        submitted(cast.admin, ("form", "finding", replaced("form", "finding", ('"zh": "登记线索"', '"zh": "线索登记"')))), cast.admin2
    )
    page, admin2 = f"/diagrams/drafts/{mine.id}", Browser(app, "admin2")
    refused = admin2.send(page, f"{page}/publish", activate="now")
    assert (refused.status_code, "finding.json" in refused.text) == (409, True)
    admin2.send(page, f"{page}/check")
    assert admin2.send(page, f"{page}/publish", activate="now").status_code == 303


def test_copies_and_new_files_are_added_and_removed(app: Any) -> None:
    admin = Browser(app, "admin")
    draft = new_draft(admin)
    assert admin.send(draft, f"{draft}/copies", file="bpmn:correction").headers["Location"].endswith("/bpmn/correction/edit")
    admin.send(draft, f"{draft}/copies", file="form:verification")
    admin.send(draft, f"{draft}/blanks", kind="form", key="photographs", name_zh="取证照片", name_en="Photographs")
    assert {file.key for file in latest().files} == {"correction", "verification", "photographs"}
    admin.send(draft, f"{draft}/files/form/verification/remove")
    assert {file.key for file in latest().files} == {"correction", "photographs"}
    assert b'"photographs"' in admin.get(f"{draft}/files/form/photographs/download").data
    refused = admin.send(draft, f"{draft}/blanks", kind="form", key="Not A Key", name_zh="取证照片")
    assert refused.status_code == 422
    assert "Begin the key with a small letter" in text_of(refused.text) and "取证照片" in refused.text
    assert admin.send(draft, f"{draft}/copies", file="nothing").status_code == 404


def test_one_click_changes_an_active_file_in_a_new_draft(app: Any) -> None:
    admin = Browser(app, "admin")
    answer = admin.send("/diagrams/editions/1/form/verification", "/diagrams/drafts")
    assert answer.status_code == 303
    assert [file.key for file in latest().files] == ["verification"]


def test_a_draft_needs_a_title(app: Any) -> None:
    assert Browser(app, "admin").send("/diagrams", "/diagrams/drafts", title=" ").status_code == 422


def test_discarding_takes_the_draft_off_the_list(app: Any) -> None:
    admin = Browser(app, "admin")
    draft = new_draft(admin)
    admin.send(draft, f"{draft}/discard")
    assert draft not in admin.get("/diagrams").text
    assert "discarded" in text_of(admin.get(draft).text)


HOSTILE = {
    "bomb.bpmn": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
    "table.dmn": b"\x00\x01\x02", "form.json": b"{", "list.json": b"[1]", "photo.png": b"\x89PNG", "nokey.json": b"{}",
    "key.json": b'{"key": "../../etc"}', "empty.bpmn": b"",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_used_is_refused_by_name(app: Any, name: str) -> None:
    admin = Browser(app, "admin")
    draft = new_draft(admin)
    refused = upload(admin, draft, (name, HOSTILE[name]))
    assert refused.status_code == 422
    assert f"“{name}” was not accepted" in text_of(refused.text)
    assert latest().files == []


def test_nothing_of_an_upload_is_kept_if_one_file_is_refused(app: Any) -> None:
    admin = Browser(app, "admin")
    draft = new_draft(admin)
    assert upload(admin, draft, ("c.bpmn", replaced(*CORRECTION)), ("x.json", b"{")).status_code == 422
    assert latest().files == []
    assert "Choose at least one" in text_of(admin.send(draft, f"{draft}/uploads").text)


def test_a_draft_with_broken_files_can_still_be_read(app: Any, cast: Any) -> None:
    draft = drafted(cast.admin, ("bpmn", "odd", b"<x"), ("dmn", "odd", b"<x"), ("form", "odd", b"{"))
    page, admin = f"/diagrams/drafts/{draft.id}", Browser(app, "admin")
    assert "3 errors" in text_of(admin.get(page).text)
    for kind in ("bpmn", "dmn", "form"):
        assert admin.get(f"{page}/files/{kind}/odd/difference").status_code == 200
    assert admin.get(f"/diagrams/catalogue.json?draft={draft.id}").status_code == 200
