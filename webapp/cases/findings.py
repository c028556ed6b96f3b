"""What the case says was broken: which violations, on which article, who named them in which step, and what they may cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from bpmn.engine.forms import Field, Form
from webapp.cases.case_frame import PROPOSAL, CaseFrame, Submitted
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.i18n import locale_tag, pick
from webapp.employers.models import WorkplaceTest
from webapp.processes.editions import content_of
from webapp.processes.models import UserTask
from webapp.processes.said import Answer
from webapp.rules.models import Violation
from webapp.rules.queries import in_force, kept_rows

CATALOGUE = "violations"  # the source of reference fields that name lines of the catalogue
# What a step proposed, ordered or decided besides the violations: keys of its form.
MEASURES = (
    "measures", "measure", "procedure", "requirements", "correct_by", "proposed_kinds", "proposed_fine", "penalty_kinds", "fine", "ground",
    "exemption", "collected",
)  # fmt: skip
DECIDING = ("decide", "summary_decision", "town_decision", "decide_none")
SHOWN_TESTS = 20


@dataclass(frozen=True, slots=True)
class Mention:
    """A step that named the violation. ``is_decision``: it is the last word of the office."""

    task: UserTask
    at: datetime
    is_decision: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """``rule``: the line of the catalogue that was in force at the act, None for a code that it never had."""

    code: str
    rule: Violation | None
    mentions: list[Mention]

    @property
    def is_decided(self) -> bool:
        return any(one.is_decision for one in self.mentions)


@dataclass(frozen=True, slots=True)
class Measure:
    """What one step proposed, ordered or decided."""

    task: UserTask
    at: datetime
    is_decision: bool
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Findings:
    """``acted_on``: the day the act ended, as the filing report has it; None before. ``over_limit``: measured at the employer."""

    acted_on: date | None
    findings: list[Finding]
    measures: list[Measure]
    over_limit: Sequence[WorkplaceTest]


def findings_of(frame: CaseFrame) -> Findings:
    """``frame`` with all that was submitted; one query."""
    acted_on = _acted_on(frame)
    mentions: dict[str, list[Mention]] = {}
    for one in frame.submitted:
        for code in _codes(one):
            mentions.setdefault(code, []).append(Mention(one.task, one.submission.submitted_at, _is_decision(one)))
    on = acted_on or legal_day(frame.case.opened_at)
    found = [Finding(code, _rule(code, on), named) for code, named in mentions.items()]
    return Findings(
        acted_on, sorted(found, key=lambda one: (not one.is_decided, one.code)), list(_measures(frame.submitted)),
        _over_limit(frame.case.employer_id),
    )  # fmt: skip


def _acted_on(frame: CaseFrame) -> date | None:
    reports = [one.submission.values.get("acted_on") for one in frame.submitted if one.task.element == PROPOSAL]
    told = next((text for text in reversed(reports) if text), None)
    return date.fromisoformat(str(told)[:10]) if told else None


def _codes(one: Submitted) -> Iterator[str]:
    for field in _fields(one):
        value = one.submission.values.get(field.key) if field.of == CATALOGUE else None
        yield from dict.fromkeys(str(code) for code in (value if isinstance(value, list) else [value] if value else ()))


def _measures(submitted: Sequence[Submitted]) -> Iterator[Measure]:
    """The latest on top."""
    for one in reversed(submitted):
        answers = list(_answers(_fields(one), one.submission.values))
        if answers:
            yield Measure(one.task, one.submission.submitted_at, _is_decision(one), answers)


def _answers(fields: Sequence[Field], values: Mapping[str, Any]) -> Iterator[Answer]:
    for field in fields:
        if field.key in MEASURES and field.of is None and values.get(field.key) not in (None, "", []):
            yield Answer(pick(field.label), field.text_of(values[field.key], locale_tag()))


def _fields(one: Submitted) -> Sequence[Field]:
    form = _form(one.task)
    return form.fields if form else ()


def _form(task: UserTask) -> Form | None:
    return content_of(task.instance.edition_id).form(task.form_key) if task.form_key else None


def _is_decision(one: Submitted) -> bool:
    return one.task.element in DECIDING


def _rule(code: str, on: date) -> Violation | None:
    """The law at the act; for an act before the catalogue begins its oldest row."""
    return in_force(Violation, code, on=on) or next(iter(reversed(kept_rows(Violation).get(code, ()))), None)


def _over_limit(employer_id: int) -> Sequence[WorkplaceTest]:
    query = select(WorkplaceTest).where(WorkplaceTest.employer_id == employer_id, WorkplaceTest.exceeds.is_(True))
    query = query.where(WorkplaceTest.struck_at.is_(None)).order_by(WorkplaceTest.tested_on.desc(), WorkplaceTest.id.desc())
    return db.session.scalars(query.limit(SHOWN_TESTS)).all()
