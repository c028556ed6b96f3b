"""What the editor's script gets from the server: content, saves, checks, the catalogue; and what it is refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from bpmn.engine.lint import all_rules
from tests.bpmn.engine.lies import DMN, FORM, GOOD, LEG, LIES
from tests.webapp.diagrams.changing import Editor, drafted, replaced
from tests.webapp.pages import Browser, outside, text_of
from webapp.core.db import db
from webapp.diagrams.models import Draft

CORRECTION = ("bpmn", "correction")
CONTENT = "/diagrams/drafts/{}/files/bpmn/correction/content"


@pytest.fixture
def draft(app: Any, cast: Any) -> Draft:
    return drafted(cast.admin, (*CORRECTION, replaced(*CORRECTION)))


@pytest.fixture
def whole(app: Any, cast: Any) -> Draft:
    """The good edition of the engine's tests."""
    legs = [("bpmn", key, LEG.format(key=key).encode()) for key in ("leg", "inner")]
    return drafted(cast.admin, ("bpmn", "main", GOOD.encode()), *legs, ("dmn", "risk", DMN.encode()), ("form", "note", FORM.content))


def with_lie(rule: str) -> bytes:
    content = GOOD
    for old, new in LIES[rule]:
        content = content.replace(old, new)
    return content.encode()


def test_the_page_carries_what_the_script_needs(app: Any, draft: Draft) -> None:
    page = Browser(app, "admin").get(f"/diagrams/drafts/{draft.id}/files/bpmn/correction/edit").text
    assert 'id="bpmn-problems"' in page
    if 'id="bpmn-editor"' in page:
        wanted = ("content-url", "save-url", "check-url", "catalogue-url", "locale", "version", "csrf")
        assert all(f"data-{name}=" in page for name in wanted)
        buttons = ("editor-save", "editor-undo", "editor-redo", "editor-fit", "editor-download", "editor-status", "bpmn-properties")
        assert all(f'id="{name}"' in page for name in buttons)


def test_without_the_bundle_the_page_says_how_to_get_it(app: Any, draft: Draft, tmp_path: Path) -> None:
    app.static_folder = str(tmp_path)
    page = text_of(Browser(app, "admin").get(f"/diagrams/drafts/{draft.id}/files/bpmn/correction/edit").text)
    assert "make assets" in page and "upload it" in page


def test_with_the_bundle_the_page_loads_the_built_files(app: Any, draft: Draft, tmp_path: Path) -> None:
    app.static_folder = str(tmp_path)
    (tmp_path / "dist").mkdir()
    manifest = tmp_path / "dist" / "manifest.json"
    for name in ("first", "second"):
        manifest.write_bytes(orjson.dumps({"editor.js": f"editor-{name}.js", "editor.css": f"editor-{name}.css"}))
        os.utime(manifest, ns=(1, len(name)))
        page = Browser(app, "admin").get(f"/diagrams/drafts/{draft.id}/files/bpmn/correction/edit").text
        assert f"/static/dist/editor-{name}.js" in page and f"/static/dist/editor-{name}.css" in page
        assert 'id="bpmn-editor"' in page


def test_the_diagram_is_loaded_saved_and_loaded_again(app: Any, draft: Draft) -> None:
    admin = Browser(app, "admin")
    first = admin.get(CONTENT.format(draft.id))
    assert (first.mimetype, first.headers["ETag"]) == ("application/xml", '"1"')
    changed = first.data.replace("责令限期改正".encode(), "限期改正".encode())
    answer = Editor(admin, draft.id, "correction").save(changed, version=1)
    assert answer.json == {"version": 2, "problems": []}
    assert admin.get(CONTENT.format(draft.id)).data == changed


def test_a_save_over_another_ones_is_refused_with_who_and_when(app: Any, draft: Draft) -> None:
    editors = [Editor(Browser(app, name), draft.id, "correction") for name in ("admin", "admin2")]
    versions = [replaced(*CORRECTION, ('name="到期复查"', f'name="{name}"')) for name in ("甲", "乙")]
    assert editors[0].save(versions[0], version=1).status_code == 200
    refused = editors[1].save(versions[1], version=1)
    assert refused.status_code == 409
    assert refused.json["version"] == 2
    assert "Admin saved this file at" in refused.json["message"]


@pytest.mark.parametrize("version", ["", "x"])
def test_a_save_must_say_which_version_it_changes(app: Any, draft: Draft, version: str) -> None:
    refused = Editor(Browser(app, "admin"), draft.id, "correction").save(replaced(*CORRECTION), version=version)
    assert (refused.status_code, "which version" in refused.json["message"]) == (422, True)


def test_a_submitted_draft_is_not_saved_into(app: Any, draft: Draft) -> None:
    admin = Browser(app, "admin")
    editor = Editor(admin, draft.id, "correction")
    editor.save(replaced(*CORRECTION, ('name="到期复查"', 'name="甲"')), version=1)
    admin.send(f"/diagrams/drafts/{draft.id}", f"/diagrams/drafts/{draft.id}/submit")
    refused = editor.save(replaced(*CORRECTION), version=2)
    assert refused.status_code == 409
    assert "not open any more" in refused.json["message"]


