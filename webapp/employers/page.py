"""Everything one tab of an employer's page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from webapp.accounts.models import User
from webapp.employers.all_records import Records, all_records
from webapp.employers.completeness import Completeness, completeness
from webapp.employers.facts import EmployerFacts, facts_from
from webapp.employers.models import Employer
from webapp.employers.queries import may_keep
from webapp.employers.record_rows import RecordTable, table_of
from webapp.employers.records import KINDS

# tab -> the kinds of records it shows
TABS: Mapping[str, tuple[str, ...]] = {
    "overview": (),
    "hazards": ("declaration", "hazard_post"),
    "tests": ("workplace_test",),
    "exams": ("health_exam",),
    "projects": ("project",),
    "labour": ("contract_fact", "insurance_fact"),
    "risk": ("risk",),
}
SHOWN = 100  # rows of one table
TAB_OF = {kind: tab for tab, kinds in TABS.items() for kind in kinds}


@dataclass(frozen=True, slots=True)
class EmployerPage:
    """``tables``: of the tab's kinds, in its order."""

    employer: Employer
    tab: str
    facts: EmployerFacts
    completeness: Completeness
    tables: list[RecordTable]
    records: Records
    may_keep: bool


def employer_page(employer: Employer, user: User, *, tab: str, on: date) -> EmployerPage:
    """``tab``: a key of TABS; anything else is the overview."""
    tab = tab if tab in TABS else "overview"
    records = all_records(employer.id)
    facts = facts_from(records, on)
    tables = [table_of(kind, records.of(KINDS[kind].model)[:SHOWN]) for kind in TABS[tab]]
    return EmployerPage(employer, tab, facts, completeness(employer, facts), tables, records, may_keep(user, employer))
