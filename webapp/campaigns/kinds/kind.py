"""What makes a kind of campaign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, or_

from webapp.employers.models import Employer


@dataclass(frozen=True, slots=True)
class Kind:
    """``industries``: GB/T 4754-2017 prefixes; ``hazards``: codes of the registry. Either puts an employer into the scope.

    ``checklist``: key of the form for the visit on site. ``source``: where scope and checklist come from.
    """

    code: str
    zh: str
    en: str
    industries: Sequence[str]
    hazards: Sequence[str]
    checklist: str
    source: str

    def scope(self) -> ColumnElement[bool]:
        """The rule as a condition on employers."""
        listed = cast(Employer.hazards, String)  # a JSON list on both databases: ["silica_dust", "noise"]
        by_industry = [Employer.industry.startswith(prefix, autoescape=True) for prefix in self.industries]
        return or_(*by_industry, *(listed.contains(f'"{code}"', autoescape=True) for code in self.hazards))
