"""How near a due instant is: level, words and the share of the time that is used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from webapp.core.clock import legal_day
from webapp.core.i18n import gettext, ngettext

SOON = timedelta(hours=48)
REMINDER_PERCENT = 80  # of the time from start to due


class Level(StrEnum):
    """Also the class name in the stylesheet."""

    OVERDUE = "overdue"
    SOON = "soon"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Due:
    """``used``: percent of the time from start to due, 0 to 100."""

    level: Level
    text: str
    used: int


def due(due_at: datetime, started_at: datetime, now: datetime) -> Due:
    """Judge a clock that runs from ``started_at`` to ``due_at`` as it stands ``now``."""
    used = _used(due_at, started_at, now)
    return Due(_level(due_at, now, used), remaining(due_at, now), used)


def remaining(due_at: datetime, now: datetime) -> str:
    """ "3 days left", "due today, 5 hours left", "2 days overdue"; days are legal days."""
    left = due_at - now
    days = abs((legal_day(due_at) - legal_day(now)).days)
    hours = abs(left) // timedelta(hours=1)
    if left < timedelta(0):
        return _overdue(days, hours)
    if days == 0:
        return ngettext("due today, %(num)s hour left", "due today, %(num)s hours left", hours) if hours else gettext("due within the hour")
    return ngettext("%(num)s day left", "%(num)s days left", days)


def _overdue(days: int, hours: int) -> str:
    if days:
        return ngettext("%(num)s day overdue", "%(num)s days overdue", days)
    return ngettext("%(num)s hour overdue", "%(num)s hours overdue", hours) if hours else gettext("just overdue")


def _level(due_at: datetime, now: datetime, used: int) -> Level:
    """SOON: within 48 hours, or from the reminder on."""
    if due_at < now:
        return Level.OVERDUE
    return Level.SOON if due_at - now <= SOON or used >= REMINDER_PERCENT else Level.CALM


def _used(due_at: datetime, started_at: datetime, now: datetime) -> int:
    whole = due_at - started_at
    if whole <= timedelta(0) or now >= due_at:
        return 100
    return max(0, min(100, round(100 * ((now - started_at) / whole))))
