"""The verbs of referrals. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from webapp.accounts.models import Jurisdiction, Organisation, User
from webapp.accounts.queries import organisation_for
from webapp.cases.models import Party
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Forbidden
from webapp.core.permissions import ROLES, Scope, scope_of
from webapp.core.role_names import role_name
from webapp.documents.models import Evidence
from webapp.events.services import record
from webapp.processes import services as processes
from webapp.processes.models import ProcessInstance, UserTask
from webapp.processes.services import Completed
from webapp.referrals import package
from webapp.referrals.errors import (
    AlreadyReferred,
    NoSuchWay,
    NothingToAnswer,
    NotInCase,
    PaperMissing,
    ReferralClosed,
    RouteRefused,
    TextMissing,
)
from webapp.referrals.kinds import KINDS
from webapp.referrals.models import Referral, ReferralMessage, ReferralRoute, ReferralState
from webapp.referrals.queries import is_receiver, is_sender, packed_evidence, route_for
from webapp.referrals.states import CLOSED, DECLINED, DRAFTED, EVER_SENT, SENT, WITHDRAWN, may_follow
from webapp.referrals.wording import kind_name, state_name

DATA = Path(__file__).parent / "data"
SHORTEST_TEXT, LONGEST_TEXT = 2, 2000


def open_referral(instance: ProcessInstance, kind: str, *, at: datetime) -> Referral:
    """One open referral per case, receiver and kind. The caller's step holds the lock of the case's stream. Raises AlreadyReferred."""
    assert instance.case_id is not None
    role = _receiver_role(kind, instance.jurisdiction_id, at)
    _refuse_second(instance.case_id, kind, role)
    body = organisation_for(role, instance.jurisdiction_id) if instance.jurisdiction_id is not None else None
    referral = Referral(
        case_id=instance.case_id, instance_id=instance.id, kind=kind, receiver_role=role, receiver_id=body.id if body else None,
        state=DRAFTED, state_at=at, opened_at=at,
    )  # fmt: skip
    db.session.add(referral)
    db.session.flush()
    db.session.add(ReferralState(referral_id=referral.id, state=DRAFTED, at=at, by_id=instance.started_by_id))
    told = {"referral_id": referral.id, "kind": kind, "receiver_id": referral.receiver_id}
    record(f"case:{referral.case_id}", "referral.opened", actor_id=instance.started_by_id, at=at, **told)
    if body is not None:
        _make_party(referral, body, instance)
    package.add_known(referral, at=at)
    return referral


def check_way(referral: Referral, states: Sequence[str]) -> None:
    """Raises ReferralClosed, NoSuchWay if the states cannot follow one another from where the referral is."""
    state = referral.state
    if states and referral.has_ended:
        raise ReferralClosed
    for following in states:
        if not may_follow(state, following):
            raise NoSuchWay(state=state_name(state), following=state_name(following))
        state = following


def move(
    referral: Referral, state: str, *, actor_id: int | None, at: datetime, task_id: int | None = None, reason: str | None = None
) -> None:
    """Raises ReferralClosed, NoSuchWay."""
    check_way(referral, [state])
    if state == referral.state:
        return
    referral.state, referral.state_at = state, at
    if state == SENT:
        referral.sent_at = at
    if referral.has_ended:
        referral.closed_at = at
    text = reason.strip()[:LONGEST_TEXT] if reason else None
    db.session.add(ReferralState(referral_id=referral.id, state=state, at=at, by_id=actor_id, task_id=task_id, reason=text))
    record(f"case:{referral.case_id}", "referral.moved", actor_id=actor_id, at=at, referral_id=referral.id, state=state)


def end(referral: Referral, *, at: datetime) -> None:
    """Its procedure is over, whatever it had reached: what was never sent counts as withdrawn."""
    if referral.has_ended:
        return
    state = CLOSED if referral.state in EVER_SENT or referral.state == DECLINED else WITHDRAWN
    referral.state, referral.state_at, referral.closed_at = state, at, at
    db.session.add(ReferralState(referral_id=referral.id, state=state, at=at))
    record(f"case:{referral.case_id}", "referral.moved", actor_id=None, at=at, referral_id=referral.id, state=state)


def say(
    referral: Referral, text: str, *, actor: User, at: datetime, kind: str = "message", evidence_ids: Sequence[int] = ()
) -> ReferralMessage:  # fmt: skip
    """One word to the other side; ``evidence_ids``: papers of the case that it may read from now on.

    Raises Forbidden, ReferralClosed, TextMissing, NotInCase.
    """
    is_ours = is_sender(actor, referral)
    if not (is_ours or is_receiver(actor, referral)):
        raise Forbidden
    if referral.has_ended:
        raise ReferralClosed
    if not SHORTEST_TEXT <= len(text.strip()) <= LONGEST_TEXT:
        raise TextMissing
    _refuse_foreign(referral, evidence_ids, is_ours=is_ours)
    return add_message(referral, text, kind=kind, is_ours=is_ours, actor_id=actor.id, at=at, evidence_ids=evidence_ids)


def add_message(
    referral: Referral, text: str, *, kind: str, is_ours: bool, actor_id: int | None, at: datetime, task_id: int | None = None,
    evidence_ids: Sequence[int] = (),
) -> ReferralMessage:  # fmt: skip
    """Put it into the thread; the caller has judged who may."""
    message = ReferralMessage(
        referral_id=referral.id, kind=kind, text=text.strip()[:LONGEST_TEXT], is_ours=is_ours, by_id=actor_id, task_id=task_id, at=at,
        evidence_ids=list(dict.fromkeys(evidence_ids)),
    )  # fmt: skip
    db.session.add(message)
    db.session.flush([message])
    record(f"case:{referral.case_id}", "referral.message_added", actor_id=actor_id, at=at, referral_id=referral.id, message_id=message.id)
    return message


def may_record_for(user: User, referral: Referral, task: UserTask) -> bool:
    """A case lead may record what an outside body answered on paper. Source: design/architecture 4.13."""
    is_outside = scope_of(task.role) is Scope.ORGANISATION
    return task.instance_id == referral.instance_id and task.is_open and is_outside and is_sender(user, referral)


def record_for(
    referral: Referral, task: UserTask, *, paper_id: int | None, values: Mapping[str, Any], actor: User, at: datetime, locale: str
) -> Completed:
    """Complete the receiving body's task with what its paper says; the record names officer and paper.

    ``paper_id``: evidence of the case. Raises Forbidden, NothingToAnswer, PaperMissing and what ``processes.services.complete`` raises.
    """
    if not is_sender(actor, referral):
        raise Forbidden
    if not may_record_for(actor, referral, task):
        raise NothingToAnswer
    paper = db.session.get(Evidence, paper_id) if paper_id else None
    if paper is None or paper.case_id != referral.case_id or paper.is_withdrawn:
        raise PaperMissing
    told = {"referral_id": referral.id, "task_id": task.id, "evidence_id": paper.id}
    record(f"case:{referral.case_id}", "referral.answer_recorded", actor_id=actor.id, at=at, **told)
    done = processes.complete(task, values=values, version=None, actor=actor, at=at, locale=locale, on_behalf=True)
    referral.receipt_evidence_id = paper.id
    for row in db.session.scalars(select(ReferralState).where(ReferralState.task_id == task.id)):
        row.evidence_id = paper.id
    return done


def load_routes(*, at: datetime) -> int:
    """Add the shipped rows whose matter has none yet; what administrators changed stays. Returns how many were added."""
    known = set(db.session.scalars(select(ReferralRoute.matter)))
    rows = [row for row in orjson.loads((DATA / "routes.json").read_bytes()) if row["matter"] not in known]
    for row in rows:
        db.session.add(ReferralRoute(**{**row, "valid_from": date.fromisoformat(row["valid_from"])}, added_at=at))
    db.session.flush()
    return len(rows)


def receiver_roles() -> list[str]:
    """Outside bodies that may receive a referral."""
    return [role for role in ROLES if scope_of(role) is Scope.ORGANISATION]


def add_route(
    matter: str, *, receiver_role: str, source: str, jurisdiction_id: int | None, valid_from: str, actor: User, at: datetime
) -> ReferralRoute:  # fmt: skip
    """A dated row; those before it stay. Raises RouteRefused."""
    try:
        day = date.fromisoformat(valid_from)
    except ValueError as error:
        raise RouteRefused from error
    if matter not in KINDS or receiver_role not in receiver_roles() or not 4 <= len(source.strip()) <= 400:
        raise RouteRefused
    if jurisdiction_id is not None and db.session.get(Jurisdiction, jurisdiction_id) is None:
        raise RouteRefused
    is_same = (ReferralRoute.matter == matter, ReferralRoute.jurisdiction_id == jurisdiction_id, ReferralRoute.valid_from == day)
    if jurisdiction_id is None:
        is_same = (ReferralRoute.matter == matter, ReferralRoute.jurisdiction_id.is_(None), ReferralRoute.valid_from == day)
    if db.session.scalars(select(ReferralRoute.id).where(*is_same)).first() is not None:
        raise RouteRefused
    row = ReferralRoute(
        matter=matter, receiver_role=receiver_role, source=source.strip(), jurisdiction_id=jurisdiction_id, valid_from=day,
        verified="no", added_by_id=actor.id, added_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush([row])
    return row


def _receiver_role(kind: str, jurisdiction_id: int | None, at: datetime) -> str:
    """From the table; where it has no row for the day, from the shipped one."""
    route = route_for(kind, jurisdiction_id, clock.legal_day(at))
    if route is not None:
        return route.receiver_role
    shipped = orjson.loads((DATA / "routes.json").read_bytes())
    return next(str(row["receiver_role"]) for row in shipped if row["matter"] == kind)


def _make_party(referral: Referral, body: Organisation, instance: ProcessInstance) -> None:
    """The receiver is a party of the case, once."""
    known = select(Party.id).where(Party.case_id == referral.case_id, Party.organisation_id == body.id)
    if db.session.scalars(known.limit(1)).first() is None:
        kind = instance.process_key[:24]
        db.session.add(
            Party(case_id=referral.case_id, kind=kind, organisation_id=body.id, name=body.name_zh, joined_at=instance.started_at)
        )


def _refuse_second(case_id: int, kind: str, role: str) -> None:
    is_open = (Referral.case_id == case_id, Referral.kind == kind, Referral.receiver_role == role, Referral.closed_at.is_(None))
    if db.session.scalars(select(Referral.id).where(*is_open).limit(1)).first() is not None:
        raise AlreadyReferred(kind=kind_name(kind), receiver=role_name(role))


def _refuse_foreign(referral: Referral, evidence_ids: Sequence[int], *, is_ours: bool) -> None:
    """We name evidence of the case, the receiver only what it has."""
    for evidence_id in evidence_ids:
        evidence = db.session.get(Evidence, evidence_id)
        if evidence is None or evidence.case_id != referral.case_id or evidence.is_withdrawn:
            raise NotInCase
        if not is_ours:
            packed_evidence(referral, evidence_id)
