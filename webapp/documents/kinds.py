"""The kinds of documents 文书: who makes them, how they are numbered, who signs them.

Source: domain/02 2.4. Codes are what diagrams name in the property ``document``. Papers with two faces have two codes: each face has
its own number, form and print.
"""

from __future__ import annotations

from dataclasses import dataclass

PENALTY, PLAIN = "penalty", "plain"  # numberings: area, 卫, class and nature, year, serial; or word, year, serial


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. ``makers``: roles that may make it; ``word``: what the number begins with, after the area where it has one.

    ``numbering``: PENALTY, PLAIN or None for papers without a number; ``signed_by_party``: it has lines for the party's signature;
    ``needs_receipt``: it takes effect by service; ``needs_two_officers``: at least two officers with certificates are named in it;
    ``by_hand``: it may be made outside a task; ``form_key``: the form whose values it holds.
    """

    code: str
    zh: str
    en: str
    makers: frozenset[str]
    numbering: str | None
    word: str
    signed_by_party: bool
    needs_receipt: bool
    needs_two_officers: bool
    by_hand: bool
    form_key: str


def _kind(
    code: str, zh: str, en: str, *, makers: str, form: str, number: tuple[str, str] | None = None, traits: frozenset[str] = frozenset()
) -> Kind:
    numbering, word = number or (None, "")
    return Kind(
        code,
        zh,
        en,
        makers=frozenset(makers.split()),
        numbering=numbering,
        word=word,
        signed_by_party="signed" in traits,
        needs_receipt="served" in traits,
        needs_two_officers="officers" in traits,
        by_hand="by_hand" in traits,
        form_key=form,
    )


_OFFICERS = "HD_OFF HD_LEAD"
_SIGNED, _SERVED, _BY_HAND = frozenset({"signed"}), frozenset({"served"}), frozenset({"by_hand"})
_RECORD = frozenset({"signed", "officers"})  # 笔录
_RECORD_BY_HAND = _RECORD | {"by_hand"}

_ALL = (
    _kind("D01", "巡查记录", "Patrol record", makers="GRID TOWN", form="finding", traits=_SIGNED),
    _kind("D02", "线索登记单", "Clue form", makers="GRID TOWN HD_INTAKE HD_LEAD", form="finding", number=(PLAIN, "职线")),
    _kind("D03", "告知承诺书", "Notification and commitment letter", makers="TOWN", form="commitment", traits=_SIGNED | {"by_hand"}),
    _kind("D04", "案件受理记录", "Record of acceptance", makers="HD_INTAKE", form="acceptance", number=(PLAIN, "卫职受")),
    _kind("D05", "立案报告", "Filing report", makers="HD_LEAD HD_CHIEF", form="filing_proposal", number=(PLAIN, "卫职立")),
    _kind("D06", "现场笔录", "On-site record", makers=_OFFICERS, form="inspection", traits=_RECORD),
    _kind("D07", "询问笔录", "Interview record", makers=_OFFICERS, form="interview", traits=_RECORD_BY_HAND),
    _kind("D08", "采样记录", "Sampling record", makers=_OFFICERS, form="sampling", traits=_RECORD_BY_HAND),
    _kind(
        "D09A",
        "证据先行登记保存决定书",
        "Evidence registration decision",
        makers="HD_LEAD HD_CHIEF",
        form="evidence_registration",
        number=(PLAIN, "卫职证保"),
        traits=_RECORD | _SERVED,
    ),
    _kind(
        "D09B",
        "证据先行登记保存处理决定书",
        "Decision on registered evidence",
        makers="HD_LEAD HD_CHIEF",
        form="evidence_handling",
        number=(PLAIN, "卫职证处"),
        traits=_SIGNED | _SERVED,
    ),
    _kind(
        "D10",
        "卫生监督意见书",
        "Supervision opinion letter",
        makers=_OFFICERS,
        form="opinion_letter",
        number=(PLAIN, "卫职监意"),
        traits=_RECORD_BY_HAND | _SERVED,
    ),
    _kind(
        "D11",
        "责令限期改正通知书",
        "Correction order",
        makers="HD_OFF HD_LEAD TOWN_ENF",
        form="correction_order",
        number=(PLAIN, "卫职责改"),
        traits=_SIGNED | _SERVED,
    ),
    _kind(
        "D12A",
        "卫生行政控制决定书",
        "Interim control decision",
        makers="HD_OFF HD_LEAD HD_CHIEF",
        form="control_order",
        number=(PLAIN, "卫职控"),
        traits=_RECORD | _SERVED,
    ),
    _kind(
        "D12B",
        "解除卫生行政控制决定书",
        "Decision lifting interim control",
        makers="HD_OFF HD_LEAD HD_CHIEF",
        form="control_lifting",
        number=(PLAIN, "卫职解控"),
        traits=_SIGNED | _SERVED,
    ),
    _kind("D13", "案件调查终结报告", "Investigation conclusion", makers="HD_LEAD", form="conclusion"),
    _kind("D14", "合议记录", "Collegial record", makers="HD_COL HD_LEAD HD_CHIEF", form="collegial"),
    _kind("D15", "法制审核意见书", "Legal review opinion", makers="HD_REV", form="legal_review", number=(PLAIN, "卫职法审")),
    _kind(
        "D16",
        "行政处罚事先告知书",
        "Prior notice of penalty",
        makers="HD_LEAD HD_CHIEF",
        form="prior_notice",
        number=(PENALTY, "职罚告"),
        traits=_SERVED,
    ),
    _kind(
        "D17A",
        "行政处罚听证告知书",
        "Notice of hearing rights",
        makers="HD_LEAD HD_CHIEF",
        form="prior_notice",
        number=(PENALTY, "职听告"),
        traits=_SERVED,
    ),
    _kind(
        "D17B",
        "行政处罚听证通知书",
        "Hearing notice",
        makers="HD_HEAR HD_LEAD HD_CHIEF",
        form="hearing_notice",
        number=(PENALTY, "职听通"),
        traits=_SERVED,
    ),
    _kind("D18", "陈述和申辩笔录", "Statement and defence record", makers=_OFFICERS, form="defence", traits=_SIGNED),
    _kind("D19A", "听证笔录", "Hearing record", makers="HD_HEAR", form="hearing", traits=_SIGNED),
    _kind("D19B", "听证意见书", "Hearing opinion", makers="HD_HEAR", form="hearing"),
    _kind("D20", "行政处罚决定书", "Penalty decision", makers="HD_CHIEF HD_COL", form="decision", number=(PENALTY, "职罚"), traits=_SERVED),
    _kind(
        "D21",
        "当场行政处罚决定书",
        "On-the-spot penalty decision",
        makers=_OFFICERS,
        form="summary_decision",
        number=(PENALTY, "职当罚"),
        traits=_RECORD | _SERVED,
    ),
    _kind(
        "D22",
        "不予行政处罚决定书",
        "Decision not to penalise",
        makers="HD_CHIEF HD_COL",
        form="decision",
        number=(PENALTY, "职不罚"),
        traits=_SERVED,
    ),
    _kind("D23", "送达回执", "Service receipt", makers="HD_OFF HD_LEAD HD_INTAKE TOWN", form="service", traits=_SIGNED),
    _kind(
        "D24A",
        "履行义务催告书",
        "Demand letter",
        makers="HD_LEAD HD_CHIEF",
        form="demand",
        number=(PLAIN, "卫职催"),
        traits=_SERVED | {"by_hand"},
    ),
    _kind(
        "D24B",
        "强制执行申请书",
        "Application for court enforcement",
        makers="HD_LEAD HD_CHIEF",
        form="court_application",
        number=(PLAIN, "卫职强申"),
        traits=_BY_HAND,
    ),
    _kind("D25", "结案报告", "Closing report", makers="HD_LEAD", form="closing_report"),
    _kind(
        "D26",
        "案件移送书",
        "Transfer to another agency",
        makers="HD_LEAD HD_INTAKE HD_CHIEF",
        form="transfer_letter",
        number=(PLAIN, "卫职移"),
        traits=_SERVED | {"by_hand"},
    ),
    _kind(
        "D27",
        "涉嫌犯罪案件移送书",
        "Transfer of a suspected crime",
        makers="HD_LEAD HD_PRIN",
        form="transfer_sending",
        number=(PLAIN, "卫职罪移"),
        traits=_SERVED,
    ),
    _kind(
        "D28",
        "立案监督建议书",
        "Proposal of filing supervision",
        makers="HD_LEAD HD_CHIEF HD_PRIN",
        form="supervision_proposal",
        number=(PLAIN, "卫职监建"),
        traits=_BY_HAND,
    ),
    _kind(
        "D28A",
        "提请复议书",
        "Request for reconsideration",
        makers="HD_LEAD HD_CHIEF HD_PRIN",
        form="reconsideration_request",
        number=(PLAIN, "卫职提复"),
    ),
    _kind("D29", "复查记录", "Re-inspection record", makers="HD_OFF HD_LEAD TOWN", form="reinspection", traits=_RECORD),
    _kind(
        "D30",
        "救助转介单",
        "Assistance hand-over form",
        makers="HD_LEAD TOWN",
        form="assistance_referral",
        number=(PLAIN, "卫职救转"),
        traits=_SIGNED,
    ),
    _kind(
        "D31",
        "工伤认定转介告知书",
        "Guidance on work-injury recognition",
        makers="HD_LEAD",
        form="injury_referral",
        number=(PLAIN, "卫职伤转"),
        traits=_SIGNED,
    ),
)

KINDS: dict[str, Kind] = {kind.code: kind for kind in _ALL}
