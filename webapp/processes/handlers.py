"""What a step causes above this feature: handlers run inside the step's transaction and only record rows and intents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.accounts.models import User
from webapp.processes.models import ProcessInstance, UserTask
from webapp.processes.subjects import Subject


@dataclass(frozen=True, slots=True)
class Completing:
    """A user task and what is said with it.

    ``properties``: spiffworkflow:properties of its element; ``values``: the checked form values; ``columns``: what the form maps;
    ``form_hash``: SHA-256 of the form, None without one.
    """

    task: UserTask
    instance: ProcessInstance
    properties: Mapping[str, str]
    values: Mapping[str, Any]
    columns: Mapping[str, Any]
    actor: User
    at: datetime
    locale: str
    form_hash: str | None


@dataclass(frozen=True, slots=True)
class Begun:
    """An instance that a person or a program started with a form; ``properties`` of the start event."""

    instance: ProcessInstance
    properties: Mapping[str, str]
    values: Mapping[str, Any]
    form_key: str | None
    form_hash: str | None
    actor_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A user task that changed hands. ``verb``: one of VERBS, or SEND_BACK; ``owner_id``: who had delegated it before, if anybody."""

    verb: str
    task: UserTask
    actor_id: int
    from_id: int | None
    to_id: int | None
    owner_id: int | None
    at: datetime


RELEASE, TAKE_OVER, REASSIGN, DELEGATE, RESOLVE = VERBS = ("release", "take_over", "reassign", "delegate", "resolve")
SEND_BACK = "send_back"  # by a return to an earlier step: kept as such, not as a handover
Submitted = Callable[[ProcessInstance, Mapping[str, Any], datetime], None]
Changed = Callable[[ProcessInstance, datetime], None]
Operation = Callable[[Subject, Mapping[str, Any], datetime], Mapping[str, Any]]

on_submitted: list[Submitted] = []  # (instance, {"table.column": value} of the form's maps_to, at)
on_started: list[Changed] = []
on_ended: list[Changed] = []
on_begun: list[Callable[[Sequence[Begun]], None]] = []  # after the start forms were stored, all of one call together
on_completing: list[Callable[[Completing], None]] = []  # before the engine moves: raise to refuse
on_completed: list[Callable[[Completing], None]] = []  # after its rows were written, before the instance may end
on_stage: list[Callable[[ProcessInstance, str | None], None]] = []  # a root instance went on to another stage
on_moved: list[Callable[[Moved], None]] = []  # people's verbs only: a claim tells nobody, the system's release neither
names: dict[str, Callable[[], Collection[str]]] = {}  # what a property of an element may name: the check of diagrams asks
operations: dict[str, Operation] = {}  # what service tasks may ask, beside start_child: answers are plain values


def tell_moved(moved: Moved) -> None:
    for handler in on_moved:
        handler(moved)
