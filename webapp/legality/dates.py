"""Days on a form do not lie before the earlier days of the same case that they follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from webapp.core.clock import legal_day
from webapp.core.i18n import gettext
from webapp.legality.facts import Act, Told, day_of
from webapp.legality.registry import rule


@dataclass(frozen=True, slots=True)
class Before:
    """The day from which another may be; ``what`` happened on it, as a clause."""

    day: date
    what: str


Earlier = Callable[[Act], Before | None]


@rule("BR-DATES", source="design")
def days_follow_each_other(act: Act) -> str | None:
    """Nothing is dated before what it rests on: a decision before its notice was served, a service before its paper was made."""
    field, earlier = AFTER.get((act.process, act.element), (None, None))
    day = act.day(field) if field else None
    before = earlier(act) if earlier and day else None
    if day is None or before is None or day >= before.day:
        return None
    return gettext("%(day)s lies before %(first)s: %(what)s. Correct the day.", day=day, first=before.day, what=before.what)


def _notice_served(act: Act) -> Before | None:
    notice = act.facts.paper("D16")
    served_on = act.facts.served_on(notice) if notice else None
    return Before(served_on, gettext("on that day the prior notice was served")) if served_on else None


def _order_served(act: Act) -> Before | None:
    """Of this round."""
    return _said_on(act.facts.said_in(act.instance_id, "serve_order"), "served_on", gettext("on that day the order was served"))


def _made(*kinds: str) -> Earlier:
    def made(act: Act) -> Before | None:
        paper = act.facts.paper(*kinds)
        return Before(legal_day(paper.made_at), gettext("on that day the document was made")) if paper else None

    return made


def _notice_made(act: Act) -> Before | None:
    notice = act.facts.paper("D16")
    return Before(legal_day(notice.made_at), gettext("on that day the prior notice was made")) if notice else None


def _inspected(act: Act) -> Before | None:
    return _said_on(act.facts.last("inspect"), "inspected_on", gettext("on that day the employer was inspected"))


def _concluded(act: Act) -> Before | None:
    told = act.facts.last("conclude", "supplement_evidence")
    return Before(legal_day(told.at), gettext("on that day the investigation was concluded")) if told else None


def _heard(act: Act) -> Before | None:
    return _said_on(act.facts.last("hold_hearing"), "held_on", gettext("on that day the hearing was held"))


def _registered(act: Act) -> Before | None:
    told = act.facts.said_in(act.instance_id, "register")
    return _said_on(told, "registered_on", gettext("on that day the evidence was registered"))


def _imposed(act: Act) -> Before | None:
    told = act.facts.said_in(act.instance_id, "impose")
    return _said_on(told, "imposed_on", gettext("on that day the measure was imposed"))


def _said_on(told: Told | None, field: str, what: str) -> Before | None:
    said = told.values.get(field) if told else None
    return Before(day, what) if (day := day_of(said)) else None


# (process, task) -> the day that is said there, and the day it may not precede.
AFTER: dict[tuple[str, str], tuple[str, Earlier]] = {
    ("case_lifecycle", "summary_decision"): ("decided_on", _inspected),
    ("case_lifecycle", "deliberate"): ("held_on", _concluded),
    ("case_lifecycle", "review"): ("reviewed_on", _concluded),
    ("case_lifecycle", "serve_notice"): ("served_on", _notice_made),
    ("case_lifecycle", "hear_party"): ("heard_on", _notice_made),
    ("case_lifecycle", "call_hearing"): ("notified_on", _notice_made),
    ("case_lifecycle", "review_hearing"): ("reviewed_on", _heard),
    ("case_lifecycle", "decide"): ("decided_on", _notice_served),
    ("case_lifecycle", "serve_decision"): ("served_on", _made("D20", "D22")),
    ("correction", "serve_order"): ("served_on", _made("D11")),
    ("correction", "reinspect"): ("reinspected_on", _order_served),
    ("evidence_registration", "handle"): ("handled_on", _registered),
    ("interim_control", "watch"): ("checked_on", _imposed),
    ("interim_control", "lift"): ("lifted_on", _imposed),
    ("interim_control", "release"): ("lifted_on", _imposed),
}
