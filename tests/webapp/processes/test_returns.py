"""Return to an earlier step: the case never gets lost, nothing typed goes, no clock starts anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.pages import Browser, answers, complete_next, open_case, open_task, text_of
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Forbidden
from webapp.deadlines.models import Deadline
from webapp.events.models import Event
from webapp.notifications.models import Notice
from webapp.processes import queries, returned, returns, services
from webapp.processes.errors import CannotReturn, ReasonMissing, Returned, TaskChanged
from webapp.processes.models import OPEN, RETURNED, TaskReturn, UserTask

REASON = "The address belongs to another town."
DECIDED = {"HD_INTAKE": "accept", "TOWN": "take"}


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


@pytest.fixture
def task(case: Case) -> UserTask:
    """The verification by the town."""
    complete_next(case, decision="take")
    return open_task(case)


def give_back(task: UserTask, to: str, actor: Any, **given: Any) -> UserTask:
    with transaction():
        return returns.return_to(task, to, **{"reason": REASON, "actor": actor, "at": clock.now(), **given})


def redo(task: UserTask, actor: Any, **given: Any) -> UserTask:
    """Complete and answer the next task."""
    with transaction():
        values = answers(queries.form_of(task), **given)
        done = services.complete(task, values=values, version=None, actor=actor, at=clock.now(), locale="en")
    return done.opened[0]


def clock_of(task: UserTask) -> Deadline:
    return db.session.scalars(select(Deadline).where(Deadline.task_id == task.id)).one()


def test_the_earlier_step_opens_again_with_whoever_did_it(app: Any, cast: Any, case: Case, task: UserTask) -> None:
    first = db.session.scalars(select(UserTask).where(UserTask.element == "town_accept")).one()
    again = give_back(task, "town_accept", cast.tao)
    assert [found.id for found in queries.open_tasks_of_case(case.id)] == [again.id]
    assert (again.element, again.assignee_id, again.state) == ("town_accept", first.ended_by_id, OPEN)
    assert (task.state, task.ended_by_id) == (RETURNED, cast.tao.id)
    assert returned.return_that_opened(again).reason == REASON


def test_what_was_sent_before_is_there_again(app: Any, cast: Any, task: UserTask) -> None:
    again = give_back(task, "town_accept", cast.tao)
    before = returned.said_there_before(again, cast.tao)
    assert before["decision"] == "take"
    page = Browser(app, "tao").get(f"/tasks/{again.id}")
    assert 'value="take" checked' in page.text
    assert REASON in text_of(page.text)


def test_what_was_typed_into_the_returned_step_waits_for_the_case_to_come_by(app: Any, cast: Any, task: UserTask) -> None:
    with transaction():
        services.save_draft(task, values={"facts": "half a sentence"}, actor=cast.tao, at=clock.now())
    again = give_back(task, "town_accept", cast.tao)
    verify_again = redo(again, cast.tao, decision="take")
    assert verify_again.element == "verify"
    assert returned.said_there_before(verify_again, cast.tao) == {"facts": "half a sentence"}


def test_clocks_go_on_where_they_stood(app: Any, cast: Any, task: UserTask) -> None:
    due, started = task.due_at, clock_of(task).started_at
    first = db.session.scalars(select(UserTask).where(UserTask.element == "town_accept")).one()
    with clock.moved_to(clock.now() + timedelta(hours=1)):
        again = give_back(task, "town_accept", cast.tao)
    with clock.moved_to(clock.now() + timedelta(hours=2)):
        verify_again = redo(again, cast.tao, decision="take")
    assert again.due_at == first.due_at
    assert verify_again.due_at == due
    assert clock_of(verify_again).started_at == started
    assert clock_of(task).ending == "dropped"


def test_a_step_that_was_done_in_time_is_not_late_because_it_came_back(app: Any, cast: Any, task: UserTask) -> None:
    late = clock.now() + timedelta(days=60)
    due = task.due_at
    with clock.moved_to(late):
        again = give_back(task, "town_accept", cast.tao)
        assert again.due_at is None
        verify_again = redo(again, cast.tao, decision="take")
    assert verify_again.due_at == due  # never done, and so late


def test_the_person_is_told_and_the_record_has_the_reason(app: Any, cast: Any, case: Case) -> None:
    for _ in range(3):
        complete_next(case, conclusion="violation", decision=DECIDED.get(open_task(case).role))
    complete_next(case)  # the filing is proposed
    task = open_task(case)
    assert task.element == "file_case"
    again = give_back(task, "propose_filing", cast.chen)
    told = db.session.scalars(select(Notice).where(Notice.kind == "task.returned")).one()
    assert (told.user_id, told.task_id, told.params) == (again.assignee_id, again.id, {"by_id": cast.chen.id})
    assert db.session.scalars(select(Event).where(Event.name == "task.returned")).one().body.count(REASON.encode()) == 1
    page = Browser(app, "chen").get(f"/cases/{case.case_no}").text
    assert REASON in text_of(page)


def test_a_case_that_was_returned_again_and_again_still_reaches_its_end(app: Any, cast: Any, case: Case, task: UserTask) -> None:
    for _ in range(5):
        again = give_back(task, "town_accept", cast.tao)
        task = redo(again, cast.tao, decision="take")
        assert len(queries.open_tasks_of_case(case.id)) == 1
    with transaction():
        values = answers(queries.form_of(task), conclusion="unfounded")
        services.complete(task, values=values, version=None, actor=cast.tao, at=clock.now(), locale="en")
    assert not task.instance.is_running
    assert len(db.session.scalars(select(TaskReturn)).all()) == 5


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 201])
def test_a_reason_must_be_given(app: Any, cast: Any, task: UserTask, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        give_back(task, "town_accept", cast.tao, reason=reason)
    assert task.is_open


@pytest.mark.parametrize("element", ["verify", "propose_filing", "supplement_finding", "nothing", ""])
def test_only_steps_that_the_case_went_through_are_returned_to(app: Any, cast: Any, task: UserTask, element: str) -> None:
    with pytest.raises(CannotReturn):
        give_back(task, element, cast.tao)


def test_others_cannot_return_it(app: Any, cast: Any, task: UserTask) -> None:
    with pytest.raises(Forbidden):
        give_back(task, "town_accept", cast.hui)
    with transaction():
        services.claim(task, actor=cast.tao, at=clock.now())
    with pytest.raises(TaskChanged):
        give_back(task, "town_accept", cast.tao, version=1)


def test_a_returned_task_says_so_to_whoever_comes_late(app: Any, cast: Any, task: UserTask) -> None:
    give_back(task, "town_accept", cast.tao)
    values = answers(queries.form_of(task), conclusion="violation")
    with pytest.raises(Returned), transaction():
        services.complete(task, values=values, version=None, actor=cast.tao, at=clock.now(), locale="en")
    page = text_of(Browser(app, "tao").get(f"/tasks/{task.id}").text)
    assert REASON in page
    assert "returned the case to an earlier step at" in page
