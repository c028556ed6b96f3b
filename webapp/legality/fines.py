"""Rules about fines: when one is allowed at all, how high, how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from webapp.cases.models import Case
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.i18n import gettext
from webapp.documents.models import Document
from webapp.legality.facts import MADE, Act, Facts, day_of
from webapp.legality.registry import rule
from webapp.rules import penalties
from webapp.rules import queries as rules

FINED = ("D20", "D21")


@rule("BR-07", source="ODL 69, 70, 72; domain/08 L-6")
def warned_before_fined(act: Act) -> str | None:
    """Where the law warns first, a fine needs a served order, its day passed, and a re-inspection that found it not corrected."""
    violations = _violations(act)
    first = [code for code in violations if _warns_first(code, act)]
    if not _fine(act) or not first:
        return None
    if act.facts.earlier is not None:
        ordered = [code for code in first if code in _ordered(act.facts.earlier)]
        if ordered or len(first) == len(violations):
            return _round_is_lost(act.facts.earlier, ordered or first)
    if len(first) < len(violations):
        return None
    return gettext("The law warns first and fines only what was not corrected in time. Give a warning and order the correction.")


@rule("BR-08", source="APL 29, 32, 37")
def fine_is_in_range(act: Act) -> str | None:
    """The fine lies in the range of the rule with the higher fine; below it only on a ground of mitigation."""
    fine, violations = _fine(act), _finable(act)
    if not fine or not violations:
        return None
    found = penalties.higher_fine(violations, acted_on=_acted_on(act), decided_on=_decided_on(act))
    if found.max is not None and fine > found.max:
        return gettext("The fine is above the range (at most %(max)s yuan). Lower it.", max=f"{found.max:,}")
    if found.min is not None and fine < found.min and act.said("ground", "none") == "none":
        return gettext(
            "The fine is below the range (at least %(min)s yuan). Raise it, or record a ground of mitigation.", min=f"{found.min:,}"
        )
    return None


@rule("BR-12", source="APL 51")
def summary_fine_is_small(act: Act) -> str | None:
    """On the spot only fines up to the limit of the summary procedure."""
    limit = rules.amount("SUMMARY_FINE_ORG", on=_decided_on(act), jurisdiction_id=act.jurisdiction_id)
    if _fine(act) > limit.value:
        return gettext("An on-the-spot fine is at most %(limit)s yuan. Use the general procedure for more.", limit=f"{limit.value:,}")
    return None


@rule("BR-16", source="APL 29")
def same_act_is_fined_once(act: Act) -> str | None:
    """One act of the employer is never fined twice."""
    violations, acted_on = set(_violations(act)), _acted_on(act)
    wants_fine = act.element == "propose_filing" or bool(_fine(act))
    if not violations or not wants_fine:
        return None
    for case_no, document in _fines_of(act.facts.case):
        same = violations & set(document.values.get("violations", ()))
        if document.case_id == act.facts.case.earlier_id:  # warned about there; the fine for what stayed open is the first
            same = {code for code in same if not _warns_first(code, act)}
        if same and _acted_on_in(document) == acted_on:
            return gettext(
                "This act was fined before, in case %(case_no)s (%(codes)s). The same act is not fined twice.",
                case_no=case_no,
                codes=", ".join(sorted(same)),
            )
    return None


def _round_is_lost(earlier: Facts, violations: Sequence[str]) -> str | None:
    order = earlier.paper("D11")
    if order is None or earlier.served_on(order) is None:
        return gettext("The order to correct of the first round was not served, so no fine may follow it.")
    until = order.values.get("correct_by")
    if (until_on := day_of(until)) is not None and until_on >= earlier.on:
        return gettext("The time to correct of the first round is not over yet.")
    again = earlier.last("reinspect", process="correction")
    if again is None or again.values.get("result") == "corrected":
        return gettext("No re-inspection of the first round found the violation still open.")
    open_items = set(again.values.get("open_items", violations))
    corrected = [code for code in violations if code not in open_items]
    if corrected:
        return gettext("%(codes)s was corrected in the first round and may not be fined now.", codes=", ".join(corrected))
    return None


def _ordered(earlier: Facts) -> Sequence[str]:
    """What the order of the first round named."""
    order = earlier.paper("D11")
    return order.values.get("items", ()) if order is not None else ()


def _finable(act: Act) -> list[str]:
    """A violation about which the law warns first does not open its range before its round is lost."""
    violations, lost = _violations(act), _ordered(act.facts.earlier) if act.facts.earlier is not None else ()
    return [code for code in violations if code in lost or not _warns_first(code, act)] or violations


def _warns_first(code: str, act: Act) -> bool:
    return penalties.penalty_range(code, acted_on=_acted_on(act), decided_on=_decided_on(act)).pattern == "W>F"


def _violations(act: Act) -> list[str]:
    said = act.said("violations")
    if said:
        return [str(code) for code in said]
    last = act.facts.last("give_notice", "supplement_evidence", "conclude", "propose_filing")
    return [str(code) for code in last.values.get("violations", ())] if last else []


def _fine(act: Act) -> float:
    if act.element in {"decide", "summary_decision", "town_decision"}:
        return float(act.said("fine") or 0)
    return float(act.said("proposed_fine") or 0)


def _acted_on(act: Act) -> date:
    """The day the act ended: as said now, else as the filing report has it."""
    said = act.day("acted_on")
    filing = act.facts.last("propose_filing")
    told = filing.values.get("acted_on") if filing else None
    return said or day_of(told) or act.on


def _decided_on(act: Act) -> date:
    return act.day("decided_on") or act.on


def _fines_of(case: Case) -> list[tuple[str, Document]]:
    """Decisions with a fine in other cases of the employer."""
    query = (
        select(Case.case_no, Document)
        .join(Case, Case.id == Document.case_id)
        .where(Case.employer_id == case.employer_id, Case.id != case.id, Document.kind.in_(FINED), Document.state.in_(MADE))
    )
    return [(case_no, document) for case_no, document in db.session.execute(query).tuples() if document.values.get("fine")]


def _acted_on_in(document: Document) -> date | None:
    said: Mapping[str, Any] = document.values
    if said.get("acted_on"):
        return day_of(said["acted_on"])
    filing = Facts(document.case_id, at=document.made_at).last("propose_filing")
    told = filing.values.get("acted_on") if filing else None
    return day_of(told) or legal_day(document.made_at)
