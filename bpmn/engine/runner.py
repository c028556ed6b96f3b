"""SpiffWorkflow behind four verbs: plain values in, an EngineResult out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from bpmn.engine import state as states
from bpmn.engine.compiler import ProcessDefinition
from bpmn.engine.ports import AwaitedMessage, EngineError, EngineResult, HostCalls, NotWaiting, OpenTask, Outcome, Timer, Values
from bpmn.engine.script import SafeEnvironment
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine


class _ScriptEngine(PythonScriptEngine):
    def __init__(self, host: HostCalls) -> None:
        super().__init__(SafeEnvironment())
        self.host = host

    def call_service(self, task: Any, **kwargs: Any) -> str:
        params = {name: param["value"] for name, param in kwargs["operation_params"].items()}
        return orjson.dumps(dict(self.host.call(kwargs["operation_name"], params))).decode()


def start(definition: ProcessDefinition, values: Values, *, host: HostCalls, now: datetime | None = None) -> EngineResult:
    workflow = BpmnWorkflow(definition.spec, dict(definition.subprocess_specs), script_engine=_ScriptEngine(host))
    workflow.task_tree.data.update(values)
    return _advance(definition, workflow, before=set(), completed=())


def complete(
    definition: ProcessDefinition, state: bytes, task_id: UUID, values: Values, *, host: HostCalls, now: datetime | None = None
) -> EngineResult:
    workflow = states.restore(state, definition, _ScriptEngine(host))
    before = {task.id for task in _ready(workflow)}
    if task_id not in before:
        raise NotWaiting(f"task {task_id} is not open")
    task = workflow.get_task_from_id(task_id)
    task.data.update(values)
    return _advance(definition, workflow, before=before, completed=(task_id,), run=task)


def deliver(
    definition: ProcessDefinition, state: bytes, name: str, payload: Values, *, host: HostCalls, now: datetime | None = None
) -> EngineResult:
    workflow = states.restore(state, definition, _ScriptEngine(host))
    before = {task.id for task in _ready(workflow)}
    waiting = [t for t in workflow.event_manager.tasks.values() if isinstance(t.task_spec.event_definition, MessageEventDefinition)]
    found = next((task for task in waiting if task.task_spec.event_definition.name == name), None)
    if found is None:
        raise NotWaiting(f"nothing waits for {name}")
    workflow.send_event(BpmnEvent(found.task_spec.event_definition, payload=dict(payload)))
    return _advance(definition, workflow, before=before, completed=())


def fire_timers(definition: ProcessDefinition, state: bytes, *, now: datetime, host: HostCalls) -> EngineResult:
    workflow = states.restore(state, definition, _ScriptEngine(host))
    before = {task.id for task in _ready(workflow)}
    for task in list(workflow.event_manager.tasks.values()):
        if isinstance(task.task_spec.event_definition, TimerEventDefinition) and _due(task) <= now:
            task._set_internal_data(event_value="2000-01-01T00:00:00+00:00")
    workflow.refresh_timers()
    return _advance(definition, workflow, before=before, completed=())


def _advance(definition: Any, workflow: Any, *, before: set[UUID], completed: tuple[UUID, ...], run: Any = None) -> EngineResult:
    ended: list[str] = []

    def note(task: Any) -> None:
        if type(task.task_spec).__name__ == "EndEvent" and task.workflow is workflow:
            ended.append(task.task_spec.bpmn_id)

    try:
        if run is not None:
            run.run()
        workflow.do_engine_steps(did_complete_task=note)
    except SpiffWorkflowException as error:
        raise EngineError(str(error)) from error
    ready = _ready(workflow)
    now_open = {task.id for task in ready}
    outcome = Outcome.COMPLETED if workflow.is_completed() else Outcome.RUNNING
    data = dict(workflow.data) if workflow.is_completed() else dict(workflow.last_task.data if workflow.last_task else {})
    return EngineResult(
        state=states.save(workflow, definition.version), outcome=outcome,
        opened=tuple(_open_task(definition, task) for task in ready if task.id not in before), completed=completed,
        withdrawn=tuple(before - now_open - set(completed)), timers=tuple(_timers(workflow)), messages=tuple(_messages(workflow)),
        data=data, end_elements=tuple(ended),
    )  # fmt: skip


def _ready(workflow: Any) -> list[Any]:
    return list(workflow.get_tasks(state=TaskState.READY, manual=True))


def _open_task(definition: ProcessDefinition, task: Any) -> OpenTask:
    info = definition.elements[task.task_spec.bpmn_id]
    return OpenTask(task.id, info.id, info.name, info.name_en, info.role, info.properties, definition.key)


def _due(task: Any) -> datetime:
    return TimerEventDefinition.get_datetime(task.task_spec.event_definition.details(task).value).astimezone(UTC)


def _timers(workflow: Any) -> list[Timer]:
    waiting = [t for t in workflow.event_manager.tasks.values() if isinstance(t.task_spec.event_definition, TimerEventDefinition)]
    return [Timer(task.id, task.task_spec.bpmn_id, _due(task)) for task in waiting]


def _messages(workflow: Any) -> list[AwaitedMessage]:
    waiting = [t for t in workflow.event_manager.tasks.values() if isinstance(t.task_spec.event_definition, MessageEventDefinition)]
    return [AwaitedMessage(task.id, task.task_spec.bpmn_id, task.task_spec.event_definition.name) for task in waiting]
