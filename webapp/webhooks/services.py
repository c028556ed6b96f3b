"""Enter, change and switch off receivers; owe them events; send, park and send again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.accounts.models import User
from webapp.core.db import db
from webapp.core.errors import Invalid
from webapp.core.sealing import seal, unseal
from webapp.events.models import Event
from webapp.events.services import record
from webapp.webhooks.addresses import faults
from webapp.webhooks.errors import DeliveryGone, NoEarlierSecret
from webapp.webhooks.models import DELIVERED, PARKED, WAITING, Delivery, Receiver
from webapp.webhooks.public import EVENTS, body_of, case_of

STREAM = "installation:1"
FIRST_WAIT, LONGEST_WAIT, PATIENCE = timedelta(seconds=10), timedelta(hours=4), timedelta(hours=24)
MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a sender needs to know of a delivery, outside any transaction."""

    delivery_id: int
    key: UUID
    url: str
    event: str
    body: bytes
    secrets: tuple[str, ...]


def add_receiver(values: dict[str, Any], *, actor: User, at: datetime, needs_https: bool) -> tuple[Receiver, str]:
    """``values``: name, url, events, jurisdiction_id. Returns the receiver and its secret, which is never shown again. Raises Invalid."""
    checked = _checked(values, needs_https=needs_https)
    receiver = Receiver(**checked, secret=b"", added_by_id=actor.id, added_at=at)
    db.session.add(receiver)
    db.session.flush()
    shown = _new_secret(receiver)
    record(STREAM, "webhook.added", actor_id=actor.id, at=at, receiver_id=receiver.id)
    return receiver, shown


def change_receiver(receiver: Receiver, values: dict[str, Any], *, actor: User, at: datetime, needs_https: bool) -> None:
    """Raises Invalid."""
    for name, value in _checked(values, needs_https=needs_https).items():
        setattr(receiver, name, value)
    record(STREAM, "webhook.changed", actor_id=actor.id, at=at, receiver_id=receiver.id)


def switch(receiver: Receiver, *, on: bool, actor: User, at: datetime) -> None:
    """What is still owed waits while a receiver is off."""
    receiver.is_active = on
    record(STREAM, "webhook.changed", actor_id=actor.id, at=at, receiver_id=receiver.id)


def rotate_secret(receiver: Receiver, *, actor: User, at: datetime) -> str:
    """A new secret; messages are signed with the old one too until it is dropped."""
    before = unseal(receiver.secret, place=_place(receiver, "secret"))
    receiver.earlier_secret = seal(before, place=_place(receiver, "earlier"))
    shown = _new_secret(receiver)
    record(STREAM, "webhook.secret_rotated", actor_id=actor.id, at=at, receiver_id=receiver.id)
    return shown


def drop_earlier_secret(receiver: Receiver, *, actor: User, at: datetime) -> None:
    """Raises NoEarlierSecret."""
    if receiver.earlier_secret is None:
        raise NoEarlierSecret
    receiver.earlier_secret = None
    record(STREAM, "webhook.changed", actor_id=actor.id, at=at, receiver_id=receiver.id)


def owe(event: Event, *, at: datetime) -> int:
    """Note the event for every receiver that wants it and may know of it; safe to repeat. Returns how many."""
    case = case_of(event)
    wanted = [receiver for receiver in db.session.scalars(select(Receiver).where(Receiver.is_active)) if _wants(receiver, event, case)]
    owed = set(db.session.scalars(select(Delivery.receiver_id).where(Delivery.event_id == event.id)))
    for receiver in (one for one in wanted if one.id not in owed):
        key = uuid4()
        body = body_of(event, case, key=key)
        db.session.add(Delivery(key=key, receiver_id=receiver.id, event_id=event.id, body=body, next_at=at, made_at=at))
    return len(wanted)


def take_due(*, at: datetime, limit: int) -> list[Parcel]:
    """Take messages that are due; nobody else takes them for a while. The caller commits, sends, and says how it went."""
    due = (Delivery.state == WAITING, Delivery.next_at <= at, Receiver.is_active)
    query = select(Delivery).join(Receiver).where(*due).order_by(Delivery.next_at, Delivery.id).limit(limit)
    found = list(db.session.scalars(query.with_for_update(of=Delivery, skip_locked=True)))
    for delivery in found:
        delivery.attempts += 1
        delivery.next_at = at + wait_after(delivery.attempts)
    return [_parcel(delivery) for delivery in found]


def note_answer(delivery_id: int, status: int | None, trouble: str | None, *, at: datetime) -> None:
    """Delivered; or waiting for the next attempt; or parked after a day."""
    delivery = db.session.get_one(Delivery, delivery_id)
    delivery.status, delivery.trouble = status, trouble
    if trouble is None:
        delivery.state, delivery.ended_at = DELIVERED, at
    elif at - delivery.made_at >= PATIENCE:
        delivery.state, delivery.ended_at = PARKED, at


def send_again(delivery: Delivery, *, at: datetime) -> None:
    """At once, with a day of patience from now. Raises DeliveryGone."""
    if delivery.state == DELIVERED or not delivery.receiver.is_active:
        raise DeliveryGone
    delivery.state, delivery.next_at, delivery.made_at, delivery.ended_at, delivery.attempts = WAITING, at, at, None, 0


def wait_after(attempts: int) -> timedelta:
    """10 s, 20 s, 40 s ... up to 4 hours."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(attempts - 1, 16)))


def _checked(values: dict[str, Any], *, needs_https: bool) -> dict[str, Any]:
    name, url, events = str(values.get("name", "")).strip(), str(values.get("url", "")).strip(), sorted(set(values.get("events", ())))
    found: dict[str, list[str]] = {}
    if not 0 < len(name) <= MAX_NAME:
        found["name"] = [_("Give the receiver a name of at most %(most)s characters.", most=MAX_NAME)]
    if faults(url, needs_https=needs_https):
        found["url"] = [_("Enter a whole address that begins with https://, without a user name in it.")]
    if not events or not EVENTS.keys() >= set(events):
        found["events"] = [_("Choose at least one event of the list.")]
    if found:
        raise Invalid(found)
    return {"name": name, "url": url, "events": events, "jurisdiction_id": values.get("jurisdiction_id")}


def _new_secret(receiver: Receiver) -> str:
    shown = secrets.token_urlsafe(32)
    receiver.secret = seal(shown, place=_place(receiver, "secret"))
    return shown


def _place(receiver: Receiver, which: str) -> str:
    return f"webhook_receiver:{receiver.id}:{which}"


def _wants(receiver: Receiver, event: Event, case: Any) -> bool:
    if event.name not in receiver.events:
        return False
    return receiver.jurisdiction_id is None or (case is not None and case.jurisdiction_id == receiver.jurisdiction_id)


def _parcel(delivery: Delivery) -> Parcel:
    return Parcel(delivery.id, delivery.key, delivery.receiver.url, delivery.event.name, delivery.body, _secrets(delivery.receiver))


def _secrets(receiver: Receiver) -> tuple[str, ...]:
    sealed: Sequence[tuple[bytes | None, str]] = ((receiver.secret, "secret"), (receiver.earlier_secret, "earlier"))
    return tuple(unseal(value, place=_place(receiver, which)) for value, which in sealed if value)
