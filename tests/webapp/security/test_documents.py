"""Hostile drafts, files and names in the pages of documents and evidence."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from bpmn.engine.forms import compile_form
from tests import factories
from tests.webapp.documents import files
from tests.webapp.documents import stories as papers
from tests.webapp.pages import Browser, open_case, outside, token_on
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound
from webapp.documents import filling, queries, services
from webapp.documents import papers as prints
from webapp.documents.kinds import KINDS
from webapp.documents.models import Document
from webapp.documents.receiving import MAX_FILES

REFERENCES = compile_form(
    b'{"key": "x", "title": {"zh": "x", "en": "x"}, "fields": ['
    b'{"key": "files", "type": "reference", "of": "evidence", "many": true, "label": {"zh": "f", "en": "f"}},'
    b'{"key": "paper", "type": "reference", "of": "documents", "label": {"zh": "p", "en": "p"}},'
    b'{"key": "note", "type": "text", "label": {"zh": "n", "en": "n"}}]}'
)


@pytest.fixture
def case(cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


def drafted(case: Case, cast: Any) -> Document:
    """An interview record, which names officers."""
    with transaction():
        return filling.begin(db.session.get_one(Case, case.id), KINDS["D07"], actor=cast.hui, at=clock.now())


def test_a_draft_refers_to_nothing_of_another_case(app: Any, cast: Any, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    own, elsewhere = papers.added(case, cast.hui), open_case(factories.garage(), cast.zhou)
    foreign, paper = papers.added(elsewhere, cast.zhou), papers.final(elsewhere)
    document = drafted(case, cast)
    monkeypatch.setattr(filling, "form_of", lambda _: REFERENCES)
    typed = {"files": [str(own.id), str(foreign.id), 7, None, {"a": 1}], "paper": str(paper.id), "note": "写到一半"}
    with transaction():
        filling.keep_typed(document, typed, actor=cast.hui, at=clock.now())
    assert document.values == {"files": [str(own.id)], "paper": None, "note": "写到一半"}


@pytest.mark.parametrize(
    "value", [{"a": 1}, [1, [2]], ["9" * 30], "9" * 30, [{"a": 1}], 10**18, ["9" * 5000], [None], True], ids=lambda value: str(value)[:20]
)
def test_no_draft_breaks_its_page_or_its_print(app: Any, cast: Any, case: Case, value: Any) -> None:
    document, hui = drafted(case, cast), Browser(app, "hui")
    page = f"/documents/{document.id}"
    token = token_on(hui.get(f"{page}/edit").text)
    assert hui.put(f"{page}/draft", {"values": {"officers": value, "questions": value}}, token=token).status_code == 200
    assert [hui.get(page).status_code, hui.get(f"{page}/edit").status_code] == [200, 200]
    db.session.expire_all()
    assert prints.compose(db.session.get_one(Document, document.id))


def test_many_files_at_once_are_refused_before_any_is_decoded(app: Any, cast: Any, case: Case) -> None:
    hui = Browser(app, "hui")
    sent = [(BytesIO(files.picture(size=(1, number + 1))), f"{number}.png") for number in range(MAX_FILES + 1)]
    told = {"csrf_token": token_on(hui.get("/account").text), "files": sent}
    headers = {"Accept-Language": "en"}
    answer = outside(hui.client.post, f"/cases/{case.case_no}/evidence", data=told, headers=headers, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "More than 20 files" in hui.get(f"/cases/{case.case_no}").text


@pytest.mark.parametrize(
    "name", ['a"; filename="x.html', "a\r\nSet-Cookie: x=1.jpg", "../../etc/passwd", "<img src=x onerror=alert(1)>.jpg"]
)
def test_a_hostile_file_name_is_only_text(app: Any, cast: Any, case: Case, name: str) -> None:
    evidence = papers.added(case, cast.hui, name=name)
    hui = Browser(app, "hui")
    with hui.get(f"/cases/{case.case_no}/evidence/{evidence.id}") as answer:
        assert answer.headers["Content-Disposition"] == f"attachment; filename={case.case_no}-{evidence.id}.jpg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert "Set-Cookie" not in answer.headers
    assert "<img src=x" not in hui.get(f"/cases/{case.case_no}/evidence").text


def test_a_nul_in_a_form_is_refused_on_every_database(app: Any, cast: Any, case: Case) -> None:
    document, hui = papers.final(case, actor_id=cast.hui.id), Browser(app, "hui")
    answer = hui.post(f"/documents/{document.id}/void", csrf_token=token_on(hui.get("/account").text), reason="写错了\0重新制作")
    assert answer.status_code == 400
    db.session.rollback()
    assert db.session.get_one(Document, document.id).state == "final"


def test_a_document_of_another_case_is_never_its_evidence(app: Any, cast: Any, case: Case) -> None:
    foreign = papers.added(open_case(factories.garage(), cast.zhou), cast.zhou)
    with pytest.raises(NotFound), transaction():
        services.change(drafted(case, cast), {}, at=clock.now(), evidence_ids=[foreign.id])


@pytest.mark.parametrize("taken_at", ["0001-01-01T00:00", "9999-12-31T23:59", "x"])
def test_a_time_that_cannot_be_is_left_out(app: Any, cast: Any, case: Case, taken_at: str) -> None:
    hui = Browser(app, "hui")
    told = {"csrf_token": token_on(hui.get("/account").text), "taken_at": taken_at, "files": [(BytesIO(files.picture()), "a.png")]}
    answer = outside(hui.client.post, f"/cases/{case.case_no}/evidence", data=told, content_type="multipart/form-data")
    assert answer.status_code == 303
    db.session.rollback()
    (stored,) = queries.evidence_of_case(case.id)
    assert stored.taken_at is None
