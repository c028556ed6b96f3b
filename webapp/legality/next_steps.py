"""What may lawfully happen next in a case, and what is missing for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from webapp.core.clock import legal_day
from webapp.legality.facts import Act, Facts
from webapp.legality.registry import broken
from webapp.processes.editions import content_of
from webapp.processes.models import UserTask
from webapp.processes.task_rows import codes_in


def missing_for(case_id: int, tasks: Sequence[UserTask], *, at: datetime, **known: Any) -> dict[int, list[str]]:
    """By open task: a sentence for each rule that stands in its way now; empty for a step that may be taken.

    ``known``: as ``Facts`` takes it.
    """
    facts = Facts(case_id, at=at, **known)
    return {task.id: _missing(facts, task) for task in tasks if task.is_open}


def _missing(facts: Facts, task: UserTask) -> list[str]:
    definition = content_of(task.instance.edition_id).process(task.instance.process_key)
    ids = codes_in(definition.element(task.process_key, task.element).properties.get("rules"))
    if not ids:
        return []
    act = Act(
        facts, task.element, task.process_key, None, None, legal_day(facts.at), task.town_id, task.jurisdiction_id, task.instance_id
    )  # fmt: skip
    return [one.text for one in broken(ids, act)]
