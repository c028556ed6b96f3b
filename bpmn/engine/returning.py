"""Return: the token that waits in a user task goes back to an earlier user task of the same process."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.util.task import TaskState

from bpmn.engine.ports import EngineError


def put_back(task: Any, element: str) -> None:
    """Take the open ``task`` out of the tree, with the events at its boundary, and put ``element`` in its place with its data.

    The tree then looks as if a flow led back from what came before the task: what is pruned, saved or joined later sees a loop.
    Raises EngineError if the process of the task has no such element.
    """
    part = task.workflow
    entry = _entry(part.spec, element)
    place = task.parent if isinstance(task.parent.task_spec, BoundaryEventSplit) else task
    before, data = place.parent, deepcopy(task.data)
    for gone in place:
        part.top_workflow.event_manager.remove_task(gone)
    part._remove_task(place.id)
    again = before._add_child(entry, TaskState.FUTURE)
    entry._predict(again, mask=TaskState.PREDICTED_MASK | TaskState.FUTURE)
    entry._update(again)
    again.data = data  # what stands before it may have been pruned up to the root, whose data is that of the start


def _entry(spec: Any, element: str) -> Any:
    """Where a token enters the element: in front of the events at its boundary, if it has any."""
    found = next((one for one in spec.task_specs.values() if one.bpmn_id == element and one.manual), None)
    if found is None:
        raise EngineError(f"there is no user task {element} in {spec.name}")
    return next((one for one in found.inputs if isinstance(one, BoundaryEventSplit)), found)
