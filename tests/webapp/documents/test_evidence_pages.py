"""Files through the pages and the programming interface, each under the eyes of the right people only."""

from __future__ import annotations

import html
import uuid
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.api_client import ApiClient
from tests.webapp.documents import files, stories
from tests.webapp.pages import Browser, hidden_values, open_case, open_task, outside, text_of
from webapp.core.db import db
from webapp.documents import storage
from webapp.documents.models import Evidence


@pytest.fixture
def case(cast: Any, employer: Any) -> Any:
    return open_case(employer, cast.ping)


def rows() -> list[Evidence]:
    db.session.rollback()
    return list(db.session.scalars(select(Evidence).order_by(Evidence.id)))


def sent(browser: Browser, case: Any, *given: tuple[bytes, str], page: str | None = None, **more: str) -> Any:
    """Choose files in the panel and send them, without scripts."""
    action = f"/cases/{case.case_no}/evidence"
    hidden = hidden_values(browser.get(page or f"/cases/{case.case_no}/evidence").text, action) if page != "" else {}
    values: dict[str, Any] = {**hidden, **more, "files": [(BytesIO(data), name) for data, name in given]}
    return outside(browser.client.post, action, data=values, headers={"Accept-Language": browser.language})


class Uploader(ApiClient):
    def upload(self, case: Any, *given: tuple[bytes, str], key: str | None = None, **more: Any) -> Any:
        values = {**more, "files": [(BytesIO(data), name) for data, name in given]}
        headers = {**self._headers, "Idempotency-Key": key or str(uuid.uuid4()), "Accept-Language": "en"}
        return outside(self._client.post, f"/api/v1/cases/{case.case_no}/evidence", data=values, headers=headers)


def test_several_files_at_once_with_place_and_time(app: Any, case: Any) -> None:
    browser = Browser(app, "ping")
    answer = sent(browser, case, (files.photo(), "打磨.jpg"), (files.paper(), "报告.pdf"), place="打磨工段", taken_at="2026-03-04T09:41")
    assert (answer.status_code, answer.location) == (303, f"/cases/{case.case_no}/evidence#evidence")
    page = text_of(browser.get(f"/cases/{case.case_no}/evidence").text)
    assert "2 files were added." in page
    for word in ("打磨.jpg", "报告.pdf", "打磨工段", "2026-03-04 09:41", "SHA-256"):
        assert word in page
    assert [row.kind for row in rows()] == ["photo", "pdf"]


def test_the_panel_stands_on_the_task_page_too(app: Any, case: Any) -> None:
    task = open_task(case, role="TOWN")
    answer = sent(Browser(app, "tao"), case, (files.photo(), "a.jpg"), page=f"/tasks/{task.id}")
    assert answer.location == f"/tasks/{task.id}#evidence"
    assert rows()[0].task_id == task.id


def test_one_refused_file_stores_none_and_is_named(app: Any, case: Any) -> None:
    browser = Browser(app, "ping")
    sent(browser, case, (files.photo(), "a.jpg"), (files.SVG, "evil.png"))
    page = text_of(browser.get(f"/cases/{case.case_no}/evidence").text)
    assert "“evil.png”: This file is neither JPEG, PNG nor PDF" in page
    assert (rows(), list(storage.stored())) == ([], [])


def test_the_same_form_sent_twice_stores_once(app: Any, case: Any) -> None:
    browser = Browser(app, "ping")
    key = str(uuid.uuid4())
    for _ in range(2):
        assert sent(browser, case, (files.photo(), "a.jpg"), idempotency_key=key).status_code == 303
    assert len(rows()) == 1


def test_the_original_is_a_download_that_cannot_act(app: Any, case: Any, cast: Any) -> None:
    data = files.photo()
    found = stories.added(case, cast.ping, data, name='"><script>alert(1)</script>.jpg')
    browser, address = Browser(app, "tao"), f"/cases/{case.case_no}/evidence/{found.id}"
    answer = browser.get(address)
    assert answer.data == data
    answer.close()
    assert answer.headers["Content-Disposition"] == f"attachment; filename={case.case_no}-{found.id}.jpg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    preview = browser.get(f"{address}/preview")
    assert (preview.mimetype, preview.data[:2]) == ("image/jpeg", b"\xff\xd8")
    preview.close()
    page = browser.get(f"/cases/{case.case_no}/evidence").text
    assert "<script>alert" not in page
    assert html.escape("<script>alert(1)</script>") in page


