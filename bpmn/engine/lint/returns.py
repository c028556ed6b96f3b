"""Steps that may be returned to: earlier user tasks of the same process, with nothing between that cannot be walked twice."""

from __future__ import annotations

from collections.abc import Iterator

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram, Node
from bpmn.engine.lint.flows import name_of
from bpmn.engine.lint.services import operators
from bpmn.engine.ports import Problem

RULES = table(
    Rule("return-unknown", "“{name}”的 returns_to 引用的“{id}”不是同一流程中的用户任务，请更正。",
         "“{id}” in “returns_to” of “{name}” is no user task of the same process. Correct it."),
    Rule("return-not-before", "“{name}”不能退回到“{earlier}”：那一步不在它之前。请更正 returns_to。",
         "“{name}” cannot return to “{earlier}”: that step does not come before it. Correct “returns_to”."),
    Rule("return-over", "“{name}”不能退回到“{earlier}”：中间的“{between}”不能走第二遍（并行、等待或启动子流程）。请更正 returns_to。",
         "“{name}” cannot return to “{earlier}”: “{between}” between them cannot be walked twice (it forks, waits or starts a process). "
         "Correct “returns_to”."),
    Rule("return-restarts", "“{name}”不能退回到“{earlier}”：期限“{code}”会重新起算。请更正 returns_to。",
         "“{name}” cannot return to “{earlier}”: the time limit “{code}” would start anew. Correct “returns_to”."),
)  # fmt: skip
_WAITING = {"intermediateCatchEvent", "receiveTask", "eventBasedGateway"}
_FORKING = {"parallelGateway", "inclusiveGateway"}


def check(diagram: Diagram) -> Iterator[Problem]:
    for task in diagram.of_kind("userTask"):
        for key in task.properties.get("returns_to", "").split():
            yield from _return(diagram, task, key)


def _return(diagram: Diagram, task: Node, key: str) -> Iterator[Problem]:
    earlier = diagram.nodes.get(key)
    if earlier is None or earlier.kind != "userTask" or earlier.scope != task.scope or earlier is task:
        yield RULES["return-unknown"].at(task.id, name=name_of(task), id=key)
        return
    between = _between(diagram, earlier, task)
    if between is None:
        yield RULES["return-not-before"].at(task.id, name=name_of(task), earlier=name_of(earlier))
        return
    barrier = next((node for node in between if _is_barrier(node)), None)
    if barrier is not None:
        yield RULES["return-over"].at(task.id, name=name_of(task), earlier=name_of(earlier), between=name_of(barrier))
    opened = {code for node in (earlier, *between) for code in _codes(node, "opens")}
    closed = {code for node in between for code in _codes(node, "closes")}
    yield from (RULES["return-restarts"].at(task.id, name=name_of(task), earlier=name_of(earlier), code=code) for code in opened & closed)


def _between(diagram: Diagram, earlier: Node, task: Node) -> list[Node] | None:
    """What stands on a way from one to the other that passes each of them once; None without such a way."""
    after = _reached(diagram, earlier, stop=task)
    if task.id not in after:
        return None
    return [node for node in after.values() if node is not task and task.id in _reached(diagram, node, stop=earlier)]


def _reached(diagram: Diagram, start: Node, *, stop: Node) -> dict[str, Node]:
    """Nodes behind ``start``, not counting what lies behind ``stop`` or behind a second visit."""
    reached: dict[str, Node] = {}
    waiting = [start]
    for node in waiting:
        for following in diagram.following(node):
            if following.id not in reached and following is not start:
                reached[following.id] = following
                waiting += [] if following is stop else [following]
    return reached


def _is_barrier(node: Node) -> bool:
    starts_a_process = any(operator.get("id") == "start_child" for operator in operators(node))
    return node.kind in _FORKING | _WAITING or starts_a_process


def _codes(node: Node, name: str) -> list[str]:
    return node.properties.get(name, "").replace(",", " ").split()
