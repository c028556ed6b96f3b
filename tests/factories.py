"""Places, people and employers of the tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from webapp.accounts import powers, qualifications
from webapp.accounts import services as accounts
from webapp.accounts.models import Grid, Jurisdiction, Organisation, Town, User
from webapp.core.db import db
from webapp.employers.models import Employer
from webapp.processes import editions, files
from webapp.rules import services as rules

BORN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
PASSWORD = "patrol-before-eight"
# user name -> role, place code
CAST = {
    "ping": ("GRID", "SX-01"), "tao": ("TOWN", "SX"), "an": ("HD_INTAKE", "TC"), "hui": ("HD_LEAD", "TC"), "chen": ("HD_CHIEF", "TC"),
    "zheng": ("HD_PRIN", "TC"), "jing": ("POL", "TC-POL"), "she": ("HRSS_INJ", "TC-HRSS"), "min": ("CIV", "TC-CIV"),
    "zhou": ("TOWN", "LH"), "hui2": ("HD_LEAD", "TC"), "admin": ("ADMIN", "*"), "admin2": ("ADMIN", "*"), "admin3": ("ADMIN", "*"),
    "qin": ("HD_OFF", "TC"), "lu": ("HD_OFF", "TC"), "lu2": ("HD_OFF", "TC"), "fan": ("HD_REV", "TC"), "ting": ("HD_HEAR", "TC"),
    "he1": ("HD_COL", "TC"), "he2": ("HD_COL", "TC"), "he3": ("HD_COL", "TC"), "wei": ("TOWN_ENF", "SX"), "tang": ("TOWN_WIN", "SX"),
    "yi": ("MED", "TC-MED"), "yan": ("EMG", "TC-EMG"), "hua": ("ECO", "TC-ECO"), "bao": ("HRSS_INS", "TC-HRSS_INS"),
    "shenji": ("AUD", "TC"), "lin": ("LAC", "TC-LAC"), "gong": ("UNION", "TC-UNION"), "jian": ("PRO", "TC-PRO"), "shen": ("SIA", "TC-SIA"),
}  # fmt: skip
BODIES = (
    ("POL", "公安局", "Police"), ("HRSS_INJ", "人社局", "HRSS"), ("CIV", "民政局", "Civil affairs"),
    ("MED", "医保局", "Healthcare security"),
    ("EMG", "应急管理局", "Emergency management"), ("ECO", "生态环境局", "Ecology"), ("HRSS_INS", "劳动保障监察大队", "Labour inspection"),
    ("LAC", "劳动能力鉴定委员会", "Labour appraisal"), ("UNION", "总工会", "Trade union"), ("PRO", "检察院", "Procuratorate"),
    ("SIA", "社会保险经办机构", "Social insurance agency"),
)  # fmt: skip
CERTIFIED = ("HD_OFF", "HD_LEAD", "HD_CHIEF", "TOWN_ENF")
CERTIFICATE = (date(2024, 1, 1), date(2029, 12, 31))
EXPIRED_ON = {"lu2": date(2026, 1, 31)}


def seed() -> None:
    """Everything a test story needs. The caller holds the transaction."""
    rules.load(at=BORN)
    edition = editions.publish(files.shipped(), note="shipped", actor_id=None, at=BORN)
    editions.activate(edition, actor_id=None, at=BORN)
    places = _places()
    for username, (role, place) in CAST.items():
        _person(username, role, places.get(place, {}), places["TC"]["jurisdiction_id"])
    _employer("DEMO00000000000001", "太仓云禾铸造有限公司(演示)", "SX", "SX-01")
    _employer("DEMO00000000000002", "太仓澄岚汽修有限公司(演示)", "LH", "LH-01")


def cast() -> SimpleNamespace:
    return SimpleNamespace(**{user.username: user for user in db.session.scalars(select(User))})


def foundry() -> Employer:
    return db.session.scalars(select(Employer).where(Employer.credit_code == "DEMO00000000000001")).one()


def garage() -> Employer:
    return db.session.scalars(select(Employer).where(Employer.credit_code == "DEMO00000000000002")).one()


def _places() -> dict[str, dict[str, int]]:
    jurisdiction = _add(Jurisdiction(code="TC", name_zh="太仓市", name_en="Taicang"))
    places: dict[str, dict[str, int]] = {"TC": {"jurisdiction_id": jurisdiction.id}}
    for code, name_zh, name_en in (("SX", "沙溪", "Shaxi"), ("LH", "浏河", "Liuhe")):
        town = _add(Town(code=code, jurisdiction_id=jurisdiction.id, name_zh=name_zh, name_en=name_en))
        grid = _add(Grid(code=f"{code}-01", town_id=town.id, name_zh=f"{name_zh}第一网格", name_en=f"{name_en} grid 1"))
        places |= {code: {"town_id": town.id}, f"{code}-01": {"grid_id": grid.id}}
    for kind, name_zh, name_en in BODIES:
        code = "TC-HRSS" if kind == "HRSS_INJ" else f"TC-{kind}"
        body = _add(Organisation(code=code, jurisdiction_id=jurisdiction.id, kind=kind, name_zh=name_zh, name_en=name_en))
        places[code] = {"organisation_id": body.id}
    agency = _add(
        Organisation(
            code="TC-HEALTH", jurisdiction_id=jurisdiction.id, kind="HEALTH", name_zh="太仓市卫生健康委员会",
            name_en="Taicang Health Commission", short_zh="苏太卫", short_en="Su Tai Wei",
        )
    )  # fmt: skip
    powers.add_lawful_powers(agency, at=BORN)
    return places


def _person(username: str, role: str, place: dict[str, int], jurisdiction_id: int) -> None:
    user = accounts.create_user(
        username=username, name_zh=f"{username}某某", name_en=username.title(), password=PASSWORD, actor_id=None, at=BORN,
        jurisdiction_id=None if role == "ADMIN" else jurisdiction_id, organisation_id=place.get("organisation_id"),
    )  # fmt: skip
    accounts.grant_role(user, role, actor_id=None, at=BORN, **place)
    if role in CERTIFIED:
        issued_on, valid_to = CERTIFICATE
        qualifications.add_certificate(
            user, number=f"TEST-{username}", kind="enforcement", issued_on=issued_on, valid_to=EXPIRED_ON.get(username, valid_to),
            issuer="发证机关", source="test", actor_id=None, at=BORN,
        )  # fmt: skip


def _employer(code: str, name: str, town_code: str, grid_code: str) -> None:
    town = db.session.scalars(select(Town).where(Town.code == town_code)).one()
    grid = db.session.scalars(select(Grid).where(Grid.code == grid_code)).one()
    _add(
        Employer(
            jurisdiction_id=town.jurisdiction_id, town_id=town.id, grid_id=grid.id, credit_code=code, name=name, address="演示路1号",
            industry="C3391", hazards=["silica_dust"], workers=60, exposed_workers=25, is_demo=False, created_at=BORN,
        )
    )  # fmt: skip


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush([row])
    return row
