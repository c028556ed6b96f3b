"""A case with clocks, for the tests of what moves them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from webapp.cases.models import Case
from webapp.core.db import db, transaction
from webapp.deadlines import services
from webapp.deadlines.models import Deadline
from webapp.events.models import Event, EventStream
from webapp.rules.models import TimeLimit
from webapp.rules.queries import forget_rules

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def open_clock(case: Case, code: str, *, at: datetime = AT, started_at: datetime | None = None) -> Deadline:
    """A clock of the case that spans tasks; whoever supervises the jurisdiction answers for it."""
    assert case.root_instance_id is not None
    with transaction():
        services.open_spanning(
            code, case_id=case.id, instance_id=case.root_instance_id, stream=f"case:{case.id}", actor_id=None, at=at, started_at=started_at,
            jurisdiction_id=case.jurisdiction_id,
        )  # fmt: skip
    return clock_of(case, code)


def clock_of(case: Case, code: str) -> Deadline:
    query = select(Deadline).where(Deadline.case_id == case.id, Deadline.code == code).order_by(Deadline.id.desc())
    return db.session.scalars(query, execution_options={"populate_existing": True}).first()  # type: ignore[return-value]


def set_rule(code: str, **columns: Any) -> None:
    """Change the rule rows of a code."""
    with transaction():
        db.session.execute(update(TimeLimit).where(TimeLimit.code == code).values(**columns))
    db.session.expire_all()
    forget_rules()


def told(case: Case, like: str = "deadline.%") -> list[str]:
    """Names of the events of the case, in order."""
    named = select(Event.name).join(EventStream).where(EventStream.key == f"case:{case.id}", Event.name.like(like))
    return list(db.session.scalars(named.order_by(Event.seq)))
