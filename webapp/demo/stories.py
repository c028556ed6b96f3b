"""What happens in the demo cases, step by step. Each step is done by somebody of the task's candidate group.

Source: domain/06, 6.7 (scripted cases), as far as the lifecycle shows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """Complete the open task ``element`` of ``process``, ``after_hours`` later; ``answers`` differ from the usual ones."""

    process: str
    element: str
    answers: Answers = field(default_factory=dict)
    after_hours: int = 20


@dataclass(frozen=True, slots=True)
class Story:
    """``industry`` and ``town``: of the employer it happens to, "" for any; ``days_ago``: when it began."""

    title: str
    days_ago: int
    steps: Sequence[Step]
    industry: str = ""
    town: str = ""
    finding: Answers = field(default_factory=dict)


def case(element: str, own: Answers | None = None, *, after_hours: int = 20, **answers: Any) -> Step:
    return leg("case_lifecycle", element, own, after_hours=after_hours, **answers)


def leg(process: str, element: str, own: Answers | None = None, *, after_hours: int = 20, **answers: Any) -> Step:
    return Step(process, element, {**(own or {}), **answers}, after_hours)


VERIFIED = [case("verify")]
ACCEPTED = [*VERIFIED, case("accept", after_hours=30)]
FILED = [*ACCEPTED, case("file_case", after_hours=26)]
INSPECTED = [*FILED, case("inspect", after_hours=50)]
PROPOSED = [*INSPECTED, case("propose", after_hours=70)]
DECIDED = [*PROPOSED, case("decide", after_hours=40)]
ORDERED = [*DECIDED, leg("correction", "issue_order", after_hours=6)]
REINSPECT_HOURS = 16 * 24  # the day after the date of the order
CORRECTED = [*ORDERED, leg("correction", "reinspect", after_hours=REINSPECT_HOURS)]
SCREENED = [*CORRECTED, case("screen_crime", after_hours=24)]
CLEARED = [*SCREENED, case("decide_referral")]
REPORTED = [*CLEARED, case("report_closing", after_hours=30)]
CLOSED = [*REPORTED, case("approve_closing")]

_NOT_CORRECTED = leg(
    "correction", "reinspect", after_hours=REINSPECT_HOURS, result="partly", findings="大部分项目已改正，其余见未改正的项目。"
)
_HARM: Answers = {"health_harm": "diagnosed", "assistance": ["work_injury", "civil_assistance"]}
_SWITCHED_OFF = "为节省电费长期关闭除尘系统，粉尘浓度超过限值，1名工人已确诊职业性尘肺病"
_CLAUSES = "《职业病防治法》第七十二条第一项、第七十五条第六项"
_LEGS = [
    leg("work_injury", "hand_in", after_hours=30),
    leg("civil_assistance", "hand_in", after_hours=4),
    leg("work_injury", "accept", after_hours=60),
    leg("civil_assistance", "handle", after_hours=40),
]
_FINED: Answers = {
    "penalty_kinds": ["fine"],
    "reasons": "违法事实清楚，已造成健康损害，依据《职业病防治法》第七十五条第六项处以罚款，责令限期改正。",
}
_REFERRED = [
    *FILED,
    case("inspect", _HARM, after_hours=50, violations=["V-75-06", "V-72-01"], facts=f"经检查、采样检测和询问查明：{_SWITCHED_OFF}。"),
    *_LEGS,
    case("propose", _FINED, clauses=_CLAUSES, facts=f"该单位{_SWITCHED_OFF}。", proposed_fine=60000),
    case("decide", _FINED, after_hours=30, fine=60000, discussed="done", notice="heard", legal_review="passed"),
    leg("correction", "issue_order", after_hours=6, clauses=_CLAUSES),
    leg("correction", "reinspect", after_hours=REINSPECT_HOURS),
    case(
        "screen_crime",
        after_hours=24,
        safety_disabled="yes",
        stop_order_refused="yes",
        facts="除尘系统和报警装置被擅自关闭，停止作业的决定送达后仍组织作业，未发生事故。",
    ),
    case("decide_referral", after_hours=10, decision="refer", reasons="具有发生事故的现实危险，符合移送条件，成立专案组。"),
    leg("police_referral", "write_report"),
]
_SENT = [*_REFERRED, leg("police_referral", "approve"), leg("police_referral", "send", after_hours=8)]
_URGENT: Answers = {"urgency": "A", "signs": ["facilities", "ppe", "illness"]}
_COMPLAINT: Answers = {"source": "complaint", "description": "群众电话反映该单位无防护作业、气味刺鼻，要求为其保密。"}
_REFUSED: Answers = {
    "employer_response": "refused",
    "signs": ["refused_entry"],
    "description": "门卫以负责人不在为由拒绝巡查员进入生产区，经说明依据后仍不允许，已记录并请两名见证人签字。",
}

STORIES: tuple[Story, ...] = (
    Story("the police return the file, then file", 59, [
        *_SENT, leg("police_referral", "answer", answer="return"), leg("police_referral", "supplement", after_hours=6),
        leg("police_referral", "answer"), leg("work_injury", "decide", after_hours=30),
    ], "C3391", finding=_URGENT),
    Story("closed after sending the report back", 58, [
        *REPORTED, case("approve_closing", decision="back"), case("report_closing"), case("approve_closing"),
    ], "C171", "TC-SX"),
    Story("closed", 56, CLOSED, "O8111", "TC-SX"),
    Story("closed in another town", 55, CLOSED, "C26", "TC-LH"),
    Story("the principal head declines", 56, [*_REFERRED, leg("police_referral", "approve", decision="decline")], "C303", "TC-SX", _URGENT),
    Story("a second correction round", 52, [
        *ORDERED, _NOT_CORRECTED, case("review_correction"), leg("correction", "issue_order"),
    ], "C331", "TC-SX"),
    Story("foundry: police referral and two assistance legs", 52, _SENT, "C3391", "TC-SX", _URGENT),
    Story("the closing report is late", 51, CLEARED, town="SND-HG"),
    Story("the closing waits for approval", 49, REPORTED, "C29", "TC-SX"),
    Story("the chief reviews the correction", 44, [*ORDERED, _NOT_CORRECTED], "C203", "TC-SX"),
    Story("the crime screen is due", 38, CORRECTED, "C3360", "TC-SX"),
    Story("the re-inspection is due", 28, ORDERED, "C398", "TC-SX"),
    Story("a correction is ordered", 24, ORDERED, "C367", "TC-LH"),
    Story("rejected by intake", 25, [*VERIFIED, case("accept", decision="reject", after_hours=40)], "C29", "TC-SX"),
    Story("never declared: a decision is proposed", 22, PROPOSED, "C367", "TC-LH", {"source": "campaign", "signs": ["declaration"]}),
    Story("a decision is proposed", 20, PROPOSED, town="SND-KJ"),
    Story("unfounded", 20, [
        case("verify", conclusion="unfounded", facts="到场查看并询问两名工人，未见投诉所述的作业。"),
    ], "C203", "TC-SX", _COMPLAINT),
    Story("refused entry: the inspection is due", 16, [
        case("verify", met="staff", facts="再次到场仍被门卫拒绝，未能进入生产区，已录像并由两名见证人签字。"), *FILED[1:],
    ], "C331", "TC-SX", _REFUSED),
    Story("waiting too long for the town", 15, [], "C367", "TC-LH"),
    Story("the inspection is due", 14, FILED, "C3391", "TC-SX"),
    Story("corrected on the spot", 12, [case("verify", conclusion="corrected", met="head")], "O8111", "TC-SX", {"urgency": "C"}),
    Story("unfounded in the other district", 10, [
        case("verify", conclusion="unfounded", facts="到场查看并询问三名工人，未见投诉所述的作业。"),
    ], town="SND-HG", finding=_COMPLAINT),
    Story("returned once to the town", 9, [*VERIFIED, case("accept", decision="return", after_hours=40)], "C303", "TC-SX"),
    Story("waiting for filing", 8, ACCEPTED, "C3360", "TC-SX", {"source": "test_report", "signs": ["over_limit"]}),
    Story("facts were added", 8, [case("verify", conclusion="more_facts", after_hours=10), case("supplement_finding")], "C331", "TC-SX"),
    Story("waiting for intake", 6, VERIFIED, "C398", "TC-SX"),
    Story("waiting for intake in the other district", 5, VERIFIED, town="SND-ZB"),
    Story("the town waits for facts", 3, [case("verify", conclusion="more_facts", after_hours=10)], "C331", "TC-SX"),
    Story("waiting for the town", 1, [], "C171", "TC-SX"),
    Story("found today", 0, [], "C3391", "TC-SX", {**_URGENT, "description": "浇铸工段除尘系统停用，扬尘严重，1名工人咳嗽胸闷已送医。"}),
)  # fmt: skip
