"""How many cases of a demo year went which way, and how many stand where today.

Source: domain/06, 6.6: of 190 clues the town keeps and closes 45 %, 60 are filed, 24 of them summary, 22 fined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.demo import ways
from webapp.demo.ways import SAME_DAY, Answers, Step, case, leg

WARNED = frozenset({"C331", "O8111", "C203", "C398", "C3360", "C26", "C29", "C3391"})
FINED = frozenset({"C171", "C303", "C367"})
DUSTY = frozenset({"C3391", "C331", "C203"})
MILD = frozenset({"O8111", "C29", "C398", "C26", "C203"})
ALL = WARNED | FINED
SWITCHED_OFF: Mapping[str, object] = {
    "violations": ["V-75-06"], "kinds": ["fine"], "hearing": "yes", "offence": "擅自停止使用职业病防护设备",
    "clauses": "《职业病防治法》第七十五条第六项", "facts": "为节省电费长期关闭除尘系统，粉尘浓度超过限值",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lot:
    """``count`` cases of one way. ``began``: between so many days ago, for what is over; ``waits``: days since the last step, in turn."""

    title: str
    count: int
    steps: Sequence[Step]
    trades: frozenset[str] = ALL
    began: tuple[float, float] | None = None
    waits: Sequence[tuple[float, float]] = ()
    district: str = ""
    town: str = ""
    source: str = ""
    finding: Answers = field(default_factory=dict)
    words: Mapping[str, object] = field(default_factory=dict)
    is_fined: bool = False


_FRESH = ((0.05, 0.9), (0.1, 1.5), (0.3, 2), (0.1, 0.6))
_URGENT: Answers = {"urgency": "A", "signs": ["facilities", "ppe", "illness"]}
_CORRECTED = case("verify", conclusion="corrected", met="head")
_UNFOUNDED = case("verify", conclusion="unfounded", facts="到场查看并询问两名工人，未见线索所述的作业，设备已停用并断电。")
_REJECTED = case("accept", decision="reject", conditions=["none"])
_NO_VIOLATION = case("inspect", result="none", facts="经现场检查和询问，防护设施运行正常，检测和体检资料齐全，未发现违法行为。")
_HEARING = [*ways.FINE_NOTIFIED, case("hear_party", result="hearing")]
_HEARD_IN_PUBLIC = [*_HEARING, case("call_hearing"), case("hold_hearing", after_hours=14 * 24 + 2)]
_LABOUR = [*ways.VERIFIED, case("accept", matters=["labour"]), leg("labour_referral", "prepare")]
_SOURCES: Answers = {
    "matter": "该单位使用工业探伤装置，未能出示辐射安全许可证，放射源台账不全。", "receiver": "生态环境部门（演示）",
    "basis": "《放射性同位素与射线装置安全和防护条例》：辐射安全由生态环境部门监督管理。",
}  # fmt: skip
_POISONED: Answers = {
    "matter": "该单位{place}2名工人作业中出现头晕、恶心，疑似急性职业中毒，已送医救治。", "receiver": "应急管理部门（演示）",
    "basis": "《安全生产法》：生产安全事故的调查处理由应急管理部门牵头。",
}  # fmt: skip
_RADIATION = [*ways.VERIFIED, case("accept", matters=["radiation"]), leg("radiation_referral", "prepare", _SOURCES)]
_POISONING = [*ways.VERIFIED, case("accept", matters=["poisoning"])]
_INJURY = [*ways.FILED, case("inspect", ways.HARM, after_hours=30, hardship="no"), leg("work_injury", "certificate", after_hours=2)]
_DIBAO = [*ways.FILED, case("inspect", ways.HARM, after_hours=30), leg("dibao", "hand_in", after_hours=SAME_DAY)]
_RELIEF = [
    *ways.FILED, case("inspect", ways.HARM, after_hours=30, hardship="no", sudden_need="yes"),
    leg("temporary_relief", "hand_in", after_hours=SAME_DAY),
]  # fmt: skip
_INJURY_APPLIED = [*_INJURY, leg("work_injury", "hand_in", after_hours=2), leg("work_injury", "apply")]
_INJURY_DECIDED = [*_INJURY_APPLIED, leg("work_injury", "accept"), leg("work_injury", "decide", after_hours=90)]

# What is over. The year's proportions; a case takes two to three months.
OVER = (
    Lot("corrected on the spot", 52, [*ways.TAKEN, _CORRECTED], MILD | {"C331", "C171"}, (12, 362), finding={"urgency": "C"}),
    Lot("unfounded", 21, [*ways.TAKEN, _UNFOUNDED], ALL, (10, 362), source="complaint"),
    Lot("rejected", 10, [*ways.VERIFIED, _REJECTED, case("answer_rejection")], MILD, (20, 362)),
    Lot("warned on the spot", 20, [*ways.WARNED_ON_THE_SPOT], MILD, (42, 362)),
    Lot("warned", 11, [*ways.CLOSED], WARNED, (75, 362)),
    Lot("fined", 14, ways.FINE_CLOSED, FINED, (85, 362), is_fined=True),
    Lot("fined for a switched off plant", 6, ways.FINE_CLOSED, DUSTY, (85, 362), words=SWITCHED_OFF,
        finding=_URGENT, is_fined=True),
    Lot("no violation", 3, [*ways.FILED, _NO_VIOLATION, case("decide_none"), case("report_closing", reason="no_violation"),
        case("approve_closing")], MILD, (40, 360)),
)  # fmt: skip

_CLUES = (
    Lot("waits for the town", 7, [], ALL, waits=((0.02, 0.3), (0.2, 0.8), (0.05, 0.5), (1.5, 3), (0.3, 0.9), (0.1, 0.6), (4, 6))),
    Lot("is verified", 6, ways.TAKEN, ALL, waits=((0.1, 1.5), (1, 2.5), (0.5, 2), (6, 9), (0.2, 1), (1.5, 2.8))),
    Lot("the patroller is asked", 5, [*ways.TAKEN, case("verify", conclusion="more_facts", after_hours=8)], ALL, waits=_FRESH),
    Lot("nobody was there", 3, [
        *ways.TAKEN, case("verify", conclusion="absent", met="nobody", facts="大门关闭，无人应答，已在门卫处留下联系单。", after_hours=10),
    ], MILD, waits=_FRESH, finding={"employer_response": "absent"}),
)  # fmt: skip
_ACCEPTANCE = (
    Lot("waits for intake", 8, ways.VERIFIED, ALL),
    Lot("came back to the town", 3, [*ways.VERIFIED, case("accept", decision="return")], ALL),
    Lot("the rejection is to be answered", 2, [*ways.VERIFIED, _REJECTED], MILD),
    Lot("is judged again", 2, [*ways.VERIFIED, case("accept", decision="return"), case("supplement_report")], ALL),
)
_FILING = (
    Lot("the filing is to be proposed", 7, ways.ACCEPTED, ALL),
    Lot("the filing is to be approved", 7, [*ways.ACCEPTED, case("propose_filing")], ALL),
)
_INVESTIGATION = (
    Lot("the inspection is due", 7, ways.FILED, ALL, waits=((1, 4), (5, 12), (2, 8), (61, 64), (3, 9), (1, 3), (58.5, 59.5))),
    Lot("the report is to be written", 6, ways.INSPECTED, ALL, waits=((1, 4), (3, 9), (2, 12))),
    Lot("evidence is kept", 3, ways.MEASURES, frozenset({"C398", "C3360", "C26"}), waits=((0.2, 1), (1, 3))),
)
_CRIME = (
    Lot("the crime screen is due", 7, ways.CONCLUDED, ALL),
    Lot("the transfer is to be decided", 6, [*ways.CONCLUDED, case("screen_crime", stop_order_refused="unclear")], ALL, waits=_FRESH),
)
_REVIEW = (
    Lot("the panel is due", 6, ways.CLEARED, ALL),
    Lot("the legal review is due", 6, ways.DELIBERATED, FINED, is_fined=True),
    Lot("evidence is to be added", 3, [
        *ways.DELIBERATED, case("review", result="returned", opinion="超标持续时间的证据不足，补充后再报。"),
    ], FINED, is_fined=True),
    Lot("the hearing is to be reviewed", 1, _HEARD_IN_PUBLIC, FINED, is_fined=True),
)  # fmt: skip
_NOTICE = (
    Lot("the notice is to be given", 5, ways.DELIBERATED, WARNED),
    Lot("the notice is to be served", 4, ways.NOTIFIED[:-1], WARNED),
    Lot("the party may state its case", 4, ways.NOTIFIED, WARNED, waits=_FRESH),
    Lot("a hearing is to be called", 2, _HEARING, FINED, waits=((0.2, 2),), is_fined=True),
    Lot("a hearing is called", 2, [*_HEARING, case("call_hearing")], FINED, waits=((2, 6), (7, 12)), is_fined=True),
)
_DECISION = (
    Lot("the decision is due", 7, ways.HEARD, WARNED),
    Lot("the decision is to be served", 7, ways.DECIDED, WARNED),
)
_EXECUTION = (
    Lot("the fine is to be paid", 10, ways.FINE_ORDERED, FINED, waits=((1, 6), (4, 10), (13.5, 14.6), (2, 9), (16, 24)), is_fined=True),
    Lot("the fine for a switched off plant is to be paid", 3, ways.FINE_ORDERED, DUSTY, waits=((2, 9),), words=SWITCHED_OFF,
        is_fined=True),
)  # fmt: skip
_CORRECTION = (
    Lot("a correction is to be ordered", 3, ways.SERVED, WARNED, waits=_FRESH),
    Lot("a correction order is to be served", 3, ways.ORDERED[:-1], WARNED, waits=((0.2, 2), (1, 4))),
    Lot("a correction is under way", 6, ways.ORDERED, WARNED, waits=((2, 12),)),
    Lot("the re-inspection is due", 4, ways.WATCHED, WARNED, waits=((0.5, 4), (2, 6), (9, 12))),
    Lot("an extension is asked for", 3, [*ways.ORDERED, leg("correction", "watch", result="extension_asked", after_hours=240)], MILD),
)
_CLOSING = (
    Lot("the closing report is due", 7, ways.CORRECTED, WARNED, waits=((1, 5), (4, 9), (12.6, 13.6), (17, 22))),
    Lot("the closing is to be approved", 7, ways.REPORTED, WARNED),
)
_POLICE: Mapping[str, Any] = {"trades": DUSTY, "finding": _URGENT, "words": SWITCHED_OFF, "is_fined": True}
_REFERRAL = (
    Lot("the principal head decides on the police", 3, ways.POLICE_REPORTED, waits=_FRESH, **_POLICE),
    Lot("the file goes to the police", 1, ways.POLICE_SENT[:-1], waits=((0.1, 0.6),), **_POLICE),
    Lot("the police have the file", 2, ways.POLICE_SENT, waits=((0.1, 0.6),), **_POLICE),
    Lot("the police decide", 2, [*ways.POLICE_SENT, leg("police_referral", "receive", after_hours=4)], waits=_FRESH, **_POLICE),
    Lot("the police refuse", 1, [
        *ways.POLICE_SENT, leg("police_referral", "receive", after_hours=4), leg("police_referral", "answer", answer="not_filed"),
        leg("police_referral", "receive_refusal", after_hours=SAME_DAY),
    ], waits=((0.2, 1.5),), **_POLICE),
    Lot("the procuratorate asks", 2, [
        *ways.POLICE_SENT, leg("police_referral", "receive", after_hours=4), leg("police_referral", "answer", answer="not_filed"),
        leg("police_referral", "receive_refusal", after_hours=SAME_DAY), leg("police_referral", "choose_remedy", remedy="supervise"),
        leg("police_referral", "propose_directly"),
    ], waits=((0.5, 3),), **_POLICE),
    Lot("the labour referral is to be approved", 2, _LABOUR, ALL),
    Lot("the labour inspection has it", 2, [*ways.LABOUR_SENT], ALL),
    Lot("the labour inspection works on it", 2, [*ways.LABOUR_SENT, leg("labour_referral", "receive")], ALL, waits=((3, 20),)),
    Lot("the ecology office has it", 2, [
        *_RADIATION, leg("radiation_referral", "approve", after_hours=SAME_DAY),
        leg("radiation_referral", "send", _SOURCES, after_hours=SAME_DAY),
    ], ALL, district="TC"),
    Lot("the emergency office has the poisoning", 2, [
        *_POISONING, leg("poisoning_referral", "report_accident", after_hours=2),
        leg("poisoning_referral", "prepare", _POISONED, after_hours=2),
        leg("poisoning_referral", "approve", after_hours=SAME_DAY), leg("poisoning_referral", "send", _POISONED, after_hours=2),
    ], frozenset({"C26", "C3360"}), waits=((0.5, 4),), finding=_URGENT),
    Lot("the poisoning is to be reported", 1, _POISONING, frozenset({"C26"}), waits=((0.02, 0.08),), finding=_URGENT),
)  # fmt: skip
_ASSISTANCE = (
    Lot("the certificate is to be registered", 2, _INJURY[:-1], ALL),
    Lot("the injury office has the application", 3, _INJURY_APPLIED, ALL, waits=((1, 5), (13.2, 14.5), (2, 9))),
    Lot("the injury office decides", 3, _INJURY_DECIDED[:-1], ALL, waits=((5, 30),)),
    Lot("the decision on the injury is to be served", 2, _INJURY_DECIDED, ALL, waits=((1, 6),)),
    Lot("the capability is appraised", 2, [*_INJURY_DECIDED, leg("work_injury", "serve_result")], ALL, waits=((4, 30),)),
    Lot("benefits are to be granted", 2, [
        *_INJURY_DECIDED, leg("work_injury", "serve_result"), leg("work_injury", "appraise", after_hours=90),
    ], ALL, waits=((1, 8),)),
    Lot("the town asks the neighbours", 3, _DIBAO, ALL, waits=((1, 8), (14, 20)), town="TC-SX"),
    Lot("the minimum income is published", 2, [*_DIBAO, leg("dibao", "survey", after_hours=60)], ALL, waits=((1, 4),), town="TC-SX"),
    Lot("the relief is urgent", 2, _RELIEF, ALL, waits=((0.1, 0.8), (1.5, 3)), town="TC-SX"),
    Lot("the relief is to be approved", 2, [*_RELIEF, leg("temporary_relief", "review_urgent", after_hours=SAME_DAY)], ALL,
        waits=((0.5, 4),), town="TC-SX"),
    Lot("medical aid", 2, ways.MEDICAL_AID, ALL, waits=((1, 9),)),
)  # fmt: skip
UNDER_WAY = (
    *_CLUES, *_ACCEPTANCE, *_FILING, *_INVESTIGATION, *_CRIME, *_REVIEW, *_NOTICE, *_DECISION, *_EXECUTION, *_CORRECTION, *_CLOSING,
    *_REFERRAL, *_ASSISTANCE,
)  # fmt: skip
