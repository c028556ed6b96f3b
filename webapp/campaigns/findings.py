"""What a visit found, in the words of the form that registers a finding. Covers R-205."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bpmn.engine.forms import Form
from webapp.employers.models import Employer

FAILED = frozenset({"failed", "failed_key"})
MAX_DESCRIPTION = 2000
MAX_ITEMS = 800
# Items of the checklists (domain/05, 5.2 to 5.5) by the sign of the finding they point to; all others are "other".
_SIGNS = {
    "declaration": ("b01",),
    "testing": ("b05", "b06", "b09", "d02", "d11", "d13", "p10", "p13", "a06", "a10", "a12"),
    "over_limit": ("b08",),
    "facilities": (
        "d03", "d04", "d05", "d06", "d07", "d08", "d10", "d15", "p03", "p04", "p05", "p06", "p07", "p17",
        "a02", "a03", "a04", "a08", "a09", "a13", "a14", "a18",
    ),
    "ppe": ("b16", "d09", "p15", "a07", "a11"),
    "warning_signs": ("b15", "p09"),
    "health_exam": ("b10", "b12", "d12", "d16", "p14", "a15"),
    "training": ("b13",),
    "illness": ("b11",),
}  # fmt: skip
_SIGN_OF = {item: sign for sign, items in _SIGNS.items() for item in items}


@dataclass(frozen=True, slots=True)
class Visit:
    """``checklist``: what was said on site, on ``form``; ``last``: what was said at the hand-over, the same or a re-check."""

    campaign: str
    employer: Employer
    form: Form | None
    checklist: Mapping[str, Any]
    last: Mapping[str, Any]


def finding_of(visit: Visit, *, today: date) -> dict[str, Any]:
    """Raw values of the start form of a case. What an administrator's own checklist does not ask comes from the registry."""
    said, failed = visit.checklist, _failed(visit.checklist)
    response = said.get("employer_response", "cooperated")
    refused = {"witnesses": said.get("witnesses", "")} if response == "refused" else {}
    return refused | {
        "found_on": said.get("checked_on", today.isoformat()),
        "source": "campaign",
        "urgency": visit.last.get("urgency", "B"),
        "place": said.get("place") or visit.employer.address,
        "hazards": said.get("hazards") or ["other"],
        "signs": _signs(failed, is_refused=response == "refused"),
        "exposed_workers": said.get("exposed_workers", visit.employer.exposed_workers),
        "description": _description(visit, failed),
        "employer_response": response,
    }


def _failed(said: Mapping[str, Any]) -> list[str]:
    return [key for key, answer in said.items() if isinstance(answer, str) and answer in FAILED]


def _signs(failed: Sequence[str], *, is_refused: bool) -> list[str]:
    found = {_SIGN_OF.get(key, "other") for key in failed} | ({"refused_entry"} if is_refused else set())
    return sorted(found) or ["other"]


def _description(visit: Visit, failed: Sequence[str]) -> str:
    """Chinese, as the record is."""
    own = visit.last.get("situation") or visit.last.get("findings") or ""
    parts = [f"“{visit.campaign}”现场检查移交。", own, _items(visit.form, failed), visit.checklist.get("remarks") or ""]
    return "\n".join(part for part in parts if part)[:MAX_DESCRIPTION]


def _items(form: Form | None, failed: Sequence[str]) -> str:
    if not failed:
        return ""
    labels = {field.key: field.label["zh"] for field in form.fields} if form else {}
    listed = "；".join(labels.get(key, key) for key in failed)
    if len(listed) > MAX_ITEMS:
        listed = f"{listed[:MAX_ITEMS]}……（详见检查表）"
    return f"不符合项（{len(failed)}项）：{listed}。"
