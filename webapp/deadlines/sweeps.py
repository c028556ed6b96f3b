"""Periodic work of legal clocks: reminders and breaches come from here, not from timers in diagrams."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.sweeps import sweep
from webapp.deadlines import watch
from webapp.deadlines.watch import Batch

BATCH = 500  # clocks of one commit


@sweep("deadline-watch", every=timedelta(seconds=60))
def watch_deadlines() -> int:
    """Tell every breach and every reminder once; returns how many."""
    return _round(watch.breach) + _round(watch.remind)


def _round(work: Callable[..., Batch]) -> int:
    at, after, total = clock.now(), None, 0
    while True:
        batch = _batch(work, at=at, after=after)
        total, after = total + batch.done, batch.after
        if after is None:
            return total


def _batch(work: Callable[..., Batch], **where: object) -> Batch:
    with transaction():
        return work(**where, limit=BATCH)
