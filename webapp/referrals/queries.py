"""Read referrals: those of a case, those sent to one's own body, their packages and threads."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import joinedload

from webapp.accounts.models import User
from webapp.accounts.places import within
from webapp.cases.models import Case
from webapp.cases.search import PLACE_JUDGED_LATE, CaseMatch
from webapp.core.db import UtcDateTime, db
from webapp.core.errors import NotFound
from webapp.core.pagination import TOTAL_CAP, Cursor, Page
from webapp.core.permissions import Permission
from webapp.documents.models import Document, Evidence
from webapp.processes.models import UserTask
from webapp.referrals.kinds import POLICE
from webapp.referrals.models import Referral, ReferralItem, ReferralMessage, ReferralRoute, ReferralState
from webapp.referrals.states import APPROVED, DRAFTED, RECEIVED, RETURNED, SENT

_WHOLE = (joinedload(Referral.case).joinedload(Case.employer), joinedload(Referral.receiver))
WALKED = 5000  # of which a common text finds its matches
UNDECIDED = frozenset({DRAFTED, APPROVED, SENT, RECEIVED, RETURNED})


def visible_referrals(user: User) -> Select[tuple[Referral]]:
    """Those of cases in the user's places; to a receiving body those that were sent to it, and nothing else of their cases."""
    query = select(Referral).join(Case, Case.id == Referral.case_id)
    return query.where(or_(within(user, Permission.READ_CASES, Case), *_received_by(user)))


def find_referral(referral_id: int, user: User) -> Referral:
    """Raises NotFound outside what the user may see."""
    query = visible_referrals(user).where(Referral.id == referral_id).options(*_WHOLE)
    referral = db.session.scalars(query).one_or_none()
    if referral is None:
        raise NotFound
    return referral


def list_referrals(user: User, *, after: str | None = None, limit: int = 25) -> Page[Referral]:
    """Newest first, keyset by (opened_at, id)."""
    rows = visible_referrals(user)
    total = db.session.scalar(select(func.count()).select_from(rows.with_only_columns(Referral.id).limit(TOTAL_CAP + 1).subquery()))
    cursor = Cursor.decode(after)
    if cursor is not None:
        rows = rows.where(tuple_(Referral.opened_at, Referral.id) < tuple_(literal(cursor.at, UtcDateTime()), literal(cursor.id)))
    found = list(db.session.scalars(rows.options(*_WHOLE).order_by(Referral.opened_at.desc(), Referral.id.desc()).limit(limit + 1)))
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], Cursor(last.opened_at, last.id).encode() if last else None, total)


def matching_referrals(match: CaseMatch, *, user: User, limit: int) -> Select[tuple[Referral]]:
    """Of the cases a text means, those the user may see, the newest first; of a common text among the newest WALKED."""
    received = _received_by(user)
    rows = select(Referral).join(Case, Case.id == Referral.case_id)
    rows = rows.where(or_(within(user, Permission.READ_CASES, PLACE_JUDGED_LATE), *received))
    if match.is_common:
        reads_cases = user.has(Permission.READ_CASES)
        mine = select(Referral.id).where(*(() if reads_cases or not received else (or_(*received),)))
        rows = rows.where(Referral.id.in_(mine.order_by(Referral.id.desc()).limit(WALKED)))
    rows = rows.where(match.condition()).options(*_WHOLE)
    return rows.order_by(Referral.opened_at.desc(), Referral.id.desc()).limit(limit)


def referrals_of_case(case_id: int) -> list[Referral]:
    query = select(Referral).where(Referral.case_id == case_id).options(joinedload(Referral.receiver))
    return list(db.session.scalars(query.order_by(Referral.id)))


def referral_of_instance(instance_id: int) -> Referral | None:
    return db.session.scalars(select(Referral).where(Referral.instance_id == instance_id)).one_or_none()


