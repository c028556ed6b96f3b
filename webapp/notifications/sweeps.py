"""Periodic work of notices."""

from __future__ import annotations

from datetime import timedelta

from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.sweeps import sweep
from webapp.notifications import services


@sweep("notices", every=timedelta(days=1))
def notice_sweep() -> int:
    """Forget what was read long ago; returns how many."""
    total = 0
    while done := _forget_some():
        total += done
    return total


def _forget_some() -> int:
    with transaction():
        return services.forget_read(before=clock.now() - services.KEPT)
