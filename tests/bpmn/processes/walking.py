"""Walks a case and its legs through the shipped diagrams.

Every step fills a form, checks it, routes its answers and goes on from the saved bytes, as the application does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import orjson

from bpmn.engine import runner
from bpmn.engine.compiler import compile_edition
from bpmn.engine.forms import compile_form
from bpmn.engine.ports import Artifact, EngineResult, OpenTask, Outcome, Values

Pick = Callable[[Mapping[str, Any]], Any]  # a value for one field of a form
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SENTENCE = "演示内容：打磨岗位未设局部排风，已当场说明并记录在案。"


@dataclass(eq=False)
class Leg:
    """One process instance of the case."""

    key: str
    parent: Leg | None
    state: bytes = b""
    open: dict[str, OpenTask] = field(default_factory=dict)
    awaits: set[str] = field(default_factory=set)
    mail: list[tuple[str, Values]] = field(default_factory=list)
    data: Values = field(default_factory=dict)
    end: str | None = None


# What the application answers to service tasks; a test may answer otherwise.
ANSWERS: dict[str, Values] = {
    "due_by": {"at": "2027-01-06T15:59:59+00:00", "on": "2027-01-06"},
    "due_date": {"at": "2026-12-02T15:59:59+00:00", "on": "2026-12-02"},
    "penalty_facts": {
        "first_warning": False, "fine_min": 50000, "fine_max": 100000, "hearing_line": 20000, "summary_line": 3000, "may_stop": False,
    },
    "power": {"may": False},
    "open_filing": {"case_no": "TC-2026-0002"},
    "suspend_clock": {"done": True},
    "resume_clock": {"done": True},
}  # fmt: skip


class Host:
    """Notes the children a step starts."""

    def __init__(self, answers: Mapping[str, Values] | None = None) -> None:
        self.children: list[str] = []
        self._answers = {**ANSWERS, **(answers or {})}

    def call(self, operation: str, params: Values) -> Values:
        if operation != "start_child":
            return self._answers[operation]
        self.children.append(str(params["process"]))
        return {"process": params["process"]}


class Lookups:
    """Everything may be chosen."""

    def employer_exists(self, employer_id: int) -> bool:
        return True

    def refusal(self, of: str, value: str) -> None:
        return None


class Walk:
    """One case with all its legs, the root first."""

    def __init__(
        self,
        artifacts: list[Artifact],
        key: str = "case_lifecycle",
        *,
        pick: Pick | None = None,
        host: Mapping[str, Values] | None = None,
        **answers: Any,
    ) -> None:
        self.pick, self.host = pick or plausible, host
        self.edition = compile_edition(artifacts)
        self.forms = {file.key: file.content for file in artifacts if file.kind == "form"}
        self.legs: list[Leg] = []
        form = self.edition.process(key).start_form
        self._start(key, parent=None, values=self._routed(form, answers) if form else {})

    @property
    def root(self) -> Leg:
        return self.legs[0]

    def leg(self, key: str) -> Leg:
        """The latest leg of that process."""
        return next(leg for leg in reversed(self.legs) if leg.key == key)

    def open_tasks(self) -> list[str]:
        """``element@role`` of everything that waits for a person, legs in the order they were started."""
        return [f"{task.element}@{task.role}" for leg in self.legs for task in leg.open.values()]

    def do(self, element: str, **answers: Any) -> None:
        """Complete the only open task of that element with ``answers``; other required fields get plausible values."""
        leg, task = next((leg, leg.open[element]) for leg in self.legs if element in leg.open)
        host = Host(self.host)
        values = self._routed(task.properties["form"], answers)
        definition = self.edition.process(leg.key)
        self._store(leg, runner.complete(definition, leg.state, task.id, values, host=host, now=NOW), host=host)

    def _start(self, key: str, *, parent: Leg | None, values: Values) -> None:
        leg, host = Leg(key, parent), Host(self.host)
        self.legs.append(leg)
        self._store(leg, runner.start(self.edition.process(key), values, host=host, now=NOW), host=host)

    def _store(self, leg: Leg, result: EngineResult, *, host: Host) -> None:
        gone = {*result.completed, *result.withdrawn}
        leg.state, leg.data = result.state, result.data
        leg.open = {element: task for element, task in leg.open.items() if task.id not in gone}
        leg.open |= {task.element: task for task in result.opened}
        leg.awaits = {message.name for message in result.messages}
        for key in host.children:
            self._start(key, parent=leg, values=result.data)
        if result.outcome is Outcome.COMPLETED:
            leg.end = result.end_elements[-1]
            if leg.parent is not None:
                leg.parent.mail.append((f"{leg.key}.ended", {**result.data, "outcome": leg.end}))
                self._deliver(leg.parent)
        self._deliver(leg)

    def _deliver(self, leg: Leg) -> None:
        waiting = [(name, payload) for name, payload in leg.mail if name in leg.awaits]
        if not waiting:
            return
        leg.mail.remove(waiting[0])
        host = Host(self.host)
        definition = self.edition.process(leg.key)
        self._store(leg, runner.deliver(definition, leg.state, *waiting[0], host=host, now=NOW), host=host)

    def _routed(self, form_key: str, answers: Mapping[str, Any]) -> dict[str, Any]:
        form = compile_form(self.forms[form_key])
        values = fill(orjson.loads(self.forms[form_key])["fields"], answers, pick=self.pick)
        return dict(form.routes(form.validate(values, locale="zh", today=TODAY, lookups=Lookups())))


def fill(fields: list[dict[str, Any]], answers: Mapping[str, Any], *, pick: Pick) -> dict[str, Any]:
    """Values for every visible required field of a form, and ``answers``, all of which must be fields that show."""
    values: dict[str, Any] = {}
    for one in fields:
        key, shown = one["key"], one.get("visible_if")
        given = values.get(shown["field"]) if shown else None
        if shown and not set(given if isinstance(given, list) else [given]) & set(shown["in"]):
            continue
        if key in answers:
            values[key] = answers[key]
        elif one.get("required"):
            values[key] = pick(one)
    assert answers.keys() <= values.keys(), f"not asked for: {answers.keys() - values.keys()}"
    return values


def plausible(one: Mapping[str, Any]) -> Any:
    """A value of the right type: the first choice, today, the smallest number."""
    first = one["options"][0]["value"] if one.get("options") else None
    if one["type"] == "reference":
        return ["1", "2"] if one.get("many") else "1"
    by_type = {
        "choice": first, "select": first, "choices": [first], "date": TODAY.isoformat(), "integer": one.get("min", 0),
        "number": one.get("min", 0), "boolean": True,
    }  # fmt: skip
    return by_type.get(one["type"], SENTENCE[: one.get("max_length", 100)])
