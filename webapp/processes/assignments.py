"""Hand a user task from one person to another: take over, reassign, delegate, resolve. Callers hold the transaction.

Who may finally submit is not touched: the rules on who must differ from whom are judged on completion.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.core.db import db
from webapp.core.errors import Forbidden
from webapp.events.services import record
from webapp.processes import handlers, services
from webapp.processes.errors import AlreadyDelegated, NotACandidate, NotDelegated, NotHeld, ReasonMissing
from webapp.processes.handlers import DELEGATE, REASSIGN, RESOLVE, TAKE_OVER, Moved
from webapp.processes.models import FormDraft, Handover, UserTask
from webapp.processes.queries import can_work_on, person_name
from webapp.processes.step import may_supervise
from webapp.processes.subjects import stream_of
from webapp.processes.task_changes import change_if, locked_instance, refuse

MAX_REASON = 200


def take_over(task: UserTask, *, holder_id: int, reason: str, actor: User, at: datetime) -> None:
    """Take the task from ``holder_id``, whom the actor saw holding it. Their draft stays theirs. Free by now: it is claimed.

    Raises Forbidden (who may not work on it reassigns or releases it), ReasonMissing, AlreadyClaimed (by a third), AlreadyEnded, Withdrawn.
    """
    if not can_work_on(actor, task):
        raise Forbidden
    said = _reason(reason)
    locked_instance(task)
    if not task.is_claimed:
        services.claim(task, actor=actor, at=at)
        return
    owner_id = task.owner_id
    if task.assignee_id == actor.id and task.is_open:
        return
    if not change_if(task, UserTask.assignee_id == holder_id, assignee_id=actor.id, assigned_at=at, owner_id=None):
        refuse(task, actor)
    _settle(Moved(TAKE_OVER, task, actor.id, holder_id, actor.id, owner_id, at), "task.taken_over", said, "from_id")


def reassign(task: UserTask, *, to: User, reason: str, actor: User, at: datetime) -> None:
    """Give the task to ``to`` for good, whoever holds it: for supervisors of its place. ``reason`` may be empty if nobody holds it.

    Raises Forbidden, NotACandidate, ReasonMissing, AlreadyEnded, Withdrawn, AlreadyClaimed (by somebody at this moment).
    """
    if not may_supervise(actor, task):
        raise Forbidden
    _refuse_unless_candidate(task, to)
    locked_instance(task)
    holder_id, owner_id = task.assignee_id, task.owner_id
    if not task.is_open:
        refuse(task, actor)
    if holder_id == to.id and owner_id is None:
        return
    said = _reason(reason) if holder_id not in (None, actor.id) else _trimmed(reason)
    held = UserTask.assignee_id.is_(None) if holder_id is None else UserTask.assignee_id == holder_id
    if not change_if(task, held, assignee_id=to.id, assigned_at=at, owner_id=None):
        refuse(task, actor)
    _settle(Moved(REASSIGN, task, actor.id, holder_id, to.id, owner_id, at), "task.reassigned", said, "from_id", "to_id")


def delegate(task: UserTask, *, to: User, remark: str, actor: User, at: datetime) -> None:
    """Ask ``to``, of the same candidate group, to prepare the task that the actor holds and keeps. The draft goes along.

    Raises NotHeld, AlreadyDelegated, NotACandidate, AlreadyEnded, Withdrawn.
    """
    _refuse_unless_candidate(task, to)
    locked_instance(task)
    if not task.is_open:
        refuse(task, actor)
    if task.assignee_id != actor.id or to.id == actor.id:
        raise NotHeld
    if task.is_delegated:
        raise AlreadyDelegated
    if not change_if(task, UserTask.assignee_id == actor.id, assignee_id=to.id, assigned_at=at, owner_id=actor.id):
        refuse(task, actor)
    if db.session.get(FormDraft, (task.id, to.id)) is None:
        _copy_draft(task, from_id=actor.id, to_id=to.id, at=at)
    _settle(Moved(DELEGATE, task, actor.id, actor.id, to.id, None, at), "task.delegated", _trimmed(remark), "to_id")


def resolve(task: UserTask, *, remark: str, actor: User, at: datetime) -> None:
    """Hand the delegated task back to its owner, with a remark and the draft; to the group if the owner may no longer work on it.

    Raises NotDelegated, ReasonMissing, AlreadyClaimed, AlreadyEnded, Withdrawn.
    """
    said = _reason(remark)
    locked_instance(task)
    if not task.is_open:
        refuse(task, actor)
    if task.assignee_id != actor.id or task.owner_id is None:
        raise NotDelegated
    owner = db.session.get_one(User, task.owner_id)
    back_to = owner.id if owner.active and can_work_on(owner, task) else None
    since = at if back_to else None
    if not change_if(task, UserTask.assignee_id == actor.id, assignee_id=back_to, assigned_at=since, owner_id=None):
        refuse(task, actor)
    _copy_draft(task, from_id=actor.id, to_id=owner.id, at=at)
    _settle(Moved(RESOLVE, task, actor.id, actor.id, back_to, owner.id, at), "task.resolved", said, "to_id")


def last_handover(task: UserTask) -> Handover | None:
    """How the task came to whom it is with, if it changed hands."""
    query = select(Handover).where(Handover.task_id == task.id).order_by(Handover.id.desc()).limit(1)
    return db.session.scalars(query).one_or_none()


def delegated_by(user: User) -> list[UserTask]:
    """Open tasks that the user gave to colleagues to prepare, oldest first."""
    query = select(UserTask).where(UserTask.owner_id == user.id, UserTask.owner_id.is_not(None), UserTask.state == 0)
    return list(db.session.scalars(query.order_by(UserTask.id).limit(MAX_DELEGATED)))


MAX_DELEGATED = 50


def _reason(text: str) -> str:
    said = _trimmed(text)
    if not said or len(text.strip()) > MAX_REASON:
        raise ReasonMissing({"reason": [ReasonMissing.template()]})
    return said


def _trimmed(text: str) -> str:
    return " ".join(text.split())[:MAX_REASON]


def _refuse_unless_candidate(task: UserTask, to: User) -> None:
    if not (to.active and can_work_on(to, task)):
        raise NotACandidate(name=person_name(to.id))


def _copy_draft(task: UserTask, *, from_id: int, to_id: int, at: datetime) -> None:
    """What was typed goes to the next person; the first keeps it too."""
    given, theirs = db.session.get(FormDraft, (task.id, from_id)), db.session.get(FormDraft, (task.id, to_id))
    if given is None:
        return
    if theirs is None:
        db.session.add(FormDraft(task_id=task.id, user_id=to_id, values=given.values, saved_at=at))
    else:
        theirs.values, theirs.saved_at = given.values, at


def _settle(moved: Moved, event: str, remark: str, *told: str) -> None:
    """Keep the remark, record the event with the ids named in ``told``, and tell the people."""
    task, ids = moved.task, {"actor_id": moved.actor_id, "from_id": moved.from_id, "to_id": moved.to_id}
    kept = Handover(task_id=task.id, verb=moved.verb, remark=remark, at=moved.at, **ids)
    db.session.add(kept)
    db.session.flush([kept])
    named = {name: ids[name] for name in told}
    record(
        stream_of(task), event, actor_id=moved.actor_id, at=moved.at, task_id=task.id, element=task.element, handover_id=kept.id, **named
    )
    handlers.tell_moved(moved)
