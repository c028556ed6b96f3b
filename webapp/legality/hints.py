"""Live hints while a form is filled in: what would be refused, and what the answers start. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.engine.forms import Form
from webapp.accounts.models import User
from webapp.core.clock import legal_day
from webapp.core.i18n import gettext, locale_tag
from webapp.deadlines import services as deadlines
from webapp.legality.facts import Act, Facts
from webapp.legality.registry import broken
from webapp.legality.task_law import violations_of
from webapp.processes.editions import content_of
from webapp.processes.lookups import Lookups
from webapp.processes.models import UserTask
from webapp.processes.subjects import Subject
from webapp.processes.submissions import listed_sentences
from webapp.processes.task_rows import codes_in
from webapp.rules.queries import UnknownTimeLimit


@dataclass(frozen=True, slots=True)
class Hints:
    """``errors`` and ``notes``: sentences by field; ``refusals``: those of the rules that would refuse these answers."""

    errors: Mapping[str, list[str]]
    refusals: list[str]
    notes: Mapping[str, list[str]]


def hints_for(task: UserTask, form: Form, values: Mapping[str, Any], *, actor: User, at: datetime, locale: str, reads_case: bool) -> Hints:
    """Of the open task and unfinished raw values. ``reads_case``: whether the actor may learn what the record of the case lacks."""
    lookups = Lookups(Subject.of(task.instance), at)
    accepted, errors = form.look(values, locale=locale, today=legal_day(at), lookups=lookups)
    properties = content_of(task.instance.edition_id).process(task.instance.process_key).element(task.process_key, task.element).properties
    refusals = _refusals(task, properties, accepted, actor=actor, at=at) if reads_case else []
    return Hints(listed_sentences(errors), refusals, _notes(task, form, properties, accepted, at=at))


def _refusals(task: UserTask, properties: Mapping[str, str], accepted: Mapping[str, Any], *, actor: User, at: datetime) -> list[str]:
    ids = codes_in(properties.get("rules"))
    if not ids or task.case_id is None:
        return []
    instance = task.instance
    act = Act(
        Facts(task.case_id, at=at), task.element, task.process_key, accepted, actor, legal_day(at), instance.town_id,
        instance.jurisdiction_id, instance.id,
    )  # fmt: skip
    return [one.text for one in broken(ids, act) if not one.rule.is_mark]


def _notes(task: UserTask, form: Form, properties: Mapping[str, str], accepted: Mapping[str, Any], *, at: datetime) -> dict[str, list[str]]:
    notes: dict[str, list[str]] = {}
    for field in form.answerable:
        if field.of == "violations" and accepted.get(field.key):
            notes[field.key] = list(_penalties(accepted[field.key], at))
    counted = next((key for key in codes_in(properties.get("counts_from")) if accepted.get(key)), None)
    if counted and counted in form.field_keys:
        started = list(_clocks(codes_in(properties.get("opens")), accepted[counted], task.jurisdiction_id))
        notes |= {counted: started} if started else {}
    return notes


def _penalties(codes: Any, at: datetime) -> Iterator[str]:
    for one in violations_of(codes, on=legal_day(at)):
        yield gettext("%(code)s (%(basis)s): %(penalty)s.", code=one.code, basis=one.basis, penalty=one.penalty)


def _clocks(codes: list[str], day: Any, jurisdiction_id: int | None) -> Iterator[str]:
    """Until when the clocks run that this day starts."""
    for code in codes:
        try:
            due = deadlines.due_for(code, deadlines.instant_of(day), jurisdiction_id=jurisdiction_id)
        except (UnknownTimeLimit, ValueError):
            continue
        name = due.limit.en if locale_tag() == "en" else due.limit.zh
        yield gettext("Starts “%(clock)s”, which runs to %(day)s.", clock=name, day=legal_day(due.due_at).isoformat())
