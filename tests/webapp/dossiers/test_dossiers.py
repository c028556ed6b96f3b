"""The dossier holds what the record says, for those who may read the case."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask_babel import force_locale
from pypdf import PdfReader

from tests.webapp.api_client import ApiClient
from tests.webapp.pages import Browser, complete_next, open_case, token_on
from webapp.cases.models import Case
from webapp.cases.queries import timeline
from webapp.core import clock
from webapp.core.db import db
from webapp.documents.kinds import KINDS
from webapp.documents.papers.amounts import in_words
from webapp.documents.queries import documents_of_case, latest, receipts_of_case
from webapp.dossiers.contents import dossier_of
from webapp.processes.said import said_in_case


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    """As far as a penalty decision that was handed over."""
    case = open_case(employer, cast.ping)
    today = dict.fromkeys(("held_on", "reviewed_on", "served_on", "heard_on", "decided_on"), clock.today().isoformat())
    for element, given in STEPS:
        task = complete_next(case, **{**today, **given})
        assert task.element == element
    return case


CHAPTERS = ("目录", "文书送达情况", "当事人与参与部门", "办理经过", "表单和记录", "法定期限", "备考表")
FINED = {"violations": ["V-71-01"], "proposed_kinds": ["fine"], "proposed_fine": 50000}
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("town_accept", {}),
    ("verify", {"conclusion": "violation"}),
    ("accept", {}),
    ("propose_filing", {"violations": ["V-71-01"]}),
    ("file_case", {}),
    ("inspect", {"violations": ["V-71-01"], "health_harm": "none"}),
    ("conclude", {"proposal": "penalise", **FINED}),
    ("screen_crime", {"accident_hidden": "no", **dict.fromkeys(("stop_order_refused", "safety_disabled", "child_labour"), "no")}),
    ("decide_referral", {"decision": "not_refer"}),
    ("deliberate", {}),
    ("review", {}),
    ("give_notice", FINED),
    ("serve_notice", {"way": "direct"}),
    ("hear_party", {"result": "stated"}),
    ("decide", {"penalty_kinds": ["fine"], "fine": 50000, "violations": ["V-71-01"], "facts": "铸造车间新增的岗位没有申报"}),
    ("serve_decision", {"way": "direct"}),
)


def printed(app: Any, case: Case, username: str = "hui") -> Any:
    """The button on the case page; who has no such page posts with a token of another one."""
    browser = Browser(app, username, language="zh-CN")
    return browser.post(f"/cases/{case.case_no}/dossier", csrf_token=token_on(browser.get("/account").text))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def text_of(pdf: bytes) -> str:
    return bare("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def test_every_answer_of_the_record_stands_in_it(printing_app: Any, case: Case) -> None:
    answer = printed(printing_app, case)
    assert answer.status_code == 200
    found = text_of(answer.data)
    with force_locale("zh_Hans_CN"):
        answers = [one for said in said_in_case(case.id) for one in said.answers]
    assert len(answers) > 40
    assert [one for one in answers if bare(one.label) not in found or bare(one.text) not in found] == []


def test_the_decision_is_printed_as_an_official_paper(printing_app: Any, case: Case) -> None:
    found = text_of(printed(printing_app, case).data)
    number = latest(case.id, "D20").number  # type: ignore[union-attr]
    for part in ("行政处罚决定书", "太仓市卫生健康委员会", "铸造车间新增的岗位没有申报", "伍万元整", number):
        assert bare(str(part)) in found


def test_every_document_in_force_has_its_chapter_and_its_service_is_listed(printing_app: Any, case: Case) -> None:
    reader = PdfReader(io.BytesIO(printed(printing_app, case).data))
    titles = [str(entry.title) for entry in reader.outline if not isinstance(entry, list)]
    documents = documents_of_case(case.id)
    names = [f"{KINDS[one.kind].zh} {one.number or ''}".strip() for one in documents if one.is_in_force]
    assert len(names) > 10
    assert titles[1 : len(names) + 1] == names
    assert {one.document.kind for one in receipts_of_case(case.id)} == {"D16", "D17A", "D20"}
    assert "文书送达情况" in titles


def test_it_comes_as_a_file_with_a_chinese_name(printing_app: Any, case: Case) -> None:
    answer = printed(printing_app, case)
    assert f"案卷-{case.case_no}.pdf" in unquote(answer.headers["Content-Disposition"])
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_that_it_was_printed_is_recorded_with_its_digest(printing_app: Any, case: Case, cast: Any) -> None:
    answer = printed(printing_app, case)
    db.session.rollback()
    last = timeline(case)[0]
    assert (last.name, last.actor_id) == ("dossier.printed", cast.hui.id)
    assert last.payload == {"pages": len(PdfReader(io.BytesIO(answer.data)).pages), "sha256": hashlib.sha256(answer.data).hexdigest()}


def test_the_index_and_the_outline_name_the_chapters(printing_app: Any, case: Case) -> None:
    reader = PdfReader(io.BytesIO(printed(printing_app, case).data))
    titles = [str(entry.title) for entry in reader.outline if not isinstance(entry, list)]
    assert titles[0] == "目录"
    assert [title for title in titles if title in CHAPTERS] == list(CHAPTERS)
    assert titles[-1] == "备考表"
    assert f"共{len(reader.pages)}页" in bare(reader.pages[-1].extract_text())


def test_the_api_gives_the_same_document(printing_app: Any, case: Case) -> None:
    answer = ApiClient(printing_app, "hui").send("POST", f"/cases/{case.case_no}/dossier")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")


def test_who_may_not_see_the_case_gets_no_dossier(printing_app: Any, case: Case) -> None:
    assert printed(printing_app, case, "zhou").status_code == 404
    assert printed(printing_app, case, "jing").status_code == 403


def test_without_a_renderer_the_reader_is_told_and_nothing_is_recorded(app: Any, case: Case, tmp_path: Path) -> None:
    app.config["ZHIJIAN"] = replace(app.config["ZHIJIAN"], renderer_place=tmp_path / "nobody.sock")
    answer = printed(app, case)
    assert answer.status_code == 503
    assert "暂时无法打印" in answer.text
    assert timeline(case)[0].name != "dossier.printed"


def test_the_dossier_is_chinese_whatever_the_reader_speaks(app: Any, case: Case, cast: Any) -> None:
    with force_locale("zh_Hans_CN"):
        document = dossier_of(case, reader=cast.hui, at=clock.now()).document
    assert "号案卷" in document.title


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        (50000, "伍万元整"), (0, "零元整"), (1, "壹元整"), (10, "壹拾元整"), (105, "壹佰零伍元整"), (1000, "壹仟元整"), (10500, "壹万零伍佰元整"),
        (100001, "壹拾万零壹元整"), (200000, "贰拾万元整"), (1234567.89, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"), (0.5, "伍角整"), (3.05, "叁元零伍分"),
        (100000000, "壹亿元整"), (100010000, "壹亿零壹万元整"),
    ],
)  # fmt: skip
def test_sums_are_written_in_words(yuan: float, words: str) -> None:
    assert in_words(yuan) == words
