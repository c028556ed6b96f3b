"""Every kind of document has a printed form that says what was stored."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.printing import need_fonts
from tests.webapp.documents.paper_stories import AT, bare, made, pages_of, printed, text_of
from tests.webapp.pages import open_case
from webapp.cases.models import Case
from webapp.core.db import db, transaction
from webapp.documents import services
from webapp.documents.kinds import KINDS
from webapp.documents.papers import compose
from webapp.documents.papers.limits import article, in_chinese
from webapp.documents.papers.reading import read
from webapp.documents.papers.records import RECORDS
from webapp.documents.serving import Service, serve
from webapp.printing import model
from webapp.processes import editions
from webapp.processes.models import FormSubmission, UserTask
from webapp.rules.models import Amount, TimeLimit
from webapp.rules.queries import forget_rules

# The other face of the form prints these.
ELSEWHERE = {"D06": set(RECORDS["D06"].inner), "D19A": {"opinion"}, "D19B": {"signature"}, "D17A": {"rights_told"}, "D16": {"rights_told"},
             "D11": {"difficulty"}}  # fmt: skip
# Said in the paper's own words.
REWORDED = {"fine", "proposed_fine", "penalty_kinds", "proposed_kinds", "decision", "hearing_told"}
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


@pytest.fixture(autouse=True)
def _fonts() -> None:
    need_fonts()


def words_of(document: model.Document) -> str:
    """All texts of a composed paper."""
    return "\n".join(str(getattr(block, "text", block)) for block in document.blocks)


@on_sqlite
@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_stands_in_the_printed_paper(app: Any, cast: Any, case: Case, kind: str) -> None:
    document = made(kind, case, cast)
    paper, text = read(document), text_of(printed(document))
    assert paper.lines
    for line in paper.lines:
        if line.key not in REWORDED | ELSEWHERE.get(kind, set()):
            assert bare(line.text) in text, f"{kind} does not say {line.key}"
    assert bare(KINDS[kind].zh) in text
    assert bare(document.number or "") in text
    assert bare(case.employer.name) in text or paper.text("receiver")


def test_every_kind_is_composed_on_both_databases(app: Any, cast: Any, case: Case) -> None:
    for kind in KINDS:
        assert compose(made(kind, case, cast)).blocks


def test_a_kind_that_is_numbered_shows_its_number_and_has_a_word_of_its_own() -> None:
    words = [kind.word for kind in KINDS.values() if kind.numbering]
    assert all(words)
    assert len(words) == len(set(words))
    assert not [kind.code for kind in KINDS.values() if not kind.numbering and kind.word]


def test_a_penalty_decision_has_the_six_contents_of_the_law(app: Any, cast: Any, case: Case) -> None:
    document = made("D20", case, cast)
    paper, text = read(document), words_of(compose(document))
    assert case.employer.name in text and case.employer.address in text  # party
    assert paper.text("facts") in text  # facts and evidence
    assert "罚款人民币捌万元整（￥80,000.00）" in text and "第七十二条第一项" in text  # kind and basis
    assert "十五日内，到指定的银行或者通过电子支付系统缴纳" in text  # way and time of performance
    assert "六十日内向本机关的本级人民政府申请行政复议" in text and "六个月内直接向人民法院提起行政诉讼" in text  # remedies
    assert paper.agency in text and "（印章）" in text and "2026年11月24日" in text  # agency, date, seal


@pytest.mark.parametrize(
    ("kind", "code", "before", "after"),
    [("D20", "PAY", "十五日", "二十日"), ("D20", "RECON_APPLY", "六十日", "二十日"), ("D20", "SUIT_DIRECT", "六个月", "二十个月"),
     ("D16", "HEARING_REQ", "五个工作日", "二十个工作日"),
     ("D09A", "EVID_REG", "七个工作日", "二十个工作日"), ("D12A", "SEAL", "三十日", "二十日"),
     ("D24A", "DEMAND", "十个工作日", "二十个工作日"), ("D27", "POL_DECIDE", "三日", "二十日"), ("D31", "INJ_EMP", "三十日", "二十日")],
)  # fmt: skip
@on_sqlite
def test_a_changed_rule_changes_the_paper(app: Any, cast: Any, case: Case, kind: str, code: str, before: str, after: str) -> None:
    document = made(kind, case, cast)
    told = words_of(compose(document))
    _set(TimeLimit, code, 20)
    changed = words_of(compose(document))
    assert before in told
    assert after in changed and after not in told


def test_the_addition_for_late_payment_comes_from_the_rules(app: Any, cast: Any, case: Case) -> None:
    document = made("D20", case, cast)
    assert "百分之三加处罚款" in words_of(compose(document))
    _set(Amount, "LATE_RATE", 2)
    assert "百分之二加处罚款" in words_of(compose(document))


@on_sqlite
@pytest.mark.parametrize("kind", ["D06", "D20"])
def test_a_draft_says_so_on_every_page(app: Any, cast: Any, case: Case, kind: str) -> None:
    document = made(kind, case, cast, is_final=False, facts="查明的事实。" * 400)
    pages = pages_of(printed(document))
    assert len(pages) > 1
    assert all("草稿未生效" in page for page in pages)


def test_a_receipt_names_what_was_served_and_the_paper_how(app: Any, cast: Any, case: Case) -> None:
    task = db.session.scalars(select(UserTask).where(UserTask.case_id == case.id)).first()
    assert task is not None
    decision, receipt = made("D20", case, cast), made("D23", case, cast)
    with transaction():
        serve(decision, Service("direct", "王厂长", date(2026, 11, 24), receiver_role="head"), actor_id=None, at=AT, task_id=task.id)
        receipt.task_id = task.id
    assert f"行政处罚决定书 {decision.number}" in words_of(compose(receipt))
    assert "直接送达" in words_of(compose(decision)) and "王厂长" in words_of(compose(decision))


def test_a_transfer_says_what_its_report_said(app: Any, cast: Any, case: Case) -> None:
    letter = made("D27", case, cast)
    content = editions.content_of(editions.active_edition().id)
    with transaction():
        letter.instance_id = case.root_instance_id
        db.session.add(
            FormSubmission(
                instance_id=case.root_instance_id, form_hash=content.form_hash("transfer_report"), actor_id=None, submitted_at=AT,
                values={"crimes": ["CL-135"], "facts": "除尘设施长期停用，造成三人重伤。"},
            )
        )  # fmt: skip
    assert "除尘设施长期停用，造成三人重伤。" in words_of(compose(letter))
    assert "涉嫌的罪名" in words_of(compose(letter))


@on_sqlite
def test_a_void_paper_says_so_on_every_page(app: Any, cast: Any, case: Case) -> None:
    document = made("D11", case, cast)
    with transaction():
        services.void(document, reason="文书内容有误", actor_id=cast.hui.id, at=document.made_at)
    assert all("已作废" in page for page in pages_of(printed(document)))


@on_sqlite
@pytest.mark.parametrize("kind", sorted(RECORDS))
def test_every_page_of_a_record_has_lines_to_sign_on(app: Any, cast: Any, case: Case, kind: str) -> None:
    signer = f"{RECORDS[kind].signer}签名："
    pages = pages_of(printed(made(kind, case, cast)))
    assert all(bare(signer) in page for page in pages)
    assert all(f"第{number}页" in page for number, page in enumerate(pages, start=1))


@on_sqlite
@pytest.mark.parametrize("kind", ["D07", "D20", "D13"])
@pytest.mark.parametrize(
    "text",
    ["问：" + "长" * 4000, "<b>&amp;</b> %s {party} \\ \N{ZERO WIDTH SPACE}\N{RIGHT-TO-LEFT OVERRIDE}𠀀😀", "一\n" * 300, "  \n \n."],
    ids=["long", "hostile", "lines", "blanks"],
)
def test_long_and_hostile_texts_print_whole(app: Any, cast: Any, case: Case, kind: str, text: str) -> None:
    key = {"D07": "questions", "D20": "facts", "D13": "facts"}[kind]
    answers: dict[str, Any] = {key: text}
    document = made(kind, case, cast, **answers)
    paper = compose(document)
    found = text_of(printed(document), without=paper.running_head + paper.foot)
    printable = "".join(sign for sign in bare(text) if sign.isprintable() and ord(sign) < 0x10000)
    for piece in {printable[start : start + 8] for start in range(0, len(printable), 400)}:
        assert piece in found


def test_numbers_are_written_as_officials_write_them() -> None:
    assert [in_chinese(number) for number in (3, 10, 15, 20, 60, 105, 110, 2000, 0, 12345)] == [
        "三", "十", "十五", "二十", "六十", "一百零五", "一百一十", "二千", "0", "12345",
    ]  # fmt: skip
    assert [article(text) for text in ("72(1)", "134-1", "73", "x")] == ["第七十二条第一项", "第一百三十四条之一", "第七十三条", "x"]


def _set(table: Any, code: str, value: int) -> None:
    """Change the rows of a rule, as a new law would."""
    with transaction():
        for row in db.session.query(table).filter(table.code == code, table.valid_from <= date(2026, 11, 24)):
            row.value = value
    forget_rules()
