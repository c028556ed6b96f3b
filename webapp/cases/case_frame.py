"""What every page of a case begins with: where it stands, its clocks, who is in charge. Four queries however old the case is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import defer

from bpmn.engine.compiler import ProcessDefinition
from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.cases.wording import Names, in_language
from webapp.core.db import db
from webapp.deadlines.models import Deadline
from webapp.deadlines.queries import deadlines_of_case
from webapp.processes.editions import content_of
from webapp.processes.models import FormSubmission, ProcessInstance, UserTask
from webapp.processes.people import names_of
from webapp.processes.queries import can_work_on

PROPOSAL, FILING = "propose_filing", "file_case"  # tasks of the lifecycle: who takes the case, and since when it is filed
# Ends that nobody should take for a success.
REFUSALS = frozenset({
    "filing_refused", "not_accepted", "not_approved", "not_corrected", "not_filed", "not_recognised", "refused", "rejected", "unfounded",
    "withdrawn",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leg:
    """One process instance of the case. ``outcome``: name of the end it reached, empty while it runs; ``mark``: "ok", "bad" or ""."""

    instance: ProcessInstance
    name: str
    outcome: str
    mark: str
    open_tasks: list[UserTask]


@dataclass(frozen=True, slots=True)
class Submitted:
    """A task that was completed with a form, and what was sent."""

    task: UserTask
    submission: FormSubmission


@dataclass(frozen=True, slots=True)
class CaseFrame:
    """``legs[0]`` is the lifecycle itself, the others its children. ``workable``: open tasks this person may work on.

    ``submitted``: oldest first; without ``whole`` only the filing. ``nearest``: the running clock that ends first.
    """

    case: Case
    legs: list[Leg]
    tasks: list[UserTask]
    open_tasks: list[UserTask]
    workable: list[UserTask]
    deadlines: list[Deadline]
    submitted: list[Submitted]
    officers: list[str]
    filed_at: datetime | None
    nearest: Deadline | None
    names: Names

    @property
    def people(self) -> Mapping[int, str]:
        return self.names.people

    @property
    def children(self) -> list[Leg]:
        return self.legs[1:]

    @property
    def own_open_tasks(self) -> list[UserTask]:
        """Those of the lifecycle itself."""
        return [task for task in self.open_tasks if task.instance_id == self.case.root_instance_id]

    @property
    def leg_names(self) -> dict[int, str]:
        """The children's by instance, to tell their tasks apart."""
        return {leg.instance.id: leg.name for leg in self.children}


def case_frame(case: Case, user: User, *, whole: frozenset[str] | None = frozenset(), people: Iterable[int | None] = ()) -> CaseFrame:
    """``whole``: elements whose submissions are wanted besides the filing, None for all; ``people``: whom the page names besides."""
    instances, tasks, submitted = _rows(case, whole)
    deadlines = running_first(deadlines_of_case(case.id))
    officers = _officers(case, submitted)
    named = names_of([*people, *officers, *(person for task in tasks for person in (task.ended_by_id, task.assignee_id))])
    definitions = {instance.id: content_of(instance.edition_id).process(instance.process_key) for instance in instances}
    open_tasks = sorted((task for task in tasks if task.is_open), key=lambda task: (task.order_at, task.id))
    return CaseFrame(
        case=case, legs=legs_of(instances, tasks, definitions), tasks=tasks, open_tasks=open_tasks,
        workable=[task for task in open_tasks if can_work_on(user, task) and task.assignee_id in (None, user.id)],
        deadlines=deadlines, submitted=submitted, officers=[named[one] for one in officers if one in named],
        filed_at=_filed_at(case, submitted), nearest=_nearest(deadlines),
        names=Names(
            named, {task.id: task for task in tasks}, {instance.id: instance for instance in instances}, definitions,
            {deadline.code: deadline for deadline in deadlines},
        ),
    )  # fmt: skip


def running_first(rows: Sequence[Deadline]) -> list[Deadline]:
    """Running clocks first, the nearest on top; then the stopped ones, the latest on top."""
    running = sorted((row for row in rows if row.is_open), key=lambda row: row.due_at)
    return running + sorted((row for row in rows if not row.is_open), key=lambda row: row.due_at, reverse=True)


def legs_of(
    instances: Sequence[ProcessInstance], tasks: Sequence[UserTask], definitions: Mapping[int, ProcessDefinition]
) -> list[Leg]:  # fmt: skip
    return [_leg(instance, tasks, definitions[instance.id]) for instance in instances]


def _rows(case: Case, whole: frozenset[str] | None) -> tuple[list[ProcessInstance], list[UserTask], list[Submitted]]:
    sent = FormSubmission.task_id == UserTask.id
    if whole is not None:
        sent = and_(sent, UserTask.element.in_({PROPOSAL, FILING, *whole}))
    query = (
        select(ProcessInstance, UserTask, FormSubmission)
        .outerjoin(UserTask, UserTask.instance_id == ProcessInstance.id)
        .outerjoin(FormSubmission, sent)
        .where(ProcessInstance.case_id == case.id)
        .order_by(ProcessInstance.id, UserTask.id)
        .options(defer(ProcessInstance.state))
    )
    found = db.session.execute(query).tuples().all()
    instances = list(dict.fromkeys(instance for instance, _, _ in found))
    submitted = [Submitted(task, sent) for _, task, sent in found if task is not None and sent is not None]
    submitted.sort(key=lambda one: one.submission.id)
    return instances, [task for _, task, _ in found if task is not None], submitted


def _officers(case: Case, submitted: Sequence[Submitted]) -> list[int]:
    """Whom the last filing report named; they stay when somebody else does a step."""
    reports = [one for one in submitted if one.task.element == PROPOSAL and one.task.instance_id == case.root_instance_id]
    given = reports[-1].submission.values.get("officers") if reports else None
    return [int(one) for one in given if str(one).isdecimal()] if isinstance(given, list) else []


def _filed_at(case: Case, submitted: Sequence[Submitted]) -> datetime | None:
    filings = [one.submission for one in submitted if one.task.element == FILING and one.task.instance_id == case.root_instance_id]
    return next((one.submitted_at for one in reversed(filings) if one.values.get("decision") == "file"), None)


def _nearest(deadlines: Sequence[Deadline]) -> Deadline | None:
    return next((row for row in deadlines if row.is_open and not row.is_suspended and not row.time_limit.is_right), None)


def _leg(instance: ProcessInstance, tasks: Sequence[UserTask], definition: ProcessDefinition) -> Leg:
    end = definition.elements.get(instance.end_element) if instance.end_element else None
    outcome = "" if instance.is_running else (in_language(end) if end else "") or str(instance.end_element or instance.outcome)
    own = [task for task in tasks if task.instance_id == instance.id and task.is_open]
    return Leg(instance, in_language(definition), outcome, _mark(instance), own)


def _mark(instance: ProcessInstance) -> str:
    if instance.outcome == "failed":
        return "bad"
    return "" if instance.end_element in REFUSALS else "ok"
