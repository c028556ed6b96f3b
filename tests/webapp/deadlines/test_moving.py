"""Clocks are suspended, resumed and extended as the law allows, and told to the record."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.deadlines.clocks import AT, clock_of, open_clock, set_rule, told
from tests.webapp.pages import open_case, open_task
from webapp.cases.models import Case
from webapp.core.clock import legal_day
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError
from webapp.deadlines import errors, moving, services
from webapp.deadlines.models import Deadline, Suspension
from webapp.processes import clocks as operations
from webapp.processes.models import ProcessInstance, UserTask
from webapp.processes.subjects import Subject
from webapp.rules import services as rules
from webapp.rules.models import CalendarDay, TimeLimit
from webapp.rules.queries import UnknownTimeLimit, forget_rules, working_days

DAY = timedelta(days=1)


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


def stop(clock: Deadline, cast: Any, *, at: datetime, reason: str = "reconsideration") -> None:
    with transaction():
        moving.suspend(clock, reason=reason, note="复议受理通知书1号", actor_id=cast.chen.id, at=at)


def go_on(clock: Deadline, cast: Any, *, at: datetime) -> None:
    with transaction():
        moving.resume(clock, actor_id=cast.chen.id, at=at)


def refused(error: type[DomainError], work: Any, *args: Any, **options: Any) -> DomainError:
    with pytest.raises(error) as caught, transaction():
        work(*args, **options)
    return caught.value


def due_on(clock: Deadline) -> date:
    return legal_day(clock.due_at)


def test_the_actual_days_are_added(case: Case, cast: Any) -> None:
    clock = open_clock(case, "DECIDE")
    before = due_on(clock)
    stop(clock, cast, at=AT + 10 * DAY)
    assert clock.is_suspended
    assert not clock.is_overdue(AT + 400 * DAY)
    go_on(clock, cast, at=AT + 24 * DAY)
    assert (due_on(clock) - before, clock.suspended_days) == (14 * DAY, 14)
    assert told(case, "deadline.%ed")[-2:] == ["deadline.suspended", "deadline.resumed"]


def test_a_stop_inside_a_stop_is_refused(case: Case, cast: Any) -> None:
    clock = open_clock(case, "DECIDE")
    stop(clock, cast, at=AT + DAY)
    refused(errors.AlreadySuspended, moving.suspend, clock, reason="testing", note="通知", actor_id=1, at=AT + 2 * DAY)
    go_on(clock, cast, at=AT + 3 * DAY)
    refused(errors.NotSuspended, moving.resume, clock, actor_id=1, at=AT + 4 * DAY)
    assert len(db.session.scalars(select(Suspension)).all()) == 1


def test_what_ended_or_ran_out_is_not_moved(case: Case, cast: Any) -> None:
    clock = open_clock(case, "DECIDE")
    refused(errors.ClockRanOut, moving.suspend, clock, reason="police", note="移送", actor_id=1, at=AT + 200 * DAY)
    with transaction():
        services.close_spanning("DECIDE", case_id=case.id, instance_id=clock.instance_id, stream=clock.stream, actor_id=None, at=AT)
    refused(errors.ClockEnded, moving.suspend, clock, reason="police", note="移送", actor_id=1, at=AT)
    refused(errors.ClockEnded, moving.resume, clock, actor_id=1, at=AT)


def test_a_clock_that_ends_while_it_stands_still_was_kept(case: Case, cast: Any) -> None:
    clock = open_clock(case, "DECIDE")
    stop(clock, cast, at=AT + DAY)
    with transaction():
        owner = {"case_id": case.id, "instance_id": clock.instance_id, "stream": clock.stream}
        services.close_spanning("DECIDE", actor_id=None, at=AT + 300 * DAY, **owner)
    assert clock_of(case, "DECIDE").ending == "met"


def test_a_person_gives_a_reason_of_the_list_and_a_note(case: Case, cast: Any) -> None:
    clock = open_clock(case, "DECIDE")
    refused(errors.ReasonMissing, moving.suspend, clock, reason="too busy", note="忙", actor_id=1, at=AT)
    missing = refused(errors.NoteMissing, moving.suspend, clock, reason="police", note=" \n", actor_id=1, at=AT)
    assert set(getattr(missing, "errors", {})) == {"note"}


def test_a_sealing_stands_still_only_for_testing_and_never_rolls(case: Case, cast: Any) -> None:
    with transaction():
        if db.session.scalars(select(TimeLimit).where(TimeLimit.code == "SEAL")).first() is None:
            row = {"code": "SEAL", "zh": "查封", "en": "Sealing", "value": 30, "unit": "CD", "process": "P23", "source": "L:AEL25"}
            db.session.add(TimeLimit(**row, verified="yes", rolls=False, valid_from=date(2021, 1, 1)))
    forget_rules()
    clock = open_clock(case, "SEAL", at=datetime.fromisoformat("2026-09-05T02:00:00+00:00"))
    assert due_on(clock).isoformat() == "2026-10-05", "in the holiday"
    refused(errors.ReasonRefused, moving.suspend, clock, reason="police", note="移送", actor_id=1, at=clock.started_at)
    stop(clock, cast, at=clock.started_at + DAY, reason="testing")
    go_on(clock, cast, at=clock.started_at + 6 * DAY)
    assert due_on(clock).isoformat() == "2026-10-10"


def test_after_a_police_referral_fifteen_working_days_are_left(case: Case, cast: Any) -> None:
    set_rule("DECIDE", keeps_days_min=15)
    clock = open_clock(case, "DECIDE")
    stop(clock, cast, at=clock.due_at - DAY, reason="police")
    back = clock.due_at + 30 * DAY
    go_on(clock, cast, at=back)
    days = [legal_day(back) + number * DAY for number in range(1, (due_on(clock) - legal_day(back)).days + 1)]
    assert sum(working_days().is_working(day) for day in days) >= 15
    again = clock.due_at
    stop(clock, cast, at=back + DAY)
    go_on(clock, cast, at=back + DAY)
    assert clock.due_at == again, "the days left are kept by what comes later"


def test_an_extension_is_capped_by_the_rule(case: Case, cast: Any) -> None:
    set_rule("DECIDE", extension_value=None, extension_count=None)
    clock = open_clock(case, "DECIDE")
    refusal = refused(errors.NotExtendable, moving.extend, clock, reason="案情复杂", approver=cast.chen, at=AT)
    assert "60" in refusal.message, "names the article"
    set_rule("DECIDE", extension_value=30, extension_unit="CD", extension_count=1)
    clock, before = clock_of(case, "DECIDE"), due_on(clock_of(case, "DECIDE"))
    with transaction():
        moving.extend(clock, reason="案情复杂", approver=cast.chen, at=AT + DAY)
    assert due_on(clock) >= before + 28 * DAY
    assert clock.extended_to == clock.due_at
    refused(errors.ExtensionUsedUp, moving.extend, clock, reason="再延长", approver=cast.chen, at=AT + 2 * DAY)
    assert told(case)[-1] == "deadline.extended"


def test_the_date_of_the_task_moves_with_its_clock(case: Case, cast: Any) -> None:
    task = open_task(case)
    clock = db.session.scalars(select(Deadline).where(Deadline.task_id == task.id)).one()
    at = clock.started_at + timedelta(minutes=1)
    stop(clock, cast, at=at)
    assert due_of(task) is None
    go_on(clock, cast, at=at + 9 * DAY)
    assert due_of(task) == clock.due_at
    assert legal_day(clock.due_at) > legal_day(at + 9 * DAY)


def due_of(task: UserTask) -> datetime | None:
    db.session.rollback()
    return db.session.scalar(select(UserTask.due_at).where(UserTask.id == task.id))


def test_a_clock_may_count_from_the_day_of_the_event(case: Case) -> None:
    clock = open_clock(case, "DECIDE", at=AT, started_at=AT - 3 * DAY)
    assert clock.started_at == AT - 3 * DAY
    with pytest.raises(errors.StartsLater):
        open_clock(case, "INVESTIGATE", at=AT, started_at=AT + DAY)
    with pytest.raises(UnknownTimeLimit):
        open_clock(case, "INVESTIGATE", at=AT, started_at=datetime.fromisoformat("1999-01-01T00:00:00+00:00"))


def test_a_published_calendar_moves_what_was_provisional(case: Case) -> None:
    clock = open_clock(case, "HD_ACCEPT", at=datetime.fromisoformat("2026-12-29T02:00:00+00:00"))
    assert clock.is_provisional
    before = clock.due_at
    with transaction():
        db.session.add_all([CalendarDay(day=date(2027, 1, day), is_working=False, name="元旦") for day in (1, 4, 5)])
    forget_rules()
    with transaction():
        (moved,) = [one for hook in rules.on_calendar_changed for one in hook(AT)]
    assert (moved.code, moved.before_at, moved.after_at) == ("HD_ACCEPT", before, clock.due_at)
    assert (legal_day(before).isoformat(), due_on(clock).isoformat()) == ("2027-01-07", "2027-01-12")
    assert not clock.is_provisional
    assert told(case)[-1] == "deadline.recounted"


def test_a_diagram_suspends_and_resumes_and_asks_for_dates(case: Case) -> None:
    clock = open_clock(case, "DECIDE")
    subject = Subject.of(db.session.get_one(ProcessInstance, case.root_instance_id))
    with transaction():
        asked = operations.due_by(subject, {"code": "DECIDE"}, AT)
        assert asked["on"] == due_on(clock).isoformat()
        assert operations.suspend_clock(subject, {"code": "DECIDE INVESTIGATE", "reason": "police"}, AT + DAY) == {"codes": ["DECIDE"]}
    with pytest.raises(errors.ClockNotRunning):
        operations.due_by(subject, {"code": "DECIDE"}, AT)
    with transaction():
        assert operations.resume_clock(subject, {"code": "DECIDE"}, AT + 8 * DAY) == {"codes": ["DECIDE"]}
    assert clock_of(case, "DECIDE").suspended_days == 7


@pytest.mark.parametrize(("said", "on"), [("2026-03-02", "2026-05-31"), ("2026-03-01T16:30:00+00:00", "2026-05-31")])
def test_a_date_counts_from_a_day_or_an_instant(case: Case, said: str, on: str) -> None:
    set_rule("DECIDE", rolls=False)
    assert operations.due_date(Subject(), {"code": "DECIDE", "from": said}, AT)["on"] == on


def test_a_damaged_date_or_a_diagram_without_a_case_is_refused_in_words(app: Any) -> None:
    with pytest.raises(operations.BadDate, match="tomorrow"):
        operations.due_date(Subject(), {"code": "DECIDE", "from": "tomorrow"}, AT)
    with pytest.raises(operations.NoCaseHere):
        operations.suspend_clock(Subject(), {"code": "DECIDE", "reason": "police"}, AT)
