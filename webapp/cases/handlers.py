"""What the steps of a process do to the case file, inside their transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, literal_column, or_, select, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from webapp.accounts.models import Organisation
from webapp.accounts.queries import organisation_for
from webapp.cases.models import Case, Party
from webapp.cases.people_queries import worker_choices, worker_labels
from webapp.core.db import changed_rows, db, table_of
from webapp.employers import services as employers
from webapp.employers.models import Employer
from webapp.events.services import record
from webapp.processes import handlers, lookups
from webapp.processes.models import ProcessInstance, UserTask
from webapp.processes.stages import CLOSED
from webapp.processes.subjects import traits_of

# The department that a leg brings into the case. Source: domain/02, 2.0 and 2.1 (P30, P41, P42).
DEPARTMENT_OF_LEG = {"police_referral": "POL", "work_injury": "HRSS_INJ", "civil_assistance": "CIV"}
COLUMNS = frozenset({"urgency", "source"})


def keep_columns(instance: ProcessInstance, columns: Mapping[str, Any], at: datetime) -> None:
    """Write what a form maps to the case file."""
    changes = {name: columns[f"case.{name}"] for name in COLUMNS if f"case.{name}" in columns}
    if instance.case_id is not None and changes:
        case = db.session.get_one(Case, instance.case_id)
        for name, value in changes.items():
            setattr(case, name, value)


def add_department(instance: ProcessInstance, at: datetime) -> None:
    """A leg makes its department a party, once."""
    role = DEPARTMENT_OF_LEG.get(instance.process_key)
    if role is None or instance.case_id is None or instance.jurisdiction_id is None:
        return
    organisation = organisation_for(role, instance.jurisdiction_id)
    if organisation is not None and not _is_party(instance.case_id, organisation):
        party = Party(
            case_id=instance.case_id, kind=instance.process_key, organisation_id=organisation.id, name=organisation.name_zh, joined_at=at
        )
        db.session.add(party)


def keep_stage(instance: ProcessInstance, stage: str | None) -> None:
    """Past the object, which most steps have not loaded."""
    if instance.case_id is None:
        return
    cases = table_of(Case)
    changed_rows(update(cases).where(cases.c.id == instance.case_id).values(stage=stage))
    loaded = db.session.identity_map.get(identity_key(Case, instance.case_id))
    if loaded is not None:
        set_committed_value(loaded, "stage", stage)


def keep_traits(employer: Employer) -> None:
    """Tasks and instances carry copies of what lists filter by."""
    traits, instances, tasks = traits_of(employer), table_of(ProcessInstance), table_of(UserTask)
    waiting = and_(tasks.c.employer_id == employer.id, tasks.c.state == literal_column("0"))
    own = or_(
        instances.c.case_id.in_(select(Case.id).where(Case.employer_id == employer.id)),
        instances.c.id.in_(select(tasks.c.instance_id).where(waiting)),
    )
    changed_rows(update(instances).where(own, instances.c.ended_at.is_(None)).values(**traits))
    changed_rows(update(tasks).where(waiting).values(**traits))


def close_case(instance: ProcessInstance, at: datetime) -> None:
    """The end of the root instance closes the case; legs that are still open stay open as linked legs."""
    if instance.case_id is None or instance.parent_id is not None:
        return
    case = db.session.get_one(Case, instance.case_id)
    case.closed_at, case.outcome, case.stage = at, instance.end_element, CLOSED
    record(f"case:{case.id}", "case.closed", actor_id=None, at=at, outcome=instance.end_element)


def _is_party(case_id: int, organisation: Organisation) -> bool:
    query = select(Party.id).where(Party.case_id == case_id, Party.organisation_id == organisation.id)
    return db.session.scalars(query).first() is not None


handlers.on_submitted.append(keep_columns)
handlers.on_started.append(add_department)
handlers.on_ended.append(close_case)
handlers.on_stage.append(keep_stage)
employers.on_judged.append(keep_traits)
lookups.sources["workers"] = lookups.Source(worker_choices, worker_labels)
