"""The filters of the list of cases in words, in the language of the request."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

from webapp.cases.case_list import CaseList
from webapp.core.i18n import gettext, locale_tag
from webapp.processes.stages import stage_name

STATE_NAMES = {"open": lazy_gettext("Open"), "overdue": lazy_gettext("Overdue"), "closed": lazy_gettext("Closed")}
URGENCY_NAMES = {"A": lazy_gettext("Urgent"), "B": lazy_gettext("Violation"), "C": lazy_gettext("Minor")}


def filter_text(name: str, value: Any, found: CaseList) -> str:
    """What one filter asks for, for the chip that takes it away."""
    if name in ("town", "grid"):
        places = {place.id: place for place in (found.towns if name == "town" else found.grids)}
        return places[value].name_en if locale_tag() == "en" else places[value].name_zh
    if name == "since":
        return gettext("from %(day)s", day=value.isoformat())
    if name == "until":
        return gettext("up to %(day)s", day=value.isoformat())
    if name == "stage":
        return stage_name(value)
    words = {"state": STATE_NAMES, "urgency": URGENCY_NAMES}.get(name, {})
    return str(words.get(value, f"“{value}”"))
