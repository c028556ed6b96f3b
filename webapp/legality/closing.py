"""What must be over before a case may be closed."""

from __future__ import annotations

from webapp.core.i18n import gettext, pick
from webapp.legality.facts import Act
from webapp.legality.registry import rule
from webapp.processes.editions import content_of
from webapp.processes.models import ProcessInstance

# Legs that outlive the case: decisions of other departments about benefits. Source: architecture 4.12.
LINKED = frozenset(
    {"work_injury", "dibao", "temporary_relief", "medical_aid", "poisoning_referral", "radiation_referral", "labour_referral"}
)


@rule("BR-15", source="TR 11; APL 82")
def transfer_is_decided(act: Act) -> str | None:
    """A case whose screen points to a crime stays open while the transfer is undecided or unanswered."""
    if any(leg.process_key == "police_referral" and leg.is_running for leg in act.facts.legs):
        return gettext("The transfer to the police has no outcome yet. Wait for it before closing.")
    if act.facts.outcome("crime_screen", "crime_suggestion") == "refer" and act.facts.last("decide_referral") is None:
        return gettext("The answers point to a crime and nobody has decided on the transfer. Decide first.")
    return None


@rule("BR-CLOSE", source="APL 28, 66; architecture 4.12")
def everything_is_performed(act: Act) -> str | None:
    """The decision is served, the correction is verified, the fine is dealt with, measures are lifted."""
    paper = act.facts.paper("D20", "D22")
    if paper is not None and act.facts.served_on(paper) is None:
        return gettext("The decision has not been served. Record its service before closing.")
    running = [leg for leg in act.facts.legs if leg.is_running and leg.parent_id is not None and leg.process_key not in LINKED]
    if running:
        legs = gettext(", ").join(_name(leg) for leg in running)
        return gettext("A leg of the case still runs: %(legs)s. End it before closing.", legs=legs)
    return None


def _name(leg: ProcessInstance) -> str:
    definition = content_of(leg.edition_id).process(leg.process_key)
    return pick({"zh": definition.name, "en": definition.name_en})
