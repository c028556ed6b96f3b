"""汽车维修: auto repair. Covers R-200."""

from __future__ import annotations

from webapp.campaigns.kinds.kind import Kind

KIND = Kind(
    code="AUTOREP",
    zh="汽车维修行业专项治理",
    en="Auto repair",
    industries=("O811",),
    hazards=(),
    checklist="visit_auto_repair",
    source="domain/05 5.1 (target query [D]), 5.2 and 5.5; industry O811 domain/03 3.5",
)
