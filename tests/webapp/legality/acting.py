"""A case record that is made up, and the sentence with which a rule refuses an act on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from webapp.accounts.models import Town, User
from webapp.core.db import db
from webapp.legality.facts import Act, Facts, Told
from webapp.legality.handlers import judge  # noqa: F401 - registers the rules
from webapp.legality.registry import RULES

NOW = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)  # a Monday, ten o'clock in Shanghai
JURISDICTION = 1


class Record(Facts):
    """What the case holds is what the test says; nothing is read from the database."""

    def __init__(self, *, at: datetime = NOW, case_id: int = 7) -> None:
        super().__init__(case_id, at=at)
        self.told, self.legs, self.documents, self.receipts, self.clocks, self.decisions = [], [], [], [], [], []
        self.earlier = None
        self.case = SimpleNamespace(id=case_id, employer_id=1, earlier_id=None)  # type: ignore[assignment]

    def say(self, element: str, *, at: datetime | None = None, process: str = "case_lifecycle", instance: int = 1, **values: Any) -> Record:
        self.told.append(Told(process, element, instance, values, at or self.at - timedelta(days=20)))
        return self

    def make(self, kind: str, *, made: str = "2026-06-01", served: str | None = None, case_id: int | None = None, **values: Any) -> Record:
        number = len(self.documents) + 1
        made_at = datetime.fromisoformat(f"{made}T02:00:00+00:00")
        paper: Any = SimpleNamespace(id=number, kind=kind, made_at=made_at, values=values, case_id=case_id or self.case_id)
        self.documents.append(paper)
        if served:
            receipt: Any = SimpleNamespace(document_id=number, effective_on=date.fromisoformat(served))
            self.receipts.append(receipt)
        return self

    def find(self, decision: str, **outputs: Any) -> Record:
        found: Any = SimpleNamespace(decision=decision, outputs=outputs)
        self.decisions.append(found)
        return self

    def run(self, process: str, *, is_running: bool = True, parent: int | None = 1) -> Record:
        leg: Any = SimpleNamespace(process_key=process, is_running=is_running, parent_id=parent, edition_id=1)
        self.legs.append(leg)
        return self

    def tick(self, code: str, *, due: str, instance: int = 1) -> Record:
        """A clock whose last day is ``due``."""
        due_at = datetime.fromisoformat(f"{due}T15:59:59+00:00")
        clock: Any = SimpleNamespace(
            id=len(self.clocks) + 1, code=code, due_at=due_at, instance_id=instance, is_suspended=False, is_overdue=lambda now: now > due_at
        )
        self.clocks.append(clock)
        return self

    def after(self, earlier: Record) -> Record:
        """This case follows that one, whose correction failed."""
        self.earlier = earlier
        self.case.earlier_id = earlier.case_id
        return self


def refusal(
    rule: str, element: str, facts: Facts | None = None, *, process: str = "case_lifecycle", actor: User | None = None,
    town_id: int | None = None, is_asked: bool = False, **said: Any,
) -> str | None:  # fmt: skip
    """The English sentence; None: the rule lets the act pass. A refusal has a Chinese sentence of its own too."""
    facts = facts or Record()
    act = Act(facts, element, process, None if is_asked else said, actor, facts.on, town_id, JURISDICTION, 1)
    with force_locale("en"):
        english = RULES[rule].check(act)
    with force_locale("zh_Hans_CN"):
        chinese = RULES[rule].check(act)
    assert (english is None) == (chinese is None)
    assert english is None or (english.strip() and english != chinese)
    return english


def person(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


def ids(*names: str) -> list[str]:
    return [str(person(name).id) for name in names]


def town(code: str) -> int:
    return db.session.scalars(select(Town.id).where(Town.code == code)).one()
