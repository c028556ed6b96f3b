"""One verb for many tasks: each is done or refused for itself, and the results are kept for the page that shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
from sqlalchemy import select

from webapp.accounts.models import User
from webapp.core.db import db
from webapp.core.errors import DomainError, Invalid
from webapp.core.idempotency import Answer, IdempotencyKey, recall, remember
from webapp.processes import assignments, services
from webapp.processes.models import UserTask

VERBS = CLAIM, RELEASE, ASSIGN = ("claim", "release", "assign")
MAX_TASKS = 200  # ours: as many as one can still read through
MAX_PARTS = 200
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
Outcome = Literal["done", "refused", "missing"]


class NothingChosen(Invalid):
    """No task is selected. Mark the tasks in the list first, then choose what is to be done."""


class TooManyTasks(Invalid):
    """%(count)s tasks are too many at once. Select at most %(most)s, and do the others afterwards."""


class UnknownVerb(Invalid):
    """Choose what is to be done with the selected tasks: claim, release or assign."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``to`` and ``reason``: for assigning; ``next``: a path of ours to go back to."""

    verb: str
    task_ids: tuple[int, ...]
    to: int | None
    reason: str
    next: str

    def body(self) -> bytes:
        return orjson.dumps([self.verb, self.task_ids, self.to, self.reason])


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one task. ``name`` and ``case_no`` are empty for one that this person may not see."""

    id: int
    outcome: Outcome
    sentence: str
    name: str = ""
    name_en: str = ""
    case_no: str | None = None
    employer: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Everything one submission of the bulk form came to, failures first."""

    wanted: Wanted
    results: list[Result]

    @property
    def failed(self) -> list[Result]:
        return [one for one in self.results if one.outcome != "done"]

    @property
    def to_retry(self) -> list[int]:
        return [one.id for one in self.results if one.outcome == "refused"]


def checked(wanted: Wanted) -> Wanted:
    """Raises UnknownVerb, NothingChosen, TooManyTasks."""
    if wanted.verb not in VERBS:
        raise UnknownVerb
    if not wanted.task_ids:
        raise NothingChosen
    if len(wanted.task_ids) > MAX_TASKS:
        raise TooManyTasks(count=len(wanted.task_ids), most=MAX_TASKS)
    return wanted


def do_one(task: UserTask, wanted: Wanted, *, to: User | None, actor: User, at: datetime) -> None:
    """The verb on one task; what is already as wanted is done, so that a form sent twice does no harm.

    Raises what the verb refuses.
    """
    if wanted.verb == CLAIM:
        services.claim(task, actor=actor, at=at)
    elif wanted.verb == ASSIGN and to is not None:
        assignments.reassign(task, to=to, reason=wanted.reason, actor=actor, at=at)
    elif not (task.is_open and task.assignee_id is None):
        services.release(task, actor=actor, at=at)


def result_of(task: UserTask, refusal: DomainError | None) -> Result:
    outcome: Outcome = "refused" if refusal else "done"
    sentence = refusal.message if refusal else ""
    return Result(task.id, outcome, sentence, task.name, task.name_en, task.case_no, task.employer_name)


def key_of(text: str) -> str | None:
    """The text if it is a key as our forms make them."""
    return text if _KEY.match(text) else None


def recalled(user: User, key: str, part: int, wanted: Wanted) -> list[Result] | None:
    """What this part of the form came to when it was sent before. Raises KeyReused."""
    answer = recall(_scope(user), f"{key}.{part:03}", body=wanted.body())
    return _results(answer.body) if answer else None


def keep(user: User, key: str, part: int, wanted: Wanted, results: Sequence[Result], *, at: datetime) -> None:
    """In the caller's transaction; raises IntegrityError if the same part was kept meanwhile."""
    content = orjson.dumps({"wanted": asdict(wanted), "results": [asdict(one) for one in results]})
    remember(_scope(user), f"{key}.{part:03}", body=wanted.body(), answer=Answer(200, content), at=at)


def find_done(user: User, key: str) -> Done | None:
    """All parts of one submission together; None if this person sent none under the key."""
    own = (IdempotencyKey.scope == _scope(user), IdempotencyKey.key > f"{key}.", IdempotencyKey.key < f"{key}/")
    parts = [orjson.loads(row) for row in db.session.scalars(select(IdempotencyKey.answer).where(*own).order_by(IdempotencyKey.key))]
    if not parts:
        return None
    results = [Result(**one) for part in parts for one in part["results"]]
    wanted = Wanted(**{**parts[0]["wanted"], "task_ids": tuple(one.id for one in results)})
    return Done(wanted, sorted(results, key=lambda one: _ORDER[one.outcome]))


_ORDER: dict[Outcome, int] = {"refused": 0, "missing": 1, "done": 2}


def _scope(user: User) -> str:
    return f"{user.id}:bulk"


def _results(body: bytes) -> list[Result]:
    content: dict[str, Any] = orjson.loads(body)
    return [Result(**one) for one in content["results"]]
