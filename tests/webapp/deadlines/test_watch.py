"""Reminders and breaches are told once, however often and by however many the clocks are watched. Covers BR-24, R-156."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.webapp.deadlines.clocks import AT, clock_of, open_clock, told
from tests.webapp.pages import complete_next, open_case
from webapp.cases.models import Case
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound
from webapp.deadlines import escalations, moving, queries
from webapp.deadlines.models import Deadline, Duty, Escalation
from webapp.deadlines.sweeps import watch_deadlines

DAY = timedelta(days=1)


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    with time_machine.travel(AT, tick=False):
        return open_case(employer, cast.ping)


@pytest.fixture
def watched(case: Case) -> Callable[[datetime], int]:
    """Runs the sweep at an instant."""

    def run(at: datetime) -> int:
        with time_machine.travel(at, tick=False):
            return watch_deadlines()

    return run


def first_clock(case: Case) -> Deadline:
    query = select(Deadline).where(Deadline.case_id == case.id, Deadline.task_id.is_not(None)).order_by(Deadline.id)
    return db.session.scalars(query, execution_options={"populate_existing": True}).first()  # type: ignore[return-value]


def test_a_reminder_comes_once_at_four_fifths(case: Case, watched: Callable[[datetime], int]) -> None:
    clock = first_clock(case)
    assert clock.remind_at is not None
    assert watched(clock.remind_at - timedelta(seconds=1)) == 0
    assert [watched(clock.remind_at + timedelta(seconds=number)) for number in range(2)] == [1, 0]
    assert told(case) == ["deadline.opened", "deadline.reminded"]


def test_a_breach_comes_once_and_calls_the_supervisors(case: Case, cast: Any, watched: Callable[[datetime], int]) -> None:
    clock = first_clock(case)
    assert watched(clock.due_at) == 1, "the last moment is in time: only the reminder"
    assert [watched(clock.due_at + timedelta(seconds=number)) for number in (1, 2)] == [1, 0]
    assert told(case)[-1] == "deadline.breached"
    assert [one.deadline_id for one in queries.unseen_escalations(cast.tao).items] == [clock.id]


def test_a_clock_found_too_late_is_breached_without_a_reminder(case: Case, watched: Callable[[datetime], int]) -> None:
    assert watched(AT + 300 * DAY) == 1
    assert told(case) == ["deadline.opened", "deadline.breached"]


def test_suspended_and_ended_clocks_are_left_alone(case: Case, cast: Any, watched: Callable[[datetime], int]) -> None:
    open_clock(case, "DECIDE")
    with transaction():
        moving.suspend(clock_of(case, "DECIDE"), reason="police", note="移送", actor_id=cast.chen.id, at=AT)
    ended = first_clock(case)
    with time_machine.travel(AT, tick=False):
        complete_next(case)
    watched(AT + 300 * DAY)
    assert ended.id not in {row.deadline_id for row in db.session.scalars(select(Escalation))}
    assert clock_of(case, "DECIDE").breached_at is None


def test_two_that_watch_at_once_tell_it_once(app: Any, case: Case) -> None:
    open_clock(case, "DECIDE")
    start, found = Barrier(2), list[int]()

    def watch() -> None:
        with app.app_context():
            start.wait()
            found.append(watch_deadlines())
            db.session.remove()

    with time_machine.travel(AT + 300 * DAY, tick=False):
        threads = [Thread(target=watch) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(found) == 2
    db.session.rollback()
    assert told(case).count("deadline.breached") == 2
    assert len(db.session.scalars(select(Escalation)).all()) == 2


def test_the_supervisors_of_the_group_see_it_and_nobody_else(case: Case, cast: Any, watched: Callable[[datetime], int]) -> None:
    open_clock(case, "DECIDE")
    watched(AT + 300 * DAY)
    seen = {name: {one.code for one in queries.unseen_escalations(getattr(cast, name)).items} for name in ("tao", "chen", "zhou", "admin")}
    assert seen["tao"] == {first_clock(case).code}, "what the district owes is not the town's to answer for"
    assert seen["chen"] == seen["admin"] == {"DECIDE", first_clock(case).code}
    assert seen["zhou"] == set()
    assert [queries.count_escalations(getattr(cast, name)) for name in ("tao", "chen", "zhou", "hui")] == [1, 2, 0, 0]
    with pytest.raises(NotFound):
        queries.find_escalation(db.session.scalars(select(Escalation.id)).first() or 0, cast.zhou)


def test_taking_note_keeps_the_first_who_did(case: Case, cast: Any, watched: Callable[[datetime], int]) -> None:
    watched(AT + 300 * DAY)
    for person, note in ((cast.tao, "已督促"), (cast.chen, "again")):
        with transaction():
            escalations.see(queries.find_escalation(1, person), note=note, actor_id=person.id, at=AT + 301 * DAY)
    row = db.session.scalars(select(Escalation)).one()
    assert (row.seen_by_id, row.note) == (cast.tao.id, "已督促")
    assert queries.count_escalations(cast.chen) == 0
    assert told(case).count("deadline.escalation_seen") == 1


def test_what_was_owed_and_what_came_of_it_is_kept(case: Case, cast: Any, watched: Callable[[datetime], int]) -> None:
    clock = first_clock(case)
    watched(AT + 300 * DAY)
    duty = db.session.scalars(select(Duty)).one()
    assert (duty.role, duty.scope, duty.performed_at) == ("TOWN", f"t{case.town_id}", None)
    with time_machine.travel(AT + 301 * DAY, tick=False):
        complete_next(case)
    duty = db.session.scalars(select(Duty).where(Duty.id == duty.id), execution_options={"populate_existing": True}).one()
    assert (duty.performed_by_id, duty.evidence, duty.performed_at) == (cast.tao.id, f"task:{clock.task_id}", AT + 301 * DAY)
    period = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
    assert [one.id for one in queries.duties_of(user_id=cast.tao.id, **period)] == [duty.id]
    assert [one.id for one in queries.duties_of(role="TOWN", **period)] == [duty.id]
    assert queries.duties_of(user_id=cast.ping.id, **period) == []


def test_a_duty_in_time_is_kept_when_its_clock_ends(case: Case, cast: Any) -> None:
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        complete_next(case)
    (duty,) = queries.list_duties(cast.tao, first=None, last=None).items
    assert duty.performed_at == AT + timedelta(hours=1)
    assert queries.list_duties(cast.zhou, first=None, last=None).items == []


def test_duties_are_read_page_by_page(case: Case, cast: Any) -> None:
    for number in range(7):
        open_clock(case, "DECIDE", at=AT + number * DAY)
        with transaction():
            clock = clock_of(case, "DECIDE")
            clock.ended_at, clock.ending = AT, "met"
            db.session.add(
                Duty(deadline_id=clock.id, code="DECIDE", instance_id=1, jurisdiction_id=1, due_on=date(2026, 6, 1 + number // 2))
            )
    seen, after = list[int](), None
    for _ in range(4):
        page = queries.list_duties(cast.chen, first=date(2026, 6, 1), last=date(2026, 6, 30), after=after, limit=2)
        seen += [one.id for one in page.items]
        after = page.next
    assert seen == sorted(seen, reverse=True)
    assert (len(seen), after) == (7, None)


def test_the_time_of_a_partys_right_makes_nobody_late(case: Case, cast: Any, watched: Callable[[datetime], int]) -> None:
    for code in ("RECON_APPLY", "SUIT_DIRECT", "DEFENCE_WAIT"):
        open_clock(case, code)
    watched(AT + 300 * DAY)
    assert {one.code for one in queries.unseen_escalations(cast.chen).items} == {"TOWN_ACCEPT"}
    assert clock_of(case, "RECON_APPLY").breached_at is None
