"""SpiffWorkflow behind five verbs: plain values in, an EngineResult out.

``now`` is the host's instant (aware): timers are set and fired by it. Whatever a verb raises, the state that went in stays valid.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from bpmn.engine import state as states
from bpmn.engine.compiler import ProcessDefinition
from bpmn.engine.guards import kept, measured
from bpmn.engine.ports import (
    AwaitedMessage,
    DecisionTaken,
    EngineError,
    EngineResult,
    HostCalls,
    NotWaiting,
    OpenTask,
    Outcome,
    Timer,
    Values,
)  # fmt: skip
from bpmn.engine.returning import put_back
from bpmn.engine.script import SafeEnvironment
from bpmn.engine.timers import HostTimer, awaited

MAX_STEPS = 400  # of one verb: a cycle without a wait ends, and no tree reaches depth 1,000, where SpiffWorkflow sees no task
MAX_DATA_BYTES = 16 * 1024
for _name in ("spiff", "spiff.workflow"):  # building the log records costs more than the steps; the second looks at its own level
    logging.getLogger(_name).setLevel(logging.ERROR)


def start(definition: ProcessDefinition, values: Values, *, host: HostCalls, now: datetime) -> EngineResult:
    """Start an instance with ``values`` as routing variables. Raises EngineError."""
    workflow = _HostedWorkflow(definition, host, now)
    workflow.task_tree.data.update(_checked(values))
    return _Step(definition, workflow).run(lambda: None)


def complete(definition: ProcessDefinition, state: bytes, task_id: UUID, values: Values, *, host: HostCalls, now: datetime) -> EngineResult:
    """Complete one open user task with ``values`` and run on to the next wait states. Raises NotWaiting, EngineError."""
    step = _Step.resume(definition, state, host, now)
    task = step.open_task(task_id)
    task.data.update(_checked(values))  # not SpiffWorkflow's merge: it mixes lists with what was there
    return step.run(task.run, completing=task)


def return_to(definition: ProcessDefinition, state: bytes, task_id: UUID, element: str, *, host: HostCalls, now: datetime) -> EngineResult:
    """End one open user task and open again the earlier ``element`` that its property ``returns_to`` names.

    The task counts as completed, the element as opened; nothing between them is undone. Raises NotWaiting, EngineError.
    """
    step = _Step.resume(definition, state, host, now)
    task = step.open_task(task_id)
    info = definition.element(task.workflow.spec.name, task.task_spec.bpmn_id)
    if element not in info.properties.get("returns_to", "").split():
        raise EngineError(f"{info.id} does not return to {element}")
    return step.run(lambda: put_back(task, element), completing=task)


def deliver(definition: ProcessDefinition, state: bytes, name: str, payload: Values, *, host: HostCalls, now: datetime) -> EngineResult:
    """Hand a message to the catch event that waits for it. Raises NotWaiting, EngineError."""
    step = _Step.resume(definition, state, host, now)
    waiting = next((found for _, found in step.catching(MessageEventDefinition) if found.name == name), None)
    if waiting is None:
        raise NotWaiting(f"nothing waits for {name}")
    event = BpmnEvent(waiting, payload=_checked(payload))
    return step.run(lambda: step.workflow.send_event(event))


def fire_timers(definition: ProcessDefinition, state: bytes, *, now: datetime, host: HostCalls) -> EngineResult:
    """Fire every timer that is due at ``now``. Raises EngineError."""
    step = _Step.resume(definition, state, host, now)
    return step.run(step.workflow.refresh_timers)


class _ScriptEngine(PythonScriptEngine):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """Our expressions, and service tasks that call the host."""

    def __init__(self, host: HostCalls) -> None:
        super().__init__(SafeEnvironment())
        self._host = host

    def call_service(self, task: Any, **kwargs: Any) -> str:
        params = {name: param["value"] for name, param in kwargs["operation_params"].items()}
        return orjson.dumps(dict(self._host.call(kwargs["operation_name"], params))).decode()


class _HostedWorkflow(BpmnWorkflow):  # type: ignore[misc]
    """A workflow that knows its host's time. Restored ones start empty, with our script engine already in place."""

    def __init__(self, definition: ProcessDefinition, host: HostCalls, now: datetime, *, is_restored: bool = False) -> None:
        self.host_now = now
        self.decisions_taken: list[DecisionTaken] = []
        specs = dict(definition.subprocess_specs)
        super().__init__(definition.spec, specs, script_engine=_ScriptEngine(host), deserializing=is_restored)

    def refresh_timers(self) -> None:
        for task in list(self.event_manager.tasks.values()):
            if any(isinstance(found, HostTimer) for found in awaited(task)):
                task.task_spec._update(task)


