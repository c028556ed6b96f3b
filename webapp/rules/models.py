"""Dated legal data: a rule is a row with a validity, a source and a verification mark."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class TimeLimit(Base):
    """One time limit as it stood between two days. A clock takes the row in force on its start date."""

    __tablename__ = "time_limit"
    __table_args__ = (Index("ix_time_limit_code", "code", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    zh: Mapped[str] = mapped_column(String(200))
    en: Mapped[str] = mapped_column(String(200))
    value: Mapped[int]
    unit: Mapped[str] = mapped_column(String(8))  # H hours, CD calendar days, WD working days, MON months
    process: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(200))
    verified: Mapped[str] = mapped_column(String(8))  # yes, part, no, design
    rolls: Mapped[bool]  # the last day moves to the next working day
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class CalendarDay(Base):
    """A day that differs from its weekday: a holiday or a make-up working day. Source: State Council holiday notice."""

    __tablename__ = "calendar_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))
