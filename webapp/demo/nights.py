"""What the loop does while nobody works: timers that are due, limits that are over. In the demo once a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.core.db import db
from webapp.deadlines import watch
from webapp.demo.timeline import Course
from webapp.processes import services
from webapp.processes.models import TimerRow

BATCH = 500
ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Nights:
    """Every night from ``next_at`` until ``until``. They count as no act: nobody waits for them."""

    next_at: datetime | None
    until: datetime
    left: int = 0

    def act(self, at: datetime) -> Iterable[Course]:
        due = select(TimerRow.instance_id).where(TimerRow.due_at <= at).group_by(TimerRow.instance_id)
        for instance_id in db.session.scalars(due).all():
            services.fire_timers(instance_id, at=at)
        for work in (watch.breach, watch.remind):
            _round(work, at=at)
        self.next_at = at + ONE_DAY if at + ONE_DAY <= self.until else None
        return ()


def _round(work: Callable[..., watch.Batch], *, at: datetime) -> None:
    after: watch.Place | None = None
    while True:
        after = work(at=at, after=after, limit=BATCH).after
        if after is None:
            return
