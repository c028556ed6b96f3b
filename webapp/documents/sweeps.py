"""Periodic work of evidence: files whose row was never stored."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import select

from webapp.core.db import db
from webapp.core.sweeps import sweep
from webapp.documents import storage
from webapp.documents.models import Evidence

PATIENCE = timedelta(days=1)  # no request lasts that long: a younger file may still get its row


@sweep("evidence-orphans", every=timedelta(hours=6))
def orphans_sweep() -> int:
    """Remove files without a row that are older than a day, and those that were never finished."""
    before = time.time() - PATIENCE.total_seconds()
    old = [(path, name) for path, name, written_at in storage.stored() if written_at < before]
    known = set(db.session.scalars(select(Evidence.uuid))) if old else set()
    db.session.rollback()
    orphans = [path for path, name in old if name not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)
