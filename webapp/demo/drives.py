"""Which campaigns the demo district had and has, and how their visits go.

Source: domain/05 (playbooks), domain/06, 6.6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import orjson

Answers = Mapping[str, Any]
Visit = Sequence[tuple[float, Answers]]  # days to wait, then what was said

_PLANS = {
    "AUTOREP": """依据：区卫健部门《汽车维修行业职业病危害专项治理工作方案》（演示）。
目标：在册汽车维修单位走访检查全覆盖，喷漆、钣金岗位防护设施正常运行，问题整改率95%以上。
分工：镇街核实名单并现场检查，网格员配合，区卫健部门查处移交的案件。""",
    "DUST": """依据：区卫健部门《高危粉尘专项治理工作方案》（演示）。
目标：矽尘、电焊烟尘、木粉尘等接触单位检查全覆盖，除尘设施与生产同步运行，接尘岗位口罩佩戴率95%以上。
分工：镇街核实名单并现场检查，重点单位由区级派员参加，疾控中心提供检测支持。""",
    "PLATING": """依据：区卫健部门《电镀行业职业病危害专项治理工作方案》（演示）。
目标：涉铬、涉镍、涉氰单位检查全覆盖，槽边排风有效运行，高毒岗位检测率100%。
分工：镇街现场检查，区卫健部门查处，生态环境、应急部门按职责配合。""",
}


@dataclass(frozen=True, slots=True)
class Drive:
    """``name`` comes after the year; ``lasts``: days; ``pace``: days in which most visits are made; ``is_scripted``: six visits told."""

    kind: str
    name: str
    days_ago: int
    lasts: int
    district: str = "TC"
    min_workers: int = 0
    pace: float = 30
    is_scripted: bool = False

    @property
    def plan(self) -> str:
        return _PLANS[self.kind]


AUTO_REPAIR = Drive("AUTOREP", "汽车维修行业专项治理(演示)", 12, 90, is_scripted=True)
SMALL = (AUTO_REPAIR,)
FULL = (
    Drive("PLATING", "电镀行业专项治理(演示)", 210, 120, pace=25),
    Drive("DUST", "高危粉尘专项治理(演示)", 62, 90, min_workers=20),
    Drive("DUST", "高危粉尘专项治理(演示)", 33, 90, district="SND"),
    Drive("PLATING", "电镀行业回头看(演示)", 24, 60, pace=20),
    AUTO_REPAIR,
)

RUNNING: Answers = {"method": "on_site", "situation": "running"}
_CLOSED: Answers = {"method": "on_site", "situation": "closed", "reason": "厂房已清空，门卫称上半年搬离，已查询登记信息。"}


def scripted_visits() -> list[Visit]:
    """One in every state; the members beyond still wait for the list check."""
    words = words_of("AUTOREP")
    correction = {"conclusion": "correction", **words["correction"][0]}
    handed_over = {"conclusion": "hand_over", "urgency": "B", **words["hand_over"][0]}
    corrected = {"result": "corrected", "findings": words["corrected"][0]}
    said: tuple[tuple[Answers, ...], ...] = (
        (), (RUNNING, {"conclusion": "pass"}), (RUNNING, correction, corrected), (RUNNING, correction), (RUNNING, handed_over), (RUNNING,),
    )  # fmt: skip
    return [[(50 / 24, one) for one in visit] for visit in said]


def visit_of(drive: Drive, dice: Random) -> Visit:
    """How one visit goes if there is time for all of it."""
    words = words_of(drive.kind)
    first = [(dice.uniform(0.5, drive.pace * 0.6), RUNNING), (dice.uniform(1, drive.pace), {})]
    chance = dice.random()
    if chance < 0.04:
        return [(first[0][0], _CLOSED)]
    if chance < 0.62:
        return [first[0], (first[1][0], {"conclusion": "pass"})]
    if chance < 0.68:
        return [first[0], (first[1][0], {"conclusion": "hand_over", "urgency": "B", **dice.choice(words["hand_over"])})]
    number = dice.randrange(len(words["correction"]))
    corrected = {"result": "corrected", "findings": words["corrected"][number]}
    return [
        first[0], (first[1][0], {"conclusion": "correction", **words["correction"][number]}), (dice.uniform(12, 36), corrected),
    ]  # fmt: skip


def words_of(kind: str) -> dict[str, Any]:
    """What is said at the visits of a kind of campaign."""
    return dict(_read()[kind])


@cache
def _read() -> dict[str, dict[str, Any]]:
    return dict(orjson.loads((Path(__file__).parent / "data" / "visits.json").read_bytes()))
