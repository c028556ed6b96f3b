"""Rules of the procedure: notice, defence, hearing, legal review."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from webapp.cases.models import Case
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.i18n import gettext
from webapp.deadlines.services import due_for, instant_of
from webapp.legality.facts import Act, Facts, Told, day_of
from webapp.legality.registry import rule

HEARD = frozenset({"waived", "stated", "accepted"})


@rule("BR-01", source="APL 44, 45, 62")
def notice_was_served(act: Act) -> str | None:
    """No penalty decision unless the prior notice was served, and the defence was heard, waived, or its time is over."""
    if not _penalises(act):
        return None
    notice = act.facts.paper("D16")
    if notice is None:
        return gettext("There is no prior notice. Make it and serve it before the decision.")
    served_on = act.facts.served_on(notice)
    if served_on is None:
        return gettext("The prior notice has not been served. Record its service before the decision.")
    untold = sorted(set(act.said("violations", ())) - set(notice.values.get("violations", ())))
    if untold:
        return gettext("The prior notice does not name %(codes)s. Serve a new notice, or decide without them.", codes=", ".join(untold))
    if _was_heard(act.facts, max(instant_of(served_on), notice.made_at)):
        return None
    return gettext("The party may still state its case. Hear it, have it waived, or wait for the time to pass.")


@rule("BR-02", source="APL 58")
def legal_review_passed(act: Act) -> str | None:
    """Where a legal review is required, nothing is decided before it has passed; after a hearing it is required."""
    if not (_penalises(act) or act.element == "give_notice"):
        return None
    hearing = act.facts.last("hold_hearing")
    if hearing is not None and not _passed_since(act.facts, hearing):
        return gettext("The case has not passed its legal review after the hearing. Have it reviewed first.")
    if act.facts.outcome("review_duty", "review_needed") == "yes" and not _passed_since(
        act.facts, act.facts.last("conclude", "supplement_evidence")
    ):
        return gettext("The case needs a legal review and has not passed it. Have it reviewed first.")
    return None


@rule("BR-04", source="APL 64(4)")
def presider_is_no_investigator(act: Act) -> str | None:
    """The hearing is presided over by somebody who did not investigate the case."""
    presider = act.said("presider")
    investigators = {str(officer) for one in act.facts.told for officer in one.values.get("officers", ()) if one.element != "deliberate"}
    if presider and str(presider) in investigators:
        return gettext("The presider investigated this case. Choose somebody who did not.")
    return None


@rule("BR-05", source="APL 64(2), 85")
def hearing_is_not_too_early(act: Act) -> str | None:
    """The party is told of the hearing the number of working days before that HEARING_NOTICE names."""
    called = act.facts.last("call_hearing")
    source = act.values or {} if act.element == "call_hearing" else (called.values if called else {})
    notified = act.day("notified_on") if act.element == "call_hearing" else day_of(source.get("notified_on"))
    held = act.day("hearing_on", "held_on")
    if notified is None or held is None:
        return None
    earliest = legal_day(due_for("HEARING_NOTICE", instant_of(notified)).due_at)
    if held < earliest:
        return gettext(
            "The hearing is too early: notified on %(told)s, it may be held on %(first)s at the earliest.", told=notified, first=earliest
        )
    return None


@rule("BR-HEARING", source="APL 63")
def hearing_right_is_told(act: Act) -> str | None:
    """Where decision table DT3 finds that a hearing must be offered, the notice says so."""
    if act.said("hearing_told") == "no" and act.facts.outcome("hearing_right", "hearing_offered") == "yes":
        return gettext("This penalty gives the party a right to a hearing. Tell it so with the notice.")
    return None


@rule("BR-HEARING-REQ", source="APL 64(1), 85")
def hearing_is_asked_in_time(act: Act) -> str | None:
    """A hearing is asked for within the days of HEARING_REQ after the notice was served."""
    if act.said("result") != "hearing":
        return None
    notice = act.facts.paper("D16")
    served_on, asked = (act.facts.served_on(notice) if notice else None), act.day("heard_on")
    if served_on is None or asked is None:
        return gettext("The prior notice has not been served, so no time for a hearing has begun. Record its service first.")
    latest = due_for("HEARING_REQ", instant_of(served_on)).due_at
    if instant_of(asked) > latest:
        return gettext(
            "The hearing was asked for too late: the last day was %(last)s. Record what the party says as a statement.",
            last=legal_day(latest),
        )
    return None


@rule("BR-06", source="APL 45; design")
def no_heavier_after_defence(act: Act) -> str | None:
    """Neither the fine nor the kinds of penalty go beyond the latest notice: for more, new facts need a new notice."""
    notice = act.facts.paper("D16")
    if notice is None:
        return None
    fine, told = act.said("fine"), notice.values.get("proposed_fine")
    if fine and (not told or fine > told):
        return gettext(
            "The fine is heavier than the notice said (%(told)s yuan). Lower it, or serve a new notice on new facts.", told=f"{told or 0:,}"
        )
    if set(act.said("penalty_kinds", ())) - set(notice.values.get("proposed_kinds", ())):
        return gettext("The notice does not name this kind of penalty. Keep to the notice, or serve a new one on new facts.")
    return None


@rule("BR-SERVE", source="CPL 95; domain/08 B")
def announcement_has_run(act: Act) -> str | None:
    """An announcement counts as service only after its time."""
    announced, counts = act.day("served_on"), act.day("effective_on")
    if act.said("way") != "announcement" or announced is None or counts is None:
        return None
    earliest = legal_day(due_for("SERVE_ANNOUNCE", instant_of(announced)).due_at)
    if counts < earliest:
        return gettext(
            "An announcement of %(day)s counts as service on %(first)s at the earliest. Correct the day.", day=announced, first=earliest
        )
    return None


@rule("BR-MERGE", source="design")
def merged_into_an_open_case(act: Act) -> str | None:
    """A clue is merged only into another open case about the same employer."""
    number = act.said("duplicate_of")
    if not number:
        return None
    same = (Case.case_no == str(number).strip(), Case.employer_id == act.facts.case.employer_id, Case.id != act.facts.case_id)
    if db.session.scalar(select(Case.id).where(*same, Case.closed_at.is_(None))) is None:
        return gettext("There is no open case %(number)s about this employer. Check the number.", number=number)
    return None


def _penalises(act: Act) -> bool:
    return act.element == "decide" and (act.is_asked or act.said("decision") == "penalise")


def _was_heard(facts: Facts, begun: datetime) -> bool:
    """Since the notice took effect: an answer that lets the case go on, a hearing, or the end of the window without a request."""
    answer, hearing = facts.last("hear_party"), facts.last("hold_hearing")
    if hearing is not None and hearing.at >= begun:
        return True
    if answer is not None and answer.at >= begun:
        return answer.values.get("result") in HEARD
    return facts.at > due_for("DEFENCE_WAIT", begun).due_at


def _passed_since(facts: Facts, point: Told | None) -> bool:
    review = facts.last("review", "review_hearing")
    return review is not None and review.values.get("result") == "passed" and (point is None or review.at >= point.at)
