"""The lawful ways 送达方式 in which a document reaches somebody, and what each must show.

Source: APL 61 (on the spot, else within the limit under the Civil Procedure Law; electronic only with a signed confirmation), domain/02
2.2(b) row 12; announcement: CPL 95 (domain/08 B).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Invalid
from webapp.core.i18n import gettext
from webapp.documents.errors import NotFinal
from webapp.documents.models import FINAL, SERVED, Document, Evidence, ServiceReceipt
from webapp.events.services import lock_stream, record
from webapp.rules.counting import count
from webapp.rules.queries import time_limit, working_days

ANNOUNCEMENT_LIMIT = "SERVE_ANNOUNCE"


class ServiceRefused(Invalid):
    """This is not yet lawful service. Add what is missing and send again."""


@dataclass(frozen=True, slots=True)
class Service:
    """What is said about one service. ``served_on``: the paper reached the receiver, or was announced."""

    way: str
    receiver: str
    served_on: date
    receiver_role: str | None = None
    witness: str | None = None
    tracking_no: str | None = None
    entrusted_to: str | None = None
    letter_no: str | None = None
    address: str | None = None
    reason: str | None = None
    note: str | None = None
    evidence_ids: tuple[int, ...] = ()


def serve(document: Document, service: Service, *, actor_id: int | None, at: datetime, task_id: int | None = None) -> ServiceReceipt:
    """Record that a final document was served; it may be served to several people. Raises NotFinal, ServiceRefused."""
    lock_stream(f"case:{document.case_id}")  # before the row, as steps of the case do
    db.session.refresh(document, attribute_names=["state"], with_for_update=True)
    if document.state not in (FINAL, SERVED):
        raise NotFinal
    _refuse_missing(service, document, at=at)
    receipt = ServiceReceipt(
        document_id=document.id, way=service.way, receiver=service.receiver, receiver_role=service.receiver_role,
        served_on=service.served_on, effective_on=effective_on(service), is_refused=service.way == "lien", witness=service.witness,
        tracking_no=service.tracking_no, entrusted_to=service.entrusted_to, letter_no=service.letter_no, address=service.address,
        reason=service.reason, note=service.note, evidence_ids=list(service.evidence_ids), task_id=task_id, recorded_by_id=actor_id,
        recorded_at=at,
    )  # fmt: skip
    db.session.add(receipt)
    document.state = SERVED
    db.session.flush()
    record(
        f"case:{document.case_id}", "document.served", actor_id=actor_id, at=at, document_id=document.id, way=service.way,
        effective_on=receipt.effective_on.isoformat(),
    )  # fmt: skip
    return receipt


def effective_on(service: Service) -> date:
    """The day it counts as served: an announcement after the days of the rule in force. Raises UnknownTimeLimit."""
    if service.way != "announcement":
        return service.served_on
    limit = time_limit(ANNOUNCEMENT_LIMIT, on=service.served_on)
    announced_at = datetime.combine(service.served_on, datetime.min.time(), clock.LEGAL_ZONE)
    return clock.legal_day(count(announced_at, limit.value, limit.unit, rolls=limit.rolls, days=working_days()).due_at)


def way_names() -> dict[str, str]:
    """In the language of the request, in the order of the law."""
    return {
        "direct": gettext("By hand"),
        "lien": gettext("Left where it was refused"),
        "mail": gettext("By mail"),
        "entrusted": gettext("Through another authority"),
        "electronic": gettext("Electronically"),
        "announcement": gettext("By announcement"),
    }


def _refuse_missing(service: Service, document: Document, *, at: datetime) -> None:
    errors = _day_errors(service, document, at=at)
    check = WAYS.get(service.way)
    if check is None:
        errors["way"] = gettext("Choose one of the lawful ways of service (Administrative Penalty Law, article 61).")
    else:
        errors |= check(service)
    if not service.receiver.strip():
        errors.setdefault(
            "receiver", gettext("Name who received the paper, or whom it is meant for (Administrative Penalty Law, article 61).")
        )
    if not _are_usable(service.evidence_ids, document.case_id):
        errors["confirmation"] = gettext("The evidence named here is not in this case, or was withdrawn. Choose it again.")
    if errors:
        raise ServiceRefused({field: [sentence] for field, sentence in errors.items()})


def _day_errors(service: Service, document: Document, *, at: datetime) -> dict[str, str]:
    final_on = clock.legal_day(document.finalised_at) if document.finalised_at else None
    if service.served_on > clock.legal_day(at):
        return {"served_on": gettext("The day of service lies in the future. Enter the day on which it really happened.")}
    if final_on is not None and service.served_on < final_on:
        return {"served_on": gettext("The paper was only made on %(day)s: it cannot have been served before.", day=final_on.isoformat())}
    return {}


def _check_lien(service: Service) -> dict[str, str]:
    if service.witness or service.evidence_ids:
        return {}
    return {
        "witness": gettext(
            "Leaving a refused paper needs a witness who signs, or photographs or video of how it was left "
            "(Administrative Penalty Law, article 61, with the Civil Procedure Law)."
        )
    }


def _check_mail(service: Service) -> dict[str, str]:
    if service.tracking_no:
        return {}
    return {
        "tracking_no": gettext(
            "Service by mail needs the tracking number; the day is the one on the delivery slip "
            "(Administrative Penalty Law, article 61, with the Civil Procedure Law)."
        )
    }


def _check_entrusted(service: Service) -> dict[str, str]:
    if service.entrusted_to and service.letter_no:
        return {}
    return {
        "letter_no" if service.entrusted_to else "entrusted_to": gettext(
            "Service through another authority needs its name and the number of the letter of request "
            "(Administrative Penalty Law, article 61, with the Civil Procedure Law)."
        )
    }


def _check_electronic(service: Service) -> dict[str, str]:
    if service.evidence_ids:
        return {}
    return {
        "confirmation": gettext(
            "Electronic service is lawful only where the party signed a confirmation: add it to the evidence and choose it "
            "(Administrative Penalty Law, article 61)."
        )
    }


def _check_announcement(service: Service) -> dict[str, str]:
    if service.reason:
        return {}
    return {
        "reason": gettext(
            "An announcement is lawful only where the receiver cannot be found or the other ways failed: say what was tried "
            "(Civil Procedure Law, article 95)."
        )
    }


WAYS: dict[str, Callable[[Service], dict[str, str]]] = {
    "direct": lambda service: {},
    "lien": _check_lien,
    "mail": _check_mail,
    "entrusted": _check_entrusted,
    "electronic": _check_electronic,
    "announcement": _check_announcement,
}


def _are_usable(evidence_ids: Iterable[int], case_id: int) -> bool:
    wanted = set(evidence_ids)
    if not wanted:
        return True
    usable = select(Evidence.id).where(Evidence.case_id == case_id, Evidence.id.in_(wanted), Evidence.withdrawn_at.is_(None))
    return set(db.session.scalars(usable)) == wanted
