"""Periodic work of processes, and the outbox consumer that delivers answers."""

from __future__ import annotations

import logging
from datetime import timedelta

import orjson
from sqlalchemy import exists, select

from webapp.accounts.models import User
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.sweeps import sweep
from webapp.events.models import Event
from webapp.events.outbox import consumer
from webapp.processes import services
from webapp.processes.models import Message, ProcessInstance, TimerRow, UserTask
from webapp.processes.queries import can_work_on

log = logging.getLogger(__name__)
BATCH = 200


@consumer("deliver_message", events=("message.stored",))
def deliver_message(event: Event) -> None:
    """Hand a stored answer to the instance that may wait for it."""
    services.deliver(int(orjson.loads(event.body)["payload"]["message_id"]), at=clock.now())


@consumer("release_tasks", events=("account.role_revoked", "account.deactivated"))
def release_tasks(event: Event) -> None:
    """Whoever lost a role, or the account, holds its tasks no longer: they go back to their candidate groups."""
    user = db.session.get(User, int(orjson.loads(event.body)["stream"].removeprefix("account:")))
    if user is None:
        return
    for task in db.session.scalars(select(UserTask).where(UserTask.assignee_id == user.id, UserTask.state == 0)).all():
        if not (user.active and can_work_on(user, task)):
            services.take_back(task, at=clock.now())


@sweep("timers", every=timedelta(seconds=1))
def timer_sweep() -> int:
    """Fire due timers, each instance in a transaction of its own."""
    due = select(TimerRow.instance_id).where(TimerRow.due_at <= clock.now()).group_by(TimerRow.instance_id).limit(BATCH)
    ids = list(db.session.scalars(due))
    db.session.rollback()
    return sum(_fire(instance_id) for instance_id in ids)


@sweep("stuck", every=timedelta(days=1))
def stuck_sweep() -> int:
    """Report running instances with no open task, timer or awaited message; returns how many there are."""
    open_task = exists().where(UserTask.instance_id == ProcessInstance.id, UserTask.state == 0)
    quiet = select(ProcessInstance).where(ProcessInstance.outcome == "running", ProcessInstance.has_timers.is_(False), ~open_task)
    stuck = [instance for instance in db.session.scalars(quiet) if not instance.awaits]
    for instance in stuck:
        log.error("process instance %s (%s) waits for nothing", instance.id, instance.process_key)
    db.session.rollback()
    return len(stuck)


@sweep("messages", every=timedelta(minutes=1))
def message_sweep() -> int:
    """Deliver what was stored and is awaited, should an effect have been lost."""
    waiting = select(Message.id, Message.name, ProcessInstance.awaits).join(ProcessInstance, ProcessInstance.id == Message.instance_id)
    rows = db.session.execute(waiting.where(Message.delivered_at.is_(None), ProcessInstance.outcome == "running")).all()
    db.session.rollback()
    return sum(_deliver(row.id) for row in rows if row.name in row.awaits)


def _fire(instance_id: int) -> bool:
    try:
        with transaction():
            return services.fire_timers(instance_id, at=clock.now())
    except Exception:  # entry point: one instance must not stop the others
        log.exception("timers of instance %s failed", instance_id)
        return False


def _deliver(message_id: int) -> bool:
    try:
        with transaction():
            return services.deliver(message_id, at=clock.now())
    except Exception:  # entry point, as above
        log.exception("message %s could not be delivered", message_id)
        return False
