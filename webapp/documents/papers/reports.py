"""Inner papers: reports, opinions and minutes of the agency, and the receipt of a service. They are tables with signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from webapp.documents.papers.paper import Paper
from webapp.documents.papers.parts import BLANK, DATE, document_of, party_facts, plain_head
from webapp.printing.model import Block, Document, Facts, Space, Text, Together

# Who signs, by kind.
SIGNERS = {
    "D02": ("登记人",), "D04": ("受理人", "审批人"), "D05": ("承办人", "机关负责人"), "D13": ("承办人", "承办机构负责人"),
    "D14": ("合议人员", "记录人"), "D15": ("法制审核人员",), "D19B": ("听证主持人",), "D25": ("承办人", "机关负责人"),
}  # fmt: skip
INNER = {"D19B": ("signature",)}  # answers that belong to the other face of the form


def compose_report(paper: Paper) -> Document:
    blocks = [*plain_head(paper), Facts([("案号", paper.case_no), *party_facts(paper), *_said(paper)])]
    return document_of(paper, [*blocks, _signed(SIGNERS[paper.kind.code])])


def compose_receipt(paper: Paper) -> Document:
    """送达回执: what was served, how, to whom; signed by the receiver, the server and the witness."""
    return document_of(paper, [*plain_head(paper), *_receipt(paper)])


def _receipt(paper: Paper) -> Iterator[Block]:
    yield Facts([("案号", paper.case_no), ("送达机关", paper.agency), ("受送达人", paper.party.name), ("送达地址", paper.party.address)])
    names = list(dict.fromkeys(one.document for one in paper.served)) or [name for name in (paper.text("document"),) if name]
    yield Facts([(f"送达的文书（{number}）", name) for number, name in enumerate(names, start=1)])
    yield Facts([(line.label, line.text) for line in paper.others(("document",) if paper.text("document") in names else ())])
    yield Together([
        Space(6), Text(f"收件人（签名或者盖章）：{BLANK}  {DATE}", "official_note"),
        Text(f"送达人签名：{BLANK}、{BLANK}  {DATE}", "official_note"), Text(f"见证人签名：{BLANK}  {DATE}", "official_note"),
        Text("受送达人拒绝签收的，由送达人注明拒收的理由和日期，由见证人签名，或者以照片、录像记录送达过程。", "note"),
    ])  # fmt: skip


def _said(paper: Paper) -> list[tuple[str, str]]:
    return [(line.label, line.text) for line in paper.others(INNER.get(paper.kind.code, ()))]


def _signed(signers: Sequence[str]) -> Together:
    return Together([Space(8), *(Text(f"{signer}签名：{BLANK}  {DATE}", "official_note") for signer in signers)])
