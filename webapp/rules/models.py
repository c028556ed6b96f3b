"""Dated legal data: a rule is a row with a validity, a source and a verification mark."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base

VERIFIED = ("yes", "part", "no", "design")  # article text read; seen in excerpts; not seen; this office's own
UNITS = ("H", "CD", "WD", "MON")  # hours, calendar days, working days, months


class Dated:
    """What every rule carries. ``source``: ``L:APL56,85`` law and articles, ``W:5`` a web page of domain/00, ``M`` memory, ``D`` ours."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    zh: Mapped[str] = mapped_column(String(200))
    en: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200))
    verified: Mapped[str] = mapped_column(String(8))  # one of VERIFIED
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]  # the last day it is in force
    note_zh: Mapped[str | None] = mapped_column(String(400))
    note_en: Mapped[str | None] = mapped_column(String(400))
    added_by_id: Mapped[int | None]  # None: shipped
    added_at: Mapped[datetime | None]

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or self.valid_to >= on)


class TimeLimit(Dated, Base):
    """One time limit as it stood between two days. A clock takes the row in force on its start date."""

    __tablename__ = "time_limit"
    __table_args__ = (Index("ix_time_limit_code", "code", "valid_from"),)
    jurisdiction_id: Mapped[int | None]  # None: everywhere; a row of one jurisdiction goes first there
    value: Mapped[int]
    unit: Mapped[str] = mapped_column(String(8))  # one of UNITS
    process: Mapped[str] = mapped_column(String(8))
    rolls: Mapped[bool]  # the last day moves to the next working day
    extension_value: Mapped[int | None]  # how much one extension adds, None: not extendable
    extension_unit: Mapped[str | None] = mapped_column(String(8))
    extension_count: Mapped[int | None]  # how many extensions at most
    target_value: Mapped[int | None]  # what the office aims at, where that is not the legal date; never moves off a holiday
    target_unit: Mapped[str | None] = mapped_column(String(8))
    is_right: Mapped[bool] = mapped_column(default=False)  # time in which somebody outside may act: nobody here is late when it is over
    keeps_days_min: Mapped[int | None]  # working days left at least when the clock goes on after a police referral


class Violation(Dated, Base):
    """One line of the catalogue of violations: what it is and what it may cost, in yuan.

    ``pattern``: ``W>F`` warning and order first, a fine only if not corrected; ``W+F`` a fine may come with the warning; ``F`` fine at
    once; ``S`` stop or close and fine; ``X`` stop, confiscate, fine by income. From ``income_from`` yuan of unlawful income on the fine
    is ``income_times_min`` to ``income_times_max`` times the income; below that ``fine_min`` to ``fine_max``.
    """

    __tablename__ = "violation"
    __table_args__ = (Index("ix_violation_code", "code", "valid_from"),)
    law: Mapped[str] = mapped_column(String(8))
    article: Mapped[str] = mapped_column(String(16))
    pattern: Mapped[str] = mapped_column(String(8))
    fine_min: Mapped[int]
    fine_max: Mapped[int]
    income_from: Mapped[int | None]
    income_times_min: Mapped[int | None]
    income_times_max: Mapped[int | None]
    serious: Mapped[str] = mapped_column(String(16))  # none, stop_or_close, cancel (the qualification)

    @property
    def is_by_income(self) -> bool:
        return self.income_from is not None


class Amount(Dated, Base):
    """A sum of money, a rate or a count that the law or the office names."""

    __tablename__ = "amount"
    __table_args__ = (Index("ix_amount_code", "code", "valid_from"),)
    jurisdiction_id: Mapped[int | None]
    value: Mapped[int]
    unit: Mapped[str] = mapped_column(String(8))  # YUAN, PCT, PERSON, DAY


class ExposureLimit(Dated, Base):
    """How much of a factor a workplace may hold. ``stated``: as the standard writes it."""

    __tablename__ = "exposure_limit"
    __table_args__ = (Index("ix_exposure_limit_code", "code", "valid_from"),)
    unit: Mapped[str] = mapped_column(String(12))  # mg/m3, dB(A), m/s2
    stated: Mapped[str] = mapped_column(String(80))
    twa: Mapped[float | None]  # time-weighted average, total dust where it is dust
    twa_respirable: Mapped[float | None]
    stel: Mapped[float | None]  # short-term
    mac: Mapped[float | None]  # never above


class CalendarDay(Base):
    """A day that differs from its weekday: a holiday or a make-up working day. Source: State Council holiday notice."""

    __tablename__ = "calendar_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))


class CalendarImport(Base):
    """A notice that was imported, and the running clocks that it moved.

    ``moved``: list of {"deadline_id", "code", "case_id", "before_at", "after_at"}, instants in ISO.
    """

    __tablename__ = "calendar_import"
    id: Mapped[int] = mapped_column(primary_key=True)
    years: Mapped[list[int]] = mapped_column(JSON)
    day_count: Mapped[int]
    moved: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    imported_by_id: Mapped[int | None]
    imported_at: Mapped[datetime]
