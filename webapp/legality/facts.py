"""What the rules look at: the record of one case, read when a rule first asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.deadlines.models import Deadline
from webapp.deadlines.queries import deadlines_of_case
from webapp.documents.models import Document, ServiceReceipt
from webapp.documents.queries import documents_of_case, receipts_of_case
from webapp.processes.models import DecisionRecord, FormSubmission, ProcessInstance, UserTask

LIFECYCLE = "case_lifecycle"
MADE = frozenset({"final", "served"})


@dataclass(frozen=True, slots=True)
class Told:
    """What was submitted with one completed task."""

    process: str
    element: str
    instance_id: int
    values: Mapping[str, Any]
    at: datetime


class Facts:
    """The record of one case as it stands. Nothing is read before it is asked for, and nothing twice."""

    def __init__(self, case_id: int, *, at: datetime, **known: Any) -> None:
        """``known``: what the caller has read already, by the name of the property."""
        self.case_id, self.at = case_id, at
        vars(self).update(known)

    @property
    def on(self) -> date:
        return legal_day(self.at)

    @cached_property
    def case(self) -> Case:
        return db.session.get_one(Case, self.case_id)

    @cached_property
    def told(self) -> list[Told]:
        """Everything submitted in the case and its legs, oldest first."""
        query = (
            select(UserTask.process_key, UserTask.element, UserTask.instance_id, FormSubmission.values, FormSubmission.submitted_at)
            .join(UserTask, UserTask.id == FormSubmission.task_id)
            .where(UserTask.case_id == self.case_id)
            .order_by(FormSubmission.id)
        )
        return [Told(*row) for row in db.session.execute(query).tuples()]

    @cached_property
    def legs(self) -> list[ProcessInstance]:
        query = select(ProcessInstance).where(ProcessInstance.case_id == self.case_id).order_by(ProcessInstance.id)
        return list(db.session.scalars(query))

    @cached_property
    def documents(self) -> list[Document]:
        """Papers that were made, oldest first; drafts and void ones are none."""
        return [document for document in documents_of_case(self.case_id) if document.state in MADE]

    @cached_property
    def receipts(self) -> list[ServiceReceipt]:
        return list(receipts_of_case(self.case_id))

    @cached_property
    def clocks(self) -> list[Deadline]:
        return deadlines_of_case(self.case_id)

    @cached_property
    def decisions(self) -> list[DecisionRecord]:
        """Decision tables evaluated in the lifecycle, oldest first."""
        query = select(DecisionRecord).join(ProcessInstance, ProcessInstance.id == DecisionRecord.instance_id)
        return list(db.session.scalars(query.where(ProcessInstance.case_id == self.case_id).order_by(DecisionRecord.id)))

    @cached_property
    def earlier(self) -> Facts | None:
        """The case whose failed correction this one follows."""
        return Facts(self.case.earlier_id, at=self.at) if self.case.earlier_id is not None else None

    def last(self, *elements: str, process: str = LIFECYCLE) -> Told | None:
        """What was said last in one of these tasks."""
        return next((one for one in reversed(self.told) if one.process == process and one.element in elements), None)

    def paper(self, *kinds: str) -> Document | None:
        """The latest document of one of these kinds."""
        return next((one for one in reversed(self.documents) if one.kind in kinds), None)

    def served_on(self, document: Document) -> date | None:
        """The day from which its service counts; None if it was not served."""
        days = [receipt.effective_on for receipt in self.receipts if receipt.document_id == document.id]
        return min(days, default=None)

    def outcome(self, decision: str, name: str) -> Any:
        """What a decision table gave last; None if it was not evaluated."""
        return next((one.outputs.get(name) for one in reversed(self.decisions) if one.decision == decision), None)

    def clock(self, code: str) -> Deadline | None:
        """The latest clock with this code."""
        return max((one for one in self.clocks if one.code == code), key=lambda one: one.id, default=None)

    def clock_of(self, code: str, instance_id: int) -> Deadline | None:
        """The latest clock with this code that the instance started."""
        own = [one for one in self.clocks if one.code == code and one.instance_id == instance_id]
        return max(own, key=lambda one: one.id, default=None)

    def said_in(self, instance_id: int, *elements: str) -> Told | None:
        """What was said last in one of these tasks of that instance: a case may have several rounds."""
        return next((one for one in reversed(self.told) if one.instance_id == instance_id and one.element in elements), None)


def day_of(said: Any) -> date | None:
    """The day of a stored answer: of a date or of an instant; None for no answer."""
    return date.fromisoformat(str(said)[:10]) if said else None


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody is about to do. ``values``: the checked answers of the form, None when only the way is looked at."""

    facts: Facts
    element: str
    process: str
    values: Mapping[str, Any] | None
    actor: User | None
    on: date
    town_id: int | None
    jurisdiction_id: int | None
    instance_id: int

    def said(self, key: str, default: Any = None) -> Any:
        return default if self.values is None else self.values.get(key, default)

    @property
    def is_asked(self) -> bool:
        """Whether only the way is looked at: nothing is filled in yet."""
        return self.values is None

    def day(self, *keys: str) -> date | None:
        """The first of these answers that is a day."""
        return day_of(next((self.said(key) for key in keys if self.said(key)), None))
