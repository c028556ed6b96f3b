"""Submissions made readable: the questions and answers as the form puts them, with who said it and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from bpmn.engine.forms import Field, Form
from webapp.accounts.models import User
from webapp.core.db import db
from webapp.core.i18n import gettext, locale_tag, pick
from webapp.core.permissions import ROLES, Permission
from webapp.processes.editions import content_of
from webapp.processes.lookups import Texts, labels_of
from webapp.processes.models import FormSubmission, ProcessInstance, UserTask


@dataclass(frozen=True, slots=True)
class Answer:
    label: str
    text: str


def chosen_in(said: Sequence[Said]) -> set[str]:
    """Everything that was chosen from lists in these submissions."""
    return {item for one in said for value in one.values.values() if isinstance(value, list) for item in value if isinstance(item, str)}


@dataclass(frozen=True, slots=True)
class Said:
    """One submission in the language of the request. ``task_id`` is None for what started the instance; ``values`` as stored."""

    title: str
    actor: str
    at: datetime
    answers: list[Answer]
    instance_id: int
    task_id: int | None
    values: Mapping[str, Any]
    id: int = 0


def said_in_case(case_id: int, *, before: int | None = None, from_task: int | None = None, limit: int | None = None) -> list[Said]:
    """Everything submitted in the case and its legs, newest first.

    ``before``: only what has a lower id; ``from_task``: begins with what was sent with that task; ``limit``: at most so many.
    """
    where = ProcessInstance.case_id == case_id
    if before is not None:
        where = and_(where, FormSubmission.id < before)
    if from_task is not None:
        sent = select(FormSubmission.id).where(FormSubmission.task_id == from_task).scalar_subquery()
        where = and_(where, FormSubmission.id <= sent)
    return _said(where, limit)


def said_in_instance(instance_id: int) -> list[Said]:
    """What was submitted in one instance, newest first."""
    return _said(ProcessInstance.id == instance_id)


def said_to_body(instance: ProcessInstance) -> list[Said]:
    """What an outside body may read of a leg: what was sent and what outside bodies said, not how the office came to send it."""
    elements = content_of(instance.edition_id).process(instance.process_key).elements.values()
    sent = [one.id for one in elements if "sent" in one.properties.get("referral_state", "").split()]
    office = [role for role, (_, permissions) in ROLES.items() if Permission.READ_CASES in permissions]
    return _said(and_(ProcessInstance.id == instance.id, or_(UserTask.element.in_(sent), UserTask.role.not_in(office))))


def answers_of(form: Form | None, values: Mapping[str, Any]) -> list[Answer]:
    """The given values in the order of the form; without a form, the values under their own names."""
    return _answers(form, values, Labels([(form, values)]))


def text_of(field: Field, value: Any) -> str:
    """A stored value for people to read, in the language of the request."""
    return Labels.of_one(field, value).text_of(field, value)


class Labels:
    """Names of what reference fields chose, each source asked once for all of them."""

    def __init__(self, said: Iterable[tuple[Form | None, Mapping[str, Any]]]) -> None:
        self._wanted: dict[str, set[str]] = {}
        self._known: dict[str, Mapping[str, Texts]] = {}
        for form, values in said:
            for field in form.fields if form else ():
                if field.of is not None and values.get(field.key):
                    self._want(field, values[field.key])

    @classmethod
    def of_one(cls, field: Field, value: Any) -> Labels:
        labels = cls(())
        if field.of is not None:
            labels._want(field, value)
        return labels

    def text_of(self, field: Field, value: Any) -> str:
        if field.of is None:
            return field.text_of(value, locale_tag())
        if field.of not in self._known:
            self._known[field.of] = labels_of(field.of, sorted(self._wanted[field.of]))
        return gettext(", ").join(pick(self._known[field.of][one]) for one in _listed(value))

    def _want(self, field: Field, value: Any) -> None:
        self._wanted.setdefault(str(field.of), set()).update(_listed(value))


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _answers(form: Form | None, values: Mapping[str, Any], labels: Labels) -> list[Answer]:
    if form is None:
        return [Answer(key, str(value)) for key, value in values.items()]
    given = [field for field in form.fields if values.get(field.key) not in (None, "", [])]
    return [Answer(pick(field.label), labels.text_of(field, values[field.key])) for field in given]


def _said(where: ColumnElement[bool], limit: int | None = None) -> list[Said]:
    query = (
        select(FormSubmission, ProcessInstance, UserTask, User.name_zh, User.name_en)
        .join(ProcessInstance, ProcessInstance.id == FormSubmission.instance_id)
        .outerjoin(UserTask, UserTask.id == FormSubmission.task_id)
        .outerjoin(User, User.id == FormSubmission.actor_id)
        .where(where)
        .order_by(FormSubmission.id.desc())
        .limit(limit)
    )
    is_english = locale_tag() == "en"
    rows = [(row, _form(row[0], row[1], row[2])) for row in db.session.execute(query).tuples()]
    labels = Labels((form, row[0].values) for row, form in rows)
    return [
        _readable(submission, form, task, labels, actor=(name_en if is_english else name_zh) or "")
        for (submission, _, task, name_zh, name_en), form in rows
    ]


def _readable(submission: FormSubmission, form: Form | None, task: UserTask | None, labels: Labels, *, actor: str) -> Said:
    answers = _answers(form, submission.values, labels)
    return Said(
        _title(form, task), actor, submission.submitted_at, answers, submission.instance_id, submission.task_id, submission.values,
        submission.id,
    )  # fmt: skip


def _form(submission: FormSubmission, instance: ProcessInstance, task: UserTask | None) -> Form | None:
    if submission.form_hash is None:
        return None
    content = content_of(instance.edition_id)
    key = task.form_key if task else content.process(instance.process_key).start_form
    return content.form(key) if key else None


def _title(form: Form | None, task: UserTask | None) -> str:
    if task is not None:
        return (task.name_en or task.name) if locale_tag() == "en" else task.name
    return pick(form.title) if form else ""