def undecided_transfer(case_id: int) -> Referral | None:
    """The transfer of a suspected crime that is not decided or not answered yet: until then the case stays open.

    Source: BR-15 (TR 11, APL 82).
    """
    query = select(Referral).where(Referral.case_id == case_id, Referral.kind == POLICE, Referral.state.in_(UNDECIDED))
    return db.session.scalars(query.order_by(Referral.id).limit(1)).one_or_none()


def is_receiver(user: User, referral: Referral) -> bool:
    """Whether the user answers for the receiving body and the referral was sent to it."""
    places = {f"o{referral.receiver_id}"} if referral.receiver_id is not None else {f"j{referral.case.jurisdiction_id}"}
    return referral.sent_at is not None and any((referral.receiver_role, place) in user.candidate_groups for place in places)


def is_sender(user: User, referral: Referral) -> bool:
    """Whether the user leads cases where this one lies: packs, answers, and records what bodies without an account say."""
    return ("HD_LEAD", f"j{referral.case.jurisdiction_id}") in user.candidate_groups


def items_of(referral: Referral) -> list[ReferralItem]:
    return list(db.session.scalars(select(ReferralItem).where(ReferralItem.referral_id == referral.id).order_by(ReferralItem.id)))


def messages_of(referral: Referral) -> list[ReferralMessage]:
    return list(db.session.scalars(select(ReferralMessage).where(ReferralMessage.referral_id == referral.id).order_by(ReferralMessage.id)))


def states_of(referral: Referral) -> list[ReferralState]:
    return list(db.session.scalars(select(ReferralState).where(ReferralState.referral_id == referral.id).order_by(ReferralState.id)))


def open_tasks_of(referral: Referral) -> list[UserTask]:
    query = select(UserTask).where(UserTask.instance_id == referral.instance_id, UserTask.state == 0)
    return list(db.session.scalars(query.order_by(UserTask.order_at, UserTask.id)))


def packed_document(referral: Referral, document_id: int) -> Document:
    """Raises NotFound for one that is not in the package."""
    query = select(Document).join(ReferralItem, ReferralItem.document_id == Document.id)
    document = db.session.scalars(query.where(ReferralItem.referral_id == referral.id, Document.id == document_id).limit(1)).one_or_none()
    if document is None:
        raise NotFound
    return document


def packed_evidence(referral: Referral, evidence_id: int) -> Evidence:
    """In the package, or named by a message. Raises NotFound."""
    query = select(Evidence).where(Evidence.id == evidence_id, Evidence.case_id == referral.case_id)
    evidence = db.session.scalars(query).one_or_none()
    packed = {item.evidence_id for item in items_of(referral)}
    packed |= {one for message in messages_of(referral) for one in message.evidence_ids}
    if evidence is None or evidence_id not in packed:
        raise NotFound
    return evidence


def route_for(matter: str, jurisdiction_id: int | None, on: date) -> ReferralRoute | None:
    """The row in force on the day; a row of the jurisdiction's own comes before one for everywhere."""
    here = or_(ReferralRoute.jurisdiction_id.is_(None), ReferralRoute.jurisdiction_id == jurisdiction_id)
    in_force = and_(ReferralRoute.valid_from <= on, or_(ReferralRoute.valid_to.is_(None), ReferralRoute.valid_to >= on))
    rows = list(db.session.scalars(select(ReferralRoute).where(ReferralRoute.matter == matter, here, in_force)))
    return max(rows, key=lambda row: (row.jurisdiction_id is not None, row.valid_from, row.id), default=None)


def all_routes() -> list[ReferralRoute]:
    query = select(ReferralRoute).order_by(ReferralRoute.matter, ReferralRoute.jurisdiction_id, ReferralRoute.valid_from, ReferralRoute.id)
    return list(db.session.scalars(query))


def _received_by(user: User) -> list[ColumnElement[bool]]:
    sent = Referral.sent_at.is_not(None)
    return [
        and_(sent, Referral.receiver_id == held.organisation_id, Referral.receiver_role == held.role)
        for held in user.held
        if held.organisation_id is not None
    ]
