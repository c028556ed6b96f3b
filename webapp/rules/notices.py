"""The yearly holiday notice: read it, show what it changes, publish it. BR-27: whole years, all or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, extract, select

from webapp.accounts.models import User
from webapp.core.db import after_commit, db
from webapp.core.errors import Invalid
from webapp.core.i18n import gettext, ngettext
from webapp.events.services import lock_stream, record
from webapp.rules.adding import STREAM
from webapp.rules.models import Amount, CalendarDay, CalendarImport
from webapp.rules.queries import forget_rules, in_force
from webapp.rules.services import Moved, on_calendar_changed

MAX_BYTES, MAX_LINES, MAX_NAME, MAX_SENTENCES = 60_000, 400, 40, 20
FIRST_YEAR, LAST_YEAR = 2000, 2100
WORDS = {
    True: {"yes", "y", "true", "1", "work", "working", "是", "班", "上班", "工作", "工作日", "调休上班"},
    False: {"no", "n", "false", "0", "off", "holiday", "否", "休", "放假", "休息", "假"},
}
HEADINGS = {"day", "date", "日期", "日"}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_CELLS = re.compile(r"[,，;；\t]")


@dataclass(frozen=True, slots=True)
class NoticeDay:
    day: date
    is_working: bool
    name: str


@dataclass(frozen=True, slots=True)
class YearChange:
    """What publishing does to a year. ``gone``: days of the calendar that the notice does not have."""

    year: int
    is_new: bool
    added: Sequence[NoticeDay]
    changed: Sequence[NoticeDay]
    gone: Sequence[date]
    days_off: int
    days_made_up: int


def decoded(raw: bytes) -> str:
    """The text of an uploaded file in UTF-8 or GBK. Raises Invalid."""
    if len(raw) > MAX_BYTES:
        raise Invalid({"file": [gettext("The file is too large for a year's notice. Send only its lines, at most 60 kB.")]})
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid({"file": [gettext("The file is not text in UTF-8 or GBK. Save it as CSV and send it again.")]})


def read_notice(text: str) -> list[NoticeDay]:
    """Lines ``day, working yes or no, name``. Raises Invalid with one sentence for each line that is wrong."""
    lines = [(number, line.strip()) for number, line in enumerate(text[:MAX_BYTES].splitlines(), start=1) if line.strip()]
    errors: list[str] = []
    days: dict[date, NoticeDay] = {}
    for number, line in lines[:MAX_LINES]:
        cells = [cell.strip().strip(" \"'") for cell in _CELLS.split(line)]
        if cells[0].lower() in HEADINGS:
            continue
        problem = _read_line(cells, days)
        if problem:
            errors.append(gettext("Line %(number)s: %(problem)s", number=number, problem=problem))
    errors += _whole_errors(len(lines), days)
    if errors:
        raise Invalid({"text": errors[:MAX_SENTENCES]})
    return sorted(days.values(), key=lambda one: one.day)


def preview(days: Sequence[NoticeDay]) -> list[YearChange]:
    """What ``publish`` would change, by year."""
    return [_year_change(year, [one for one in days if one.day.year == year]) for year in _years(days)]


def publish(days: Sequence[NoticeDay], *, actor: User, at: datetime) -> CalendarImport:
    """Replace the years of the notice and recount the provisional clocks that run."""
    lock_stream(STREAM)
    years = _years(days)
    db.session.execute(delete(CalendarDay).where(extract("year", CalendarDay.day).in_(years)))
    db.session.add_all(CalendarDay(day=one.day, is_working=one.is_working, name=one.name) for one in days)
    db.session.flush()
    moved = _recounted(at)
    done = CalendarImport(
        years=years, day_count=len(days), moved=[_stored(one) for one in moved], imported_by_id=actor.id, imported_at=at
    )  # fmt: skip
    db.session.add(done)
    db.session.flush()
    payload = {"import_id": done.id, "years": years, "days": len(days), "moved": len(moved)}
    record(STREAM, "rules.calendar_imported", actor_id=actor.id, at=at, **payload)
    return done


def _read_line(cells: list[str], days: dict[date, NoticeDay]) -> str | None:
    """Add the line to ``days``, or say what is wrong with it."""
    if len(cells) < 3:
        return gettext("three parts are needed: day, working yes or no, name. Separate them by commas.")
    day, is_working, name = _day(cells[0]), _is_working(cells[1]), cells[2]
    if day is None:
        return gettext("“%(text)s” is not a day. Write it like 2027-01-31.", text=cells[0][:20])
    if is_working is None:
        return gettext("“%(text)s” does not say whether people work. Write yes or no.", text=cells[1][:20])
    if not name or len(name) > MAX_NAME:
        return gettext("give the name of the holiday, with at most 40 characters.")
    if day in days:
        return gettext("%(day)s stands there twice. Remove one of the lines.", day=day.isoformat())
    days[day] = NoticeDay(day, is_working, name)
    return None


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _is_working(text: str) -> bool | None:
    return next((answer for answer, words in WORDS.items() if text.lower() in words), None)


def _whole_errors(line_count: int, days: dict[date, NoticeDay]) -> list[str]:
    if line_count > MAX_LINES:
        return [gettext("A notice has at most 400 lines. Send one or two years at a time.")]
    if not days:
        return [gettext("There is no line with a day. Paste the notice, one day a line.")]
    return [
        sentence
        for year in _years(days.values())
        for sentence in _year_errors(year, [one for one in days.values() if one.day.year == year])
    ]


def _year_errors(year: int, days: Sequence[NoticeDay]) -> list[str]:
    """Holidays on a weekend are made up for, so days off less make-up days are at least the holidays of the year. Source: HOL 2, 6."""
    least = in_force(Amount, "HOLIDAY_DAYS", on=date(year, 1, 1))
    net = _off(days) - _made_up(days)
    if least is None or net >= least.value:
        return []
    return [
        ngettext(
            "The notice of %(year)s leaves %(num)s day off; the law gives %(least)s. Paste the whole notice, also its bridge days.",
            "The notice of %(year)s leaves %(num)s days off; the law gives %(least)s. Paste the whole notice, also its bridge days.",
            net,
            year=year,
            least=least.value,
        )
    ]


def _year_change(year: int, days: Sequence[NoticeDay]) -> YearChange:
    stored = {row.day: row for row in db.session.scalars(select(CalendarDay).where(extract("year", CalendarDay.day) == year))}
    added = [one for one in days if one.day not in stored]
    changed = [one for one in days if one.day in stored and stored[one.day].is_working != one.is_working]
    gone = sorted(set(stored) - {one.day for one in days})
    return YearChange(year, not stored, added, changed, gone, _off(days), _made_up(days))


def _off(days: Sequence[NoticeDay]) -> int:
    return sum(not one.is_working and one.day.weekday() < 5 for one in days)


def _made_up(days: Sequence[NoticeDay]) -> int:
    return sum(one.is_working and one.day.weekday() >= 5 for one in days)


def _years(days: Iterable[NoticeDay]) -> list[int]:
    return sorted({one.day.year for one in days})


def _recounted(at: datetime) -> list[Moved]:
    """By the new calendar; nobody else may keep it before it is stored."""
    forget_rules()
    try:
        return [moved for handler in on_calendar_changed for moved in handler(at)]
    finally:
        forget_rules()
        after_commit(forget_rules)


def _stored(moved: Moved) -> dict[str, Any]:
    places = {"deadline_id": moved.deadline_id, "code": moved.code, "case_id": moved.case_id, "instance_id": moved.instance_id}
    return {**places, "before_at": moved.before_at.isoformat(), "after_at": moved.after_at.isoformat()}
