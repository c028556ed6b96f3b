"""What happens in the demo cases, step by step. Each step is done by somebody of the task's candidate group.

Source: domain/06, 6.7 (scripted cases), as far as the lifecycle shows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webapp.demo import ways
from webapp.demo.ways import Answers, Step, again, case, leg


@dataclass(frozen=True, slots=True)
class Story:
    """``industry`` and ``town``: of the employer it happens to, "" for any; ``days_ago``: when it began.

    ``words`` stand in the place of those of the trade; ``beside``: title of an earlier story about the same employer; ``waited``: days
    since the last step, in the place of ``days_ago``; ``claimed_after``: hours until somebody claims what is open at the end;
    ``photos``: taken at the verification; ``turn``: which of several people of an office works on it.
    """

    title: str
    days_ago: float
    steps: Sequence[Step]
    industry: str = ""
    town: str = ""
    finding: Answers = field(default_factory=dict)
    words: Mapping[str, object] = field(default_factory=dict)
    beside: str = ""
    employer_id: int | None = None
    waited: float | None = None
    claimed_after: float | None = None
    photos: int = 0
    turn: int = 0


_SWITCHED_OFF: Mapping[str, object] = {
    "violations": ["V-75-06"], "kinds": ["fine"], "fine": 60000, "hearing": "yes", "penalty": "罚款60000元",
    "offence": "擅自停止使用职业病防护设备", "clauses": "《职业病防治法》第七十五条第六项",
    "facts": "为节省电费长期关闭除尘系统，粉尘浓度超过限值",
}  # fmt: skip
_URGENT: Answers = {"urgency": "A", "signs": ["facilities", "ppe", "illness"]}
_COMPLAINT: Answers = {"source": "complaint", "description": "群众电话反映该单位无防护作业、气味刺鼻，要求为其保密。"}
_REFUSED: Answers = {
    "employer_response": "refused",
    "signs": ["refused_entry"],
    "description": "门卫以负责人不在为由拒绝巡查员进入生产区，经说明依据后仍不允许，已记录并请两名见证人签字。",
}

_TOLD: tuple[Story, ...] = (
    Story("the police return the file, then file", 27, [
        *ways.POLICE_SENT, leg("police_referral", "receive", answer="incomplete"), leg("police_referral", "supplement", after_hours=6),
        leg("police_referral", "answer"), leg("police_referral", "hand_over"),
    ], "C3391", finding=_URGENT, words=_SWITCHED_OFF),
    Story("closed after sending the report back", 60, [
        *ways.FINE_REPORTED, case("approve_closing", decision="back"), case("report_closing"), case("approve_closing"),
    ], "C171", "TC-SX"),
    Story("closed", 56, ways.CLOSED, "O8111", "TC-SX"),
    Story("closed in another town", 53, ways.CLOSED, "C26", "TC-LH"),
    Story("the principal head declines", 18, [
        *ways.POLICE_REPORTED, leg("police_referral", "approve", decision="decline", reason="证据不足以证明具有现实危险，补充调查后再报。"),
        case("deliberate"),
    ], "C303", "TC-SX", _URGENT, _SWITCHED_OFF),
    Story("a second round", 67, [
        *ways.NOT_CORRECTED, case("report_closing", reason="not_corrected", correction_state="not_corrected"), case("approve_closing"),
        again("propose_filing"), again("file_case"), again("inspect", after_hours=30),
    ], "C331", "TC-SX"),
    Story("foundry: police referral and two assistance legs", 20, ways.POLICE_AND_HELP, "C3391", "TC-SX", _URGENT, _SWITCHED_OFF),
    Story("the closing report is late", 58, ways.CORRECTED, "C331", "SND-HG"),
    Story("closed after an on-the-spot warning", 40, ways.WARNED_ON_THE_SPOT, "C29", "TC-SX"),
    Story("the closing waits for approval", 38, ways.REPORTED, "C29", "TC-SX"),
    Story("an extension is asked for", 26, [
        *ways.ORDERED, leg("correction", "watch", result="extension_asked", after_hours=10 * 24),
    ], "C203", "TC-SX"),
    Story("the re-inspection is due", 43, ways.WATCHED, "C398", "TC-SX"),
    Story("the fine is to be paid", 24, ways.FINE_ORDERED, "C171", "TC-SX"),
    Story("a correction is to be ordered", 17, ways.SERVED, "C331", "TC-SX"),
    Story("the decision is to be served", 18, ways.DECIDED, "C26", "TC-LH"),
    Story("never declared: a hearing is called", 22, [
        *ways.FINE_NOTIFIED, case("hear_party", result="hearing"), case("call_hearing"),
    ], "C367", "TC-LH", {"source": "patrol", "signs": ["declaration"]}),
    Story("the party may state its case", 18, ways.NOTIFIED, "C3360", "TC-SX"),
    Story("the file came back from the legal review", 20, [
        *ways.DELIBERATED, case("review", result="returned", opinion="粉尘浓度超标持续的时间没有证据，补充后再报。"),
    ], "C303", "TC-SX"),
    Story("the legal review is due", 14, ways.DELIBERATED, "C171", "TC-SX"),
    Story("the panel is due", 13, ways.CLEARED, "C203", "TC-SX"),
    Story("a referral is to be decided", 11, [*ways.CONCLUDED, case("screen_crime", stop_order_refused="unclear")], "C331", "SND-HG"),
    Story("the crime screen is due", 18, ways.CONCLUDED, "C3360", "TC-SX"),
    Story("evidence is kept, a control is running", 15, ways.MEASURES, "C398", "TC-SX"),
    Story("medical aid for a worker whose employer is gone", 12, ways.MEDICAL_AID, "C303", "TC-SX", {"signs": ["illness"]}),
    Story("refused entry: the inspection is due", 15, [
        *ways.TAKEN, case("verify", met="staff", facts="再次到场仍被门卫拒绝，未能进入生产区，已录像并由两名见证人签字。"),
        *ways.FILED[2:],
    ], "C331", "TC-SX", _REFUSED),
    Story("waiting too long for the town", 15, [], "C367", "TC-LH"),
    Story("rejected by intake", 25, [
        *ways.VERIFIED, case("accept", decision="reject", conditions=["none"]), case("answer_rejection"),
    ], "C29", "TC-SX"),
    Story("unfounded", 20, [
        *ways.TAKEN, case("verify", conclusion="unfounded", facts="到场查看并询问两名工人，未见投诉所述的作业。"),
    ], "C203", "TC-SX", _COMPLAINT),
    Story("corrected on the spot", 12, [
        *ways.TAKEN, case("verify", conclusion="corrected", met="head"),
    ], "O8111", "TC-SX", {"urgency": "C"}),
    Story("the labour inspection has a referral", 12, ways.LABOUR_SENT, "C331", "TC-SX"),
    Story("returned once to the town", 9, [*ways.VERIFIED, case("accept", decision="return")], "C303", "TC-SX"),
    Story("waiting for filing", 8, [*ways.ACCEPTED, case("propose_filing")], "C3360", "TC-SX", {"signs": ["over_limit"]}),
    Story("the filing is to be proposed", 7, ways.ACCEPTED, "C331", "SND-HG"),
    Story("facts were added", 4, [
        *ways.TAKEN, case("verify", conclusion="more_facts", after_hours=10), case("supplement_finding"),
    ], "C331", "TC-SX"),
    Story("nobody was there", 4, [
        *ways.TAKEN, case("verify", conclusion="absent", met="nobody", facts="大门关闭，无人应答，已在门卫处留下联系单。", after_hours=10),
    ], "C398", "TC-SX", {"employer_response": "absent"}),
    Story("waiting for intake", 5, ways.VERIFIED, "C398", "TC-SX"),
    Story("waiting for the town's enforcement officer", 4, [
        *ways.TAKEN, case("verify", conclusion="punish", violations=["V-70-04"], after_hours=10),
    ], "C203", "TC-SX"),
    Story("found twice", 3, [case("town_accept", decision="merge", after_hours=4)], beside="waiting for intake"),
    Story("the town waits for facts", 3, [*ways.TAKEN, case("verify", conclusion="more_facts", after_hours=6)], "C331", "TC-SX"),
    Story("waiting for the town", 1, ways.TAKEN, "C171", "TC-SX"),
    Story("found today", 0, [], "C3391", "TC-SX", {**_URGENT, "description": "浇铸工段除尘系统停用，扬尘严重，1名工人咳嗽胸闷已送医。"}),
)  # fmt: skip
# The oldest first, as their case numbers are.
STORIES: tuple[Story, ...] = tuple(sorted(_TOLD, key=lambda story: story.days_ago, reverse=True))
