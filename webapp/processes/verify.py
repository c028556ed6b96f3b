"""Prove that what people said is what the record says they said."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from webapp.core.db import db
from webapp.core.i18n import gettext as _
from webapp.events.models import Event
from webapp.processes.models import FormSubmission
from webapp.processes.submissions import digest_of


def problems() -> Iterator[str]:
    """One sentence for each submission that was changed, removed or slipped in; run after the record itself was verified."""
    expected = _digests_on_record()
    for row in db.session.scalars(
        select(FormSubmission).order_by(FormSubmission.id).execution_options(yield_per=1000, populate_existing=True)
    ):
        if expected.pop((row.instance_id, row.task_id), None) != digest_of(row.values):
            yield _("Submission %(id)s does not say what the record says it said.", id=row.id)
    for instance_id, task_id in expected:
        yield _("A submission is missing: process instance %(instance)s, task %(task)s.", instance=instance_id, task=task_id or "-")


def _digests_on_record() -> dict[tuple[int, int | None], str]:
    """(instance, task; None for the start) -> digest."""
    told = select(Event).where(Event.name.in_(["task.completed", "process.started"])).execution_options(yield_per=1000)
    payloads = (event.payload for event in db.session.scalars(told))
    return {(found["instance_id"], found.get("task_id")): found["values"] for found in payloads if found["values"] is not None}
