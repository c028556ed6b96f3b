"""What was submitted in a case, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.cases.models import Case
from webapp.processes.said import Said, said_in_case

PAGE = 10
MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """``older``: id to go on from, None on the last page; ``task_id``: whose record was asked for; ``is_first``: nothing is newer."""

    said: list[Said]
    older: int | None
    task_id: int | None
    is_first: bool


def records_page(case: Case, *, before: str | None, task: str | None) -> RecordsPage:
    """Newest first. ``before`` and ``task`` as typed in the address: what is no number, or no task of the case, shows the newest."""
    lower, task_id = _number(before), _number(task)
    found = said_in_case(case.id, before=lower, from_task=task_id, limit=PAGE + 1)
    if not found and task_id is not None:
        found, task_id = said_in_case(case.id, limit=PAGE + 1), None
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return RecordsPage(found[:PAGE], older, task_id, lower is None and task_id is None)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None
