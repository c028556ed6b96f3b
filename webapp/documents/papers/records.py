"""Records 笔录: what officers saw and heard, signed by everybody on every page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from webapp.documents.papers.paper import Line, Paper
from webapp.documents.papers.parts import BLANK, DATE, document_of, ending, party_facts, plain_head, served_block
from webapp.printing.model import Block, Document, Facts, Space, Text


@dataclass(frozen=True, slots=True)
class Record:
    """``signer``: who signs for the other side; ``read_by``: what that person writes before; ``spoken``: fields that are talk.

    ``after``: what the agency adds below the signatures; ``inner``: answers that steer the case and are no part of the record.
    """

    signer: str
    read_by: str = ""
    spoken: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    officers: str = "执法人员"


_READ = "以上笔录已看过（已向我宣读），与事实相符。"
_STEERING = ("procedure", "measures", "insured", "employer_exists", "hardship", "sudden_need", "assistance")
RECORDS = {
    "D01": Record("用人单位人员", officers="巡查人员"),
    "D06": Record("被检查人", _READ, ("employer_statement",), inner=_STEERING),
    "D07": Record("被询问人", _READ, ("questions",)),
    "D08": Record("被采样单位人员", officers="采样人员"),
    "D18": Record("陈述申辩人", _READ, ("statement", "hearing_request"), after=("review",)),
    "D19A": Record("当事人", _READ, ("record",), inner=("opinion",), officers="听证主持人"),
    "D29": Record("被检查人", _READ, ("findings",)),
}


def compose_record(paper: Paper) -> Document:
    record = RECORDS[paper.kind.code]
    return document_of(paper, list(_blocks(paper, record)), foot=_foot(record))


def _blocks(paper: Paper, record: Record) -> Iterator[Block]:
    yield from plain_head(paper)
    asked = [(line.label, line.text) for line in paper.others((*record.spoken, *record.after, *record.inner))]
    yield Facts([("案号", paper.case_no), *party_facts(paper), *asked])
    yield from ending([_talk(line) for line in paper.chosen(record.spoken)], [Space(6), *_signatures(record)])
    for line in paper.chosen(record.after):
        yield from _talk(line)
    yield from served_block(paper)


def _talk(line: Line) -> list[Text]:
    return [Text(line.label, "section"), Text(line.text, "body")]


def _signatures(record: Record) -> Iterator[Text | Space]:
    if record.read_by:
        yield Text(f"{record.signer}核对意见：{record.read_by}", "official_note")
    yield Text(f"{record.signer}签名：{BLANK}  {DATE}", "official_note")
    yield Text(f"{record.officers}签名：{BLANK}、{BLANK}  {DATE}", "official_note")
    yield Text(f"拒绝签名的，注明情况：{BLANK}  见证人：{BLANK}", "official_note")


def _foot(record: Record) -> str:
    return f"{record.signer}签名：{BLANK}  {record.officers}签名：{BLANK}、{BLANK}"
