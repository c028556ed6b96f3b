"""States and the history of campaigns in words, in the language of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext

from webapp.campaigns.kinds import find_kind
from webapp.campaigns.models import DRAFT, FINISHED, LAUNCHING, RUNNING, STOPPED
from webapp.campaigns.queries import HistoryEntry
from webapp.cases.wording import Sentence
from webapp.core.i18n import gettext, pick
from webapp.processes.people import names_of

_CAMPAIGN = {
    DRAFT: lazy_gettext("draft"),
    LAUNCHING: lazy_gettext("visits are being opened"),
    RUNNING: lazy_gettext("under way"),
    STOPPED: lazy_gettext("stopped"),
    FINISHED: lazy_gettext("finished"),
}
_MARKS = {DRAFT: "", LAUNCHING: "warn", RUNNING: "info", STOPPED: "bad", FINISHED: "ok"}
_VISIT = {
    "waiting": lazy_gettext("not opened yet"),
    "list_check": lazy_gettext("list check"),
    "on_site": lazy_gettext("check on site"),
    "re_check": lazy_gettext("re-check"),
    "other": lazy_gettext("other step"),
    "passed": lazy_gettext("passed"),
    "corrected": lazy_gettext("corrected"),
    "handed_over": lazy_gettext("handed over"),
    "not_applicable": lazy_gettext("not applicable"),
}
_VISIT_MARKS = {"passed": "ok", "corrected": "ok", "handed_over": "bad", "re_check": "warn", "list_check": "info", "on_site": "info"}
# Why a launch under way was done by another run, or by ourselves: keys of ``runs``.
_REASONS = {
    "scheduler_away": lazy_gettext("the task scheduler did not answer"),
    "no_progress": lazy_gettext("the run showed no progress"),
    "run_lost": lazy_gettext("the task scheduler no longer knew the run"),
    "run_ended": lazy_gettext("the run ended before every visit was opened"),
}


def state_name(state: str) -> str:
    """Of a campaign."""
    return str(_CAMPAIGN.get(state, state))


def state_mark(state: str) -> str:
    """Colour of a campaign's state: "", "info", "ok", "warn" or "bad"."""
    return _MARKS.get(state, "")


def visit_state_name(state: str) -> str:
    """Of a member, as the board has them."""
    return str(_VISIT.get(state, state))


def visit_state_mark(state: str) -> str:
    return _VISIT_MARKS.get(state, "")


def kind_name(code: str) -> str:
    found = find_kind(code)
    return pick({"zh": found.zh, "en": found.en}) if found else code


def sentences(entries: Sequence[HistoryEntry]) -> list[Sentence]:
    """The history in the order given."""
    people = names_of(entry.actor_id for entry in entries)
    return [_sentence(entry, people) for entry in entries if entry.name in _TEXTS]


def _sentence(entry: HistoryEntry, people: Mapping[int, str]) -> Sentence:
    actor = people.get(entry.actor_id, "") if entry.actor_id else ""
    text, kind = _TEXTS[entry.name]
    kind = "system" if entry.payload.get("reason") == "no_scheduler" else kind  # this installation works without one: nothing is wrong
    return Sentence(entry.at, actor or gettext("System"), text(entry.payload), kind or ("" if actor else "system"))


def _launched(payload: Mapping[str, Any]) -> str:
    return gettext("launched the campaign: %(count)s employers were frozen into it.", count=payload.get("members", 0))


def _interrupted(payload: Mapping[str, Any]) -> str:
    if payload.get("reason") == "no_scheduler":
        return gettext("opens the visits by itself: the task scheduler is switched off.")
    reason = str(_REASONS.get(payload.get("reason", ""), payload.get("reason", "")))
    return gettext("attempt %(number)s at opening the visits was taken over: %(reason)s.", number=payload.get("run", ""), reason=reason)


_TEXTS: dict[str, tuple[Callable[[Mapping[str, Any]], str], str]] = {
    "campaign.planned": (lambda _: gettext("planned the campaign."), ""),
    "campaign.launched": (_launched, "ok"),
    "campaign.interrupted": (_interrupted, "bad"),
    "campaign.stopped": (lambda payload: gettext("stopped the campaign: %(reason)s", reason=payload.get("reason", "")), "bad"),
    "campaign.resumed": (lambda _: gettext("resumed the campaign."), "ok"),
    "campaign.finished": (lambda _: gettext("The campaign is finished."), "ok"),
}