def test_every_broken_rule_is_listed_and_tied_to_its_element(app: Any, whole: Draft, database_kind: str) -> None:
    editor = Editor(Browser(app, "admin"), whole.id, "main")
    rules = list(LIES) if database_kind == "sqlite" else list(LIES)[::8]  # the check itself does not ask the database
    for rule in rules:
        problems = {one["rule"]: one for one in editor.check(with_lie(rule)).json["problems"]}
        assert rule in problems, (rule, list(problems))
        assert problems[rule]["file"] == "main.bpmn"
        assert problems[rule]["severity"] == all_rules()[rule].severity
        assert problems[rule]["message"] == problems[rule]["message"].strip() != ""


def test_problems_come_in_the_language_of_the_page(app: Any, whole: Draft) -> None:
    said = [
        Editor(Browser(app, "admin", language=language), whole.id, "main").check(with_lie("no-lane")).json for language in ("en", "zh-CN")
    ]
    sentences = [next(one for one in answer["problems"] if one["rule"] == "no-lane") for answer in said]
    assert sentences[0]["element"] == sentences[1]["element"] == "urge"
    assert "泳道" in sentences[1]["message"] and "泳道" not in sentences[0]["message"]


def test_the_catalogue_lists_what_a_diagram_may_name(app: Any, whole: Draft) -> None:
    found = Browser(app, "admin").get(f"/diagrams/catalogue.json?draft={whole.id}").json
    assert {"id": "HD_LEAD", "name_zh": "案件承办人", "name_en": "Case lead"} in found["roles"]
    assert {"key": "note", "title_zh": "记录", "title_en": "Note"} in found["forms"]
    assert {"key": "verification", "title_zh": "镇街核实", "title_en": "Town verification"} in found["forms"]
    assert {"risk", "crime_screen", "penalty_pattern"} <= {one["key"] for one in found["decisions"]}
    assert "DECIDE" in {one["code"] for one in found["deadlines"]}
    assert {"main", "leg", "case_lifecycle"} <= {one["key"] for one in found["processes"]}
    assert {"leg.ended", "police_referral.ended"} <= {one["name"] for one in found["messages"]}
    assert "note" not in {one["key"] for one in Browser(app, "admin").get("/diagrams/catalogue.json").json["forms"]}


HOSTILE = {
    "a bomb": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>',
    "a document type": b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>",
    "no xml": b"hello",
    "nothing": b"",
    "bytes": bytes(range(256)) * 20,
    "another root": b"<html/>",
    "deep": b"<a>" * 100_000,
    "another encoding": GOOD.replace("UTF-8", "UTF-16").encode("utf-16"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_content_is_refused_in_a_sentence(app: Any, draft: Draft, what: str) -> None:
    refused = Editor(Browser(app, "admin"), draft.id, "correction").save(HOSTILE[what], version=1)
    assert refused.status_code == 422
    assert "correction.bpmn" in refused.json["message"]
    db.session.expire_all()
    assert draft.files[0].version == 1


def test_too_much_is_refused_before_it_is_read(app: Any, draft: Draft) -> None:
    refused = Editor(Browser(app, "admin"), draft.id, "correction").save(b" " * 3_000_000, version=1)
    assert refused.status_code == 413
    assert "2 MB" in refused.json["error"]["message"]


def test_only_administrators_come_near(app: Any, draft: Draft) -> None:
    inside = ("/diagrams", f"/diagrams/drafts/{draft.id}", CONTENT.format(draft.id), "/diagrams/catalogue.json", "/diagrams/editions/1")
    for name in ("chen", "zhou"):
        browser = Browser(app, name)
        for path in inside:
            assert browser.get(path).status_code == 403, path
        assert 'href="/diagrams"' not in browser.get("/").text
    assert outside(app.test_client().get, CONTENT.format(draft.id)).status_code == 303


def test_a_save_without_the_forgery_token_is_refused(app: Any, draft: Draft) -> None:
    admin = Browser(app, "admin")
    answer = outside(admin.client.put, CONTENT.format(draft.id), data=b"<x/>", headers={"If-Match": '"1"', "Accept": "application/json"})
    assert answer.status_code == 400


def test_files_and_drafts_that_are_not_there_are_not_found(app: Any, draft: Draft) -> None:
    admin = Browser(app, "admin")
    absent = ("drafts/999", f"drafts/{draft.id}/files/bpmn/other/edit", "editions/999", "catalogue.json?draft=99", "editions/1/png/x")
    for path in absent:
        assert admin.get(f"/diagrams/{path}").status_code == 404, path
    assert Editor(admin, draft.id, "nothing").save(GOOD.encode(), version=1).status_code == 404
