"""Closed lists of what places, bodies, certificates and powers can be, with their names in the language of the request."""

from __future__ import annotations

from flask_babel import lazy_gettext

from webapp.core.permissions import ROLES, Scope
from webapp.core.role_names import role_name

# Source: S1 head and 3(1): towns, streets, zones and parks carry the territorial duty (R-003..R-007, R-040).
TOWN_KINDS = {
    "town": lazy_gettext("Township"), "street": lazy_gettext("Street"), "zone": lazy_gettext("Zone"), "park": lazy_gettext("Park"),
}  # fmt: skip
LEVELS = {"city": lazy_gettext("City level"), "district": lazy_gettext("District level"), "town": lazy_gettext("Town level")}

HEALTH = "HEALTH"
OUTSIDE_KINDS = tuple(role for role, (scope, _) in ROLES.items() if scope is Scope.ORGANISATION)
INSTITUTIONS = {
    "SUPERVISION": lazy_gettext("Health supervision institute"), "CDC": lazy_gettext("Disease control centre"),
    "DIAG": lazy_gettext("Diagnosis institution"), "APPR": lazy_gettext("Diagnosis appraisal committee"),
    "EXAM": lazy_gettext("Health examination institution"), "TEST": lazy_gettext("Technical service institution"),
    "EXPERT": lazy_gettext("Expert committee"),
}  # fmt: skip
_OFFICES = {
    HEALTH: lazy_gettext("Health authority"), "JM": lazy_gettext("Joint-meeting office"), "FINANCE": lazy_gettext("Finance"),
    "PUBLICITY": lazy_gettext("Publicity"), "ESTABLISHMENT": lazy_gettext("Staffing establishment office"),
}  # fmt: skip
BODY_KINDS = (*_OFFICES, *OUTSIDE_KINDS, *INSTITUTIONS)

CERTIFICATE_KINDS = {
    "enforcement": lazy_gettext("Enforcement certificate"),
    "supervision": lazy_gettext("Enforcement supervision certificate"),
}

AGENCY, TOWN = "agency", "town"
ALL_ITEMS = "*"
# Source: DT9; ODL 62 to 64, APL 28, 56, TR 3.
POWER_KINDS = {
    "inspect": lazy_gettext("Inspect"), "penalise": lazy_gettext("Decide penalties"), "order": lazy_gettext("Order corrections"),
    "register_evidence": lazy_gettext("Register evidence"), "control": lazy_gettext("Take interim control measures"),
    "transfer": lazy_gettext("Transfer suspected crimes"),
}  # fmt: skip
VERIFIED = {
    "yes": lazy_gettext("text read"), "part": lazy_gettext("seen in excerpts"), "no": lazy_gettext("text not seen"),
    "design": lazy_gettext("decision of this office"),
}  # fmt: skip


def body_kind_name(kind: str) -> str:
    return str({**_OFFICES, **INSTITUTIONS}.get(kind) or role_name(kind))


def is_institution(kind: str) -> bool:
    return kind in INSTITUTIONS
