"""The one clock. Instants are aware UTC; legal days are days in Shanghai."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LEGAL_ZONE = ZoneInfo("Asia/Shanghai")
_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """This instant, aware UTC; the moved clock inside ``moved_to``."""
    return _moved.get() or datetime.now(UTC)


def legal_day(at: datetime) -> date:
    """The calendar day in Shanghai that contains the instant."""
    return at.astimezone(LEGAL_ZONE).date()


def today() -> date:
    return legal_day(now())


@contextmanager
def moved_to(at: datetime) -> Iterator[None]:
    """Let the demo loader live through a past day. Never used by a request."""
    token = _moved.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _moved.reset(token)
