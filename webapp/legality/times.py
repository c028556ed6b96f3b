"""Rules about days: limitation, the time to decide, evidence kept, law not yet in force."""

from __future__ import annotations

from datetime import date

from webapp.core.clock import legal_day
from webapp.core.i18n import gettext
from webapp.deadlines.services import instant_of, reckon_limit
from webapp.legality.facts import Act
from webapp.legality.registry import rule
from webapp.rules import queries as rules

LAPSED = frozenset({"return", "lift"})  # what may still be decided when the time for registered evidence is over


@rule("BR-09", source="APL 60; domain/08 C.2", is_mark=True)
def decided_in_time(act: Act) -> str | None:
    """The decision comes within DECIDE of the filing, days not counted left out; a late one is marked."""
    clock = act.facts.clock("DECIDE")
    if clock is None or not clock.is_overdue(act.facts.at):
        return None
    return gettext("The time to decide was over on %(due)s. The decision is marked as late.", due=legal_day(clock.due_at))


@rule("BR-19", source="APL 56, 85")
def kept_evidence_is_handled(act: Act) -> str | None:
    """Registered evidence is decided upon before the investigation is concluded."""
    if act.process == "evidence_registration":
        return _handled_in_time(act)
    if any(leg.process_key == "evidence_registration" and leg.is_running for leg in act.facts.legs):
        return gettext("Evidence is registered and nothing was decided about it. Decide on it first.")
    return None


@rule("BR-18", source="AEL 25, 27; domain/08 L-2")
def sealed_no_longer_than_allowed(act: Act) -> str | None:
    """A measure is lengthened once, while it still runs, and the longer time begins when the first is over.

    Days of a test that the party was told of have moved the clock already.
    """
    seal = act.facts.clock_of("SEAL", act.instance_id)
    if seal is None:
        return None
    if act.facts.clock_of("SEAL_EXT", act.instance_id) is not None:
        return gettext("The measure was lengthened before. It is lengthened once only: lift it.")
    if act.element == "extend" and act.said("decision", "extend") == "extend" and seal.is_overdue(act.facts.at):
        return gettext("The time of the measure was over on %(last)s. Lift it.", last=legal_day(seal.due_at))
    begins = act.day("extended_from")
    if begins is not None and begins > legal_day(seal.due_at):
        return gettext("The longer time begins on %(last)s at the latest, when the first is over.", last=legal_day(seal.due_at))
    return None


@rule("BR-20", source="WII 17; domain/08 L-8")
def injury_times_run_from_the_diagnosis(act: Act) -> str | None:
    """The times to apply run from the day of the diagnosis or appraisal, which is not ahead."""
    diagnosed_on = act.day("diagnosed_on")
    if act.is_asked or diagnosed_on is None:
        return None
    if diagnosed_on > act.on:
        return gettext("The day of the diagnosis lies ahead. Enter the day on the certificate.")
    return None


@rule("BR-30", source="APL 36; domain/08 L-3")
def discovered_within_limitation(act: Act) -> str | None:
    """No penalty for an act that was not discovered within two years of its end, five with harm to life or health."""
    ended, discovered = act.day("acted_on"), act.day("discovered_on")
    if ended is None or discovered is None:
        return None
    if discovered < ended:
        return gettext(
            "The act ended on %(ended)s, after it was discovered. For an act that goes on, enter the day of discovery.", ended=ended
        )
    code = "LIMIT_HARM" if act.said("has_harm") == "yes" else "LIMIT_NORMAL"
    limit = rules.time_limit(code, on=discovered, jurisdiction_id=act.jurisdiction_id)  # an old act has no row of its own day
    latest = legal_day(reckon_limit(limit, instant_of(ended)).due_at)
    if discovered > latest:
        return gettext(
            "The act was discovered on %(found)s; the limitation ended on %(last)s. It cannot be filed.", found=discovered, last=latest
        )
    return None


@rule("DATE-LAW", source="APL 37; domain/08 L-5")
def law_was_in_force(act: Act) -> str | None:
    """Each violation was one under a rule in force on the day of the act."""
    acted_on = act.day("acted_on")
    if acted_on is None:
        return None
    return next((text for code in act.said("violations", ()) if (text := _not_in_force(str(code), acted_on))), None)


def _handled_in_time(act: Act) -> str | None:
    clock = act.facts.clock_of("EVID_REG", act.instance_id)
    handled_on = act.day("handled_on")
    if clock is None or handled_on is None or act.said("outcome") in LAPSED or instant_of(handled_on) <= clock.due_at:
        return None
    return gettext(
        "The time to decide on the evidence was over on %(last)s and the registration has lapsed. Return the evidence or lift it.",
        last=legal_day(clock.due_at),
    )


def _not_in_force(code: str, on: date) -> str | None:
    try:
        rules.violation(code, on=on)
    except rules.UnknownViolation as error:
        return error.message
    return None
