"""Engine state as bytes without the specs, pruned so that it does not grow with the age of the case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter, WorkflowConverter
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState

from bpmn.engine.compiler import ProcessDefinition
from bpmn.engine.ports import EngineError

FINISHED = TaskState.FINISHED_MASK


class _SpeclessConverter(BpmnWorkflowConverter):
    definition: ProcessDefinition
    script_engine: Any

    def to_dict(self, workflow: Any) -> dict[str, Any]:
        stored = WorkflowConverter.to_dict(self, workflow)
        stored["subprocesses"] = self.mapping_to_dict(workflow.subprocesses)
        stored["bpmn_events"] = []
        return stored


def save(workflow: Any, version: str) -> bytes:
    prune(workflow)
    stored = _serializer.registry.convert(workflow)
    stored["version"] = version
    return orjson.dumps(stored)


def restore(state: bytes, definition: ProcessDefinition, script_engine: Any) -> Any:
    stored = orjson.loads(state)
    if stored.pop("version") != definition.version:
        raise EngineError("the state belongs to another edition")
    registry = _serializer.registry
    workflow = BpmnWorkflow(definition.spec, dict(definition.subprocess_specs), script_engine=script_engine, deserializing=True)
    converter = _SpeclessConverter(BpmnWorkflow, registry)
    workflow.tasks = converter.mapping_from_dict(stored["tasks"], UUID, workflow=workflow)
    workflow.task_tree = workflow.tasks[UUID(stored["root"])]
    converter.set_default_attributes(workflow, stored)
    converter.subprocesses_from_dict(stored["subprocesses"], workflow)
    return workflow


_CONFIG = dict(DEFAULT_CONFIG)
_CONFIG[BpmnWorkflow] = _SpeclessConverter
_serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(_CONFIG))


def prune(workflow: Any) -> None:
    """Trunk pruning, see engine facts 2.4."""
    for part in [workflow, *list(workflow.subprocesses.values())]:
        if part is workflow or part.parent_task_id in workflow.subprocesses:
            _prune_trunk(workflow, part)


def _prune_trunk(top: Any, part: Any) -> None:
    tasks = part.tasks
    live: set[UUID] = set()
    for task in tasks.values():
        current = None if task.has_state(FINISHED) else task.id
        while current is not None and current not in live:
            live.add(current)
            current = tasks[current]._parent
    if not live:
        return
    trunk, task = [], part.task_tree
    while task.has_state(FINISHED):
        trunk.append(task)
        following = [child for child in task._children if child in live]
        if len(following) != 1:
            break
        task = tasks[following[0]]
    if len(trunk) < 2:
        return
    root, last = trunk[0], trunk[-1]
    doomed = [child for link in trunk[:-1] for child in link._children if child not in {t.id for t in trunk}]
    if len([child for child in last._children if child in live]) <= 1:
        doomed += [child for child in last._children if child not in live]
        last._children = [child for child in last._children if child in live]
    while doomed:
        gone = tasks.pop(doomed.pop())
        doomed += gone._children
        top.subprocesses.pop(gone.id, None)
    for link in trunk[1:-1]:
        tasks.pop(link.id)
        top.subprocesses.pop(link.id, None)
    root._children, last._parent = [last.id], root.id
    if part.last_task is not None and part.last_task.id not in tasks:
        part.last_task = last
