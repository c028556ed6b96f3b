"""Events of a case as sentences, in the language of the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.engine.compiler import ProcessDefinition
from webapp.cases.queries import TimelineEntry
from webapp.core.clock import legal_day
from webapp.core.i18n import gettext, locale_tag, ngettext
from webapp.deadlines.models import Deadline
from webapp.deadlines.reasons import reason_name
from webapp.processes.decided import words_of
from webapp.processes.models import COMPLETED, ProcessInstance, UserTask

CRIME_SCREEN = "crime_screen"  # the table bpmn/decisions/crime_screen.dmn
# What an event is about, by the first part of its name; whatever is not named here is administration.
_TOPICS = {
    "step": ("case", "decision", "process", "rule", "task", "timer"), "clock": ("deadline",), "document": ("document", "dossier"),
    "evidence": ("evidence",), "referral": ("message", "referral"), "person": ("person",), "note": ("note",), "administration": (),
}  # fmt: skip
TOPICS = tuple(_TOPICS)
_TOPIC_OF = {first: topic for topic, parts in _TOPICS.items() for first in parts}


@dataclass(frozen=True, slots=True)
class Sentence:
    """``kind``: "", "ok", "bad" or "system", for the mark beside it; ``topic``: one of TOPICS; ``seq``: its number in the record."""

    at: datetime
    actor: str
    text: str
    kind: str
    topic: str = "step"
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Names:
    """Everything the sentences call by name: people, tasks and clocks of the case, definitions by instance."""

    people: Mapping[int, str]
    tasks: Mapping[int, UserTask]
    instances: Mapping[int, ProcessInstance]
    definitions: Mapping[int, ProcessDefinition]
    clocks: Mapping[str, Deadline]

    def task(self, task_id: int) -> str:
        task = self.tasks.get(task_id)
        return "" if task is None else (task.name_en or task.name) if locale_tag() == "en" else task.name

    def person(self, user_id: int | None) -> str:
        return self.people.get(user_id or 0, "")

    def process(self, instance_id: int) -> str:
        definition = self.definitions.get(instance_id)
        return in_language(definition) if definition else ""

    def element(self, instance_id: int, element: str | None) -> str:
        definition = self.definitions.get(instance_id)
        found = definition.elements.get(element) if definition and element else None
        return in_language(found) or str(element or "") if found else str(element or "")

    def clock(self, code: str) -> str:
        found = self.clocks.get(code)
        return code if found is None else found.time_limit.en if locale_tag() == "en" else found.time_limit.zh


def in_language(named: Any) -> str:
    """Name of a definition or element; the Chinese one if the English is missing."""
    return str((named.name_en or named.name) if locale_tag() == "en" else named.name)


def sentences(entries: Sequence[TimelineEntry], names: Names) -> list[Sentence]:
    """The readable part of the timeline, in the order given; technical events, and clocks that start (they have a list), are left out."""
    return [_sentence(entry, names) for entry in entries if entry.name in _TEXTS and not _is_noise(entry, names)]


def readable_events(topic: str | None = None) -> list[str]:
    """Names of the events that ``sentences`` puts into words; only those about a topic, if one is given."""
    return sorted(name for name in _TEXTS if topic is None or topic_of(name) == topic)


def topic_of(event: str) -> str:
    return _TOPIC_OF.get(event.partition(".")[0], "administration")


def people_in(entries: Iterable[TimelineEntry]) -> set[int | None]:
    """Everybody whom the sentences of the entries may name."""
    return {person for entry in entries for person in (entry.actor_id, entry.payload.get("from_id"), entry.payload.get("to_id"))}


def tell(event: str, text: Callable[[Mapping[str, Any], Names], str]) -> None:
    """Let a feature above this one put its events into words."""
    _TEXTS[event] = text


def _sentence(entry: TimelineEntry, names: Names) -> Sentence:
    actor = names.people.get(entry.actor_id, "") if entry.actor_id else ""
    kind = _KINDS.get(entry.name, "" if actor else "system")
    text = _TEXTS[entry.name](entry.payload, names)
    return Sentence(entry.at, actor or gettext("System"), text, kind, topic_of(entry.name), entry.seq)


def _is_noise(entry: TimelineEntry, names: Names) -> bool:
    """The first start says no more than the registration, a claim no more than the completion by the same person."""
    if entry.name == "task.claimed":
        task = names.tasks.get(entry.payload["task_id"])
        return task is not None and task.state == COMPLETED and task.ended_by_id == entry.actor_id
    return entry.name == "process.started" and entry.payload.get("parent_id") is None


def _ended(payload: Mapping[str, Any], names: Names) -> str:
    instance_id = payload["instance_id"]
    end = names.element(instance_id, payload.get("end"))
    return gettext("“%(process)s” ended: %(end)s.", process=names.process(instance_id), end=end)


def _decided(payload: Mapping[str, Any], names: Names) -> str:
    legs = {instance.process_key: in_language(names.definitions[instance.id]) for instance in names.instances.values()}
    outputs = payload.get("outputs") or {}
    words = words_of({key: _listed(value, legs) if isinstance(value, list) else value for key, value in outputs.items()})
    if payload.get("decision") == CRIME_SCREEN:
        return gettext("Crime screening suggests: %(suggestion)s", suggestion=words)
    return gettext("The decision table “%(table)s” gave: %(outputs)s.", table=payload.get("decision", ""), outputs=words)


def _listed(values: Sequence[Any], legs: Mapping[str, str]) -> str:
    """Which legs to start, by their names."""
    return gettext(", ").join(legs.get(str(one), str(one)) for one in values)


def _closed(payload: Mapping[str, Any], names: Names) -> str:
    root = next((instance.id for instance in names.instances.values() if instance.parent_id is None), 0)
    return gettext("The case was closed: %(outcome)s.", outcome=names.element(root, payload.get("outcome")))


def _day(instant: str) -> str:
    return legal_day(datetime.fromisoformat(instant)).isoformat()


_TEXTS: dict[str, Callable[[Mapping[str, Any], Names], str]] = {
    "case.opened": lambda payload, names: gettext("The finding was registered as %(number)s.", number=payload.get("case_no", "")),
    "case.closed": _closed,
    "process.started": lambda payload, names: gettext("started “%(process)s”.", process=names.process(payload["instance_id"])),
    "process.ended": _ended,
    "task.claimed": lambda payload, names: gettext("claimed “%(task)s”.", task=names.task(payload["task_id"])),
    "task.released": lambda payload, names: gettext("released “%(task)s”.", task=names.task(payload["task_id"])),
    "task.taken_over": lambda payload, names: gettext(
        "took “%(task)s” over from %(name)s.", task=names.task(payload["task_id"]), name=names.person(payload["from_id"])
    ),
    "task.reassigned": lambda payload, names: gettext(
        "assigned “%(task)s” to %(name)s.", task=names.task(payload["task_id"]), name=names.person(payload["to_id"])
    ),
    "task.delegated": lambda payload, names: gettext(
        "delegated “%(task)s” to %(name)s.", task=names.task(payload["task_id"]), name=names.person(payload["to_id"])
    ),
    "task.resolved": lambda payload, names: gettext("handed “%(task)s” back.", task=names.task(payload["task_id"])),
    "task.completed": lambda payload, names: gettext("completed “%(task)s”.", task=names.task(payload["task_id"])),
    "task.withdrawn": lambda payload, names: gettext("“%(task)s” was withdrawn.", task=names.task(payload["task_id"])),
    "task.returned": lambda payload, names: gettext(
        "returned the case from “%(task)s” to “%(step)s”: %(reason)s",
        task=names.task(payload["task_id"]),
        step=names.task(payload["to_id"]),
        reason=payload["reason"],
    ),
    "timer.fired": lambda payload, names: gettext(
        "The time set at “%(element)s” ran out.", element=names.element(payload["instance_id"], payload.get("element"))
    ),
    "decision.taken": _decided,
    "rule.marked": lambda payload, _: gettext("The record was marked: this step does not keep rule %(rule)s.", rule=payload["rule"]),
    "note.added": lambda _, __: gettext("wrote an internal note."),
    "note.edited": lambda _, __: gettext("changed an internal note."),
    "note.struck": lambda _, __: gettext("struck out an internal note."),
    "person.added": lambda _, __: gettext("added a person concerned."),
    "dossier.printed": lambda payload, _: gettext("printed the dossier, %(pages)s pages.", pages=payload["pages"]),
    "deadline.late": lambda payload, names: gettext("The time limit “%(clock)s” was missed.", clock=names.clock(payload["code"])),
    "deadline.breached": lambda payload, names: gettext("The time limit “%(clock)s” ran out.", clock=names.clock(payload["code"])),
    "deadline.reminded": lambda payload, names: gettext(
        "The time limit “%(clock)s” is nearly used up.", clock=names.clock(payload["code"])
    ),
    "deadline.suspended": lambda payload, names: gettext(
        "suspended the time limit “%(clock)s”: %(reason)s.", clock=names.clock(payload["code"]), reason=reason_name(payload["reason"])
    ),
    "deadline.resumed": lambda payload, names: ngettext(
        "resumed the time limit “%(clock)s”: %(num)s day was added.",
        "resumed the time limit “%(clock)s”: %(num)s days were added.",
        payload["days"],
        clock=names.clock(payload["code"]),
    ),
    "deadline.extended": lambda payload, names: gettext(
        "extended the time limit “%(clock)s” to %(day)s.", clock=names.clock(payload["code"]), day=_day(payload["due_at"])
    ),
    "deadline.recounted": lambda payload, names: gettext(
        "The time limit “%(clock)s” now ends on %(day)s: the calendar was published.",
        clock=names.clock(payload["code"]),
        day=_day(payload["due_at"]),
    ),
    "deadline.escalation_seen": lambda payload, names: gettext(
        "took note that the time limit “%(clock)s” was missed.", clock=names.clock(payload["code"])
    ),
}
_KINDS = {
    "case.opened": "ok",
    "case.closed": "ok",
    "task.completed": "ok",
    "deadline.late": "bad",
    "deadline.breached": "bad",
    "timer.fired": "bad",
}
