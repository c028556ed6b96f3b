"""Everything the case page shows, read in a fixed number of queries however old the case is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bpmn.engine.compiler import ProcessDefinition
from webapp.accounts.models import Grid, User
from webapp.cases.models import Case, Party
from webapp.cases.queries import parties_of, timeline
from webapp.cases.wording import Names, Sentence, in_language, sentences
from webapp.core.db import db
from webapp.core.i18n import locale_tag
from webapp.deadlines.models import Deadline
from webapp.deadlines.queries import deadlines_of_case
from webapp.processes.editions import content_of
from webapp.processes.models import ProcessInstance, UserTask
from webapp.processes.people import names_of
from webapp.processes.queries import can_work_on, picture_of
from webapp.processes.said import Said, said_in_case

SHOWN_EVENTS = 200

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
    picture: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """``legs[0]`` is the lifecycle itself, the others its children. ``workable``: open tasks this person may work on.

    ``leg_names``: the children's by instance, to tell their tasks apart. ``filed_at``: when the filing was approved.
    """

    case: Case
    grid: Grid
    legs: list[Leg]
    tasks: list[UserTask]
    way: list[UserTask]
    open_tasks: list[UserTask]
    workable: list[UserTask]
    deadlines: list[Deadline]
    parties: list[Party]
    said: list[Said]
    timeline: list[Sentence]
    people: dict[int, str]
    leg_names: dict[int, str]
    filed_at: datetime | None


def case_page(case: Case, user: User, *, events: int = SHOWN_EVENTS) -> CasePage:
    """``events``: how many of the last ones the timeline has."""
    instances, tasks = _instances_and_tasks(case)
    deadlines = _deadlines(case)
    entries = timeline(case, limit=events)
    people = names_of(
        [*(entry.actor_id for entry in entries), *(person for task in tasks for person in (task.ended_by_id, task.assignee_id))]
    )
    definitions = {instance.id: content_of(instance.edition_id).process(instance.process_key) for instance in instances}
    names = Names(
        people, {task.id: task for task in tasks}, {instance.id: instance for instance in instances}, definitions,
        {deadline.code: deadline for deadline in deadlines},
    )  # fmt: skip
    open_tasks = sorted((task for task in tasks if task.is_open), key=lambda task: (task.order_at, task.id))
    said = said_in_case(case.id)
    return CasePage(
        case=case, grid=case.grid, legs=[_leg(instance, tasks, definitions[instance.id]) for instance in instances],
        tasks=tasks, way=_way(case, tasks), open_tasks=open_tasks,
        workable=[task for task in open_tasks if can_work_on(user, task) and task.assignee_id in (None, user.id)],
        deadlines=deadlines, parties=parties_of(case), said=said, timeline=sentences(entries, names), people=people,
        leg_names={key: in_language(definition) for key, definition in definitions.items() if key != case.root_instance_id},
        filed_at=_filed_at(case, tasks, said),
    )  # fmt: skip


def _way(case: Case, tasks: Sequence[UserTask]) -> list[UserTask]:
    """Where the lifecycle has been, then everything that is open now, in the legs too."""
    been = [task for task in tasks if task.instance_id == case.root_instance_id and not task.is_open]
    return been + [task for task in tasks if task.is_open]


def _filed_at(case: Case, tasks: Sequence[UserTask], said: Sequence[Said]) -> datetime | None:
    filings = {task.id for task in tasks if task.instance_id == case.root_instance_id and task.element == "file_case"}
    return next((one.at for one in said if one.task_id in filings and one.values.get("decision") == "file"), None)


def _instances_and_tasks(case: Case) -> tuple[list[ProcessInstance], list[UserTask]]:
    query = select(ProcessInstance, UserTask).outerjoin(UserTask, UserTask.instance_id == ProcessInstance.id)
    found = db.session.execute(query.where(ProcessInstance.case_id == case.id).order_by(ProcessInstance.id, UserTask.id)).all()
    instances = list(dict.fromkeys(instance for instance, _ in found))
    return instances, [task for _, task in found if task is not None]


def _deadlines(case: Case) -> list[Deadline]:
    """Running clocks first, the nearest on top; then the stopped ones, the latest on top."""
    rows = deadlines_of_case(case.id)
    running = sorted((row for row in rows if row.is_open), key=lambda row: row.due_at)
    return running + sorted((row for row in rows if not row.is_open), key=lambda row: row.due_at, reverse=True)


def _leg(instance: ProcessInstance, tasks: Sequence[UserTask], definition: ProcessDefinition) -> Leg:
    end = definition.elements.get(instance.end_element) if instance.end_element else None
    outcome = "" if instance.is_running else (in_language(end) if end else "") or str(instance.end_element or instance.outcome)
    own = [task for task in tasks if task.instance_id == instance.id and task.is_open]
    return Leg(instance, in_language(definition), outcome, _mark(instance), own, picture_of(instance, tasks))


def _mark(instance: ProcessInstance) -> str:
    if instance.outcome == "failed":
        return "bad"
    return "" if instance.end_element in REFUSALS else "ok"


def place_name(row: Grid) -> str:
    """Town and grid in the language of the request."""
    return f"{row.town.name_en}, {row.name_en}" if locale_tag() == "en" else f"{row.town.name_zh} {row.name_zh}"
