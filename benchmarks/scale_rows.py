"""What the rows of the scale set are made from: traits that repeat, and employers with the terms that find them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, insert, select

from webapp.accounts.models import Grid
from webapp.core.db import UtcDateTime, table_of
from webapp.employers.models import Employer, EmployerTerm
from webapp.employers.term_index import terms_of
from webapp.processes.models import NO_DUE
from webapp.processes.stages import STAGES

TRAITS = 9_973  # a prime: traits and employers meet in every combination
ROLES = tuple(f"R{number:02d}" for number in range(30))  # only work; who may read what is said by a real role beside them
PEOPLE = 200
ASSIGNED = 0.3
PROCESSES = ("case_lifecycle", "correction", "police_referral")
INDUSTRIES = ("C3391", "C303", "C331", "C3360", "C367", "C398", "C26", "C29", "C171", "C203", "O8111", "Q84")
HAZARDS = (("silica_dust", "noise"), ("welding_fume", "noise"), ("benzene_series",), ("chromium", "acid_mist"), ("noise",), ("noise",))
RISKS = (3, 3, 2, 2, 2, None, 1, 1, 1, 1)
_FIRST = "宏鑫恒盛华泰永兴顺达金源正和瑞丰长江安康东方天成"
_SECOND = "利发明光通洋科力海诚信美吉祥新润德宝隆昌"
_TRADES = ("精密铸造", "五金制品", "电镀", "木业", "涂装", "印务", "汽车维修", "电子材料", "石材", "机械")

_metadata = MetaData()
TRAIT = Table(
    "bench_trait", _metadata,
    Column("place", Integer, primary_key=True), Column("role", String(8)), Column("stage", String(16)), Column("process_key", String(40)),
    Column("due_at", UtcDateTime()), Column("order_at", UtcDateTime()), Column("opened_at", UtcDateTime()),
    Column("ended_at", UtcDateTime()), Column("assignee_id", Integer), Column("doer_id", Integer), Column("urgency", String(1)),
    prefixes=["TEMPORARY"],
)  # fmt: skip
OWNER = Table(
    "bench_employer", _metadata,
    Column("place", Integer, primary_key=True), Column("id", Integer), Column("name", String(120)), Column("town_id", Integer),
    Column("grid_id", Integer), Column("risk_level", Integer), Column("industry", String(8)), Column("hazards", String(400)),
    prefixes=["TEMPORARY"],
)  # fmt: skip


class Spot(NamedTuple):
    """A grid, its town and the jurisdiction."""

    grid_id: int
    town_id: int


def add_traits(connection: Connection, *, now: datetime, first_person: int) -> None:
    """The temporary table that says what is alike in every 9,973rd task."""
    chance = random.Random(7)
    TRAIT.create(connection)
    connection.execute(insert(TRAIT), [_trait(place, chance, now, first_person) for place in range(TRAITS)])


def add_employers(connection: Connection, *, count: int, jurisdiction_id: int, now: datetime) -> None:
    """``count`` employers over all grids with their terms, and the temporary table from which their tasks copy."""
    spots = [Spot(*row) for row in connection.execute(select(table_of(Grid).c.id, table_of(Grid).c.town_id).order_by(table_of(Grid).c.id))]
    first = int(connection.scalar(select(table_of(Employer).c.id).order_by(table_of(Employer).c.id.desc()).limit(1)) or 0) + 1
    OWNER.create(connection)
    for start in range(0, count, 1_000):
        some = [_employer(place, first + place, spots, jurisdiction_id, now) for place in range(start, min(start + 1_000, count))]
        _store(connection, some, start)


def _trait(place: int, chance: random.Random, now: datetime, first_person: int) -> dict[str, Any]:
    due_at = None if chance.random() < 0.1 else now + timedelta(minutes=chance.randint(-20_000, 70_000))
    opened_at = now - timedelta(minutes=chance.randint(10, 60_000))
    return {
        "place": place, "role": chance.choice(ROLES), "stage": chance.choice([stage for stage in STAGES if stage != "closed"]),
        "process_key": chance.choice(PROCESSES), "due_at": due_at, "order_at": due_at or NO_DUE, "opened_at": opened_at,
        "ended_at": opened_at + timedelta(minutes=5),
        "assignee_id": first_person + chance.randrange(PEOPLE) if chance.random() < ASSIGNED else None,
        "doer_id": first_person + chance.randrange(PEOPLE), "urgency": chance.choice("ABC"),
    }  # fmt: skip


def _employer(place: int, row_id: int, spots: Sequence[Spot], jurisdiction_id: int, now: datetime) -> Employer:
    spot = spots[place % len(spots)]
    name = f"{_FIRST[place % len(_FIRST)]}{_SECOND[place // 7 % len(_SECOND)]}{_TRADES[place // 3 % len(_TRADES)]}{place}有限公司"
    return Employer(
        id=row_id, jurisdiction_id=jurisdiction_id, town_id=spot.town_id, grid_id=spot.grid_id, credit_code=f"SCALE{place:013d}",
        name=f"测量{name}", address="测量路1号", industry=INDUSTRIES[place % len(INDUSTRIES)], hazards=list(HAZARDS[place % len(HAZARDS)]),
        workers=60, exposed_workers=20, is_key=False, status="running", risk_level=RISKS[place % len(RISKS)], is_demo=False, created_at=now,
    )  # fmt: skip


def _store(connection: Connection, employers: Sequence[Employer], start: int) -> None:
    columns = [column.name for column in table_of(Employer).columns]
    connection.execute(insert(table_of(Employer)), [{name: getattr(one, name) for name in columns} for one in employers])
    terms = [{"term": term, "grid_id": one.grid_id, "employer_id": one.id} for one in employers for term in terms_of(one)]
    connection.execute(insert(table_of(EmployerTerm)), terms)
    connection.execute(insert(OWNER), [_owner(start + place, one) for place, one in enumerate(employers)])


def _owner(place: int, one: Employer) -> dict[str, Any]:
    copied = {name: getattr(one, name) for name in ("id", "name", "town_id", "grid_id", "risk_level", "industry")}
    return {"place": place, **copied, "hazards": f",{','.join(one.hazards)},"}
