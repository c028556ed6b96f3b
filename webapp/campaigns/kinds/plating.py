"""电镀: electroplating. Covers R-199."""

from __future__ import annotations

from webapp.campaigns.kinds.kind import Kind

KIND = Kind(
    code="PLATING",
    zh="电镀行业专项治理",
    en="Electroplating",
    industries=(),  # plating is one process inside C3360: its hazards tell it, the code alone does not
    hazards=("chromium", "nickel"),
    checklist="visit_plating",
    source="domain/05 5.1 (target query [D]), 5.2 and 5.4; domain/03 3.5, footnote",
)
