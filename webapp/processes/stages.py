"""The stages of a case, as the officers name them. A user task says its own with the property ``stage`` of the diagram.

Source: domain/02, 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping

from webapp.core.i18n import pick
from webapp.processes import handlers

CLOSED = "closed"  # of a case only

STAGES: dict[str, Mapping[str, str]] = {
    "clue": {"zh": "线索核实", "en": "Clue"},
    "acceptance": {"zh": "受理审查", "en": "Acceptance"},
    "filing": {"zh": "立案", "en": "Filing"},
    "investigation": {"zh": "调查取证", "en": "Investigation"},
    "crime": {"zh": "移送审查", "en": "Crime screening"},
    "review": {"zh": "合议审核", "en": "Review"},
    "notice": {"zh": "告知听证", "en": "Notice and hearing"},
    "decision": {"zh": "决定送达", "en": "Decision"},
    "execution": {"zh": "执行", "en": "Execution"},
    "closing": {"zh": "结案", "en": "Closing"},
    "correction": {"zh": "整改复查", "en": "Correction"},
    "referral": {"zh": "部门移送", "en": "Referral"},
    "assistance": {"zh": "救助待遇", "en": "Assistance"},
    "visit": {"zh": "专项检查", "en": "Campaign visit"},
}
_ENDED: Mapping[str, str] = {"zh": "已结案", "en": "Closed"}

handlers.names["stage"] = lambda: STAGES


def stage_name(code: str | None) -> str:
    """In the language of the request; the code itself if an administrator's diagram has its own, nothing without one."""
    if not code:
        return ""
    return pick(_ENDED if code == CLOSED else STAGES.get(code, {"zh": code, "en": code}))
