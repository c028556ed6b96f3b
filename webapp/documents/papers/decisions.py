"""Decisions on penalties 处罚决定书.

Contents of APL 59: party; facts and evidence; kind and basis; way and time; remedies; agency and date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from webapp.documents.papers import wording
from webapp.documents.papers.openings import opening
from webapp.documents.papers.paper import Paper
from webapp.documents.papers.parts import (
    Part,
    document_of,
    ending,
    numbered,
    part,
    party_lines,
    receipt_lines,
    red_head,
    said,
    sealed,
    served_block,
)
from webapp.printing.model import Block, Document, Text

_DISCUSSED = ("discussed", "discussed_on", "discussed_by")
_USED = {"facts", "violations", "reasons", "ground", "penalty_kinds", "fine", "exemption", "decided_on", "decision", *_DISCUSSED}


def compose_decision(paper: Paper) -> Document:
    return document_of(paper, list(_blocks(paper, DECISIONS[paper.kind.code])))


def _blocks(paper: Paper, parts: Callable[[Paper], Iterator[Part]]) -> Iterator[Block]:
    yield from red_head(paper)
    yield from party_lines(paper)
    yield Text(opening(paper), "official")
    yield from ending(numbered(list(parts(paper))), [*sealed(paper, paper.text("decided_on")), *receipt_lines(paper)])
    yield from served_block(paper)


def _penalty(paper: Paper) -> Iterator[Part]:
    yield part(paper, "违法事实和证据", "facts")
    yield Part("处罚的理由和依据", [paper.text("reasons"), wording.basis(paper), *_named(paper, "ground", *_DISCUSSED)])
    yield Part(
        "处罚决定",
        [wording.penalty(paper, kinds="penalty_kinds", fine="fine", verb="决定给予当事人以下行政处罚"), wording.correction(paper)],
    )
    yield _others(paper)
    yield wording.payment(paper)
    yield wording.remedies(paper)


def _on_the_spot(paper: Paper) -> Iterator[Part]:
    yield part(paper, "违法事实", "facts")
    yield Part("处罚的理由和依据", [paper.text("reasons"), wording.basis(paper), *_named(paper, "ground")])
    yield Part(
        "处罚决定",
        [wording.penalty(paper, kinds="penalty_kinds", fine="fine", verb="当场决定给予当事人以下行政处罚"), wording.correction(paper)],
    )
    yield _others(paper)
    yield wording.collected(paper)
    yield wording.remedies(paper)


def _no_penalty(paper: Paper) -> Iterator[Part]:
    yield part(paper, "查明的事实和证据", "facts")
    yield Part("不予处罚的理由和依据", [*_named(paper, "exemption", *_DISCUSSED), paper.text("reasons")])
    yield Part("决定", ["决定对当事人不予行政处罚；对当事人进行教育，责令改正上述违法行为。"])
    yield _others(paper)
    yield wording.remedies(paper)


def _decided(paper: Paper, verb: str) -> Part:
    told = wording.penalty(paper, kinds="penalty_kinds", fine="fine", verb=verb)
    return Part("处罚决定", [told, wording.correction(paper)])


def _named(paper: Paper, *keys: str) -> list[str]:
    return [said(line) for line in paper.chosen(keys)]


def _others(paper: Paper) -> Part:
    return Part("其他事项", [said(line) for line in paper.others(_USED)])


DECISIONS: dict[str, Callable[[Paper], Iterator[Part]]] = {"D20": _penalty, "D21": _on_the_spot, "D22": _no_penalty}
