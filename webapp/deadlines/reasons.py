"""Why a clock may stand still: a closed list. Source: domain/02 2.7 and domain/08 L-2, L-8."""

from __future__ import annotations

from flask_babel import lazy_gettext

from webapp.rules.models import TimeLimit

POLICE, TESTING, RECONSIDERATION, NOT_FOUND, OTHER_BODY, NOT_THE_WORKER = (
    "police", "testing", "reconsideration", "party_not_found", "other_body", "not_the_worker",
)  # fmt: skip

REASONS = {
    POLICE: lazy_gettext("referral to the police is pending"),
    TESTING: lazy_gettext("testing, inspection or appraisal, notified to the party in writing"),
    RECONSIDERATION: lazy_gettext("administrative reconsideration or suit is pending"),
    NOT_FOUND: lazy_gettext("the party cannot be found"),
    OTHER_BODY: lazy_gettext("the decision depends on another body that has not decided yet"),
    NOT_THE_WORKER: lazy_gettext("reasons that are not the worker's own"),
}
_COERCIVE = frozenset({"SEAL", "SEAL_EXT"})  # AEL 25(3): nothing but testing, inspection or appraisal stops them


def reasons_for(limit: TimeLimit) -> list[str]:
    """The reasons for which this limit may be suspended."""
    return [TESTING] if limit.code in _COERCIVE else list(REASONS)


def reason_name(code: str | None) -> str:
    return str(REASONS[code]) if code in REASONS else str(code or "")