class _Step:
    """One verb on one instance: remembers what was open, runs, and tells the difference."""

    def __init__(self, definition: ProcessDefinition, workflow: _HostedWorkflow) -> None:
        self.definition, self.workflow = definition, workflow
        self.open_before = self._open_tasks()
        self._steps = 0
        self._ended: list[str] = []
        self._last: Any = None  # the task finished last in this step, wherever it stands
        self._error_code: str | None = None

    @classmethod
    def resume(cls, definition: ProcessDefinition, state: bytes, host: HostCalls, now: datetime) -> _Step:
        workflow = _HostedWorkflow(definition, host, now, is_restored=True)
        return cls(definition, states.restore(state, definition, workflow))

    def open_task(self, task_id: UUID) -> Any:
        """Raises NotWaiting."""
        task = next((found for found in self.open_before if found.id == task_id), None)
        if task is None:
            raise NotWaiting(f"task {task_id} is not open")
        return task

    def run(self, first: Callable[[], object], *, completing: Any = None) -> EngineResult:
        """Do ``first``, then everything that waits for nobody."""
        self._last = completing
        try:
            first()
            self._settle()
            self._end_by_error()
        except SpiffWorkflowException as error:
            raise EngineError(_reason(error)) from error
        except RecursionError as error:
            raise EngineError("the diagram nests too deeply") from error
        return self._result(() if completing is None else (completing.id,))

    def catching(self, kind: type) -> list[tuple[Any, Any]]:
        """(task, event definition) of the waiting events of a kind."""
        tasks = self.workflow.event_manager.tasks.values()
        return [(task, found) for task in tasks for found in awaited(task) if isinstance(found, kind)]

    def _settle(self) -> None:
        """Engine steps, then timers that are due already, until nothing moves."""
        moved = -1
        while moved != self._steps:
            moved = self._steps
            self.workflow.do_engine_steps(did_complete_task=self._note)

    def _note(self, task: Any) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise EngineError(f"more than {MAX_STEPS} steps without waiting for anybody")
        self._last = task
        task.internal_data.pop("seen_events", None)  # an event-based gateway keeps objects there that no state can hold
        if task.workflow is self.workflow and self._kind(task) == "endEvent":
            self._ended.append(task.task_spec.bpmn_id)

    def _end_by_error(self) -> None:
        """An error that nobody caught ends the whole instance, as BPMN says; SpiffWorkflow would let the other branches go on."""
        errors = [event.event_definition for event in self.workflow.get_events()]
        codes = [definition.code or definition.name for definition in errors if isinstance(definition, ErrorEventDefinition)]
        if codes:
            self._error_code = str(codes[0])
            if not self.workflow.is_completed():
                self.workflow.cancel()

    def _kind(self, task: Any) -> str:
        element = self.definition.elements.get(task.task_spec.bpmn_id or "")
        return element.kind if element else ""

    def _result(self, completed: tuple[UUID, ...]) -> EngineResult:
        opened_now = self._open_tasks()
        before, now = {task.id for task in self.open_before}, {task.id for task in opened_now}
        outcome = self._outcome()
        result = EngineResult(
            state=states.save(self.workflow, self.definition.version), outcome=outcome, completed=completed,
            opened=tuple(self._open_task(task) for task in opened_now if task.id not in before),
            withdrawn=tuple(task.id for task in self.open_before if task.id not in now and task.id not in completed),
            timers=tuple(self._timers()), messages=tuple(self._messages()), data=self._data(opened_now), end_elements=tuple(self._ended),
            error_code=self._error_code, decisions=tuple(self.workflow.decisions_taken),
        )  # fmt: skip
        if outcome is Outcome.RUNNING and not (now or result.timers or result.messages):
            raise EngineError("the process would wait for nothing: check its gateways")
        return result

    def _open_tasks(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    def _open_task(self, task: Any) -> OpenTask:
        process = task.workflow.spec.name
        found = self.definition.element(process, task.task_spec.bpmn_id)
        owner = self.definition.owner(process)
        return OpenTask(task.id, found.id, found.name, found.name_en, found.role, found.properties, owner)

    def _outcome(self) -> Outcome:
        if self._error_code is not None:
            return Outcome.FAILED
        return Outcome.COMPLETED if self.workflow.is_completed() else Outcome.RUNNING

    def _data(self, open_tasks: list[Any]) -> dict[str, Any]:
        """The routing variables, measured. Raises EngineError if they outgrow what routing needs."""
        for task in open_tasks:
            _checked(task.data)
        if self.workflow.is_completed() and self._error_code is None:
            return _checked(self.workflow.data)
        last = self._last or self.workflow.last_task
        return _checked(last.data if last is not None else {})

    def _timers(self) -> list[Timer]:
        waiting = [(task, found.due_at(task)) for task, found in self.catching(HostTimer)]
        return [Timer(task.id, task.task_spec.bpmn_id, due_at.astimezone(UTC)) for task, due_at in waiting if due_at is not None]

    def _messages(self) -> list[AwaitedMessage]:
        return [AwaitedMessage(task.id, task.task_spec.bpmn_id, found.name) for task, found in self.catching(MessageEventDefinition)]


def _checked(values: Values) -> dict[str, Any]:
    """Values fit for the state: JSON only, small, no ``typename`` key (it breaks the load). Raises EngineError."""
    measured(dict(values))
    try:
        data = orjson.dumps(values)
    except (TypeError, orjson.JSONEncodeError) as error:
        raise EngineError(f"these values cannot be stored: {error}") from error
    if len(data) > MAX_DATA_BYTES:
        raise EngineError(f"routing variables take at most {MAX_DATA_BYTES} bytes")
    plain = dict(orjson.loads(data))
    return dict(kept(plain)) if b'"typename"' in data or b"\\u0000" in data else plain


def _reason(error: SpiffWorkflowException) -> str:
    """Where, and the cause an administrator can act on: our own sentence if there is one, else the innermost."""
    place = getattr(getattr(error, "task_spec", None), "bpmn_id", None)
    cause: BaseException = error
    while not isinstance(cause, EngineError) and isinstance(cause.__cause__ or cause.__context__, Exception):
        cause = cause.__cause__ or cause.__context__  # type: ignore[assignment]
    return f"{place}: {cause}" if place else str(cause)
