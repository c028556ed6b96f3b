"""The fictional demo district: load it, wipe it without a trace but signed tombstones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from webapp.accounts.models import User
from webapp.campaigns.models import CampaignMember
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError
from webapp.demo import wiping
from webapp.demo.districts import CAST, build_people, build_places
from webapp.demo.firms import build_firms
from webapp.demo.people import posts_of
from webapp.demo.sizes import FULL, SMALL, Size, courses_of
from webapp.demo.timeline import Progress, live
from webapp.employers.models import Employer
from webapp.events import outbox
from webapp.events.services import record

__all__ = ["FULL", "SMALL", "OtherSize", "load", "wipe"]
Told = str | Progress


class OtherSize(DomainError):
    """A demo district of another size is loaded. Run `zhijian demo wipe` first, then load this one."""


def load(*, password: str, at: datetime, size: Size = FULL) -> Iterator[Told]:
    """Make the district and live through its year; yields what to tell the operator, and how far it is.

    Loading twice changes nothing, and after an interruption it goes on where it was. Raises districts.PlaceTaken, OtherSize.
    """
    outbox.deliver_due(now=at)
    with transaction():
        first = db.session.scalar(select(func.min(User.created_at)).where(User.is_demo))
    if first is None:
        yield "loading the demo district (fictional people and firms)"
        _settle(password, size, at=at - size.begins)
    today = at if first is None else first + size.begins
    with transaction():
        if _count(Employer, Employer.is_demo) != size.employers:
            raise OtherSize
        courses = courses_of(size, at=today)
    if not any(course.left for course in courses):
        yield f"the demo district is already loaded; {_sign_in(password)}"
        return
    yield from live(courses)
    yield from _summary(password, at=at)


def wipe(*, at: datetime) -> str:
    """Remove every demo row, events included. The caller commits. Returns what was removed."""
    return wiping.wipe(at=at)


def _settle(password: str, size: Size, *, at: datetime) -> None:
    with clock.moved_to(at), transaction():
        build_places(at=at)
        build_people(password=password, at=at)
        build_firms(size.population, at=at)


def _summary(password: str, *, at: datetime) -> Iterator[str]:
    with transaction():
        people, employers = _count(User, User.is_demo), _count(Employer, Employer.is_demo)
        cases, visits = _count(Case, Case.is_demo), _count(CampaignMember, CampaignMember.instance_id.is_not(None))
        record("installation:1", "demo.loaded", actor_id=None, at=at, employers=employers, cases=cases)
    yield f"{people} people, {employers} employers, {cases} cases, {visits} visits of campaigns"
    yield _sign_in(password)
    second = ", ".join(name for name, _ in posts_of(2))
    yield f"also as town02 to town12 (zhou is the fifth), grid0102 to grid1202, and for Suzhou New District as {second}"


def _count(model: type[User] | type[Employer] | type[Case] | type[CampaignMember], condition: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(condition)) or 0  # type: ignore[arg-type]


def _sign_in(password: str) -> str:
    return f"sign in as {', '.join(CAST[:-1])} or {CAST[-1]}, password {password}"
