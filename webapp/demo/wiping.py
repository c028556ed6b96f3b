"""Take the demo district out again. Runs as the owner of the tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update

from webapp.accounts.models import Certificate, Grid, Jurisdiction, Membership, Organisation, Power, PowerUse, Town, User, WebSession
from webapp.audit.models import AuditSample, AuditSampleCase
from webapp.campaigns.models import Campaign, CampaignMember, CampaignRun
from webapp.cases.models import Case, Note, NoteWording, NumberSeries, Party, Person
from webapp.core.db import db
from webapp.deadlines.models import Deadline, Duty, Escalation, Extension, Suspension
from webapp.demo.districts import DISTRICTS
from webapp.documents.models import Document, DocumentSeries, Evidence, EvidenceUse, ServiceReceipt
from webapp.employers.models import Employer
from webapp.employers.records import KINDS
from webapp.events import chain
from webapp.events.models import Event, EventStream
from webapp.events.services import destroy_streams, record
from webapp.inbox.models import CaseWatch, InboxPreference, SavedFilter
from webapp.notifications.models import Notice
from webapp.processes.models import (
    OPEN,
    DecisionRecord,
    FormDraft,
    FormSubmission,
    Handover,
    Message,
    ProcessInstance,
    TaskReturn,
    TimerRow,
    UserTask,
)
from webapp.referrals.models import Referral, ReferralItem, ReferralMessage, ReferralRoute, ReferralState
from webapp.webhooks.models import Delivery, Receiver

RECORDS = [kind.model for kind in KINDS.values()]
Ids = Select[tuple[int]]


def wipe(*, at: datetime) -> str:
    """Demo rows are those of demo people, demo employers and the demo jurisdictions. The caller commits. Returns what was removed.

    Accounts that are not demo accounts stay; roles and places that they had in the district go.
    """
    if db.session.scalars(select(User.id).where(User.is_demo)).first() is None:
        return "no demo district is loaded"  # jurisdictions with the same codes would be somebody's own
    jurisdictions = select(Jurisdiction.id).where(Jurisdiction.code.in_([district.code for district in DISTRICTS]))
    instances = select(ProcessInstance.id).where(ProcessInstance.jurisdiction_id.in_(jurisdictions))
    keys = _stream_keys(jurisdictions, instances)
    counts = {"cases": _count(Case, Case.jurisdiction_id.in_(jurisdictions)), "employers": _count(Employer, Employer.is_demo)}
    _remove_messages(jurisdictions, keys)
    _remove_samples(jurisdictions)
    _remove_campaigns(jurisdictions)
    _remove_powers(jurisdictions)
    _remove_documents(jurisdictions)
    _remove_cases(jurisdictions, instances)
    _remove_people()
    _remove_places(jurisdictions)
    stream = _new_stream()
    digest = destroy_streams(keys, reason="demo wipe", at=at)
    record(stream, "demo.wiped", actor_id=None, at=at, streams=len(keys), digest=digest.hex())
    return f"removed {counts['cases']} cases and {counts['employers']} employers of the demo district; signed tombstones stay"


def _stream_keys(jurisdictions: Ids, instances: Ids) -> list[str]:
    owners: list[tuple[str, Ids]] = [
        ("case", select(Case.id).where(Case.jurisdiction_id.in_(jurisdictions))),
        ("campaign", select(Campaign.id).where(Campaign.jurisdiction_id.in_(jurisdictions))),
        ("instance", instances),
        ("person", select(Person.id).join(Case, Case.id == Person.case_id).where(Case.jurisdiction_id.in_(jurisdictions))),
        ("employer", select(Employer.id).where(Employer.is_demo)),
        ("account", select(User.id).where(User.is_demo)),
        ("sample", _samples(jurisdictions)),
        ("power", select(Power.id).where(Power.jurisdiction_id.in_(jurisdictions))),
        ("town", select(Town.id).where(Town.jurisdiction_id.in_(jurisdictions))),
    ]
    return [f"{kind}:{row_id}" for kind, ids in owners for row_id in db.session.scalars(ids)]


def _remove_messages(jurisdictions: Ids, keys: list[str]) -> None:
    """What other systems were told of the district, and receivers that were told of nothing else."""
    receivers = select(Receiver.id).where(Receiver.jurisdiction_id.in_(jurisdictions))
    told = select(Event.id).join(EventStream, EventStream.id == Event.stream_id).where(EventStream.key.in_(keys))
    _delete(Delivery, or_(Delivery.receiver_id.in_(receivers), Delivery.event_id.in_(told)))
    _delete(Receiver, Receiver.jurisdiction_id.in_(jurisdictions))


def _samples(jurisdictions: Ids) -> Ids:
    drawn_by_demo = AuditSample.drawn_by_id.in_(select(User.id).where(User.is_demo))
    return select(AuditSample.id).where(or_(AuditSample.jurisdiction_id.in_(jurisdictions), drawn_by_demo))


def _remove_samples(jurisdictions: Ids) -> None:
    ids = list(db.session.scalars(_samples(jurisdictions)))
    _delete(AuditSampleCase, AuditSampleCase.sample_id.in_(ids))
    _delete(AuditSample, AuditSample.id.in_(ids))


def _remove_campaigns(jurisdictions: Ids) -> None:
    campaigns = select(Campaign.id).where(Campaign.jurisdiction_id.in_(jurisdictions))
    for model in (CampaignMember, CampaignRun):
        _delete(model, model.campaign_id.in_(campaigns))
    _delete(Campaign, Campaign.jurisdiction_id.in_(jurisdictions))


def _remove_documents(jurisdictions: Ids) -> None:
    """Files of evidence lose their rows here; the sweep ``evidence-orphans`` removes them."""
    cases = select(Case.id).where(Case.jurisdiction_id.in_(jurisdictions))
    referrals = select(Referral.id).where(Referral.case_id.in_(cases))
    for part in (ReferralItem, ReferralMessage, ReferralState):
        _delete(part, part.referral_id.in_(referrals))
    _delete(Referral, Referral.case_id.in_(cases))
    _delete(ReferralRoute, ReferralRoute.jurisdiction_id.in_(jurisdictions))
    papers = select(Document.id).where(Document.case_id.in_(cases))
    for model in (ServiceReceipt, EvidenceUse):
        _delete(model, model.document_id.in_(papers))
    _change(Document, Document.case_id.in_(cases), replaces_id=None)
    for owned in (Document, Evidence):
        _delete(owned, owned.case_id.in_(cases))
    areas = [f"j{row_id}" for row_id in db.session.scalars(jurisdictions)]
    towns = [f"t{row_id}" for row_id in db.session.scalars(select(Town.id).where(Town.jurisdiction_id.in_(jurisdictions)))]
    _delete(DocumentSeries, DocumentSeries.issuer.in_(areas + towns))


def _remove_cases(jurisdictions: Ids, instances: Ids) -> None:
    tasks = select(UserTask.id).where(UserTask.instance_id.in_(instances))
    cases = select(Case.id).where(Case.jurisdiction_id.in_(jurisdictions))
    _delete(FormDraft, FormDraft.task_id.in_(tasks))
    _delete(Handover, Handover.task_id.in_(tasks))
    _delete(TaskReturn, TaskReturn.task_id.in_(tasks))
    _delete(Notice, Notice.task_id.in_(tasks))
    clocks = select(Deadline.id).where(Deadline.instance_id.in_(instances))
    for moved in (Suspension, Extension):
        _delete(moved, moved.deadline_id.in_(clocks))
    for model in (FormSubmission, TimerRow, Message, DecisionRecord, Duty, Escalation, Deadline):
        _delete(model, model.instance_id.in_(instances))
    _delete(UserTask, UserTask.instance_id.in_(instances))
    _delete(Party, Party.case_id.in_(cases))
    _delete(Person, Person.case_id.in_(cases))
    _delete(CaseWatch, CaseWatch.case_id.in_(cases))
    _delete(NoteWording, NoteWording.note_id.in_(select(Note.id).where(Note.case_id.in_(cases))))
    _delete(Note, Note.case_id.in_(cases))
    _change(Case, Case.jurisdiction_id.in_(jurisdictions), root_instance_id=None)
    _change(ProcessInstance, ProcessInstance.jurisdiction_id.in_(jurisdictions), parent_id=None)
    _delete(ProcessInstance, ProcessInstance.jurisdiction_id.in_(jurisdictions))
    _delete(Case, Case.jurisdiction_id.in_(jurisdictions))
    _delete(NumberSeries, NumberSeries.jurisdiction_id.in_(jurisdictions))
    employers = select(Employer.id).where(Employer.is_demo)
    for record_model in RECORDS:
        _delete(record_model, record_model.employer_id.in_(employers))
    _delete(Employer, Employer.is_demo)


def _remove_powers(jurisdictions: Ids) -> None:
    powers = select(Power.id).where(Power.jurisdiction_id.in_(jurisdictions))
    _delete(PowerUse, PowerUse.power_id.in_(powers))
    _delete(Power, Power.jurisdiction_id.in_(jurisdictions))


def _remove_people() -> None:
    people = select(User.id).where(User.is_demo)
    _delete(FormDraft, FormDraft.user_id.in_(people))
    _change(UserTask, UserTask.state == OPEN, UserTask.assignee_id.in_(people), assignee_id=None, assigned_at=None)
    _change(UserTask, UserTask.state == OPEN, UserTask.owner_id.in_(people), owner_id=None)
    kept = select(SavedFilter.id).where(SavedFilter.owner_id.in_(people))
    _change(InboxPreference, InboxPreference.default_filter_id.in_(kept), default_filter_id=None)
    _delete(SavedFilter, SavedFilter.owner_id.in_(people))
    for model in (WebSession, Membership, Certificate, Notice, InboxPreference, CaseWatch):
        _delete(model, model.user_id.in_(people))
    _delete(User, User.is_demo)


def _remove_places(jurisdictions: Ids) -> None:
    towns = select(Town.id).where(Town.jurisdiction_id.in_(jurisdictions))
    grids = select(Grid.id).where(Grid.town_id.in_(towns))
    bodies = select(Organisation.id).where(Organisation.jurisdiction_id.in_(jurisdictions))
    for column, ids in ((Membership.jurisdiction_id, jurisdictions), (Membership.town_id, towns), (Membership.grid_id, grids)):
        _delete(Membership, column.in_(ids))
    _delete(Membership, Membership.organisation_id.in_(bodies))
    _change(User, User.organisation_id.in_(bodies), organisation_id=None)
    _change(User, User.jurisdiction_id.in_(jurisdictions), jurisdiction_id=None)
    _delete(Grid, Grid.town_id.in_(towns))
    _delete(Town, Town.jurisdiction_id.in_(jurisdictions))
    _change(Organisation, Organisation.jurisdiction_id.in_(jurisdictions), parent_id=None)
    _delete(Organisation, Organisation.jurisdiction_id.in_(jurisdictions))
    _delete(Jurisdiction, Jurisdiction.code.in_([district.code for district in DISTRICTS]))


def _new_stream() -> str:
    """Made first, it has the highest number: SQLite would give those of the destroyed streams, which tombstones hold, again."""
    highest = db.session.scalar(select(func.max(EventStream.id)))
    stream = EventStream(key=f"demo_wipe:{highest}", seq=0, head=chain.GENESIS)
    db.session.add(stream)
    db.session.flush()
    return stream.key


def _change(model: type[Any], *conditions: Any, **values: Any) -> None:
    db.session.execute(update(model).where(*conditions).values(**values), execution_options={"synchronize_session": False})


def _delete(model: type[Any], *conditions: Any) -> None:
    db.session.execute(delete(model).where(*conditions), execution_options={"synchronize_session": False})


def _count(model: type[Any], condition: Any) -> int:
    return len(db.session.scalars(select(model.id).where(condition)).all())
