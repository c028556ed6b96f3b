"""Officers' certificates: enter, revoke. Callers hold the transaction."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from webapp.accounts.models import Certificate, User
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.errors import DomainError, Invalid
from webapp.core.i18n import gettext
from webapp.events.services import record


class NumberTaken(DomainError):
    """There is a certificate with the number %(number)s already. Read the number again from the card."""

    status = 422


class AlreadyRevoked(DomainError):
    """This certificate is revoked already. Nothing has changed."""


def add_certificate(
    user: User, *, number: str, kind: str, issued_on: date, valid_to: date, issuer: str, source: str, actor_id: int | None, at: datetime
) -> Certificate:
    """Enter the card an officer holds. Raises Invalid, NumberTaken. Source: BR-03; APL 42, 55."""
    if valid_to < issued_on:
        raise Invalid({"valid_to": [gettext("The certificate would end before it begins. Correct one of the two days.")]})
    number = number.strip()
    if db.session.scalar(select(Certificate.id).where(Certificate.number == number)) is not None:
        raise NumberTaken(number=number)
    held = Certificate(user_id=user.id, number=number, kind=kind, issued_on=issued_on, valid_to=valid_to, issuer=issuer, source=source)
    db.session.add(held)
    db.session.flush([held])
    record(f"account:{user.id}", "certificate.added", actor_id=actor_id, at=at, certificate_id=held.id)
    return held


def revoke_certificate(held: Certificate, *, on: date, actor_id: int | None, at: datetime) -> None:
    """Void from ``on`` on; what was done before stands. Raises Invalid, AlreadyRevoked."""
    if held.revoked_on is not None:
        raise AlreadyRevoked
    if not held.issued_on <= on <= legal_day(at):
        raise Invalid({"revoked_on": [gettext("The day lies between the issue of the certificate and today. Correct it.")]})
    held.revoked_on = on
    record(f"account:{held.user_id}", "certificate.revoked", actor_id=actor_id, at=at, certificate_id=held.id)
