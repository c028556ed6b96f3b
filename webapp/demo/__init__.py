"""The fictional demo district: load it, wipe it without a trace but a signed tombstone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.demo import wiping
from webapp.demo.districts import CAST, build_people, build_places
from webapp.demo.firms import build_firms
from webapp.demo.living import live_through
from webapp.events.services import record

BEFORE_THE_FIRST_CASE = timedelta(days=70)


def load(*, password: str, at: datetime) -> Iterator[str]:
    """Make the district and live through its cases; yields what to tell the operator. Loading twice changes nothing."""
    with transaction():
        is_loaded = db.session.scalars(select(User.id).where(User.is_demo)).first() is not None
    if is_loaded:
        yield _sign_in_line(password) + " (the demo district is loaded)"
        return
    began_at = at - BEFORE_THE_FIRST_CASE
    yield "loading the demo district (fictional people and firms)"
    with clock.moved_to(began_at), transaction():
        build_places(at=began_at)
        people = len(build_people(password=password, at=began_at))
        firms = len(build_firms(at=began_at))
    cases = sum(1 for _ in live_through(at=at))
    with transaction():
        record("installation:1", "demo.loaded", actor_id=None, at=at, employers=firms, cases=cases)
    yield f"{people} people, {firms} employers, {cases} cases"
    yield _sign_in_line(password)


def wipe(*, at: datetime) -> str:
    """Remove every demo row, events included. The caller commits. Returns what was removed."""
    return wiping.wipe(at=at)


def _sign_in_line(password: str) -> str:
    return f"sign in as {', '.join(CAST)} or admin, password {password}"
