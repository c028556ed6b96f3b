"""What the engine takes from its host and gives back: plain values, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

Values = Mapping[str, Any]  # JSON primitives, lists and string-keyed dicts only


class EngineError(Exception):
    """The engine refuses this step; the instance keeps its last stored state."""


class NotWaiting(EngineError):
    """Nothing in this process instance waits for that task, message or timer."""


class HostCalls(Protocol):
    """Host side of BPMN service tasks."""

    def call(self, operation: str, params: Values) -> Values:
        """Run ``operation`` (the service task's operator id); the result lands in its result variable."""
        ...


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A user task that waits for a person."""

    id: UUID
    element: str  # id of the BPMN element
    name: str
    name_en: str
    role: str | None  # lane id = actor code; None: outside every lane
    properties: Mapping[str, str]  # spiffworkflow:properties of the element: form, deadline, opens, closes, document, decision
    process: str  # id of the process the element stands in (a called process has its own)


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that will fire at ``due_at`` (aware, UTC)."""

    id: UUID
    element: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class AwaitedMessage:
    """A message catch event that waits."""

    id: UUID
    element: str
    name: str


class Outcome(StrEnum):
    """How far the instance is."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"  # ended by an error end event


@dataclass(frozen=True, slots=True)
class EngineResult:
    """One step: what changed since the state that was loaded, and the new state.

    ``opened``, ``completed`` and ``withdrawn`` are differences against the loaded state; ``timers`` and
    ``messages`` are everything that waits now.
    """

    state: bytes
    outcome: Outcome
    opened: tuple[OpenTask, ...]
    completed: tuple[UUID, ...]  # user tasks completed by this step
    withdrawn: tuple[UUID, ...]  # user tasks gone without completion (boundary event, terminate)
    timers: tuple[Timer, ...]
    messages: tuple[AwaitedMessage, ...]
    data: Values  # routing variables of the last finished task; final data when completed
    end_elements: tuple[str, ...] = ()  # ids of the end events reached in this step (names the outcome)
    error_code: str | None = None  # code of the error end event when FAILED
    decisions: tuple[DecisionTaken, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    """One DMN table evaluated by a business rule task in this step."""

    element: str
    decision: str
    inputs: Values
    outputs: Values


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of an edition. ``kind``: ``bpmn``, ``dmn`` or ``form``; ``key``: process, decision or form id."""

    kind: str
    key: str
    content: bytes
    hash: str  # sha256 hex of content


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of the checks, tied to an element so that the editor can mark it.

    ``text`` formats with ``params``; both languages are complete sentences that say what to do.
    """

    code: str  # kebab-case, stable: "duplicate-id"
    element: str | None
    zh: str
    en: str
    severity: str = "error"  # "error" refuses publication, "warning" does not
    file: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
