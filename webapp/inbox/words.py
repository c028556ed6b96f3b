"""Words of the inbox page, in the language of the request."""

from __future__ import annotations

from flask_babel import lazy_gettext

from webapp.core.i18n import gettext, pick
from webapp.employers.catalogue import hazard_names, industry_names
from webapp.processes.models import UserTask

VIEWS = {
    "mine": lazy_gettext("On my desk"),
    "group": lazy_gettext("To claim"),
    "done": lazy_gettext("Done by me"),
    "watched": lazy_gettext("Followed"),
    "all": lazy_gettext("All in my area"),
}
SORTS = {"due": lazy_gettext("By time limit"), "risk": lazy_gettext("By risk, then time limit")}
COLUMNS = {
    "stage": lazy_gettext("Task and stage"),
    "case": lazy_gettext("Case"),
    "role": lazy_gettext("Who"),
    "since": lazy_gettext("Waiting since"),
}
RISK_MARKS = {3: lazy_gettext("H"), 2: lazy_gettext("M"), 1: lazy_gettext("L")}
FEW_HAZARDS = 3


def hazard_line(task: UserTask) -> str:
    """ "Silica dust, noise · Ferrous casting" """
    codes = [code for code in (task.hazards or "").split(",") if code]
    hazards = gettext(", ").join(pick(hazard_names(code)) for code in codes[:FEW_HAZARDS])
    industry = pick(industry_names(task.industry)) if task.industry else ""
    return " · ".join(part for part in (hazards, industry) if part)
