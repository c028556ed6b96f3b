"""Fill a database with closed cases: copies of one closed case, made by the database itself.

They have what lists, look-ups and indexes meet: case file, instance, its user tasks and its stream with the first event. Engine
states, forms and the rest of the record stay behind: nothing reads them, and they would fill the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, MetaData, Table, create_engine, text

from benchmarks import district
from benchmarks.place import Place

TASKS_PER_CASE = 3
_TABLES = ("event_stream", "case_file", "process_instance", "user_task", "event")
_NUMBERS = {
    "postgresql": "SELECT n FROM generate_series(1, :cases) AS numbers(n)",
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :cases) SELECT n FROM numbers",
}
_TEMPLATE = "SELECT id FROM case_file WHERE closed_at IS NOT NULL ORDER BY id LIMIT 1"


def add_closed_tasks(place: Place, count: int) -> None:
    """``count`` closed user tasks, three a case, spread over all towns."""
    engine = create_engine(place.settings.database_url)
    with engine.connect() as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        # Foreign keys hold by construction; looking each one up would take most of the time.
        # Below SQLAlchemy, because SQLite listens only outside a transaction.
        connection.connection.cursor().execute("SET session_replication_role = replica" if is_postgresql else "PRAGMA foreign_keys=OFF")
        _copy_case(connection, cases=count // TASKS_PER_CASE)
        connection.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if is_postgresql else "ANALYZE"))
    engine.dispose()


def _copy_case(connection: Connection, *, cases: int) -> None:
    metadata = MetaData()
    metadata.reflect(connection, only=_TABLES)
    ids = {name: connection.execute(text(f"SELECT max(id) FROM {name}")).scalar_one() for name in _TABLES}
    known = {"cases": cases, "template": connection.execute(text(_TEMPLATE)).scalar_one()}
    connection.execute(text(f"CREATE TEMPORARY TABLE bench_number AS SELECT * FROM ({_NUMBERS[connection.dialect.name]}) AS found"), known)
    connection.execute(text(f"CREATE TEMPORARY TABLE bench_grid AS {_grids()}"))
    for name in _TABLES:
        connection.execute(text(_copy_of(metadata.tables[name], ids)), known)
    if connection.dialect.name == "postgresql":
        for name in _TABLES:
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"))


def _grids() -> str:
    return "SELECT id, town_id, row_number() OVER (ORDER BY id) - 1 AS place FROM grid"


def _copy_of(table: Table, ids: Mapping[str, int]) -> str:
    """Copies of the template's rows of a table, with what differs from case to case replaced."""
    changed = _changes(ids)[table.name]
    columns = [column.name for column in table.columns]
    chosen = ", ".join(changed.get(column, f'one."{column}"') for column in columns)
    places = f"JOIN bench_grid AS grid ON grid.place = n % {district.TOWNS}"
    named = ", ".join(f'"{column}"' for column in columns)
    rows = f"bench_number {places} CROSS JOIN {table.name} AS one"
    return f"INSERT INTO {table.name} ({named}) SELECT {chosen} FROM {rows} WHERE {_WHICH[table.name]}"


_WHICH: dict[str, str] = {
    "case_file": "one.id = :template",
    "process_instance": "one.case_id = :template",
    "user_task": "one.case_id = :template",
    "event_stream": "one.key = 'case:' || :template",
    "event": "one.seq = 1 AND one.stream_id = (SELECT id FROM event_stream WHERE key = 'case:' || :template)",
}


def _changes(ids: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    here = {"town_id": "grid.town_id", "grid_id": "grid.id"}
    case_id, instance_id = f"{ids['case_file']} + n", f"{ids['process_instance']} + n"
    case_no = "'BULK-' || n"
    nth_task = "(SELECT count(*) FROM user_task AS earlier WHERE earlier.case_id = :template AND earlier.id < one.id)"
    scope = "CASE one.role WHEN 'GRID' THEN 'g' || grid.id WHEN 'TOWN' THEN 't' || grid.town_id ELSE one.scope END"
    return {
        "case_file": {**here, "id": case_id, "case_no": case_no, "root_instance_id": instance_id},
        "process_instance": {**here, "id": instance_id, "case_id": case_id, "case_no": case_no, "state": "substr(one.state, 1, 0)"},
        "user_task": {
            **here, "id": f"{ids['user_task']} + (n - 1) * {TASKS_PER_CASE} + 1 + {nth_task}", "instance_id": instance_id,
            "case_id": case_id, "case_no": case_no, "scope": scope,
        },
        "event_stream": {"id": f"{ids['event_stream']} + n", "key": f"'case:' || ({case_id})"},
        "event": {"id": f"{ids['event']} + n", "stream_id": f"{ids['event_stream']} + n"},
    }  # fmt: skip
