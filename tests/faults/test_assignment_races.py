"""People who reach for the same task at the same moment: it has one holder afterwards, and nobody waits for ever."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.site import WORK
from tests.webapp.pages import Browser, token_on
from webapp.accounts import services as accounts
from webapp.accounts.models import User
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError
from webapp.events import verify
from webapp.events.models import Event
from webapp.notifications.models import Notice
from webapp.processes import assignments, editions, files, queries, services
from webapp.processes.errors import AlreadyClaimed, AlreadyEnded
from webapp.processes.models import COMPLETED, UserTask

pytestmark = pytest.mark.faults
RACES, BULK = 60, 200
Verb = Callable[[UserTask, User], object]


def claim(task: UserTask, actor: User) -> None:
    services.claim(task, actor=actor, at=clock.now())


def complete(task: UserTask, actor: User) -> None:
    services.complete(task, values={}, version=None, actor=actor, at=clock.now(), locale="zh")


def take_over(task: UserTask, actor: User) -> None:
    holder = db.session.scalars(select(User).where(User.username == "qin")).one()
    assignments.take_over(task, holder_id=holder.id, reason="is ill", actor=actor, at=clock.now())


@pytest.fixture
def opened(app: Any, cast: Any, employer: Any) -> Callable[[int], list[int]]:
    """Makes so many tasks for the case leads; qin is one of them too."""
    with transaction():
        accounts.grant_role(cast.qin, "HD_LEAD", actor_id=None, at=clock.now(), jurisdiction_id=cast.qin.jurisdiction_id)
        edition = editions.publish(files.read([WORK]), note="work", actor_id=None, at=clock.now())
        editions.activate(edition, actor_id=None, at=clock.now())

    def make(number: int) -> list[int]:
        found: list[int] = []
        for _ in range(0, number, 20):
            with transaction():
                found += [_advanced_to_leads(cast, employer.id) for _ in range(20)]
        db.session.remove()
        return found

    return make


def id_of(username: str) -> int:
    return db.session.scalars(select(User.id).where(User.username == username)).one()


def hold(task_ids: list[int], username: str) -> None:
    with transaction():
        holder = db.session.scalars(select(User).where(User.username == username)).one()
        for task_id in task_ids:
            services.claim(db.session.get_one(UserTask, task_id), actor=holder, at=clock.now())
    db.session.remove()


def test_two_take_over_at_once_and_one_has_it(app: Any, opened: Callable[[int], list[int]]) -> None:
    task_ids = opened(RACES)
    hold(task_ids, "qin")
    outcomes = _race(app, task_ids, {"hui": take_over, "hui2": take_over})
    for task_id in task_ids:
        assert sorted(type(one).__name__ for one in outcomes[task_id].values()) == [AlreadyClaimed.__name__, "NoneType"]
        winner = next(name for name, refusal in outcomes[task_id].items() if refusal is None)
        assert db.session.get_one(UserTask, task_id).assignee_id == id_of(winner)
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.user_id == id_of("qin"))) == RACES
    assert list(verify.problems()) == []


def test_taking_over_while_the_holder_submits_ends_one_way_or_the_other(app: Any, opened: Callable[[int], list[int]]) -> None:
    task_ids = opened(RACES)
    hold(task_ids, "qin")
    outcomes = _race(app, task_ids, {"qin": complete, "hui": take_over})
    for task_id in task_ids:
        submitted, taken = outcomes[task_id]["qin"], outcomes[task_id]["hui"]
        task = db.session.get_one(UserTask, task_id)
        if submitted is None:
            assert isinstance(taken, AlreadyEnded)
            assert (task.state, task.assignee_id, task.ended_by_id) == (COMPLETED, id_of("qin"), id_of("qin"))
        else:
            assert isinstance(submitted, AlreadyClaimed)
            assert taken is None
            assert (task.is_open, task.assignee_id) == (True, id_of("hui"))
    assert list(verify.problems()) == []


def test_claiming_what_another_submits_at_once_never_locks_both_up(app: Any, opened: Callable[[int], list[int]]) -> None:
    task_ids = opened(RACES)
    outcomes = _race(app, task_ids, {"hui": complete, "hui2": claim})
    for task_id in task_ids:
        submitted, claimed = outcomes[task_id]["hui"], outcomes[task_id]["hui2"]
        expected = (None, AlreadyEnded) if submitted is None else (AlreadyClaimed, None)
        assert (submitted and type(submitted), claimed and type(claimed)) == expected
        task = db.session.get_one(UserTask, task_id)
        assert task.assignee_id == (id_of("hui") if submitted is None else id_of("hui2"))


def test_two_who_claim_the_same_two_hundred_share_them(app: Any, opened: Callable[[int], list[int]]) -> None:
    task_ids = opened(BULK)
    answers: dict[str, Any] = {}

    def send(browser: Browser, username: str, token: str) -> None:
        values = {"verb": "claim", "task": [str(one) for one in task_ids], "idempotency_key": str(uuid.uuid4())}
        answers[username] = browser.post("/tasks/bulk", csrf_token=token, **values)

    browsers = {name: Browser(app, name) for name in ("hui", "hui2")}
    tokens = {name: token_on(browser.get("/account").text) for name, browser in browsers.items()}
    _together([lambda name=name: send(browsers[name], name, tokens[name]) for name in browsers])  # type: ignore[misc]
    assert [answer.status_code for answer in answers.values()] == [303, 303]
    db.session.rollback()
    holders = list(db.session.scalars(select(UserTask.assignee_id).where(UserTask.id.in_(task_ids))))
    assert set(holders) <= {id_of("hui"), id_of("hui2")}
    for name, browser in browsers.items():
        page = browser.get(answers[name].headers["Location"]).text
        assert page.count('class="tag ok"') == holders.count(id_of(name))
    assert db.session.scalar(select(func.count(Event.id)).where(Event.name == "task.claimed")) == BULK
    assert list(verify.problems()) == []


def _race(app: Any, task_ids: list[int], verbs: dict[str, Verb]) -> dict[int, dict[str, Exception | None]]:
    """Each person does his verb on each task, both at the same moment."""
    outcomes: dict[int, dict[str, Exception | None]] = {task_id: {} for task_id in task_ids}
    barrier = threading.Barrier(len(verbs))

    def run(username: str, verb: Verb) -> None:
        with app.app_context():
            for task_id in task_ids:
                barrier.wait(60)
                outcomes[task_id][username] = _attempt(username, task_id, verb)

    _together([lambda name=name, verb=verb: run(name, verb) for name, verb in verbs.items()])  # type: ignore[misc]
    db.session.rollback()
    return outcomes


def _together(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _attempt(username: str, task_id: int, verb: Verb) -> Exception | None:
    try:
        with transaction():
            actor = db.session.scalars(select(User).where(User.username == username)).one()
            verb(queries.find_task(task_id, actor), actor)
    except DomainError as refusal:
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
