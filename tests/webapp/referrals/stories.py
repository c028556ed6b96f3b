"""Referrals on their way: started, packed, walked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.webapp.pages import HOLDERS, answers
from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.processes import queries, services, step
from webapp.processes.editions import active_edition
from webapp.processes.models import ProcessInstance, UserTask
from webapp.processes.step import Opening
from webapp.processes.subjects import Subject
from webapp.referrals.models import Referral
from webapp.referrals.queries import referral_of_instance

PEOPLE = {**HOLDERS, "EMG": "yan", "ECO": "hua", "HRSS_INS": "bao", "MED": "yi"}
PREPARED = {
    "record_at_hand": "none", "record_none": "现场未制作笔录", "evidence_at_hand": "none", "evidence_none": "线索来自举报，尚无证据",
}  # fmt: skip


def refer(case: Case, key: str = "labour_referral") -> Referral:
    """Start the leg as the lifecycle does; a transaction of its own."""
    with transaction():
        return open_leg(case, key)


def open_leg(case: Case, key: str) -> Referral:
    root = db.session.get_one(ProcessInstance, case.root_instance_id)
    opening = Opening(Subject.of(root), {}, parent_id=root.id)
    (opened,) = step.open_instances(key, [opening], edition_id=active_edition().id, actor_id=None, at=clock.now())
    referral = referral_of_instance(opened.instance.id)
    assert referral is not None
    return referral


def open_task(referral: Referral) -> UserTask:
    query = select(UserTask).where(UserTask.instance_id == referral.instance_id, UserTask.state == 0)
    return db.session.scalars(query).one()


def do(referral: Referral, element: str, **given: Any) -> None:
    """Whoever is next does the open task of the referral, which is ``element``."""
    task = open_task(referral)
    assert task.element == element
    form = queries.form_of(task)
    actor = db.session.scalars(select(User).where(User.username == PEOPLE[task.role])).one()
    if element == "prepare":
        given = {**PREPARED, **given}
    with transaction():
        services.complete(task, values=answers(form, **given) if form else {}, version=None, actor=actor, at=clock.now(), locale="en")


def send(referral: Referral, **prepared: Any) -> None:
    """Prepared, approved, sent."""
    do(referral, "prepare", **prepared)
    do(referral, "approve", decision="approve")
    do(referral, "send")
