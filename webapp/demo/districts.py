"""Places, bodies and people of the demo district. All people are fictional.

Source: domain/06, 6.1 and 6.2; town names only as the two policy documents give them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from webapp.accounts import services as accounts
from webapp.accounts.models import Grid, Jurisdiction, Organisation, Town, User
from webapp.core.db import db

Row = TypeVar("Row")
GRIDS_PER_TOWN = 2


@dataclass(frozen=True, slots=True)
class District:
    """``towns``: code -> (zh, en, weight of its employers in percent)."""

    code: str
    zh: str
    en: str
    towns: dict[str, tuple[str, str, float]] = field(default_factory=dict)


DISTRICTS = (
    District(
        "TC",
        "太仓市",
        "Taicang",
        {
            "TC-SX": ("沙溪", "Shaxi", 18.7),
            "TC-GQ": ("港区", "Port zone", 2.7),
            "TC-GX": ("高新区", "High-tech zone", 18.7),
            "TC-CX": ("城厢", "Chengxiang", 10.4),
            "TC-LH": ("浏河", "Liuhe", 11.0),
            "TC-FQ": ("浮桥", "Fuqiao", 15.8),
            "TC-HJ": ("璜泾", "Huangjing", 10.8),
            "TC-SF": ("双凤", "Shuangfeng", 12.0),
        },
    ),
    District(
        "SND",
        "苏州高新区",
        "Suzhou New District",
        {
            "SND-HG": ("浒墅关经开区", "Xushuguan development zone", 45.0),
            "SND-KJ": ("科技城", "Science and technology city", 25.0),
            "SND-ZB": ("综保区", "Comprehensive bonded zone", 20.0),
            "SND-XB": ("西部生态旅游度假区", "Western eco-tourism resort", 10.0),
        },
    ),
)
BODIES = {"POL": ("公安分局", "police"), "HRSS_INJ": ("人社局", "human resources and social security"), "CIV": ("民政局", "civil affairs")}
ROLE_NAMES = {
    "GRID": ("演示网格员", "Demo patroller"),
    "TOWN": ("演示镇街管理员", "Demo town manager"),
    "HD_INTAKE": ("演示受理员", "Demo intake officer"),
    "HD_LEAD": ("演示承办人", "Demo case lead"),
    "HD_CHIEF": ("演示分管负责人", "Demo head in charge"),
    "HD_PRIN": ("演示正职负责人", "Demo principal head"),
    "POL": ("演示民警", "Demo police liaison"),
    "HRSS_INJ": ("演示工伤认定员", "Demo injury officer"),
    "CIV": ("演示民政干部", "Demo civil affairs officer"),
}
# user name -> role and place of the people printed in the README
CAST = {
    "ping": ("GRID", "TC-SX-01"),
    "tao": ("TOWN", "TC-SX"),
    "an": ("HD_INTAKE", "TC"),
    "hui": ("HD_LEAD", "TC"),
    "chen": ("HD_CHIEF", "TC"),
    "zheng": ("HD_PRIN", "TC"),
    "jing": ("POL", "TC-POL"),
    "she": ("HRSS_INJ", "TC-HRSS_INJ"),
    "min": ("CIV", "TC-CIV"),
    "zhou": ("TOWN", "TC-LH"),
}


def build_places(*, at: datetime) -> None:
    """Jurisdictions, towns, grids and departments."""
    for district in DISTRICTS:
        row = _add(Jurisdiction(code=district.code, name_zh=district.zh, name_en=district.en))
        for code, (zh, en, _) in district.towns.items():
            _add_town(row, code, zh, en)
        for kind, (zh, en) in BODIES.items():
            name_zh, name_en = f"{district.zh}{zh}(演示)", f"{district.en} {en} (demo)"
            _add(Organisation(code=f"{district.code}-{kind}", jurisdiction_id=row.id, kind=kind, name_zh=name_zh, name_en=name_en))


def build_people(*, password: str, at: datetime) -> list[User]:
    """The cast, somebody for every other lane and place in use, and an administrator."""
    cast = [_person(name, role, place, password=password, at=at) for name, (role, place) in CAST.items()]
    taken = set(CAST.values())
    places = [(role, place) for role, place in _lanes_and_places() if (role, place) not in taken]
    others = [_person(_user_name(role, place), role, place, password=password, at=at) for role, place in places]
    admin = accounts.create_user(
        username="admin", name_zh="演示系统管理员", name_en="Demo administrator", password=password, actor_id=None, at=at, is_demo=True
    )
    accounts.grant_role(admin, "ADMIN", actor_id=None, at=at)
    return [*cast, *others, admin]


def grids_of(town_code: str) -> list[Grid]:
    query = select(Grid).join(Town).where(Town.code == town_code).order_by(Grid.code)
    return list(db.session.scalars(query))


def _add_town(jurisdiction: Jurisdiction, code: str, zh: str, en: str) -> None:
    town = _add(Town(code=code, jurisdiction_id=jurisdiction.id, name_zh=zh, name_en=en))
    for number in range(1, GRIDS_PER_TOWN + 1):
        _add(Grid(code=f"{code}-{number:02d}", town_id=town.id, name_zh=f"{zh}第{number}网格", name_en=f"{en} grid {number}"))


def _lanes_and_places() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for district in DISTRICTS:
        for town in district.towns:
            found += [("TOWN", town), *(("GRID", f"{town}-{number:02d}") for number in range(1, GRIDS_PER_TOWN + 1))]
        found += [(role, district.code) for role in ("HD_INTAKE", "HD_LEAD", "HD_CHIEF", "HD_PRIN")]
        found += [(kind, f"{district.code}-{kind}") for kind in BODIES]
    return found


def _user_name(role: str, place: str) -> str:
    """("GRID", "TC-SX-02") is grid.tc-sx-02."""
    return f"{role.lower().replace('_', '-')}.{place.lower().replace('_', '-')}"


def _person(username: str, role: str, place: str, *, password: str, at: datetime) -> User:
    zh, en = ROLE_NAMES[role]
    jurisdiction = db.session.scalars(select(Jurisdiction).where(Jurisdiction.code == place.split("-", maxsplit=1)[0])).one()
    ids = _ids(role, place, jurisdiction)
    user = accounts.create_user(
        username=username,
        name_zh=f"{zh}({_label(place)})",
        name_en=f"{en} ({place})",
        password=password,
        actor_id=None,
        at=at,
        jurisdiction_id=jurisdiction.id,
        organisation_id=ids.get("organisation_id"),
        is_demo=True,
    )
    accounts.grant_role(user, role, actor_id=None, at=at, **ids)
    return user


def _ids(role: str, place: str, jurisdiction: Jurisdiction) -> dict[str, int]:
    models: dict[str, tuple[str, type[Grid] | type[Town] | type[Organisation]]] = {
        "GRID": ("grid_id", Grid),
        "TOWN": ("town_id", Town),
        **dict.fromkeys(BODIES, ("organisation_id", Organisation)),
    }
    if role not in models:
        return {"jurisdiction_id": jurisdiction.id}
    column, model = models[role]
    return {column: db.session.scalars(select(model.id).where(model.code == place)).one()}


def _label(place: str) -> str:
    for model in (Grid, Town, Organisation, Jurisdiction):
        name = db.session.scalar(select(model.name_zh).where(model.code == place))
        if name:
            return str(name).removesuffix("(演示)")
    return place


def _add(row: Row) -> Row:
    db.session.add(row)
    db.session.flush([row])
    return row
