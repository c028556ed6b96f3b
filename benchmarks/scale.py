"""Fill an installation with a district's years: ``python -m benchmarks.scale FOLDER --open 1000000``.

Open tasks with a case each, closed cases of ten tasks, employers with their search terms, and a record of one event per case for the
first cases. The database makes the rows itself from one open and one closed case that the services made; indexes come afterwards.
The events are copies: their chains do not verify, and engine states are empty, so nobody can work on these tasks.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Index, create_engine, select, text

from benchmarks import scale_rows
from benchmarks.databases import KINDS, open_database
from benchmarks.place import Place
from benchmarks.scale_rows import PEOPLE, ROLES, TRAITS
from webapp import installation
from webapp.accounts import services as accounts
from webapp.accounts.models import Jurisdiction, Membership, Town, User
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, table_of, transaction
from webapp.events.models import Event, EventStream
from webapp.processes.models import ProcessInstance, UserTask

PASSWORD = "bench-before-eight"
PROFILES = ("grid", "town", "district", "leader")
TASKS_PER_CASE = 10
FIRST_SERIAL = 10_000
_FILLED = (EventStream, Case, ProcessInstance, UserTask, Event)
_NUMBERS = {
    "postgresql": "(SELECT n FROM generate_series(0, {last}) AS series(n))",
    "sqlite": "(WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < {last}) SELECT n FROM series)",
}
_UUID = {"postgresql": "lpad(to_hex(num.n), 32, '0')::uuid", "sqlite": "printf('%032x', num.n)"}
_TUNED = {
    "postgresql": ("SET session_replication_role = replica", "SET synchronous_commit = off", "SET maintenance_work_mem = '512MB'"),
    "sqlite": ("PRAGMA foreign_keys=OFF", "PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-400000"),
}


@dataclass(frozen=True, slots=True)
class Size:
    """How many tasks and events."""

    open: int
    closed: int
    events: int

    @property
    def closed_cases(self) -> int:
        return self.closed // TASKS_PER_CASE

    @property
    def employers(self) -> int:
        return max(self.open // 50, 200) + 1


def fill(place: Place, size: Size) -> float:
    """The rows and four people to look at them, ``PROFILES``; an open and a closed case must be there. Returns seconds."""
    began = time.monotonic()
    with installation.headless(place.settings), transaction():
        first_person = _people()
        jurisdiction_id = db.session.scalars(select(Jurisdiction.id).where(Jurisdiction.code == "BM")).one()
    _load(place.settings.database_url, size, first_person, jurisdiction_id)
    return time.monotonic() - began


def _people() -> int:
    """The profiles of goal 4. Returns the id of the first of PEOPLE accounts; the profiles come first."""
    jurisdiction = db.session.scalars(select(Jurisdiction).where(Jurisdiction.code == "BM")).one()
    towns = list(db.session.scalars(select(Town.id).where(Town.jurisdiction_id == jurisdiction.id).order_by(Town.id)))
    grid_id = db.session.execute(text("SELECT min(id) FROM grid WHERE town_id = :town"), {"town": towns[0]}).scalar_one()
    pools = {"grid": (1, 1), "town": (3, 2), "district": (3, len(towns)), "leader": (len(ROLES), len(towns))}
    reads = {"grid": ("GRID", grid_id), "town": ("TOWN", towns[0]), "district": ("HD_CHIEF", None), "leader": ("HD_PRIN", None)}
    people = []
    for name in PROFILES:
        user = accounts.create_user(
            username=name, name_zh=name, name_en=name, password=PASSWORD, actor_id=None, at=clock.now(), jurisdiction_id=jurisdiction.id
        )
        role, where = reads[name]
        places = {"grid_id": where if role == "GRID" else None, "town_id": towns[0] if role in ("GRID", "TOWN") else None}
        accounts.grant_role(user, role, actor_id=None, at=clock.now(), jurisdiction_id=jurisdiction.id, **places)
        for one in ROLES[: pools[name][0]]:
            db.session.add_all(Membership(user_id=user.id, role=one, scope=f"t{town}", town_id=town) for town in towns[: pools[name][1]])
        people.append(user.id)
    return people[0]


def _load(url: str, size: Size, first_person: int, jurisdiction_id: int) -> None:
    engine = create_engine(url)
    kind = engine.dialect.name
    with engine.connect() as connection:
        for statement in _TUNED[kind]:  # below SQLAlchemy, because SQLite listens only outside a transaction
            connection.connection.cursor().execute(statement)
        scale_rows.add_traits(connection, now=clock.now(), first_person=first_person)
        scale_rows.add_employers(connection, count=size.employers, jurisdiction_id=jurisdiction_id, now=clock.now())
        _add_colleagues(connection, first_person)
        indexes = [index for model in _FILLED for index in table_of(model).indexes]
        for index in indexes:
            index.drop(connection)
        _add_rows(connection, size, jurisdiction_id)
        _finish(connection, indexes, size, jurisdiction_id)
        connection.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if kind == "postgresql" else "ANALYZE"))
        if kind == "sqlite":
            connection.execute(text("PRAGMA journal_mode=WAL"))
    engine.dispose()


def _add_colleagues(connection: Connection, first_person: int) -> None:
    """Accounts without a role, so that every assignee has a name."""
    first, count = first_person + len(PROFILES), PEOPLE - len(PROFILES)
    changed = {"id": f"{first} + num.n", "username": "'clerk' || num.n", "fs_uniquifier": "'clerk' || num.n", "name_zh": "'科员' || num.n"}
    connection.execute(text(_copies(connection, User.__tablename__, changed, count, f"one.id = {first_person}")))


def _add_rows(connection: Connection, size: Size, jurisdiction_id: int) -> None:
    ids = {model.__tablename__: int(connection.scalar(text(f"SELECT max(id) FROM {model.__tablename__}")) or 0) for model in _FILLED}
    templates = {
        is_open: connection.scalar(text(f"SELECT min(id) FROM case_file WHERE closed_at IS {'' if is_open else 'NOT'} NULL"))
        for is_open in (False, True)
    }
    for is_open in (False, True):
        case, where = templates[is_open], {False: (size.closed_cases, size.closed), True: (size.open, size.open)}[is_open]
        cases, tasks = where
        first = size.closed_cases if is_open else 0
        case_rows = _case_rows(ids, first, is_open=is_open)
        one_task = f"one.id = (SELECT min(id) FROM user_task WHERE case_id = {case})"
        _copy(connection, "case_file", case_rows["case_file"], cases, f"one.id = {case}")
        _copy(connection, "process_instance", case_rows["process_instance"], cases, f"one.case_id = {case}")
        _copy(connection, "user_task", _task_rows(connection, ids, first, size, jurisdiction_id, is_open=is_open), tasks, one_task)
        events = min(max(size.events - first, 0), cases)
        stream = f"(SELECT id FROM event_stream WHERE key = 'case:{case}')"
        _copy(connection, "event_stream", case_rows["event_stream"], events, f"one.id = {stream}")
        _copy(connection, "event", case_rows["event"], events, f"one.seq = 1 AND one.stream_id = {stream}")


def _case_rows(ids: Mapping[str, int], first: int, *, is_open: bool) -> dict[str, dict[str, str]]:
    """What differs from case to case, by table. The n-th of these cases is the ``first`` + n-th of all."""
    nth = f"{first} + num.n"
    case_id, instance_id, stream_id = (f"{ids[name] + 1} + {nth}" for name in ("case_file", "process_instance", "event_stream"))
    here = {"town_id": "owner.town_id", "grid_id": "owner.grid_id", "employer_id": "owner.id"}
    case_no = f"'BM-2025-' || ({FIRST_SERIAL} + {nth})"
    known = {"risk_level": "owner.risk_level", "industry": "owner.industry", "hazards": "owner.hazards", "employer_name": "owner.name"}
    return {
        "case_file": {
            **here, "id": case_id, "case_no": case_no, "root_instance_id": instance_id, "urgency": "trait.urgency",
            "opened_at": "trait.opened_at", "closed_at": "NULL" if is_open else "trait.ended_at",
            "stage": "trait.stage" if is_open else "'closed'", "earlier_id": "NULL",
        },
        "process_instance": {
            **here, **known, "id": instance_id, "case_id": case_id, "case_no": case_no, "state": "substr(one.state, 1, 0)",
            "started_at": "trait.opened_at",
        },
        "event_stream": {"id": stream_id, "key": f"'case:' || ({case_id})"},
        "event": {"id": f"{ids['event'] + 1} + {nth}", "stream_id": stream_id},
    }  # fmt: skip


def _task_rows(
    connection: Connection, ids: Mapping[str, int], first: int, size: Size, jurisdiction_id: int, *, is_open: bool
) -> dict[str, str]:
    nth_case = f"{first} + num.n" if is_open else f"num.n / {TASKS_PER_CASE}"
    task_id = f"{ids['user_task'] + 1 + (size.closed if is_open else 0)} + num.n"
    of_trait = ("role", "stage", "process_key", "due_at", "order_at", "opened_at")
    of_owner = ("town_id", "grid_id", "risk_level", "industry", "hazards")
    return {
        **{name: f"trait.{name}" for name in of_trait}, **{name: f"owner.{name}" for name in of_owner},
        "id": task_id, "instance_id": f"{ids['process_instance'] + 1} + {nth_case}", "case_id": f"{ids['case_file'] + 1} + {nth_case}",
        "case_no": f"'BM-2025-' || ({FIRST_SERIAL} + {nth_case})", "engine_task_id": _UUID[connection.dialect.name],
        "scope": "'t' || owner.town_id", "jurisdiction_id": str(jurisdiction_id), "employer_id": "owner.id", "employer_name": "owner.name",
        "state": "0" if is_open else "1", "assignee_id": "trait.assignee_id" if is_open else "trait.doer_id", "owner_id": "NULL",
        "ended_at": "NULL" if is_open else "trait.ended_at", "ended_by_id": "NULL" if is_open else "trait.doer_id",
    }  # fmt: skip


def _copy(connection: Connection, table: str, changed: Mapping[str, str], count: int, which: str) -> None:
    if count:
        connection.execute(text(_copies(connection, table, changed, count, which)))


def _copies(connection: Connection, table: str, changed: Mapping[str, str], count: int, which: str) -> str:
    """``count`` copies of one row, with what differs. CROSS JOIN keeps SQLite's order of looking."""
    columns = [str(column.name) for column in db.metadata.tables[table].columns]
    chosen = ", ".join(changed.get(column, f'one."{column}"') for column in columns)
    numbers = _NUMBERS[connection.dialect.name].format(last=count - 1)
    nth = f"num.n / {TASKS_PER_CASE}" if "num.n /" in changed.get("case_id", "") else "num.n"
    owners = connection.scalar(text("SELECT count(*) FROM bench_employer"))
    joined = f"{table} AS one CROSS JOIN {numbers} AS num CROSS JOIN bench_trait AS trait CROSS JOIN bench_employer AS owner"
    named = ", ".join(f'"{column}"' for column in columns)
    alike = f"trait.place = num.n % {TRAITS} AND owner.place = ({nth}) % {owners}"
    return f"INSERT INTO {table} ({named}) SELECT {chosen} FROM {joined} WHERE {which} AND {alike}"


