"""Letters 公文: notices, orders and transfers of the agency, under its red head and seal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

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

Closing = Callable[[Paper], Part]


@dataclass(frozen=True, slots=True)
class Letter:
    """``parts``: heading and fields; ``to``: field of the addressee, the party where it is empty.

    ``day``: field of the date it bears; ``inner``: answers that steer the case and are no part of the letter.
    """

    parts: Sequence[tuple[str, tuple[str, ...]]]
    closing: Sequence[Closing] = ()
    to: str = ""
    day: str = ""
    inner: tuple[str, ...] = ()


def _proposed(paper: Paper) -> Part:
    told = wording.penalty(paper, kinds="proposed_kinds", fine="proposed_fine", verb="本机关拟给予你单位以下行政处罚")
    return Part("拟作出的行政处罚", [told, *(said(line) for line in paper.chosen(("ground",)))])


def _not_a_decision(_: Paper) -> Part:
    return Part("说明", ["本告知书只告知可以申请工伤认定的途径，不是工伤认定决定。"])


_NOTICED = ("proposed_kinds", "proposed_fine", "ground", "hearing_told", "rights_told")
_ONE_NOTICE: tuple[tuple[str, tuple[str, ...]], ...] = (("违法事实", ("facts",)), ("理由和依据", ("reasons", "violations")))

LETTERS = {
    "D03": Letter(
        (
            ("告知的义务", ("told_on", "told_by", "duties")),
            ("职业病危害", ("hazards",)),
            ("承诺", ("answer", "promises", "signer")),
            ("拒绝的情况", ("refusal_reason", "witness")),
        ),
        day="told_on",
    ),
    "D09A": Letter(
        (("登记保存的物品", ("items",)), ("理由", ("reason",)), ("保存的方式和地点", ("kept", "kept_at", "keeper"))),
        (wording.keeping_duty, wording.order_remedies),
        day="registered_on",
    ),
    "D09B": Letter(
        (("处理决定", ("outcome", "receiver")), ("处理的物品", ("items",)), ("理由和依据", ("reason",))),
        (wording.order_remedies,),
        day="handled_on",
    ),
    "D10": Letter((("检查发现的问题", ("inspected_on", "findings")), ("监督意见", ("opinions",)), ("落实期限", ("due_on",)))),
    "D11": Letter(
        (("责令改正的违法行为", ("items",)), ("改正要求", ("requirements",)), ("依据", ("clauses",)), ("改正期限", ("correct_by",))),
        (wording.correction_duty, wording.order_remedies),
        inner=("difficulty",),
    ),
    "D12A": Letter(
        (("事实和证据", ("facts",)), ("措施", ("measure",)), ("控制的作业、物品或者场所", ("objects",)), ("实施", ("imposed_on",))),
        (wording.control_time, wording.order_remedies),
        day="imposed_on",
    ),
    "D12B": Letter(
        (("解除控制的作业、物品或者场所", ("objects",)), ("解除的理由", ("reason",))), (wording.order_remedies,), day="lifted_on"
    ),
    "D16": Letter(_ONE_NOTICE, (_proposed, wording.defence_rights, wording.hearing_rights), inner=_NOTICED),
    "D17A": Letter(_ONE_NOTICE, (_proposed, wording.hearing_rights), inner=_NOTICED),
    "D17B": Letter(
        (("听证的时间和地点", ("hearing_on", "place")), ("听证主持人", ("presider",)), ("是否公开", ("is_public",))),
        (wording.hearing_conduct,),
        day="notified_on",
    ),
    "D24A": Letter((("应当履行的义务", ("duty", "amount")), ("履行的方式", ("way",))), (wording.demand_duty,), day="demanded_on"),
    "D24B": Letter((("申请事项", ("claims",)), ("事实和理由", ("facts",)), ("随附材料", ("materials",))), to="court", day="applied_on"),
    "D26": Letter(
        (
            ("移送的事项", ("matter",)),
            ("移送的理由和依据", ("basis",)),
            ("随附材料", ("attachments",)),
            ("答复和联系", ("reply_by", "contact")),
        ),
        to="receiver",
        day="sent_on",
    ),
    "D27": Letter(
        (
            ("涉嫌的罪名", ("crimes",)),
            ("涉嫌犯罪的事实", ("facts",)),
            ("证据", ("evidence",)),
            ("涉案物品", ("items",)),
            ("随案材料", ("materials", "missing_reason")),
        ),
        (wording.police_duty,),
        to="receiver",
        day="sent_on",
    ),
    "D28": Letter(
        (("移送经过和公安机关的答复", ("facts",)), ("认为应当立案的理由", ("reasons",)), ("随附材料", ("attachments",))),
        to="receiver",
        day="proposed_on",
    ),
    "D28A": Letter((("复议的理由", ("grounds",)),), day="asked_on"),
    "D30": Letter(
        (("救助对象", ("person", "consent", "household")), ("困难情形", ("situation",))),
        to="receiver",
        day="handed_on",
    ),
    "D31": Letter(
        (("告知内容", ("content",)), ("转介情况", ("told", "insured", "receiver", "handed_over_by"))),
        (wording.injury_advice, _not_a_decision),
        day="told_on",
    ),
}


def compose_letter(paper: Paper) -> Document:
    return document_of(paper, list(_blocks(paper, LETTERS[paper.kind.code])))


def _blocks(paper: Paper, letter: Letter) -> Iterator[Block]:
    yield from red_head(paper)
    addressee = paper.text(letter.to)
    if addressee:
        yield Text(f"{addressee}：", "official_plain")
    else:
        yield from party_lines(paper)
    yield Text(opening(paper), "official")
    yield from ending(
        numbered(list(_parts(paper, letter))),
        [*sealed(paper, paper.text(letter.day)), *receipt_lines(paper, signer="接收机关" if addressee else "当事人")],
    )
    yield from served_block(paper)


def _parts(paper: Paper, letter: Letter) -> Iterator[Part]:
    """What the letter asks for, then every other answer, then what the law adds."""
    used = {letter.to, letter.day, *letter.inner, *(key for _, keys in letter.parts for key in keys)}
    for heading, keys in letter.parts:
        yield part(paper, heading, *keys)
    yield Part("其他事项", [said(line) for line in paper.others(used)])
    for closing in letter.closing:
        yield closing(paper)
