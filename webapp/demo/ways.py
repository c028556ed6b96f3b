"""Stretches of the way through the processes that several demo stories share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """Complete the open task ``element`` of ``process``, ``after_hours`` later; ``answers`` differ from the usual ones.

    ``round``: 2 in the case that was filed because the first was not corrected.
    """

    process: str
    element: str
    answers: Answers = field(default_factory=dict)
    after_hours: float = 20
    round: int = 1


def case(element: str, own: Answers | None = None, *, after_hours: float = 20, **answers: Any) -> Step:
    return leg("case_lifecycle", element, own, after_hours=after_hours, **answers)


def leg(process: str, element: str, own: Answers | None = None, *, after_hours: float = 20, **answers: Any) -> Step:
    return Step(process, element, {**(own or {}), **answers}, after_hours)


def again(element: str, *, after_hours: float = 20, **answers: Any) -> Step:
    return Step("case_lifecycle", element, answers, after_hours, round=2)


SAME_DAY = 4
HARM: Answers = {"health_harm": "diagnosed", "insured": "yes", "employer_exists": "yes", "hardship": "yes", "sudden_need": "no"}
_GONE: Answers = {"health_harm": "diagnosed", "insured": "no", "employer_exists": "no", "hardship": "no", "sudden_need": "no"}
_UNTIL_DUE = 13 * 24  # from the served order to the day before it is due

TAKEN = [case("town_accept", after_hours=SAME_DAY)]
VERIFIED = [*TAKEN, case("verify", after_hours=10)]
ACCEPTED = [*VERIFIED, case("accept")]
FILED = [*ACCEPTED, case("propose_filing"), case("file_case", after_hours=SAME_DAY)]
INSPECTED = [*FILED, case("inspect", after_hours=30)]
CONCLUDED = [*INSPECTED, case("conclude", after_hours=50)]
CLEARED = [*CONCLUDED, case("screen_crime", after_hours=SAME_DAY), case("decide_referral", after_hours=SAME_DAY)]
DELIBERATED = [*CLEARED, case("deliberate")]

# Warned only: no hearing is offered, so no legal review is due.
NOTIFIED = [*DELIBERATED, case("give_notice", after_hours=SAME_DAY), case("serve_notice")]
HEARD = [*NOTIFIED, case("hear_party")]
DECIDED = [*HEARD, case("decide", after_hours=SAME_DAY)]
SERVED = [*DECIDED, case("serve_decision")]
ORDERED = [*SERVED, leg("correction", "issue_order", after_hours=SAME_DAY), leg("correction", "serve_order", after_hours=2)]
WATCHED = [*ORDERED, leg("correction", "watch", after_hours=_UNTIL_DUE)]
CORRECTED = [*WATCHED, leg("correction", "reinspect", after_hours=50)]
REPORTED = [*CORRECTED, case("report_closing", reason="corrected")]
CLOSED = [*REPORTED, case("approve_closing")]
NOT_CORRECTED = [
    *ORDERED,
    leg("correction", "watch", result="due", after_hours=_UNTIL_DUE),
    leg("correction", "reinspect", after_hours=50, result="partly", findings="大部分项目已改正，其余见未改正的项目。",
        corrected_items=["V-72-04"], open_items=["V-72-02"]),
]  # fmt: skip
WARNED_ON_THE_SPOT = [
    *FILED, case("inspect", procedure="summary"), case("summary_decision", after_hours=SAME_DAY),
    leg("correction", "issue_order", after_hours=2), leg("correction", "serve_order", after_hours=2),
    leg("correction", "watch", after_hours=10 * 24), leg("correction", "reinspect", after_hours=30),
    case("report_closing", reason="corrected"), case("approve_closing"),
]  # fmt: skip

# Fined: a hearing is offered, so the legal review is due.
FINE_NOTIFIED = [*DELIBERATED, case("review"), case("give_notice", after_hours=SAME_DAY), case("serve_notice")]
FINE_ORDERED = [
    *FINE_NOTIFIED, case("hear_party", result="stated"), case("decide", after_hours=SAME_DAY, discussed="done"), case("serve_decision"),
    leg("correction", "issue_order", after_hours=SAME_DAY), leg("correction", "serve_order", after_hours=2),
]  # fmt: skip
FINE_REPORTED = [
    *FINE_ORDERED, case("await_payment", after_hours=50), leg("correction", "watch", after_hours=_UNTIL_DUE),
    leg("correction", "reinspect", after_hours=50), case("report_closing"),
]  # fmt: skip
FINE_CLOSED = [*FINE_REPORTED, case("approve_closing")]

_SUSPECTED = [
    case("conclude", after_hours=30),
    case("screen_crime", safety_disabled="yes", stop_order_refused="yes",
         facts="除尘系统和报警装置被擅自关闭，停止作业的决定送达后仍组织作业，未发生事故。"),
    case("decide_referral", after_hours=SAME_DAY, decision="refer", reasons="具有发生事故的现实危险，符合移送条件，成立专案组。"),
    leg("police_referral", "write_report"),
]  # fmt: skip
_SENT = [leg("police_referral", "approve"), leg("police_referral", "send", after_hours=SAME_DAY)]
_HELPED = [
    leg("work_injury", "certificate", after_hours=2), leg("work_injury", "hand_in", after_hours=2), leg("dibao", "hand_in", after_hours=2),
    leg("work_injury", "apply"), leg("work_injury", "accept"), leg("dibao", "survey", after_hours=30),
]  # fmt: skip
POLICE_REPORTED = [*INSPECTED, *_SUSPECTED]
POLICE_SENT = [*POLICE_REPORTED, *_SENT]
POLICE_AND_HELP = [
    *FILED, case("inspect", HARM, after_hours=30, facts="经检查和询问查明：{facts}；1名工人已确诊职业性尘肺病。"), *_HELPED,
    *_SUSPECTED, *_SENT, leg("dibao", "publish", after_hours=1),
]  # fmt: skip
MEDICAL_AID = [*FILED, case("inspect", _GONE, after_hours=30), leg("medical_aid", "hand_in", after_hours=SAME_DAY)]
MEASURES = [
    *FILED, case("inspect", measures=["registration", "control"]),
    leg("evidence_registration", "propose", after_hours=1), leg("interim_control", "propose", after_hours=1),
    leg("evidence_registration", "approve", after_hours=1), leg("interim_control", "approve", after_hours=1),
    leg("evidence_registration", "register"), leg("interim_control", "impose", after_hours=1),
]  # fmt: skip
LABOUR_SENT = [
    *VERIFIED, case("accept", matters=["labour"]), leg("labour_referral", "prepare"),
    leg("labour_referral", "approve", after_hours=SAME_DAY), leg("labour_referral", "send", after_hours=SAME_DAY),
]  # fmt: skip