def _finish(connection: Connection, indexes: list[Index], size: Size, jurisdiction_id: int) -> None:
    for index in indexes:
        index.create(connection)
    last = FIRST_SERIAL + size.closed_cases + size.open
    connection.execute(text(f"INSERT INTO number_series (jurisdiction_id, year, last) VALUES ({jurisdiction_id}, 2025, {last})"))
    if connection.dialect.name == "postgresql":
        for name in ("user_account", "employer", *(model.__tablename__ for model in _FILLED)):
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"))


def main() -> None:
    wanted = _arguments()
    database = open_database(wanted.database, wanted.folder)
    try:
        place = Place(database, wanted.folder, "scale")
        place.make(desk=2)
        size = Size(wanted.open, wanted.open * 10 if wanted.closed is None else wanted.closed, wanted.events or wanted.open)
        print(f"{size} in {fill(place, size):.0f} s: ZHIJIAN_HOME={place.settings.home} DATABASE_URL={place.settings.database_url}")
    finally:
        database.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="Make an installation with very many tasks.")
    parser.add_argument("folder", type=Path, help="where it goes; for PostgreSQL also the server's data")
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--open", type=int, default=1_000_000)
    parser.add_argument("--closed", type=int, help="ten times as many as open ones if left out")
    parser.add_argument("--events", type=int, help="as many as open tasks if left out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
