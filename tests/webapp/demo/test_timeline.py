"""Many courses of events are lived in the order of time; the operator sees how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webapp.core import clock
from webapp.core.db import after_commit
from webapp.demo.progress import show
from webapp.demo.timeline import ACTS_PER_COMMIT, Course, Progress, live

DAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class Diary:
    """Notes what it does and when; its first act may begin another one."""

    name: str
    days: list[int]
    pages: list[tuple[str, datetime]]
    begins: list[Course] = field(default_factory=list)
    effect: Any = None

    @property
    def next_at(self) -> datetime | None:
        return DAY + timedelta(days=self.days[0]) if self.days else None

    @property
    def left(self) -> int:
        return len(self.days)

    def act(self, at: datetime) -> Iterable[Course]:
        assert clock.now() == at
        self.days = self.days[1:]
        self.pages.append((self.name, at))
        if self.effect is not None:
            after_commit(self.effect)
        begun, self.begins = self.begins, []
        return begun


def test_acts_happen_in_the_order_of_time_those_of_one_instant_in_the_order_of_the_courses(app: Any) -> None:
    pages: list[tuple[str, datetime]] = []
    told = list(live([Diary("late", [3, 5], pages), Diary("early", [1, 3], pages, [Diary("begun", [2], pages)])]))
    assert [name for name, _ in pages] == ["early", "begun", "late", "early", "late"]
    assert (told[-1].done, told[-1].left) == (5, 0)


def test_many_acts_share_a_commit_but_an_effect_follows_its_act_at_once(app: Any) -> None:
    pages: list[tuple[str, datetime]] = []
    seen: list[tuple[int, datetime]] = []
    quiet = list(live([Diary("quiet", list(range(ACTS_PER_COMMIT + 1)), pages)]))
    assert [one.done for one in quiet] == [ACTS_PER_COMMIT, ACTS_PER_COMMIT + 1]
    pages.clear()
    list(live([Diary("loud", [0, 1], pages, effect=lambda: seen.append((len(pages), clock.now())))]))
    assert seen == [(1, DAY), (2, DAY + timedelta(days=1))]


def test_without_a_terminal_the_progress_is_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show(["loading", *(Progress(done, 100 - done, DAY) for done in range(0, 101, 5)), "ready"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "loading"
    assert lines[-1] == "ready"
    assert len(lines) == 12
    assert lines[1] == "10 of 100 steps, living through 2026-03-02"
