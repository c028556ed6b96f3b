"""Two people at one task: one wins, the other is told who and when."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.site import WORK
from webapp.accounts.models import User
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.events import verify
from webapp.events.models import Event
from webapp.processes import editions, files, queries, services
from webapp.processes.errors import AlreadyClaimed, AlreadyEnded
from webapp.processes.models import UserTask

pytestmark = pytest.mark.faults
RACES = 500
Verb = Callable[[UserTask, User], None]


def claim(task: UserTask, actor: User) -> None:
    services.claim(task, actor=actor, at=clock.now())


def complete(task: UserTask, actor: User) -> None:
    services.complete(task, values={}, version=None, actor=actor, at=clock.now(), locale="zh")


@pytest.fixture
def task_ids(app: Any, cast: Any, employer: Any) -> list[int]:
    """One task of the case leads for every race."""
    with transaction():
        edition = editions.publish(files.read([WORK]), note="work", actor_id=None, at=clock.now())
        editions.activate(edition, actor_id=None, at=clock.now())
    found: list[int] = []
    for first in range(0, RACES, 50):
        with transaction():
            found += [_advanced_to_leads(cast, employer.id) for _ in range(first, first + 50)]
    db.session.remove()
    return found


@pytest.mark.parametrize(("verb", "refusal"), [(claim, AlreadyClaimed), (complete, AlreadyEnded)])
def test_one_of_two_wins_and_the_other_learns_who_and_when(app: Any, task_ids: list[int], verb: Verb, refusal: type[Exception]) -> None:
    results = _race(app, task_ids, verb)
    for task_id in task_ids:
        outcomes = results[task_id]
        assert sorted(type(outcome).__name__ for outcome in outcomes) == sorted(["NoneType", refusal.__name__])
        loser = next(outcome for outcome in outcomes if outcome is not None)
        assert "某某" in str(loser)
        assert "20" in str(loser)
    event = "task.claimed" if verb is claim else "task.completed"
    counted = select(func.count(Event.id)).where(Event.name == event, Event.actor_id.in_(_leads()))
    assert db.session.scalar(counted) == RACES
    assert list(verify.problems()) == []


def _race(app: Any, task_ids: list[int], verb: Verb) -> dict[int, list[Exception | None]]:
    results: dict[int, list[Exception | None]] = {task_id: [] for task_id in task_ids}
    barrier = threading.Barrier(2)

    def run(username: str) -> None:
        with app.app_context():
            for task_id in task_ids:
                barrier.wait(60)
                results[task_id].append(_attempt(username, task_id, verb))

    threads = [threading.Thread(target=run, args=(username,)) for username in ("hui", "hui2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _attempt(username: str, task_id: int, verb: Verb) -> Exception | None:
    try:
        with transaction():
            actor = db.session.scalars(select(User).where(User.username == username)).one()
            verb(queries.find_task(task_id, actor), actor)
    except (AlreadyClaimed, AlreadyEnded) as refusal:
        return refusal
    finally:
        db.session.remove()
    return None


def _advanced_to_leads(cast: Any, employer_id: int) -> int:
    at = clock.now()
    started = start_process("work", values={}, employer_id=employer_id, actor=cast.ping, at=at, locale="zh")
    for actor, values in ((cast.ping, {"first": 30, "second": 30}), (cast.tao, {})):
        done = services.complete(started.opened[0], values=values, version=None, actor=actor, at=at, locale="zh")
        started.opened[:] = done.opened
    return started.opened[0].id


def _leads() -> list[int]:
    return list(db.session.scalars(select(User.id).where(User.username.in_(["hui", "hui2"]))))


assert {"hui", "hui2"} <= set(factories.CAST)
