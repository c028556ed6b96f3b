"""How complete an employer's file is. Source: R-085 (镇街 knows every employer's hazards and management)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.employers.facts import EmployerFacts
from webapp.employers.models import Employer

# What a file needs, and where it is filled in (tabs of the employer's page). Source.
ITEMS: Mapping[str, str] = {
    "phone": "overview",
    "legal_rep": "overview",
    "health_manager": "overview",
    "declaration": "hazards",
    "posts": "hazards",
    "tests": "tests",
    "exams": "exams",
    "contracts": "labour",
    "insurance": "labour",
    "risk": "risk",
}


@dataclass(frozen=True, slots=True)
class Completeness:
    """``percent``: of ITEMS; ``missing``: their keys, in that order."""

    percent: int
    missing: list[str]


def completeness(employer: Employer, facts: EmployerFacts) -> Completeness:
    known = {
        "phone": employer.phone,
        "legal_rep": employer.legal_rep,
        "health_manager": employer.health_manager,
        "declaration": facts.declared_on,
        "posts": facts.posts,
        "tests": facts.last_tested_on,
        "exams": facts.exams,
        "contracts": facts.contracts,
        "insurance": facts.insurance,
        "risk": facts.risks,
    }
    missing = [item for item in ITEMS if not known[item]]
    return Completeness(round(100 * (len(ITEMS) - len(missing)) / len(ITEMS)), missing)
