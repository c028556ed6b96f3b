"""Periodic work of the record."""

from __future__ import annotations

from datetime import timedelta

from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.sweeps import sweep
from webapp.events import anchors, outbox


@sweep("outbox", every=timedelta(seconds=1))
def outbox_sweep() -> int:
    """Deliver effects that are due."""
    return outbox.deliver_due(now=clock.now())


@sweep("anchors", every=timedelta(hours=1))
def anchor_sweep() -> int:
    """Anchor the heads of the streams, then write the line into the file."""
    with transaction():
        made = anchors.anchor(at=clock.now())
    anchors.append_missing_lines()
    db.session.rollback()
    return int(made is not None)
