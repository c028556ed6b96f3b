"""Rules in words, in the language of the request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext

from webapp.core.clock import legal_day
from webapp.core.i18n import gettext, locale_tag, ngettext
from webapp.rules.models import Amount, Dated, ExposureLimit, TimeLimit, Violation

KIND_NAMES = {
    "limits": lazy_gettext("Time limits"),
    "violations": lazy_gettext("Violations"),
    "amounts": lazy_gettext("Amounts"),
    "exposure": lazy_gettext("Exposure limits"),
}
VERIFIED_NAMES = {
    "yes": lazy_gettext("checked"),
    "part": lazy_gettext("partly checked"),
    "no": lazy_gettext("not checked"),
    "design": lazy_gettext("set by this office"),
}
VERIFIED_MARKS = {"yes": "ok", "part": "warn", "no": "bad", "design": "info"}
PATTERN_NAMES = {
    "W>F": lazy_gettext("Warning and order first; a fine only if not corrected in time"),
    "W+F": lazy_gettext("Order and warning; a fine may come with it"),
    "F": lazy_gettext("Order to treat and fine at once"),
    "S": lazy_gettext("Stop or close, and a fine"),
    "X": lazy_gettext("Stop, confiscate the income, fine by income"),
}
SERIOUS_NAMES = {
    "stop_or_close": lazy_gettext("serious: stop the work or ask to close"),
    "cancel": lazy_gettext("serious: cancel the qualification"),
}
UNIT_NAMES = {"mg/m3": "mg/m³", "m/s2": "m/s²"}


def kind_name(kind: str) -> str:
    return str(KIND_NAMES[kind])


def rule_name(row: Dated) -> str:
    return row.en if locale_tag() == "en" else row.zh


def rule_note(row: Dated) -> str:
    return (row.note_en if locale_tag() == "en" else row.note_zh) or row.note_zh or row.note_en or ""


def verified_name(code: str) -> str:
    return str(VERIFIED_NAMES.get(code, code))


def verified_mark(code: str) -> str:
    return VERIFIED_MARKS.get(code, "")


def pattern_name(code: str) -> str:
    return str(PATTERN_NAMES.get(code, code))


def rule_value(row: Dated) -> str:
    """What the row says, in one short phrase."""
    if isinstance(row, TimeLimit):
        return term(row.value, row.unit)
    if isinstance(row, Violation):
        return _fine(row)
    if isinstance(row, Amount):
        return _amount(row)
    return f"{row.stated} {UNIT_NAMES.get(row.unit, row.unit)}" if isinstance(row, ExposureLimit) else ""


def rule_more(row: Dated) -> list[str]:
    """What else the row says, one short phrase each."""
    if isinstance(row, TimeLimit):
        return _limit_parts(row)
    if isinstance(row, Violation):
        return [pattern_name(row.pattern), *([str(SERIOUS_NAMES[row.serious])] if row.serious in SERIOUS_NAMES else [])]
    return []


def term(value: int, unit: str) -> str:
    """ "5 working days" """
    if unit == "H":
        return ngettext("%(num)s hour", "%(num)s hours", value)
    if unit == "WD":
        return ngettext("%(num)s working day", "%(num)s working days", value)
    if unit == "MON":
        return ngettext("%(num)s month", "%(num)s months", value)
    return ngettext("%(num)s calendar day", "%(num)s calendar days", value) if value else gettext("the same day")


def iso_day(instant: str) -> str:
    """The day in Shanghai of an instant stored as ISO text."""
    return legal_day(datetime.fromisoformat(instant)).isoformat()


def _limit_parts(row: TimeLimit) -> list[str]:
    found = [gettext("the last day moves off a holiday")] if row.rolls else []
    if row.extension_value is not None:
        longer = term(row.extension_value, row.extension_unit or row.unit)
        found.append(gettext("may be extended by %(term)s", term=longer) + _times(row.extension_count or 1))
    if row.target_value is not None:
        found.append(gettext("target: %(term)s", term=term(row.target_value, row.target_unit or row.unit)))
    if row.keeps_days_min is not None:
        found.append(gettext("after a police referral without filing at least %(term)s are left", term=term(row.keeps_days_min, "WD")))
    return found


def _times(count: int) -> str:
    return gettext(", at most %(count)s times", count=count) if count > 1 else ""


def _fine(row: Violation) -> str:
    fixed = gettext("%(low)s to %(high)s yuan", low=f"{row.fine_min:,}", high=f"{row.fine_max:,}")
    if row.fine_min == 0:
        fixed = gettext("up to %(high)s yuan", high=f"{row.fine_max:,}")
    if not row.is_by_income:
        return fixed
    times: dict[str, Any] = {"low": row.income_times_min, "high": row.income_times_max, "income": f"{row.income_from:,}"}
    return fixed + gettext("; %(low)s to %(high)s times an income of %(income)s yuan or more", **times)


def _amount(row: Amount) -> str:
    shown = f"{row.value:,}"
    if row.unit == "YUAN":
        return gettext("%(amount)s yuan", amount=shown)
    if row.unit == "PERSON":
        return ngettext("%(num)s person", "%(num)s persons", row.value)
    return ngettext("%(num)s day", "%(num)s days", row.value) if row.unit == "DAY" else f"{shown} %"
