"""Official papers 文书 inside a dossier, composed from what the forms say. Papers are Chinese: they are not translated.

Layout: GB/T 9704-2012 as ``printing.styles`` has it. Contents: domain/02, P20 (decision) and P31 (referral); the wording is our own [D] and
no paper is a served one: numbers and seals come with the document feature, so each says that it is a copy made from the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.cases.case_page import CasePage
from webapp.dossiers.amounts import in_words
from webapp.printing.model import Block, Rule, Space, Text, Together
from webapp.processes.models import UserTask
from webapp.processes.said import Said

COPY = "本页由系统根据案件记录生成，供归档和查阅；加盖印章的正本以送达文书为准。"
# Source: domain/02, P20 rows 13 and 15 (行政处罚法 66, 67, 73; 行政复议法 20; 行政诉讼法 45, 46).
PAYMENT = "罚款应当自收到本决定书之日起十五日内，到指定的银行或者通过电子支付系统缴纳。"
REMEDIES = (
    "如不服本决定，可以自收到本决定书之日起六十日内依法申请行政复议，也可以在六个月内依法向人民法院提起行政诉讼。"
    "复议和诉讼期间，除法律另有规定外，本决定不停止执行。"
)
KINDS = {
    "warning": "警告",
    "fine": "罚款",
    "confiscation": "没收违法所得",
    "stop": "责令停止产生职业病危害的作业",
    "close": "提请人民政府责令关闭",
}


@dataclass(frozen=True, slots=True)
class Paper:
    title: str
    blocks: Sequence[Block]


def papers_of(page: CasePage, office: str) -> list[Paper]:
    """In the order they came about: decisions, then referrals."""
    tasks = {task.id: task for task in page.tasks}
    told = [(tasks[said.task_id], said) for said in reversed(page.said) if said.task_id in tasks]
    decisions = [_decision(page, said, _last_before(told, "propose", said), office) for task, said in told if _is(task, "decide", said)]
    letters = [
        _referral(page, said, told, office) for task, said in told if task.process_key == "police_referral" and task.element == "send"
    ]
    return [*decisions, *letters]


def _is(task: UserTask, element: str, said: Said) -> bool:
    return task.process_key == "case_lifecycle" and task.element == element and said.values.get("decision") in ("penalise", "correction")


def _last_before(told: Sequence[tuple[UserTask, Said]], element: str, said: Said, *, process: str = "case_lifecycle") -> Mapping[str, Any]:
    found = [earlier.values for task, earlier in told if task.process_key == process and task.element == element and earlier.at <= said.at]
    return found[-1] if found else {}


def _decision(page: CasePage, said: Said, proposal: Mapping[str, Any], office: str) -> Paper:
    values = said.values
    is_penalty = values["decision"] == "penalise"
    title = "行政处罚决定书" if is_penalty else "责令改正决定书"
    body = [*_red_head(office, str(values.get("decision_no") or "文号未记录")), Text(title, "official_title"), *_party(page)]
    body += _part("一、违法事实和证据", str(proposal.get("facts", "")), str(proposal.get("evidence", "")))
    body += _part("二、违反的规定", str(proposal.get("clauses", "")))
    body += _part("三、决定的理由", str(values.get("reasons", "")))
    parts = [_part("四、决定内容", _content(values) if is_penalty else "责令当事人改正上述违法行为，不予罚款。")]
    parts += [_part("五、履行的方式和期限", PAYMENT)] if values.get("fine") else []
    parts += [_part(f"{'六' if values.get('fine') else '五'}、救济途径和期限", REMEDIES)] if is_penalty else []
    body += [text for part in parts[:-1] for text in part]
    return Paper(f"{title}（{_day(values.get('decided_on'))}）", [*body, *_signed(parts[-1], office, values.get("decided_on"))])


def _content(values: Mapping[str, Any]) -> str:
    kinds = [KINDS.get(str(kind), str(kind)) for kind in values.get("penalty_kinds", ())]
    fine = values.get("fine")
    text = "给予当事人以下行政处罚：" + "、".join(kinds or ["未记录"]) + "；并责令改正上述违法行为。"
    return text + (f"罚款金额为人民币{in_words(fine)}（￥{fine:,.2f}）。" if fine else "")


def _referral(page: CasePage, said: Said, told: Sequence[tuple[UserTask, Said]], office: str) -> Paper:
    report = _last_before(told, "write_report", said, process="police_referral")
    answers = {answer.label: answer.text for answer in said.answers}
    crimes = next(
        (answer.text for _, one in told if one.values is report for answer in one.answers if answer.label.startswith("涉嫌的罪名")), ""
    )
    receiver = str(said.values.get("receiver", ""))
    body = [*_red_head(office, str(said.values.get("letter_no") or "文号未记录")), Text("涉嫌犯罪案件移送书", "official_title")]
    body += [Text(f"{receiver}：", "official_plain")] if receiver else []
    body.append(
        Text(
            f"我单位在查处{page.case.employer.name}职业病防治违法案件（{page.case.case_no}）中，发现下列行为涉嫌犯罪，现依法移送。",
            "official",
        )
    )
    body += _part("一、涉嫌的罪名", crimes)
    body += _part("二、涉嫌犯罪的事实", str(report.get("facts", "")))
    body += _part("三、证据及涉案物品", str(report.get("evidence", "")))
    papers = _part("四、随案材料", answers.get("随案材料", ""), str(said.values.get("missing_reason") or ""))
    return Paper(f"涉嫌犯罪案件移送书（{_day(said.values.get('sent_on'))}）", [*body, *_signed(papers, office, said.values.get("sent_on"))])


def _red_head(office: str, number: str) -> list[Block]:
    return [Text(office, "red_head"), Space(6), Text(number, "official_no"), Rule("red"), Space(4)]


def _party(page: CasePage) -> Iterator[Block]:
    employer = page.case.employer
    yield Text(f"当事人：{employer.name}", "official_plain")
    yield Text(f"统一社会信用代码：{employer.credit_code}", "official_plain")
    yield Text(f"地址：{employer.address}", "official_plain")


def _part(heading: str, *texts: str) -> list[Text]:
    told = [text for text in texts if text.strip()]
    return [Text(heading, "official_heading"), *(Text(text, "official") for text in told or ["未记录。"])]


def _signed(last: Sequence[Text], office: str, day: Any) -> list[Block]:
    """A signature never stands on a page without text: the last part goes with it."""
    names = (Text(office, "official_right"), Text(_day(day), "official_right"))
    return [Together((*last, Space(16), *names, Space(8), Rule(), Text(COPY, "official_note")))]


def _day(day: Any) -> str:
    if not day:
        return "日期未记录"
    found = date.fromisoformat(str(day)[:10])
    return f"{found.year}年{found.month}月{found.day}日"