def test_a_pdf_has_no_preview(app: Any, case: Any, cast: Any) -> None:
    found = stories.added(case, cast.ping, files.paper(), name="a.pdf")
    browser = Browser(app, "ping")
    assert browser.get(f"/cases/{case.case_no}/evidence/{found.id}/preview").status_code == 404
    answer = browser.get(f"/cases/{case.case_no}/evidence/{found.id}")
    assert answer.mimetype == "application/pdf"
    answer.close()


@pytest.mark.parametrize("stranger", ["zhou", "jing"])
def test_strangers_find_nothing(app: Any, case: Any, cast: Any, stranger: str) -> None:
    found = stories.added(case, cast.ping)
    browser, base = Browser(app, stranger), f"/cases/{case.case_no}/evidence"
    wanted = 403 if stranger == "jing" else 404  # the police read no cases at all
    for path in (f"{base}/{found.id}", f"{base}/{found.id}/preview"):
        assert browser.get(path).status_code == wanted
    token = hidden_values(browser.get("/").text, "/sign-out")["csrf_token"]
    answer = sent(browser, case, (files.photo(colour="red"), "a.jpg"), page="", csrf_token=token)
    assert answer.status_code == 404
    assert browser.post(f"{base}/{found.id}/withdraw", csrf_token=token, reason="不是本案").status_code == 404
    assert len(rows()) == 1


def test_evidence_is_found_under_its_own_case_only(app: Any, case: Any, cast: Any, employer: Any) -> None:
    found = stories.added(case, cast.ping)
    other = open_case(employer, cast.ping)
    assert Browser(app, "ping").get(f"/cases/{other.case_no}/evidence/{found.id}").status_code == 404


def test_withdrawing_through_the_page(app: Any, case: Any, cast: Any) -> None:
    found = stories.added(case, cast.ping)
    browser, page = Browser(app, "ping"), f"/cases/{case.case_no}/evidence"
    browser.send(page, f"{page}/{found.id}/withdraw", reason="照片不清楚")
    shown = text_of(browser.get(page).text)
    assert "withdrawn" in shown
    assert "照片不清楚" in shown


def test_the_interface_takes_files_and_lists_them(app: Any, case: Any) -> None:
    client = Uploader(app, "ping")
    answer = client.upload(case, (files.photo(), "a.jpg"), latitude="31.4581", longitude="121.13", size=str(len(files.photo())))
    assert answer.status_code == 201, answer.text
    assert answer.json[0]["latitude"] == 31.4581
    listed = client.get(f"/cases/{case.case_no}/evidence").json
    assert [one["sha256"] for one in listed] == [answer.json[0]["sha256"]]


def test_one_key_is_one_file(app: Any, case: Any) -> None:
    client, key = Uploader(app, "ping"), str(uuid.uuid4())
    first, again = (client.upload(case, (files.photo(), "a.jpg"), key=key) for _ in range(2))
    assert first.json == again.json
    assert client.upload(case, (files.photo(colour="red"), "b.jpg"), key=key).status_code == 422
    assert len(rows()) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    ids=["svg", "empty", "bomb", "cut", "script"],
    argvalues=[
        (files.SVG, "not_evidence"), (b"", "empty_file"), (files.bomb(), "too_many_pixels"), (files.photo()[:300], "image_damaged"),
        (files.pdf_with(b"<< /S /J#61vaScript >>"), "pdf_active"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_in_words(app: Any, case: Any, data: bytes, code: str) -> None:
    answer = Uploader(app, "ping").upload(case, (data, "../../x"))
    assert answer.status_code in (413, 422)
    assert answer.json["error"]["code"] == code
    assert (rows(), list(storage.stored())) == ([], [])


def test_a_file_above_the_limit_is_refused(app: Any, case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("receiving", "uploads"):
        monkeypatch.setattr(f"webapp.documents.{module}.MAX_FILE_BYTES", 100_000)
    answer = Uploader(app, "ping").upload(case, (b"\xff\xd8\xff" + bytes(100_000), "a.jpg"))
    assert (answer.status_code, answer.json["error"]["code"]) == (413, "file_too_large")
    assert (rows(), list(storage.stored())) == ([], [])


def test_a_cut_upload_is_refused(app: Any, case: Any) -> None:
    answer = Uploader(app, "ping").upload(case, (files.photo(), "a.jpg"), size="999999")
    assert answer.json["error"]["code"] == "upload_cut"
    assert Uploader(app, "ping").upload(case).json["error"]["code"] == "nothing_sent"


def test_other_forms_stay_small(app: Any, case: Any) -> None:
    browser = Browser(app, "ping")
    answer = browser.post(f"/cases/{case.case_no}/documents", kind="x" * (3 * 1024 * 1024))
    assert answer.status_code == 413
