"""What people are told about: their tasks changing hands, and the clocks of what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal_column, or_, select

from webapp.core.db import db
from webapp.deadlines import watch
from webapp.deadlines.duties import Row
from webapp.notifications.services import notify
from webapp.processes import handlers
from webapp.processes.handlers import DELEGATE, REASSIGN, RELEASE, RESOLVE, SEND_BACK, TAKE_OVER, Moved
from webapp.processes.models import UserTask

HeldTask = Any  # a row of the task's id, assignee, case and case number
KIND_OF_CLOCK = {"deadline.reminded": "deadline.reminder", "deadline.breached": "deadline.breached"}


def tell_of_move(moved: Moved) -> None:
    """Whoever loses the task, gets it or waits for it is told; never the one who did it."""
    lost, got = _KIND_FOR_LOSER.get(moved.verb), _KIND_FOR_RECEIVER.get(moved.verb)
    losers = {moved.from_id, moved.owner_id} - {moved.to_id} if moved.verb != RESOLVE else set()
    if lost == "task.reassigned" and moved.to_id is not None:
        _tell(moved, losers, lost, to_id=moved.to_id)
    elif lost is not None:
        _tell(moved, losers, lost)
    if got is not None:
        _tell(moved, {moved.to_id}, got)


def tell_of_clocks(rows: Sequence[Row], event: str, at: datetime) -> None:
    """Those who hold the task of the clock, or a task of its case, are told; supervisors have their list of escalations."""
    of_task, of_case = _holders(rows)
    for row in rows:
        held = of_task.get(row["task_id"], []) if row["task_id"] is not None else of_case.get(row["case_id"], [])
        for task in {task.assignee_id: task for task in held}.values():
            url = f"/tasks/{task.id}"
            notify([task.assignee_id], KIND_OF_CLOCK[event], at=at, case_no=task.case_no, task_id=task.id, url=url, code=str(row["code"]))


def _tell(moved: Moved, people: Iterable[int | None], kind: str, **params: int) -> None:
    told = {person for person in people if person is not None and person != moved.actor_id}
    task = moved.task
    notify(
        told, kind, at=moved.at, case_no=task.case_no, task_id=task.id, url=f"/tasks/{task.id}", by_id=moved.actor_id, **params
    )  # fmt: skip


def _holders(rows: Sequence[Row]) -> tuple[dict[int, list[HeldTask]], dict[int, list[HeldTask]]]:
    """Open tasks that somebody holds, of these clocks by id and of their cases by case."""
    tasks = [row["task_id"] for row in rows if row["task_id"] is not None]
    cases = [row["case_id"] for row in rows if row["task_id"] is None and row["case_id"] is not None]
    of_task: dict[int, list[HeldTask]] = {}
    of_case: dict[int, list[HeldTask]] = {}
    for task in _held(or_(UserTask.id.in_(tasks), UserTask.case_id.in_(cases))) if tasks or cases else ():
        of_task.setdefault(task.id, []).append(task)
        of_case.setdefault(task.case_id, []).append(task)
    return of_task, of_case


def _held(condition: ColumnElement[bool]) -> Sequence[HeldTask]:
    columns = (UserTask.id, UserTask.assignee_id, UserTask.case_id, UserTask.case_no)
    query = select(*columns).where(condition, UserTask.state == literal_column("0"), UserTask.assignee_id.is_not(None))
    return db.session.execute(query.order_by(UserTask.id)).all()


_KIND_FOR_LOSER = {TAKE_OVER: "task.taken_over", REASSIGN: "task.reassigned", RELEASE: "task.released_by"}
_KIND_FOR_RECEIVER = {REASSIGN: "task.assigned", DELEGATE: "task.delegated", RESOLVE: "task.resolved", SEND_BACK: "task.returned"}
handlers.on_moved.append(tell_of_move)
watch.on_told.append(tell_of_clocks)
