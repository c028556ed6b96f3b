"""Rows and totals of the lists: every filter, every order, and what happens between two pages."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from tests.webapp.inbox.conftest import FEW, LEADER, MANY, START, TOWN_HEAD
from webapp.core.db import db, transaction
from webapp.core.due import SOON
from webapp.core.errors import Forbidden
from webapp.core.pagination import BadCursor
from webapp.inbox import queries, walks
from webapp.inbox.filters import WEEK, Filters
from webapp.inbox.queries import Sort, View
from webapp.processes.models import COMPLETED, OPEN, UserTask

MANY_PAGES = 400


def has(task: UserTask, user: Any, view: View) -> bool:
    if view == "done":
        return task.state == COMPLETED and task.ended_by_id == user.id
    if task.state != OPEN:
        return False
    if view == "mine":
        return task.assignee_id == user.id
    if view == "group":
        return not task.is_claimed and (task.role, task.scope) in user.candidate_groups
    return user is LEADER or task.town_id == 3


def fits(task: UserTask, filters: Filters) -> bool:
    due = {
        "": True,
        "overdue": task.order_at < START,
        "soon": START <= task.order_at <= START + SOON,
        "week": START <= task.order_at <= START + WEEK,
        "none": task.due_at is None,
    }[filters.due]
    return due and all(
        (
            filters.stage in ("", task.stage),
            filters.process in ("", task.process_key),
            filters.town in (None, task.town_id),
            filters.grid in (None, task.grid_id),
            filters.risk is None or filters.risk == (task.risk_level or 0),
            not filters.hazard or f",{filters.hazard}," in (task.hazards or ""),
            not filters.industry or (task.industry or "").startswith(filters.industry),
            filters.assignee is None or filters.assignee == (task.assignee_id or 0),
        )
    )


def place(task: UserTask, view: View, sort: Sort) -> tuple[Any, ...]:
    if view == "done":
        assert task.ended_at is not None
        return (-task.ended_at.timestamp(), -task.id)
    return (-(task.risk_level or 0) if sort == "risk" else 0, task.order_at, task.id)


def read_all(user: Any, view: View, filters: Filters, sort: Sort = "due", *, limit: int = 100) -> list[int]:
    seen: list[int] = []
    after: str | None = None
    for _ in range(MANY_PAGES):
        listed = queries.rows(user, view=view, filters=filters, sort=sort, now=START, limit=limit, after=after)
        seen += [task.id for task in listed.tasks]
        after = listed.next
        if after is None:
            return seen
    raise AssertionError("the pages never end")


def some_filters(dice: random.Random) -> Filters:
    said = {
        "stage": dice.choice(["", "notice", "visit", "clue"]), "town": dice.choice([None, 1, 3]), "grid": dice.choice([None, None, 5]),
        "risk": dice.choice([None, 0, 1, 3]), "hazard": dice.choice(["", "noise", "chromium", "x_ray"]),
        "industry": dice.choice(["", "C", "C33", "O81"]), "due": dice.choice(["", "overdue", "soon", "week", "none"]),
        "process": dice.choice(["", "work", "other"]), "assignee": dice.choice([None, 0, 7]),
    }  # fmt: skip
    kept = dice.sample(sorted(said), dice.randint(0, 3))
    return Filters(**{name: said[name] for name in kept})


def test_rows_and_totals_are_those_that_fit_in_the_order_of_the_list(pool: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short stretch, so that pages stop early and go on."""
    monkeypatch.setattr(walks, "BOUND", 700)
    every, dice = list(db.session.query(UserTask)), random.Random(20261124)
    readers: list[tuple[Any, View]] = [(FEW, "mine"), (FEW, "group"), (MANY, "group"), (FEW, "done"), (LEADER, "all"), (TOWN_HEAD, "all")]
    for number in range(60):
        user, view = readers[number % len(readers)]
        filters, sort = some_filters(dice), dice.choice(queries.SORTS)
        expected = sorted((task for task in every if has(task, user, view) and fits(task, filters)), key=lambda one: place(one, view, sort))
        where = f"{view} {filters} {sort}"
        assert read_all(user, view, filters, sort) == [task.id for task in expected], where
        total = queries.total(user, view=view, filters=filters, now=START)
        assert total.number <= len(expected), where
        if total.is_exact:
            assert total.number == min(len(expected), 1000), where


def test_a_task_that_arrives_or_goes_between_two_pages_repeats_and_hides_nothing(pool: None) -> None:
    first = queries.rows(FEW, view="group", now=START, limit=10)
    shown = [task.id for task in first.tasks]
    rest = read_all(FEW, "group", Filters())[10:]
    with transaction():
        db.session.get_one(UserTask, shown[-1]).assignee_id = 9
        db.session.get_one(UserTask, rest[0]).assignee_id = 9
        late = db.session.get_one(UserTask, rest[20])
        late.due_at = late.order_at = first.tasks[0].order_at - timedelta(days=1)
    second = queries.rows(FEW, view="group", now=START, limit=10, after=first.next)
    assert [task.id for task in second.tasks] == rest[1:11]


def test_a_page_of_another_order_or_a_forged_one_is_refused(pool: None) -> None:
    due = queries.rows(LEADER, view="all", now=START, limit=5).next
    for after in (due, "garbage", "!!!", "ZHVlLjAuMS4tMQ", "cmlzay45LjEuMQ", "x" * 5000):
        with pytest.raises(BadCursor):
            queries.rows(LEADER, view="all", now=START, sort="risk", after=after)


def test_who_supervises_nothing_has_no_list_of_everything(pool: None) -> None:
    with pytest.raises(Forbidden):
        queries.rows(FEW, view="all", now=START)
    with pytest.raises(Forbidden):
        queries.total(FEW, view="all", now=START)


def test_a_list_that_nothing_fits_ends_after_bounded_looks(pool: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "BOUND", 500)
    listed = queries.rows(LEADER, view="all", filters=Filters(hazard="x_ray"), now=START)
    assert (listed.tasks, listed.stops_early) == ([], True)
    assert queries.total(LEADER, view="all", filters=Filters(hazard="x_ray"), now=START).text == "0+"
    assert read_all(LEADER, "all", Filters(hazard="x_ray")) == []
