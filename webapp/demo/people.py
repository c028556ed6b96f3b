"""Which offices the demo district fills, and the certificates of its officers. All people are fictional."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from webapp.accounts.models import User
from webapp.accounts.qualifications import add_certificate

ROLE_NAMES = {
    "GRID": ("演示网格员", "Demo patroller"),
    "TOWN": ("演示镇街管理员", "Demo town manager"),
    "TOWN_ENF": ("演示综合执法队员", "Demo town enforcement officer"),
    "TOWN_WIN": ("演示救助窗口人员", "Demo assistance window officer"),
    "HD_INTAKE": ("演示受理员", "Demo intake officer"),
    "HD_OFF": ("演示执法人员", "Demo enforcement officer"),
    "HD_LEAD": ("演示承办人", "Demo case lead"),
    "HD_REV": ("演示法制审核人员", "Demo legal reviewer"),
    "HD_HEAR": ("演示听证主持人", "Demo hearing presider"),
    "HD_COL": ("演示合议人员", "Demo panel member"),
    "HD_CHIEF": ("演示分管负责人", "Demo head in charge"),
    "HD_PRIN": ("演示正职负责人", "Demo principal head"),
    "POL": ("演示民警", "Demo police liaison"),
    "PRO": ("演示检察联络员", "Demo procuratorate liaison"),
    "HRSS_INJ": ("演示工伤认定员", "Demo injury officer"),
    "HRSS_INS": ("演示劳动监察员", "Demo labour inspector"),
    "SIA": ("演示社保经办员", "Demo social insurance officer"),
    "LAC": ("演示劳动能力鉴定工作人员", "Demo labour appraisal officer"),
    "CIV": ("演示民政干部", "Demo civil affairs officer"),
    "MED": ("演示医保经办员", "Demo healthcare security officer"),
    "EMG": ("演示应急联络员", "Demo emergency liaison"),
    "ECO": ("演示生态环境联络员", "Demo ecology liaison"),
    "UNION": ("演示工会干部", "Demo union officer"),
    "AUD": ("演示审计人员", "Demo auditor"),
}
# lane -> user name in the first district, none a part of the demo password; the second district's people have a 2 behind it
OFFICERS = {
    "HD_INTAKE": "an",
    "HD_LEAD": "hui",
    "HD_CHIEF": "chen",
    "HD_PRIN": "zheng",
    "POL": "jing",
    "HRSS_INJ": "she",
    "CIV": "min",
    "HD_REV": "fan",
    "HD_HEAR": "ting",
    "MED": "yi",
    "EMG": "yan",
    "ECO": "hua",
    "HRSS_INS": "bao",
    "LAC": "lin",
    "UNION": "gong",
    "PRO": "jiancha",
    "SIA": "shen",
    "AUD": "shenji",
}
# Several hold one role, by district; lu2 works in the first: the certificate has expired on purpose.
COLLEAGUES: dict[int, tuple[tuple[str, str], ...]] = {
    1: (
        ("qin", "HD_OFF"), ("lu", "HD_OFF"), ("lu2", "HD_OFF"), ("he1", "HD_COL"), ("he2", "HD_COL"), ("he3", "HD_COL"),
        ("song", "HD_LEAD"), ("tian", "HD_LEAD"), ("peng", "HD_OFF"),
    ),
    2: (("qin2", "HD_OFF"), ("feng2", "HD_OFF"), ("he4", "HD_COL"), ("he5", "HD_COL"), ("he6", "HD_COL")),
}  # fmt: skip
# lane -> user name of those who work for the town of Shaxi beside its manager
SHAXI = {"TOWN_ENF": "wei", "TOWN_WIN": "tang"}
CERTIFIED = frozenset({"HD_OFF", "HD_LEAD", "HD_CHIEF", "TOWN_ENF"})
EXPIRED = {"lu2": date(2026, 1, 31)}
ISSUED_ON, VALID_TO = date(2024, 1, 1), date(2029, 12, 31)


def posts_of(district: int) -> Iterator[tuple[str, str]]:
    """User name and role of those who work for the whole district, counted from 1."""
    for role, name in OFFICERS.items():
        yield (name if district == 1 else f"{name}{district}"), role
    yield from COLLEAGUES[district]


def certify(user: User, role: str, *, at: datetime) -> None:
    """Give the card to those whose office needs one."""
    if role in CERTIFIED:
        add_certificate(
            user, number=f"演示执法{user.id:04d}", kind="enforcement", issued_on=ISSUED_ON, valid_to=EXPIRED.get(user.username, VALID_TO),
            issuer="演示发证机关", source="演示数据", actor_id=None, at=at,
        )  # fmt: skip
