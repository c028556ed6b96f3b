"""The clock of a user task starts when it opens and stops when it ends, whoever holds it meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.pages import open_case
from webapp.core.db import db, transaction
from webapp.deadlines import services
from webapp.deadlines.models import Deadline
from webapp.deadlines.queries import deadlines_of_case
from webapp.events.models import Event, EventStream
from webapp.processes import services as processes
from webapp.processes.models import UserTask

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def first_task() -> UserTask:
    """What a finding opens for the town."""
    return db.session.scalars(select(UserTask).where(UserTask.role == "TOWN")).one()


def clock_of(task: UserTask) -> Deadline:
    return db.session.scalars(select(Deadline).where(Deadline.task_id == task.id)).one()


def recorded(task: UserTask) -> list[str]:
    named = select(Event.name).join(EventStream).where(EventStream.key == f"case:{task.case_id}", Event.name.like("deadline.%"))
    return list(db.session.scalars(named.order_by(Event.seq)))


def test_claiming_and_releasing_never_move_the_due_date(app: Any, cast: Any, employer: Any) -> None:
    open_case(employer, cast.ping)
    task = first_task()
    due_at, started_at = task.due_at, clock_of(task).started_at
    with transaction():
        processes.claim(first_task(), actor=cast.tao, at=started_at + timedelta(days=1))
    with transaction():
        processes.release(first_task(), actor=cast.tao, at=started_at + timedelta(days=2))
    clock = clock_of(first_task())
    assert (clock.due_at, clock.started_at, first_task().due_at) == (due_at, started_at, due_at)
    assert recorded(task) == ["deadline.opened"]


@pytest.mark.parametrize(("beyond", "ending"), [(timedelta(0), "met"), (timedelta(microseconds=1), "late")])
def test_the_last_moment_is_in_time_and_the_next_is_late(app: Any, cast: Any, employer: Any, beyond: timedelta, ending: str) -> None:
    open_case(employer, cast.ping)
    task = first_task()
    assert task.due_at is not None
    with transaction():
        services.close_for_task(task.id, stream=f"case:{task.case_id}", actor_id=cast.tao.id, at=task.due_at + beyond)
    assert clock_of(task).ending == ending
    assert recorded(task) == ["deadline.opened", f"deadline.{ending}"]


def test_the_clock_of_a_withdrawn_task_is_dropped_once(app: Any, cast: Any, employer: Any) -> None:
    open_case(employer, cast.ping)
    task = first_task()
    for _ in range(2):
        with transaction():
            services.drop_for_task(task.id, stream=f"case:{task.case_id}", actor_id=None, at=AT)
    assert clock_of(task).ending == "dropped"
    assert recorded(task) == ["deadline.opened", "deadline.dropped"]


def test_running_clocks_come_first_in_a_case(app: Any, cast: Any, employer: Any) -> None:
    open_case(employer, cast.ping)
    task = first_task()
    owner: dict[str, Any] = {"case_id": task.case_id, "instance_id": task.instance_id, "stream": f"case:{task.case_id}", "actor_id": None}
    with transaction():
        services.open_spanning("INVESTIGATE", at=AT, **owner)
        services.open_spanning("DECIDE", at=AT, **owner)
        services.close_spanning("INVESTIGATE", at=AT, **owner)
    assert task.case_id is not None
    codes = [clock.code for clock in deadlines_of_case(task.case_id)]
    assert (codes[-1], set(codes)) == ("INVESTIGATE", {"DECIDE", clock_of(task).code, "INVESTIGATE"})
