"""The people, places and first cases of the benchmark, made by the services that a real installation uses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.accounts import services as accounts
from webapp.accounts.models import Grid, Jurisdiction, Town, User
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.employers.models import Employer
from webapp.employers.services import register_employer
from webapp.processes import services as processes
from webapp.processes.models import UserTask

WORKERS = 4
TOWNS = 24
PASSWORD = "bench-before-eight"
VALUES: dict[str, Any] = {"f1": 30, "f2": 40, **{f"f{number}": f"太仓演示铸造车间 value {number}" for number in range(3, 11)}}


def build(*, desk: int) -> None:
    """Places, the workers, an employer for each, and ``desk`` claimed tasks on everybody's desk. Commits."""
    at = clock.now()
    with transaction():
        people = [_worker(number, grid, at=at) for number, grid in enumerate(_places(), start=1) if number <= WORKERS]
    for user, employer in people:
        for _ in range(desk):
            with transaction():
                task = _open_case(user, employer, at=at)
                processes.claim(task, actor=user, at=at)
    with transaction():
        _close_case(*people[0], at=at)


def username(number: int) -> str:
    return f"worker{number}"


def employer_ids() -> dict[str, int]:
    """The employer that each worker reports, by user name."""
    codes = {_code(number): username(number) for number in range(1, WORKERS + 1)}
    rows = db.session.execute(select(Employer.credit_code, Employer.id)).tuples()
    return {codes[code]: employer_id for code, employer_id in rows if code in codes}


def _places() -> list[Grid]:
    jurisdiction = _add(Jurisdiction(code="BM", name_zh="测量区", name_en="Bench district"))
    return [_grid(jurisdiction, number) for number in range(1, TOWNS + 1)]


def _grid(jurisdiction: Jurisdiction, number: int) -> Grid:
    town = _add(Town(code=f"BM-{number:02d}", jurisdiction_id=jurisdiction.id, name_zh=f"第{number}镇", name_en=f"Town {number}"))
    grid: Grid = _add(Grid(code=f"BM-{number:02d}-01", town_id=town.id, name_zh="第一网格", name_en="Grid 1"))
    return grid


def _worker(number: int, grid: Grid, *, at: datetime) -> tuple[User, Employer]:
    """One person for all three lanes, so that one signed-in session does the whole work."""
    jurisdiction_id = grid.town.jurisdiction_id
    user = accounts.create_user(
        username=username(number), name_zh=f"测量员{number}", name_en=f"Worker {number}", password=PASSWORD, actor_id=None, at=at,
        jurisdiction_id=jurisdiction_id,
    )  # fmt: skip
    for role in ("GRID", "TOWN", "HD_LEAD"):
        accounts.grant_role(user, role, actor_id=None, at=at, jurisdiction_id=jurisdiction_id, town_id=grid.town_id, grid_id=grid.id)
    employer = register_employer(
        grid=grid, credit_code=_code(number), name=f"测量铸造第{number}厂(虚构)", address="测量路1号", industry="C3391",
        hazards=["silica_dust"], workers=60, exposed_workers=25, actor_id=None, at=at,
    )  # fmt: skip
    return user, employer


def _open_case(user: User, employer: Employer, *, at: datetime) -> UserTask:
    started = start_process("same_work", values={}, employer_id=employer.id, actor=user, at=at, locale="zh")
    return started.opened[0]


def _close_case(user: User, employer: Employer, *, at: datetime) -> None:
    """The closed case that ``bulk`` copies."""
    waiting = [_open_case(user, employer, at=at)]
    while waiting:
        waiting = processes.complete(waiting[0], values=VALUES, version=None, actor=user, at=at, locale="zh").opened


def _code(number: int) -> str:
    return f"BENCH{number:013d}"


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush([row])
    return row
