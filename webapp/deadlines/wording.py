"""Clocks in words, in the language of the request."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from webapp.core.db import db
from webapp.core.i18n import gettext, locale_tag, ngettext
from webapp.rules.models import TimeLimit


def limit_name(limit: TimeLimit) -> str:
    return limit.en if locale_tag() == "en" else limit.zh


def limit_names(codes: Iterable[str]) -> dict[str, str]:
    """Names by code, as the newest row has them."""
    rows = db.session.scalars(select(TimeLimit).where(TimeLimit.code.in_(list(codes))).order_by(TimeLimit.valid_from))
    return {row.code: limit_name(row) for row in rows}


def length_of(value: int, unit: str) -> str:
    """ "30 calendar days"; a unit that no clock counts in as it is written."""
    if unit == "H":
        return ngettext("%(num)s hour", "%(num)s hours", value)
    if unit == "WD":
        return ngettext("%(num)s working day", "%(num)s working days", value)
    if unit == "CD":
        return ngettext("%(num)s calendar day", "%(num)s calendar days", value)
    if unit == "MON":
        return ngettext("%(num)s month", "%(num)s months", value)
    return gettext("%(value)s years", value=value) if unit == "YR" else f"{value} {unit}"
