"""Departments and institutions of the demo district, as far as the two documents name them; the rest is generic.

Source: S1 3(2) (R-063) for the departments, S2 head (R-163..R-167) for institutions and the authority above.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from webapp.accounts.models import Jurisdiction, Organisation, Town
from webapp.accounts.organisation import HEALTH
from webapp.accounts.powers import Grant, add_lawful_powers, add_power
from webapp.core.db import db


@dataclass(frozen=True, slots=True)
class Body:
    kind: str
    zh: str
    en: str
    level: str = "district"


DEPARTMENTS = (
    Body("ESTABLISHMENT", "机构编制部门", "staffing establishment office"),
    Body("EMG", "应急管理部门", "emergency management"),
    Body("POL", "公安机关", "police"),
    Body("CIV", "民政部门", "civil affairs"),
    Body("FINANCE", "财政部门", "finance"),
    Body("PUBLICITY", "宣传部门", "publicity"),
    Body("HRSS_INJ", "人社部门(工伤认定)", "human resources and social security, injury recognition"),
    Body("HRSS_INS", "人社部门(劳动保障监察)", "human resources and social security, labour inspection"),
    Body("SIA", "社会保险经办机构", "social insurance agency"),
    Body("MED", "医疗保障部门", "healthcare security"),
    Body("ECO", "生态环境部门", "ecology and environment"),
    Body("APV", "行政审批部门", "administrative approval"),
    Body("UNION", "工会", "trade union"),
    Body("PRO", "人民检察院", "procuratorate"),
    Body("COURT", "人民法院", "court"),
    Body("SUPC", "监察机关", "supervision commission"),
    Body("JM", "职业健康工作联席会议办公室", "joint-meeting office"),
    Body("LAC", "劳动能力鉴定委员会", "labour-capability appraisal committee", "city"),
)
INSTITUTIONS = (
    Body("SUPERVISION", "卫生监督所", "health supervision institute"),
    Body("CDC", "疾病预防控制中心", "centre for disease control"),
    Body("EXPERT", "职业健康专家委员会", "expert committee"),
)
# district -> what its own health authority is called, and how its papers begin
AUTHORITIES = {
    "TC": ("太仓市卫生健康委员会", "Taicang Health Commission", "苏太卫", "Su Tai Wei"),
    "SND": ("苏州高新区卫生健康行政部门", "Suzhou New District health authority", "苏虎卫", "Su Hu Wei"),
}
UPPER = {"TC": ("苏州市卫生健康委员会", "Suzhou Health Commission")}
HANDED_DOWN = ("V-70-04", "V-71-01")


def build_bodies(district: Jurisdiction, *, at: datetime) -> None:
    """The health authority and those it works with, and what it may do by law. Their powers come with them."""
    zh, en, short_zh, short_en = AUTHORITIES[district.code]
    own = _add(district, Body(HEALTH, f"{zh}(演示)", f"{en} (demo)"), short=(short_zh, short_en))
    own.parent_id = _upper_id(district)
    for body in (*DEPARTMENTS, *INSTITUTIONS):
        named = Body(body.kind, f"{district.name_zh}{body.zh}(演示)", f"{district.name_en} {body.en} (demo)", body.level)
        _add(district, named, parent=own if body in INSTITUTIONS else None)
    add_lawful_powers(own, at=at)
    if district.code == "TC":
        _hand_down(district, at=at)


def _upper_id(district: Jurisdiction) -> int | None:
    """抄送: the authority that gets a copy."""
    if district.code not in UPPER:
        return None
    zh, en = UPPER[district.code]
    return _add(district, Body(HEALTH, f"{zh}(演示)", f"{en} (demo)", "city"), code=f"{district.code}-UPPER").id


def _hand_down(district: Jurisdiction, *, at: datetime) -> None:
    """One town punishes two matters itself. [D]: no such decision is known; it shows what a row of this kind does."""
    town = db.session.scalars(select(Town).where(Town.code == "TC-SX")).one()
    grant = Grant(
        district.id, town, "penalise", HANDED_DOWN, "演示下放决定 demo decision; L:APL24", "演示〔2026〕1号",
        date(at.year, 1, 1), date(at.year + 1, 12, 31), "design", "[D] 演示数据：并无此项下放决定。Demo: there is no such decision.",
    )  # fmt: skip
    add_power(grant, actor_id=None, at=at)


def _add(
    district: Jurisdiction,
    body: Body,
    *,
    short: tuple[str | None, str | None] = (None, None),
    parent: Organisation | None = None,
    code: str = "",
) -> Organisation:
    row = Organisation(
        jurisdiction_id=district.id, code=code or f"{district.code}-{body.kind}", kind=body.kind, level=body.level, name_zh=body.zh,
        name_en=body.en, short_zh=short[0], short_en=short[1], parent_id=parent.id if parent else None, is_demo=True,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush([row])
    return row
