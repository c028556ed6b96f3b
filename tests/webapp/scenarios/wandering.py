"""A case in memory: engine, forms and rules are the shipped ones, the record is lists. Fast enough for thousands of walks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

from flask_babel import force_locale
from marshmallow import ValidationError

from bpmn.engine import runner
from bpmn.engine.ports import EngineResult, OpenTask, Outcome, Timer, Values
from tests.bpmn.processes.walking import ANSWERS
from tests.bpmn.processes.walking import Lookups as Everything
from tests.webapp.legality.acting import Record
from tests.webapp.scenarios.answering import answered
from webapp.core.clock import legal_day
from webapp.core.errors import DomainError
from webapp.deadlines.services import due_for, instant_of
from webapp.documents.handlers import kinds_made
from webapp.legality import handlers as legality
from webapp.legality.facts import Act, Told
from webapp.legality.registry import broken
from webapp.processes import clocks as operations
from webapp.processes.editions import Content
from webapp.processes.subjects import Subject

BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SUBJECT = Subject(jurisdiction_id=1)
PASSES = (1, 1, 2, 6, 16, 35, 95)  # days that go by between two steps


@dataclass(eq=False)
class Leg:
    """One process instance, with the columns that rules read."""

    id: int
    process_key: str
    parent: Leg | None
    state: bytes = b""
    open: dict[str, OpenTask] = field(default_factory=dict)
    awaits: set[str] = field(default_factory=set)
    timers: tuple[Timer, ...] = ()
    mail: list[tuple[str, Values]] = field(default_factory=list)
    end: str | None = None
    edition_id: int = 1

    @property
    def is_running(self) -> bool:
        return self.end is None

    @property
    def parent_id(self) -> int | None:
        return self.parent.id if self.parent else None


@dataclass(frozen=True)
class Refused:
    """``sentences``: by language."""

    sentences: Mapping[str, list[str]]


class Wandering:
    """One case and its legs under a frozen clock. ``officers``: the last has no certificate; ``earlier``: the round that failed."""

    def __init__(self, content: Content, rng: Random, codes: list[str], *, officers: list[str], earlier: Record | None = None) -> None:
        self.content, self.rng, self.codes, self.now = content, rng, codes, BEGIN
        self.officers, self.expired = officers, officers[-1]
        self.facts = Record(at=self.now)
        if earlier is not None:
            self.facts.after(earlier)
        self.legs: list[Leg] = []
        self.facts.legs = self.legs  # type: ignore[assignment]
        self.successors = 0
        self._start("case_lifecycle", {"source": "second_round" if earlier else "patrol"}, parent=None)

    def open_tasks(self) -> list[tuple[Leg, OpenTask]]:
        return [(leg, task) for leg in self.legs for task in leg.open.values()]

    def choices(self, of: str) -> list[str]:
        return self.officers if of in {"officers", "panel", "presiders"} else ["1", "2"]

    def wait(self) -> None:
        """Let days pass; timers that are due fire."""
        self.now += timedelta(days=self.rng.choice(PASSES))
        self.facts.at = self.now
        for leg in list(self.legs):
            if any(timer.due_at <= self.now for timer in leg.timers):
                host = _Host(self)
                self._store(leg, runner.fire_timers(self._definition(leg), leg.state, now=self.now, host=host), host)

    def attempt(self, leg: Leg, task: OpenTask) -> Act | Refused:
        """Send random answers: what was accepted, or why it was not, in both languages. A refused step changes nothing."""
        form = self.content.form(task.properties["form"])
        raw = answered(form.definition["fields"], self)
        try:
            values = form.validate(raw, locale="zh", today=legal_day(self.now), lookups=Everything())
        except ValidationError as error:
            with_english = _refusal_in_english(form, raw, legal_day(self.now))
            return Refused({"zh": _sentences(error.messages), "en": with_english})
        actor: Any = SimpleNamespace(role_codes={self.rng.choice((task.role, "HD_CHIEF")) if task.element == "approve" else task.role})
        act = Act(self.facts, task.element, leg.process_key, values, actor, legal_day(self.now), None, 1, leg.id)
        refused = self._judged(task, act)
        if refused:
            return refused
        return self._accept(leg, task, act, form.routes(values))

    def _judged(self, task: OpenTask, act: Act) -> Refused | None:
        told: dict[str, list[str]] = {}
        for language, locale in (("zh", "zh_Hans_CN"), ("en", "en")):
            with force_locale(locale):
                told[language] = _told(_rules_of(task, act), act)
            if not told[language] and language == "zh":
                return None
        return Refused(told)

    def _accept(self, leg: Leg, task: OpenTask, act: Act, routed: Mapping[str, Any]) -> Act:
        values, properties = act.values or {}, task.properties
        said = Told(leg.process_key, task.element, leg.id, values, self.now)
        self.facts.told.append(said)
        for kind in kinds_made(properties.get("document", ""), values):
            self._make(kind, values)
        if properties.get("serves"):
            self._serve(properties["serves"].split(), values)
        self._tick(leg, properties, values)
        host = _Host(self)
        self._store(leg, runner.complete(self._definition(leg), leg.state, task.id, dict(routed), host=host, now=self.now), host)
        return act

    def _make(self, kind: str, values: Mapping[str, Any]) -> None:
        number = len(self.facts.documents) + 1
        paper: Any = SimpleNamespace(id=number, kind=kind, made_at=self.now, values=values, case_id=self.facts.case_id)
        self.facts.documents.append(paper)

    def _serve(self, kinds: list[str], values: Mapping[str, Any]) -> None:
        day = str(values.get("effective_on") or values["served_on"])[:10]
        for kind in kinds:
            paper = self.facts.paper(kind)
            if paper is not None and self.facts.served_on(paper) is None:
                receipt: Any = SimpleNamespace(document_id=paper.id, effective_on=instant_of(day).date())
                self.facts.receipts.append(receipt)

    def _tick(self, leg: Leg, properties: Mapping[str, str], values: Mapping[str, Any]) -> None:
        closed = set(properties.get("closes", "").split())
        for one in self.facts.clocks:
            if one.code in closed and one.ended_at is None:
                one.ended_at = self.now
        said = next((values[key] for key in properties.get("counts_from", "").split() if values.get(key)), None)
        started = instant_of(str(said)[:10]) if said else self.now
        for code in properties.get("opens", "").split():
            self.facts.clocks.append(_clock(len(self.facts.clocks) + 1, code, leg.id, due_for(code, started, jurisdiction_id=1).due_at))

    def _start(self, key: str, values: Values, *, parent: Leg | None) -> None:
        leg, host = Leg(len(self.legs) + 1, key, parent), _Host(self)
        self.legs.append(leg)
        self._store(leg, runner.start(self._definition(leg), values, host=host, now=self.now), host)

    def _store(self, leg: Leg, result: EngineResult, host: _Host) -> None:
        gone = {*result.completed, *result.withdrawn}
        leg.state, leg.timers = result.state, result.timers
        leg.open = {element: task for element, task in leg.open.items() if task.id not in gone}
        leg.open |= {task.element: task for task in result.opened}
        leg.awaits = {message.name for message in result.messages}
        for one in result.decisions:
            self.facts.find(one.decision, **one.outputs)
        for key in host.children:
            self._start(key, result.data, parent=leg)
        if result.outcome is Outcome.COMPLETED:
            self._end(leg, result)
        self._deliver(leg)

    def _end(self, leg: Leg, result: EngineResult) -> None:
        leg.end, leg.open, leg.timers, leg.awaits = result.end_elements[-1], {}, (), set()
        if leg.parent is not None and leg.parent.is_running:
            leg.parent.mail.append((f"{leg.process_key}.ended", {**result.data, "outcome": leg.end}))
            self._deliver(leg.parent)

    def _deliver(self, leg: Leg) -> None:
        waiting = next(((name, payload) for name, payload in leg.mail if name in leg.awaits), None)
        if waiting is None or not leg.is_running:
            return
        leg.mail.remove(waiting)
        host = _Host(self)
        self._store(leg, runner.deliver(self._definition(leg), leg.state, *waiting, host=host, now=self.now), host)

    def _definition(self, leg: Leg) -> Any:
        return self.content.process(leg.process_key)


class _Host:
    """What the application answers to service tasks, on the record in memory."""

    def __init__(self, walk: Wandering) -> None:
        self.children: list[str] = []
        self._walk = walk

    def call(self, operation: str, params: Values) -> Mapping[str, Any]:
        answer = getattr(self, f"_{operation}", None)
        return dict(answer(params)) if answer else ANSWERS[operation]

    def _start_child(self, params: Values) -> Values:
        self.children.append(str(params["process"]))
        return {"process": params["process"]}

    def _open_filing(self, params: Values) -> Values:
        self._walk.successors += 1
        return {"case_no": "TC-2026-0002"}

    def _penalty_facts(self, params: Values) -> Mapping[str, Any]:
        return legality.penalty_facts(SUBJECT, params, self._walk.now)

    def _due_date(self, params: Values) -> Mapping[str, Any]:
        return operations.due_date(SUBJECT, params, self._walk.now)

    def _due_by(self, params: Values) -> Values:
        running = [one for one in self._walk.facts.clocks if one.code == params["code"] and one.ended_at is None]
        return {"at": running[-1].due_at.astimezone(UTC).isoformat(), "on": legal_day(running[-1].due_at).isoformat()}

    def _suspend_clock(self, params: Values) -> Values:
        for one in self._walk.facts.clocks:
            if one.code in str(params["code"]).split() and one.ended_at is None:
                one.suspended_at = self._walk.now
        return {"codes": params["code"]}

    def _resume_clock(self, params: Values) -> Values:
        for one in self._walk.facts.clocks:
            if one.code in str(params["code"]).split() and one.suspended_at is not None:
                one.due_at += self._walk.now - one.suspended_at
                one.suspended_at = None
        return {"codes": params["code"]}


class _Clock(SimpleNamespace):
    @property
    def is_suspended(self) -> bool:
        return self.ended_at is None and self.suspended_at is not None

    def is_overdue(self, now: datetime) -> bool:
        return bool((self.ended_at or self.suspended_at or now) > self.due_at)


def _clock(number: int, code: str, instance_id: int, due_at: datetime) -> Any:
    return _Clock(id=number, code=code, instance_id=instance_id, due_at=due_at, ended_at=None, suspended_at=None)


def _rules_of(task: OpenTask, act: Act) -> list[str]:
    return task.properties.get("rules", "").split()


def _told(ids: list[str], act: Act) -> list[str]:
    try:
        return [one.text for one in broken(ids, act) if not one.rule.is_mark]
    except DomainError as error:
        return [error.message]


def _refusal_in_english(form: Any, raw: Mapping[str, Any], today: Any) -> list[str]:
    try:
        form.validate(raw, locale="en", today=today, lookups=Everything())
    except ValidationError as error:
        return _sentences(error.messages)
    return []


def _sentences(messages: Any) -> list[str]:
    if isinstance(messages, str):
        return [messages]
    inner = messages.values() if isinstance(messages, Mapping) else messages
    return [sentence for one in inner for sentence in _sentences(one)]
