"""The fictional demo district: load it, wipe it without a trace but signed tombstones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from webapp.accounts.models import User
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.demo import wiping
from webapp.demo.districts import CAST, build_people, build_places
from webapp.demo.firms import build_firms
from webapp.demo.living import live_through
from webapp.demo.people import posts_of
from webapp.demo.visits import live_campaign
from webapp.employers.models import Employer
from webapp.events.services import record

BEFORE_THE_FIRST_CASE = timedelta(days=70)


def load(*, password: str, at: datetime) -> Iterator[str]:
    """Make the district and live through its cases; yields what to tell the operator.

    Loading twice changes nothing, and after an interruption it goes on where it was. Raises districts.PlaceTaken.
    """
    with transaction():
        is_there = _count(User, User.is_demo) > 0
    if not is_there:
        yield "loading the demo district (fictional people and firms)"
        _settle(password, at=at - BEFORE_THE_FIRST_CASE)
    steps = list(live_through(at=at))
    visited = live_campaign(at=at)
    if not any(steps) and not visited:
        yield f"the demo district is already loaded; {_sign_in(password)}"
        return
    with transaction():
        people, employers = _count(User, User.is_demo), _count(Employer, Employer.is_demo)
        record("installation:1", "demo.loaded", actor_id=None, at=at, employers=employers, cases=len(steps))
    yield f"{people} people, {employers} employers, {len(steps)} cases"
    if visited:
        yield f"a campaign under way with {visited} employers"
    yield _sign_in(password)
    second = ", ".join(name for name, _ in posts_of(2))
    yield f"also as town02 to town12 (zhou is the fifth), grid0102 to grid1202, and for Suzhou New District as {second}"


def wipe(*, at: datetime) -> str:
    """Remove every demo row, events included. The caller commits. Returns what was removed."""
    return wiping.wipe(at=at)


def _settle(password: str, *, at: datetime) -> None:
    with clock.moved_to(at), transaction():
        build_places(at=at)
        build_people(password=password, at=at)
        build_firms(at=at)


def _count(model: type[User] | type[Employer], condition: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(condition)) or 0  # type: ignore[arg-type]


def _sign_in(password: str) -> str:
    return f"sign in as {', '.join(CAST[:-1])} or {CAST[-1]}, password {password}"
