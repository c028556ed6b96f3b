"""The parts that papers are put together from: head, party, numbered parts, signatures.

Layout: GB/T 9704-2012 as ``printing.styles`` has it; the wording of what no form asks is our own [D].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from webapp.documents.papers.limits import day_in_chinese, in_chinese
from webapp.documents.papers.paper import Line, Paper
from webapp.printing.model import Block, Chapter, Document, Facts, Rule, Section, Space, Text, Together

DEMO = "演示数据：虚构的人员和单位"
BLANK = "___________"
DATE = "______年____月____日"
LONGEST_TOGETHER = 400  # characters of a last part that still goes on the page of the signature whole


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part of a letter: a heading and its paragraphs."""

    heading: str
    texts: Sequence[str]


def document_of(paper: Paper, blocks: Sequence[Block], *, foot: str = "") -> Document:
    """``foot``: lines to sign on at the foot of every page; on a draft the mark stands there instead."""
    name = f"{paper.kind.zh} {paper.number}".strip()
    marks = "    ".join(mark for mark in (paper.mark, DEMO if paper.is_demo else "") if mark)
    head = "    ".join(text for text in (name, paper.case_no, marks) if text)
    return Document(
        title=name, author=paper.agency, subject=paper.party.name, keywords=(paper.case_no, paper.party.credit_code), running_head=head,
        blocks=[Chapter(name, "hidden"), *_first_line(marks), *blocks], foot=paper.mark or foot, page_line="第{page}页 共{pages}页",
    )  # fmt: skip


def red_head(paper: Paper) -> Iterator[Block]:
    number = paper.number or ("（文号待定）" if paper.kind.numbering else "")
    yield from (Text(paper.agency, "red_head"), Space(6), Text(number, "official_no"), Rule("red"), Space(4))
    yield Text(paper.kind.zh, "official_title")


def plain_head(paper: Paper) -> Iterator[Block]:
    """Of records and inner papers."""
    yield Text(paper.agency, "cover_line")
    yield Text(paper.kind.zh, "official_title")
    if paper.number:
        yield Text(paper.number, "official_no")


def party_lines(paper: Paper) -> Iterator[Block]:
    for label, text in party_facts(paper):
        yield Text(f"{label}：{text}", "official_plain")


def party_facts(paper: Paper) -> list[tuple[str, str]]:
    party = paper.party
    known = [("当事人", party.name), ("统一社会信用代码", party.credit_code), ("地址", party.address), ("法定代表人（负责人）", party.head)]
    return [(label, text) for label, text in known if text]


def part(paper: Paper, heading: str, *keys: str) -> Part:
    """The answers under a heading; named where there are several."""
    lines = paper.chosen(keys)
    return Part(heading, [lines[0].text] if len(lines) == 1 else [said(line) for line in lines])


def said(line: Line) -> str:
    return f"{line.label}：{line.text}"


def numbered(parts: Sequence[Part]) -> list[list[Text]]:
    """Parts that say something, as 一、二、三."""
    telling = [one for one in parts if any(text.strip() for text in one.texts)]
    return [
        [Text(f"{in_chinese(number)}、{one.heading}", "official_heading"), *(Text(text, "official") for text in one.texts if text.strip())]
        for number, one in enumerate(telling, start=1)
    ]


def ending(parts: Sequence[Sequence[Text]], closing: Sequence[Text | Rule | Space]) -> Iterator[Block]:
    """All parts; a signature never stands on a page without text: the last part, if it is not long, goes with it."""
    *first, last = parts or [[]]
    for one in first:
        yield from one
    if sum(len(text.text) for text in last) > LONGEST_TOGETHER:
        yield from last
        last = []
    yield Together((*last, *closing))


def sealed(paper: Paper, day: str) -> list[Text | Rule | Space]:
    """Agency, day and room for the seal."""
    return [Space(16), Text(paper.agency, "official_right"), Text(day or day_in_chinese(paper.day), "official_right"),
            Text("（印章）", "official_right")]  # fmt: skip


def receipt_lines(paper: Paper, *, signer: str = "当事人") -> list[Text | Rule | Space]:
    """Where the party, or the authority it goes to, signs for the paper, and where a refusal is noted."""
    if not (paper.kind.signed_by_party or paper.kind.needs_receipt):
        return []
    return [
        Space(6), Rule(), Space(2), Text(f"{signer}签收（签名或者盖章）：{BLANK}  {DATE}", "official_note"),
        Text(f"拒绝签收的，注明情况：{BLANK}  见证人：{BLANK}", "official_note"),
        *([Text(f"执法人员签名：{BLANK}、{BLANK}", "official_note")] if paper.kind.needs_two_officers else []),
    ]  # fmt: skip


def served_block(paper: Paper) -> Iterator[Block]:
    """How it was served, below the paper itself."""
    if paper.served:
        yield Section("送达记录")
        for one in paper.served:
            texts = [("送达方式", one.way), ("收件人", one.receiver), ("送达日期", one.on), ("备注", one.remarks)]
            yield Facts([(label, text) for label, text in texts if text])


def _first_line(marks: str) -> list[Block]:
    return [Text(marks, "note")] if marks else []
