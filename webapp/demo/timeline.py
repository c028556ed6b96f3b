"""Live through time: what many courses of events do, in the order in which it happened, many acts in one commit."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from webapp.core import clock
from webapp.core.db import db, transaction

ACTS_PER_COMMIT = 40


class Course(Protocol):
    """One thing that goes on over time. ``next_at``: when its next act is due, None if it is over; ``left``: acts to come."""

    @property
    def next_at(self) -> datetime | None: ...

    @property
    def left(self) -> int: ...

    def act(self, at: datetime) -> Iterable[Course]:
        """Do the next act; returns courses that begin with it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` and ``left`` acts, when the last one happened."""

    done: int
    left: int
    at: datetime


def live(courses: Iterable[Course]) -> Iterator[Progress]:
    """Do every act in the order of time, those of one instant in the order of the courses. Commits; an interruption costs one batch.

    The clock stands at the instant of the act, and at that of the last one while its effects are delivered.
    """
    waiting: list[tuple[datetime, int, Course]] = []
    known = 0
    for course in courses:
        known = _wait(waiting, course, known)
    done, left = 0, sum(course.left for _, _, course in waiting)
    while waiting:
        with ExitStack() as moved, transaction():
            for _ in range(ACTS_PER_COMMIT):
                at, number, course = heapq.heappop(waiting)
                moved.enter_context(clock.moved_to(at))
                left -= course.left
                for begun in course.act(at):
                    known = _wait(waiting, begun, known)
                    left += begun.left
                left += course.left
                done += 1
                if course.next_at is not None:
                    heapq.heappush(waiting, (course.next_at, number, course))
                if not waiting or _effects_are_due():
                    break
        yield Progress(done, left, at)


def _wait(waiting: list[tuple[datetime, int, Course]], course: Course, number: int) -> int:
    """Returns the number for the next course."""
    if course.next_at is not None:
        heapq.heappush(waiting, (course.next_at, number, course))
    return number + 1


def _effects_are_due() -> bool:
    """Somebody waits for what comes after the commit: a parent for its child's answer."""
    return bool(db.session().info.get("after_commit"))
