"""What the pages of referrals show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.accounts.models import User
from webapp.accounts.places import reaches
from webapp.core.permissions import Permission
from webapp.deadlines.models import Deadline
from webapp.deadlines.queries import deadlines_of_case
from webapp.documents.models import Document, Evidence
from webapp.documents.queries import documents_of_case, evidence_by_ids, evidence_of_case
from webapp.processes.models import UserTask
from webapp.processes.people import names_of
from webapp.processes.queries import can_work_on
from webapp.referrals import queries
from webapp.referrals.kinds import KINDS
from webapp.referrals.models import Referral, ReferralItem, ReferralMessage, ReferralState
from webapp.referrals.package import missing
from webapp.referrals.services import may_record_for
from webapp.referrals.states import SENT, STAGES


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of material of the package. ``is_needed``: BR-14 or the kind asks for it; ``may_lack``: "none" is allowed."""

    kind: str
    is_needed: bool
    may_lack: bool
    items: list[ReferralItem]

    @property
    def is_missing(self) -> bool:
        return self.is_needed and not self.items


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way. ``state``: what stands there; ``at``: when it was reached; ``mark``: "done", "now", "gone" or ""."""

    state: str
    at: datetime | None
    mark: str


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """``sees_case``: the reader may open the case itself; ``recordable``: tasks of a body without an account, for its case lead."""

    referral: Referral
    parts: list[Part]
    stages: list[Stage]
    history: list[ReferralState]
    messages: list[ReferralMessage]
    tasks: list[UserTask]
    workable: list[UserTask]
    recordable: list[UserTask]
    clocks: list[Deadline]
    documents: dict[int, Document]
    evidence: dict[int, Evidence]
    choosable_documents: list[Document]
    choosable_evidence: list[Evidence]
    people: dict[int, str]
    sees_case: bool
    may_pack: bool
    may_write: bool


def referral_page(referral: Referral, user: User) -> ReferralPage:
    messages, tasks = queries.messages_of(referral), queries.open_tasks_of(referral)
    sees_case = reaches(user, Permission.READ_CASES, referral.case)
    history = queries.states_of(referral)
    items = queries.items_of(referral)
    is_sender, is_receiver = queries.is_sender(user, referral), queries.is_receiver(user, referral)
    documents, evidence = _known(referral, items, messages)
    return ReferralPage(
        referral=referral, parts=_parts(referral, items), stages=_stages(referral, history),
        history=history if sees_case else _since_sent(history),
        messages=messages, tasks=tasks,
        workable=[task for task in tasks if can_work_on(user, task) and task.assignee_id in (None, user.id)],
        recordable=[task for task in tasks if may_record_for(user, referral, task) and not task.is_claimed],
        clocks=[row for row in deadlines_of_case(referral.case_id) if row.instance_id == referral.instance_id and row.is_open],
        documents=documents, evidence=evidence,
        choosable_documents=[row for row in documents_of_case(referral.case_id) if row.is_in_force] if is_sender else [],
        choosable_evidence=[row for row in evidence_of_case(referral.case_id) if not row.is_withdrawn] if is_sender else [],
        people=names_of([*(row.by_id for row in history), *(row.by_id for row in messages)]),
        sees_case=sees_case, may_pack=is_sender and referral.can_be_packed,
        may_write=(is_sender or is_receiver) and referral.is_open and referral.has_been_sent,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseReferral:
    """One line on the page of the case."""

    referral: Referral
    missing: list[str]
    clock: Deadline | None


def case_referrals(case_id: int, deadlines: Sequence[Deadline]) -> list[CaseReferral]:
    clocks = [row for row in deadlines if row.is_open]
    return [
        CaseReferral(
            referral,
            missing(referral) if referral.can_be_packed else [],
            min((row for row in clocks if row.instance_id == referral.instance_id), key=lambda row: row.due_at, default=None),
        )
        for referral in queries.referrals_of_case(case_id)
    ]


def _since_sent(history: list[ReferralState]) -> list[ReferralState]:
    """The receiver need not know who weighed what before it was addressed."""
    first = next((index for index, row in enumerate(history) if row.state == SENT), len(history))
    return history[first:]


def _parts(referral: Referral, items: list[ReferralItem]) -> list[Part]:
    kind = KINDS[referral.kind]
    return [Part(code, code in kind.items, code in kind.may_lack, [one for one in items if one.kind == code]) for code in kind.allowed]


def _stages(referral: Referral, history: list[ReferralState]) -> list[Stage]:
    """Reached stages with their last state; the way to come after the present one; what was never reached before it is left out."""
    here = next(index for index, states in enumerate(STAGES) if referral.state in states)
    found = []
    for index, states in enumerate(STAGES):
        reached = [row for row in history if row.state in states]
        if reached:
            found.append(Stage(referral.state if index == here else reached[-1].state, reached[-1].at, _mark(referral, index, here)))
        elif index > here:
            found.append(Stage(states[-1] if index == len(STAGES) - 3 else states[0], None, ""))
    return found


def _mark(referral: Referral, index: int, here: int) -> str:
    if index == here:
        return "done" if referral.has_ended else "now"
    return "done" if index < here else "gone"


def _known(
    referral: Referral, items: list[ReferralItem], messages: list[ReferralMessage]
) -> tuple[dict[int, Document], dict[int, Evidence]]:  # fmt: skip
    """What the package and the thread name, and the paper of the receipt."""
    ids = {item.evidence_id for item in items} | {one for message in messages for one in message.evidence_ids}
    evidence = evidence_by_ids(one for one in {*ids, referral.receipt_evidence_id} if one is not None)
    wanted = {item.document_id for item in items}
    documents = [row for row in documents_of_case(referral.case_id) if row.id in wanted]
    return {row.id: row for row in documents}, {row.id: row for row in evidence}
