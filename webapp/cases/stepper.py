"""The way of a case in stages: what is done and by whom, where it stands, what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.cases.case_frame import CaseFrame
from webapp.processes.models import COMPLETED, RETURNED, UserTask

# The way of the lifecycle; what other stages there are belong to its legs.
WAY = ("clue", "acceptance", "filing", "investigation", "crime", "review", "notice", "decision", "execution", "closing")
DONE, NOW, LEFT_OUT, TO_COME = "done", "now", "left_out", "to_come"


@dataclass(frozen=True, slots=True)
class Step:
    """``who`` and ``at``: of the last task done, or who has the open one; ``rounds``: how often the same task was done or begun anew."""

    stage: str
    state: str
    who: str
    at: datetime | None
    role: str | None
    due_at: datetime | None
    opened_at: datetime | None
    rounds: int
    was_returned: bool


def steps_of(frame: CaseFrame) -> list[Step]:
    """The stages of the lifecycle in order; empty for a diagram whose tasks name no stage."""
    own = [task for task in frame.tasks if task.instance_id == frame.case.root_instance_id]
    named = {stage: [task for task in own if task.stage == stage] for stage in WAY}
    if not any(named.values()):
        return []
    reached = max(index for index, stage in enumerate(WAY) if named[stage])
    return [_step(frame, stage, named[stage], is_passed=index < reached) for index, stage in enumerate(WAY)]


def _step(frame: CaseFrame, stage: str, tasks: Sequence[UserTask], *, is_passed: bool) -> Step:
    open_now = next((task for task in tasks if task.is_open), None)
    ended = [task for task in tasks if task.state == COMPLETED]
    last = max(ended, key=lambda task: (task.ended_at, task.id), default=None) if open_now is None else open_now
    person = None if last is None else (last.assignee_id if last.is_open else last.ended_by_id)
    return Step(
        stage, _state(frame, open_now, ended, is_passed=is_passed), frame.people.get(person, "") if person else "",
        last.ended_at if last else None, open_now.role if open_now else None, open_now.due_at if open_now else None,
        open_now.opened_at if open_now else None, _rounds(tasks), any(task.state == RETURNED for task in tasks),
    )  # fmt: skip


def _state(frame: CaseFrame, open_now: UserTask | None, ended: Sequence[UserTask], *, is_passed: bool) -> str:
    if open_now is not None:
        return NOW
    if ended:
        return DONE
    return LEFT_OUT if is_passed or not frame.case.is_open else TO_COME


def _rounds(tasks: Sequence[UserTask]) -> int:
    """1 for a way without loops; a task taken back by the engine is no round."""
    elements = [task.element for task in tasks if task.state in (COMPLETED, RETURNED) or task.is_open]
    return max((elements.count(element) for element in set(elements)), default=0)
