"""Many instances opened at once are what the same ones opened singly would be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, func, select

from webapp.cases.models import Case, Party
from webapp.cases.services import CaseOpening, open_cases
from webapp.core.db import db, transaction
from webapp.core.errors import Invalid
from webapp.deadlines.models import Deadline
from webapp.employers.models import Employer
from webapp.events.models import Event, EventStream
from webapp.events.verify import problems
from webapp.processes.models import FormSubmission, ProcessInstance, UserTask

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def finding() -> dict[str, Any]:
    return {
        "found_on": "2026-03-01", "source": "campaign", "urgency": "C", "place": "打磨车间", "hazards": ["dust"], "signs": ["testing"],
        "exposed_workers": 12, "description": "打磨工位无吸尘装置，地面积尘明显，工人未戴防尘口罩", "employer_response": "cooperated",
    }  # fmt: skip


def counted(*models: Any) -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def open_many(employer: Employer, number: int) -> list[str]:
    with transaction():
        opened = open_cases("case_lifecycle", [CaseOpening(employer, finding())] * number, actor_id=None, at=AT, locale="zh")
        return [one.case.case_no for one in opened if one.case]


def test_many_cases_get_numbers_without_gap_and_rows_of_their_own(app: Any, employer: Employer) -> None:
    before = counted(Case, ProcessInstance, UserTask, FormSubmission, Party)
    numbers = open_many(employer, 30)
    assert [int(number[-5:]) for number in numbers] == list(range(1, 31))
    after = counted(Case, ProcessInstance, UserTask, FormSubmission, Party)
    assert [new - old for new, old in zip(after, before, strict=True)] == [30] * 5
    assert list(problems()) == []


def test_one_of_many_is_recorded_as_a_single_one(app: Any, employer: Employer) -> None:
    open_many(employer, 1)
    open_many(employer, 3)
    names = select(EventStream.key, Event.name).join(Event, Event.stream_id == EventStream.id).where(EventStream.key.like("case:%"))
    found: dict[str, list[str]] = {}
    for key, name in db.session.execute(names.order_by(Event.stream_id, Event.seq)):
        found.setdefault(key, []).append(name)
    assert len(found) == 4
    assert len({tuple(story) for story in found.values()}) == 1


def test_each_task_has_its_clock_and_its_due_date(app: Any, employer: Employer) -> None:
    open_many(employer, 5)
    rows = db.session.execute(
        select(UserTask.id, UserTask.due_at, Deadline.due_at).outerjoin(Deadline, Deadline.task_id == UserTask.id)
    ).all()
    assert len(rows) == 5
    assert all(due == clock for _, due, clock in rows)


def test_one_bad_form_among_many_opens_nothing(app: Any, employer: Employer) -> None:
    bad = [CaseOpening(employer, finding()), CaseOpening(employer, {})]
    with pytest.raises(Invalid), transaction():
        open_cases("case_lifecycle", bad, actor_id=None, at=AT, locale="zh")
    assert counted(Case, ProcessInstance, UserTask) == [0, 0, 0]
    assert open_many(employer, 1)[0].endswith("00001")


def test_the_number_of_statements_does_not_grow_with_the_number_of_openings(app: Any, employer: Employer) -> None:
    open_many(employer, 2)  # what this process keeps is read once
    ten, fifty = statements(lambda: open_many(employer, 10)), statements(lambda: open_many(employer, 50))
    singly = 5 if db.engine.dialect.name == "sqlite" else 0  # rows whose ids it must tell: case, instance, task, stream, document
    assert fifty - ten == 40 * singly


def statements(work: Any) -> int:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
