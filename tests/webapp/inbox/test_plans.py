"""Inbox queries walk indexes: no scan and no sort over open rows, also under a generic plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import event, insert, text

from webapp.core.db import db, transaction
from webapp.core.permissions import Permission
from webapp.inbox import queries
from webapp.processes.models import COMPLETED, OPEN, Edition, ProcessInstance, UserTask

START = datetime(2026, 3, 1, tzinfo=UTC)
OPEN_ROWS, CLOSED_ROWS, TOWNS, PEOPLE = 6_000, 10_000, 24, 50
ROLES = ("GRID", "TOWN", "HD_LEAD")

Statement = tuple[str, Any]


def person(*groups: tuple[str, str], supervises: str | None = None) -> Any:
    reach = {Permission.SUPERVISE: frozenset({supervises})} if supervises else {}
    return SimpleNamespace(
        id=7, candidate_groups=frozenset(groups), has=reach.__contains__, scopes_with=lambda permission: reach.get(permission, frozenset())
    )


FEW = person(("TOWN", "t1"), ("TOWN", "t2"))
MANY = person(*((role, f"t{town}") for role in ROLES for town in range(TOWNS)))
LEADER = person(("HD_LEAD", "j1"), supervises="j1")
TOWN_HEAD = person(("TOWN", "t3"), supervises="t3")

WORK: dict[str, Callable[[], object]] = {
    "mine": lambda: queries.page(FEW, view="mine"),
    "mine, second page": lambda: queries.page(FEW, view="mine", after=queries.page(FEW, view="mine", limit=5).next),
    "group": lambda: queries.page(FEW, view="group"),
    "group, second page": lambda: queries.page(FEW, view="group", after=queries.page(FEW, view="group").next),
    "group of many": lambda: queries.page(MANY, view="group"),
    "all of a jurisdiction": lambda: queries.page(LEADER, view="all"),
    "all of a town": lambda: queries.page(TOWN_HEAD, view="all"),
    "counts": lambda: queries.counts(FEW, now=START),
    "counts of many": lambda: queries.counts(MANY, now=START),
    "counts of a leader": lambda: queries.counts(LEADER, now=START),
}


@pytest.fixture
def pool(app: Any) -> None:
    """Open tasks, a third of them assigned, and more closed ones."""
    with transaction():
        edition = Edition(hash="plans", manifest=[], note="", published_at=START)
        db.session.add(edition)
        db.session.flush()
        instance = ProcessInstance(
            edition_id=edition.id, process_key="work", state=b"", awaits=[], has_timers=False, outcome="running", started_at=START
        )
        db.session.add(instance)
        db.session.flush()
        db.session.execute(insert(UserTask), [_row(number, instance.id) for number in range(OPEN_ROWS + CLOSED_ROWS)])
    with db.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def test_inbox_queries_neither_scan_nor_sort_open_rows(pool: None) -> None:
    for name, work in WORK.items():
        with _statements() as statements:
            work()
        plans = "\n".join(_plan(statement) for statement in statements)
        assert not re.search(r"Seq Scan on user_task|SCAN user_task(?! USING)|Sort|TEMP B-TREE", plans), f"{name}:\n{plans}"


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


def _row(number: int, instance_id: int) -> dict[str, Any]:
    due_at = START + timedelta(minutes=7 * (number * 7919 % 9973) - 20_000)
    town, role = number % TOWNS, ROLES[number // TOWNS % len(ROLES)]
    return {
        "instance_id": instance_id, "engine_task_id": uuid4(), "process_key": "work", "element": "step", "name": "步骤",
        "name_en": "Step", "role": role, "scope": f"t{town}", "jurisdiction_id": 1, "town_id": town,
        "assignee_id": number % PEOPLE if number % 3 == 0 else None, "due_at": due_at, "order_at": due_at, "priority": 0,
        "state": OPEN if number < OPEN_ROWS else COMPLETED, "version": 1, "opened_at": START,
    }  # fmt: skip


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
