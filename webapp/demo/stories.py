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
    """``industry``: of the employer it happens to; ``days_ago``: when it began; ``count``: how many such cases."""

    title: str
    industry: str
    days_ago: int
    steps: Sequence[Step]
    finding: Answers = field(default_factory=dict)
    count: int = 1


def case(element: str, *, after_hours: int = 20, **answers: Any) -> Step:
    return Step("case_lifecycle", element, answers, after_hours)


def leg(process: str, element: str, *, after_hours: int = 20, **answers: Any) -> Step:
    return Step(process, element, answers, after_hours)


VERIFIED = [case("verify")]
ACCEPTED = [*VERIFIED, case("accept", after_hours=30)]
FILED = [*ACCEPTED, case("file_case", after_hours=26)]
INSPECTED = [*FILED, case("inspect", after_hours=50)]
DECIDED = [*INSPECTED, case("propose", after_hours=70), case("decide", after_hours=40)]
ORDERED = [*DECIDED, leg("correction", "issue_order", after_hours=6)]
CORRECTED = [*ORDERED, leg("correction", "reinspect", after_hours=200)]
SCREENED = [*CORRECTED, case("screen_crime", after_hours=24)]
CLEARED = [*SCREENED, case("decide_referral", after_hours=20)]
CLOSED = [*CLEARED, case("report_closing", after_hours=30), case("approve_closing", after_hours=20)]

_HARM = {"health_harm": "diagnosed", "sick_workers": 2, "assistance": ["work_injury", "civil_assistance"]}
_LEGS = [
    leg("work_injury", "hand_in", after_hours=30),
    leg("civil_assistance", "hand_in", after_hours=4),
    leg("work_injury", "accept", after_hours=60),
    leg("civil_assistance", "handle", after_hours=40),
]
_REFERRED = [
    *FILED,
    case("inspect", after_hours=50, violations=["V-75-06", "V-72-01"], **_HARM),
    *_LEGS,
    case("propose", after_hours=20),
    case("decide", after_hours=30),
    leg("correction", "issue_order", after_hours=6),
    leg("correction", "reinspect", after_hours=160),
    case(
        "screen_crime",
        after_hours=24,
        safety_disabled="yes",
        stop_order_refused="yes",
        facts="除尘系统和报警装置被擅自关闭，停产决定送达后仍组织作业。",
    ),
    case("decide_referral", after_hours=10, decision="refer", reasons="存在现实危险，符合移送条件，成立专案组。"),
    leg("police_referral", "write_report", after_hours=20),
]
_NOT_CORRECTED = leg("correction", "reinspect", after_hours=160, result="partly", findings="排风已恢复，检测报告未出具。")

STORIES: tuple[Story, ...] = (
    Story(
        "corrected on the spot",
        "O8111",
        12,
        [case("verify", conclusion="corrected")],
        {"place": "喷漆房外空地", "hazards": ["chemical"], "description": "在露天喷漆，未使用喷漆房，工人佩戴普通口罩。"},
        count=2,
    ),
    Story("unfounded", "C203", 20, [case("verify", conclusion="unfounded")], {"source": "complaint"}, count=2),
    Story("the town waits for facts", "C331", 3, [case("verify", conclusion="more_facts", after_hours=10)], count=2),
    Story("facts were added", "C331", 8, [case("verify", conclusion="more_facts", after_hours=10), case("supplement_finding")]),
    Story("found today", "C3391", 0, [], {"urgency": "A", "description": "浇铸工段粉尘浓度明显偏高，除尘系统停用，现场多名工人作业。"}),
    Story("waiting for the town", "C171", 1, [], {"place": "清花车间", "description": "清花车间棉尘较大，部分工人未佩戴口罩。"}, count=2),
    Story("waiting too long for the town", "C367", 15, [], {"description": "焊接岗位烟尘未收集，未见警示标识。"}),
    Story(
        "waiting for intake",
        "C398",
        6,
        VERIFIED,
        {"hazards": ["chemical"], "place": "清洗间", "description": "清洗间使用有机溶剂，排风停用。"},
        count=2,
    ),
    Story("rejected by intake", "C29", 25, [*VERIFIED, case("accept", decision="reject", after_hours=40)]),
    Story("returned once to the town", "C26", 9, [*VERIFIED, case("accept", decision="return", after_hours=40)], {"hazards": ["chemical"]}),
    Story(
        "waiting for filing",
        "C3360",
        7,
        ACCEPTED,
        {"hazards": ["chemical"], "place": "电镀线", "description": "铬酸槽旁排风停用，槽边无防护。"},
    ),
    Story("inspection is due", "C3391", 14, FILED, count=2),
    Story("a decision is proposed", "C367", 24, [*INSPECTED, case("propose", after_hours=70)], count=2),
    Story("a correction is ordered", "C3360", 30, ORDERED, {"hazards": ["chemical"], "place": "酸洗线"}),
    Story("a second correction round", "C331", 48, [*ORDERED, _NOT_CORRECTED, case("review_correction"), leg("correction", "issue_order")]),
    Story("the chief reviews the correction", "C203", 40, [*ORDERED, _NOT_CORRECTED], {"place": "砂光工段"}),
    Story("the crime screen is due", "C3391", 38, CORRECTED),
    Story(
        "foundry: police referral and two assistance legs",
        "C3391",
        45,
        [*_REFERRED, leg("police_referral", "approve"), leg("police_referral", "send", after_hours=8)],
    ),
    Story("the principal head declines", "C303", 50, [*_REFERRED, leg("police_referral", "approve", decision="decline")]),
    Story(
        "the police return the file, then file",
        "C3391",
        55,
        [
            *_REFERRED,
            leg("police_referral", "approve"),
            leg("police_referral", "send", after_hours=8),
            leg("police_referral", "answer", answer="return"),
            leg("police_referral", "supplement"),
            leg("police_referral", "answer"),
            leg("work_injury", "decide", after_hours=30),
        ],
    ),
    Story("closed", "O8111", 52, CLOSED, {"hazards": ["chemical", "physical"]}, count=2),
    Story(
        "closed after sending the report back",
        "C171",
        56,
        [*CLEARED, case("report_closing"), case("approve_closing", decision="back"), case("report_closing"), case("approve_closing")],
    ),
)
