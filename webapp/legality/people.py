"""Rules about who acts: two officers with certificates, three on a panel, the head in person, a town with the power."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from webapp.accounts import queries as accounts
from webapp.core.i18n import gettext
from webapp.legality.facts import Act
from webapp.legality.registry import rule

DAYS_OF_ACT = (
    "inspected_on", "reinspected_on", "asked_on", "sampled_on", "registered_on", "investigated_on", "decided_on", "imposed_on",
    "lifted_on", "held_on",
)  # fmt: skip


@rule("BR-03", source="APL 42, 55")
def two_officers(act: Act) -> str | None:
    """At least two officers, each with a certificate that was valid on the day."""
    return None if act.is_asked else _officers(act.said("officers", ()), act.day(*DAYS_OF_ACT) or act.on, least=2)


@rule("BR-03C", source="W:39; domain/08 L-12")
def three_on_the_panel(act: Act) -> str | None:
    """A collegial panel has three members or more."""
    members = set(act.said("members", ()))
    if act.is_asked or len(members) >= 3:
        return None
    return gettext("A panel has at least three members; %(count)s are named. Name the others.", count=len(members))


@rule("BR-13", source="TR 5")
def principal_head_decides(act: Act) -> str | None:
    """Only the principal head decides on a transfer to the police."""
    if act.actor is None or "HD_PRIN" in act.actor.role_codes:
        return None
    return gettext("Only the principal head decides on a transfer to the police. Hand the task to the principal head.")


@rule("BR-17", source="S1 3(2); APL 24")
def town_has_the_power(act: Act) -> str | None:
    """A town punishes only what a power in force on that day covers."""
    is_town = act.element == "town_decision" or act.said("conclusion") == "punish"
    if not is_town or act.is_asked or act.town_id is None:
        return None
    on = act.day("decided_on", "verified_on") or act.on
    missing = [code for code in act.said("violations", ()) if accounts.power_of_town(act.town_id, "penalise", code, on) is None]
    if not missing:
        return None
    return gettext("On %(on)s the town had no power to punish %(codes)s. Report it to the district.", on=on, codes=", ".join(missing))


def _officers(officers: Sequence[str], on: date, *, least: int) -> str | None:
    if len(set(officers)) < least:
        return gettext(
            "At least %(least)s officers act together; %(count)s are named. Name the others.", least=least, count=len(set(officers))
        )
    invalid = [officer for officer in officers if accounts.certificate_problem(int(officer), on) is not None]
    if invalid:
        names = ", ".join(accounts.names(int(officer)) for officer in invalid)
        return gettext(
            "Without a valid certificate on %(on)s: %(names)s. Choose officers whose certificates are valid.", on=on, names=names
        )
    return None
