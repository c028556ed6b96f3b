"""Places of the demo district and who works in them. All people are fictional.

Source: domain/06, 6.1 and 6.2; town names only as the two policy documents give them (R-003..R-008, R-181..R-184).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from webapp.accounts import services as accounts
from webapp.accounts.models import Grid, Jurisdiction, Organisation, Town, User
from webapp.accounts.organisation import OUTSIDE_KINDS
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.demo import bodies, people

Row = TypeVar("Row")
GRIDS_PER_TOWN = 2


class PlaceTaken(DomainError):
    """This installation has a jurisdiction with the code %(code)s of its own. Load the demo district into another installation."""


@dataclass(frozen=True, slots=True)
class Area:
    """A town. ``weight``: its share of the district's employers in percent; ``kind``: town, street, zone or park."""

    code: str
    zh: str
    en: str
    weight: float
    kind: str = "town"


@dataclass(frozen=True, slots=True)
class District:
    """``prefix``: how the names of its employers begin."""

    code: str
    zh: str
    en: str
    prefix: str
    employers: int
    areas: tuple[Area, ...]


DISTRICTS = (
    District(
        "TC",
        "太仓市",
        "Taicang",
        "太仓",
        48,
        (
            Area("TC-SX", "沙溪", "Shaxi", 18.7),
            Area("TC-GQ", "港区", "Port zone", 2.7, "zone"),
            Area("TC-GX", "高新区", "High-tech zone", 18.7, "zone"),
            Area("TC-CX", "城厢", "Chengxiang", 10.4),
            Area("TC-LH", "浏河", "Liuhe", 11.0),
            Area("TC-FQ", "浮桥", "Fuqiao", 15.8),
            Area("TC-HJ", "璜泾", "Huangjing", 10.8),
            Area("TC-SF", "双凤", "Shuangfeng", 12.0),
        ),
    ),
    District(
        "SND",
        "苏州高新区",
        "Suzhou New District",
        "苏州",
        12,
        (
            Area("SND-HG", "浒墅关经开区", "Xushuguan development zone", 45.0, "zone"),
            Area("SND-KJ", "科技城", "Science and technology city", 25.0, "zone"),
            Area("SND-ZB", "综保区", "Comprehensive bonded zone", 20.0, "zone"),
            Area("SND-XB", "西部生态旅游度假区", "Western eco-tourism resort", 10.0, "zone"),
        ),
    ),
)
# place -> user name of the people printed in the README who work in a town
NEIGHBOURS = {"TC-SX-01": "ping", "TC-SX": "tao", "TC-LH": "zhou"}
CAST = ("ping", "tao", *(name for name, _ in people.posts_of(1)), *people.SHAXI.values(), "zhou", "admin", "admin2")


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody's lane and place. ``place``: code of a grid, town, department or jurisdiction; ``zh`` and ``en``: what people call it."""

    username: str
    role: str
    place: str
    zh: str
    en: str


def build_places(*, at: datetime) -> None:
    """Jurisdictions, towns, grids and departments. Raises PlaceTaken."""
    for district in DISTRICTS:
        if db.session.scalar(select(Jurisdiction.id).where(Jurisdiction.code == district.code)) is not None:
            raise PlaceTaken(code=district.code)
        row = _add(Jurisdiction(code=district.code, name_zh=district.zh, name_en=district.en))
        for area in district.areas:
            _add_town(row, area)
        bodies.build_bodies(row, at=at)


def build_people(*, password: str, at: datetime) -> list[User]:
    """Somebody for every lane and place in use, and two administrators: one changes diagrams, the other publishes."""
    numbers: Counter[str] = Counter()
    made = []
    for post in posts():
        numbers[post.role] += 1
        made.append(_person(post, number=numbers[post.role], password=password, at=at))
    return [*made, *(_administrator(number, password=password, at=at) for number in (1, 2))]


def posts() -> Iterator[Post]:
    """town02 is the manager of the second town, grid0201 the patroller of its first grid."""
    towns = 0
    for turn, district in enumerate(DISTRICTS, start=1):
        for area in district.areas:
            towns += 1
            yield Post(NEIGHBOURS.get(area.code, f"town{towns:02d}"), "TOWN", area.code, area.zh, area.en)
            for number in range(1, GRIDS_PER_TOWN + 1):
                place = f"{area.code}-{number:02d}"
                yield Post(NEIGHBOURS.get(place, f"grid{towns:02d}{number:02d}"), "GRID", place, area.zh, area.en)
        for name, role in people.posts_of(turn):
            place = f"{district.code}-{role}" if role in OUTSIDE_KINDS else district.code
            yield Post(name, role, place, district.zh, district.en)
    for role, name in people.SHAXI.items():
        yield Post(name, role, "TC-SX", "沙溪", "Shaxi")


def grids_of(town_code: str) -> list[Grid]:
    query = select(Grid).join(Town).where(Town.code == town_code).order_by(Grid.code)
    return list(db.session.scalars(query))


def _add_town(jurisdiction: Jurisdiction, area: Area) -> None:
    office = f"{area.zh}职业健康监管办公室(演示)"
    town = _add(
        Town(code=area.code, jurisdiction_id=jurisdiction.id, name_zh=area.zh, name_en=area.en, kind=area.kind, responsible_office=office)
    )
    for number in range(1, GRIDS_PER_TOWN + 1):
        name_zh, name_en = f"{area.zh}第{number}网格", f"{area.en} grid {number}"
        _add(Grid(code=f"{area.code}-{number:02d}", town_id=town.id, name_zh=name_zh, name_en=name_en))


def _person(post: Post, *, number: int, password: str, at: datetime) -> User:
    zh, en = people.ROLE_NAMES[post.role]
    jurisdiction = db.session.scalars(select(Jurisdiction).where(Jurisdiction.code == post.place.split("-", maxsplit=1)[0])).one()
    ids = _ids(post, jurisdiction)
    user = accounts.create_user(
        username=post.username,
        name_zh=f"{zh}{number:02d}({post.zh})",
        name_en=f"{en} {number:02d} ({post.en})",
        password=password,
        actor_id=None,
        at=at,
        jurisdiction_id=jurisdiction.id,
        organisation_id=ids.get("organisation_id"),
        is_demo=True,
    )
    accounts.grant_role(user, post.role, actor_id=None, at=at, **ids)
    people.certify(user, post.role, at=at)
    return user


def _administrator(number: int, *, password: str, at: datetime) -> User:
    name_zh, name_en = f"演示系统管理员{number:02d}", f"Demo administrator {number:02d}"
    username = "admin" if number == 1 else f"admin{number}"
    user = accounts.create_user(username=username, name_zh=name_zh, name_en=name_en, password=password, actor_id=None, at=at, is_demo=True)
    accounts.grant_role(user, "ADMIN", actor_id=None, at=at)
    return user


def _ids(post: Post, jurisdiction: Jurisdiction) -> dict[str, int]:
    models: dict[str, tuple[str, type[Grid] | type[Town] | type[Organisation]]] = {
        "GRID": ("grid_id", Grid),
        **dict.fromkeys(("TOWN", "TOWN_ENF", "TOWN_WIN"), ("town_id", Town)),
        **dict.fromkeys(OUTSIDE_KINDS, ("organisation_id", Organisation)),
    }
    if post.role not in models:
        return {"jurisdiction_id": jurisdiction.id}
    column, model = models[post.role]
    return {column: db.session.scalars(select(model.id).where(model.code == post.place)).one()}


def _add(row: Row) -> Row:
    db.session.add(row)
    db.session.flush([row])
    return row
