"""Inbox queries walk indexes: no scan and no sort over open rows, also under a generic plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from tests.webapp.inbox.conftest import FEW, LEADER, MANY, START, TOWN_HEAD
from webapp.core.db import db
from webapp.inbox import counts, queries
from webapp.inbox.filters import Filters
from webapp.inbox.queries import Sort, View
from webapp.processes.models import OPEN, UserTask

Statement = tuple[str, Any]
FILTERS = {
    "none": Filters(),
    "stage": Filters(stage="notice"),
    "process": Filters(process="work"),
    "town": Filters(town=3),
    "grid": Filters(grid=5),
    "risk": Filters(risk=3),
    "no risk": Filters(risk=0),
    "hazard": Filters(hazard="chromium"),
    "industry": Filters(industry="C33"),
    "overdue": Filters(due="overdue"),
    "without a clock": Filters(due="none"),
    "nothing": Filters(hazard="x_ray"),
    "several": Filters(stage="notice", risk=3, hazard="noise"),
    "assignee": Filters(assignee=7),
    "nobody": Filters(assignee=0),
}
READERS: dict[str, tuple[Any, View]] = {
    "mine": (FEW, "mine"),
    "group": (FEW, "group"),
    "group of many": (MANY, "group"),
    "done": (FEW, "done"),
    "all of a jurisdiction": (LEADER, "all"),
    "all of a town": (TOWN_HEAD, "all"),
}


def test_inbox_queries_neither_scan_nor_sort_open_rows(pool: None) -> None:
    for name, work in _work():
        with _statements() as statements:
            work()
        plans = "\n".join(_plan(statement) for statement in statements)
        assert not re.search(r"Seq Scan on user_task|SCAN user_task(?! USING)|Sort|TEMP B-TREE|AUTOMATIC", plans), f"{name}:\n{plans}"


def test_pages_follow_each_other_in_due_order_without_gap_or_repeat(pool: None) -> None:
    for user in (FEW, MANY):
        seen: list[int] = []
        after: str | None = None
        for _ in range(4):
            page = queries.page(user, view="group", limit=40, after=after)
            seen += [task.id for task in page.items]
            after = page.next
        free = [task for task in db.session.query(UserTask) if task.state == OPEN and not task.is_claimed]
        theirs = [task for task in free if (task.role, task.scope) in user.candidate_groups]
        expected = [task.id for task in sorted(theirs, key=lambda task: (task.order_at, task.id))][: len(seen)]
        assert seen == expected


def _work() -> Iterator[tuple[str, Callable[[], object]]]:
    for reader, (user, view) in READERS.items():
        for name, filters in FILTERS.items():
            yield f"{reader}, {name}", lambda user=user, view=view, filters=filters: _read(user, view, filters, "due")
        yield f"{reader} by risk", lambda user=user, view=view: _read(user, view, Filters(), "risk")
    for name, user in {"few": FEW, "many": MANY, "a leader": LEADER, "a town head": TOWN_HEAD}.items():
        yield f"counts of {name}", lambda user=user: counts.counts(user, now=START)


def _read(user: Any, view: View, filters: Filters, sort: Sort) -> None:
    """Two pages and the total."""
    first = queries.rows(user, view=view, filters=filters, sort=sort, now=START, limit=5)
    if first.next:
        queries.rows(user, view=view, filters=filters, sort=sort, now=START, limit=5, after=first.next)
    queries.total(user, view=view, filters=filters, now=START)


@contextmanager
def _statements() -> Iterator[list[Statement]]:
    found: list[Statement] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        found.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _plan(statement: Statement) -> str:
    sql, parameters = statement
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return "\n".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters))
        return _generic_plan(connection, sql, parameters)


def _generic_plan(connection: Any, sql: str, parameters: dict[str, Any]) -> str:
    """The plan PostgreSQL keeps for a prepared statement whose values it does not know."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    numbered = re.sub(r"%\((\w+)\)s", lambda match: f"${names.index(match[1]) + 1}", sql)
    values = ", ".join(psycopg.sql.Literal(str(parameters[name])).as_string(None) for name in names)
    connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
    connection.exec_driver_sql(f"PREPARE watched AS {numbered}".replace("%", "%%"))
    run = f"EXECUTE watched({values})" if names else "EXECUTE watched"
    plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {run}".replace("%", "%%")))
    connection.exec_driver_sql("DEALLOCATE watched")
    return plan
