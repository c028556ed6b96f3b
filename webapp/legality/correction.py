"""Rules of the legs: what an order to correct may say, what a re-inspection must cover, claims in time, a whole package."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from webapp.core.clock import legal_day
from webapp.core.i18n import gettext
from webapp.deadlines.models import Deadline
from webapp.deadlines.reckoning import Term, reckon
from webapp.deadlines.services import due_for, instant_of
from webapp.legality.facts import Act, Told
from webapp.legality.registry import rule
from webapp.referrals import package
from webapp.referrals.kinds import LETTER
from webapp.referrals.queries import referral_of_instance
from webapp.referrals.wording import item_name
from webapp.rules.queries import time_limit, working_days

PERIODS = {"easy": "CORRECT_EASY", "normal": "CORRECT_NORMAL", "hard": "CORRECT_HARD"}
CLAIMS = {"employer": "INJ_EMP", "worker": "INJ_WORKER"}


@rule("BR-ORDER", source="APL 28; design")
def order_is_measured(act: Act) -> str | None:
    """What is to be corrected was decided; the day lies ahead and within the time for that difficulty; it is put off within limits."""
    if act.element == "decide_extension":
        return _extension_is_measured(act)
    correct_by, code = act.day("correct_by"), PERIODS.get(str(act.said("difficulty")))
    if correct_by is None or code is None:
        return None
    return _items_were_decided(act) or _within(correct_by, after=act.on, latest=_end_of(code, act.on, act.jurisdiction_id))


@rule("BR-ITEMS", source="APL 28; design")
def every_item_was_looked_at(act: Act) -> str | None:
    """What is corrected and what is not are together exactly what the order names; all is corrected only if nothing is open."""
    order = _said_in_round(act, "issue_order")
    if act.is_asked or order is None:
        return None
    ordered = set(order.values.get("items", ()))
    corrected, still_open = set(act.said("corrected_items") or ()), set(act.said("open_items") or ())
    if corrected & still_open:
        return gettext("%(codes)s cannot be both corrected and open. Choose one of the two.", codes=_listed(sorted(corrected & still_open)))
    if corrected | still_open != ordered:
        wrong = (corrected | still_open) ^ ordered
        return gettext("The two lists must be exactly what the order names. Look again at %(codes)s.", codes=_listed(sorted(wrong)))
    if (act.said("result") == "corrected") == bool(still_open):
        return gettext("“All corrected” means that nothing is open. Correct the result or the lists.")
    return None


@rule("BR-INJ-LATE", source="WII 17; domain/08 L-8")
def claim_is_in_time(act: Act) -> str | None:
    """A claim comes within the time of who applies, with what stopped or lengthened it, or says why it may come later."""
    applicant, applied_on = str(act.said("applicant")), act.day("applied_on")
    clock = _clock_of_leg(act, CLAIMS.get(applicant))
    if applied_on is None or clock is None or clock.is_suspended or instant_of(applied_on) <= clock.due_at:
        return None
    if act.said("extension_agreed") == "yes" or act.said("time_lost"):
        return None
    if applicant == "employer":
        return gettext(
            "The employer's time to apply ended on %(last)s. Record that the department agreed to an extension, or let the worker apply.",
            last=legal_day(clock.due_at),
        )
    return gettext(
        "The worker's time to apply ended on %(last)s. If time was lost for a reason that is not the worker's own, choose that reason.",
        last=legal_day(clock.due_at),
    )


@rule("BR-14", source="TR 6; domain/08 L-18")
def package_is_whole(act: Act) -> str | None:
    """The package of a suspected crime is whole. While it is sent the referral looks itself, with what the form adds."""
    referral = referral_of_instance(act.instance_id) if act.is_asked else None
    missing = package.missing(referral, coming=[LETTER]) if referral is not None else []
    if not missing:
        return None
    return gettext(
        "The package still needs: %(items)s. Add them on the page of the referral, or name them when you send.",
        items=_listed(item_name(kind) for kind in missing),
    )


def _extension_is_measured(act: Act) -> str | None:
    extended_to, order = act.day("extended_to"), _said_in_round(act, "issue_order")
    if extended_to is None or order is None:
        return None
    before = date.fromisoformat(str(order.values["correct_by"]))
    limit = time_limit(PERIODS[order.values["difficulty"]], on=legal_day(order.at), jurisdiction_id=act.jurisdiction_id)
    if limit.extension_value is None:
        return gettext("This time cannot be put off. Refuse the extension.")
    term = Term(limit.extension_value, limit.extension_unit or limit.unit)
    latest = reckon(instant_of(before), term, rolls=False, days=working_days()).due_at
    return _within(extended_to, after=before, latest=legal_day(latest))


def _items_were_decided(act: Act) -> str | None:
    decision = act.facts.last("decide", "summary_decision", "town_decision")
    decided = set(decision.values.get("violations", ())) if decision else set()
    unknown = set(act.said("items", ())) - decided
    if not decided or not unknown:
        return None
    return gettext("The decision does not name %(codes)s. Order only what was decided to be corrected.", codes=_listed(sorted(unknown)))


def _within(day: date, *, after: date, latest: date) -> str | None:
    if after < day <= latest:
        return None
    return gettext("The day must lie after %(first)s and not after %(last)s. Choose another day.", first=after, last=latest)


def _end_of(code: str, on: date, jurisdiction_id: int | None) -> date:
    return legal_day(due_for(code, instant_of(on), jurisdiction_id=jurisdiction_id).due_at)


def _said_in_round(act: Act, element: str) -> Told | None:
    """A case may have several rounds: what was said in this one."""
    return next((one for one in reversed(act.facts.told) if one.instance_id == act.instance_id and one.element == element), None)


def _clock_of_leg(act: Act, code: str | None) -> Deadline | None:
    """Each sick worker has a leg with clocks of its own."""
    own = [clock for clock in act.facts.clocks if clock.code == code and clock.instance_id == act.instance_id]
    return max(own, key=lambda one: one.id, default=None) or (act.facts.clock(code) if code else None)


def _listed(codes: Iterable[str]) -> str:
    return gettext(", ").join(codes)
