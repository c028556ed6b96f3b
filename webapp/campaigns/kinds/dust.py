"""高危粉尘: high-risk dust. Covers R-198."""

from __future__ import annotations

from webapp.campaigns.kinds.kind import Kind

KIND = Kind(
    code="DUST",
    zh="高危粉尘专项治理",
    en="High-risk dust",
    industries=("C301", "C302", "C303", "C304", "C305", "C307", "C308", "C309", "C339"),
    hazards=("silica_dust", "welding_fume", "grinding_dust", "wood_dust", "cotton_dust"),
    checklist="visit_dust",
    source="domain/05 5.1 (target query [D]), 5.2 and 5.3; industries domain/03 3.5 [M]",
)
