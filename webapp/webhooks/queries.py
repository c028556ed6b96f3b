"""What administrators see of receivers and deliveries."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.pagination import Cursor, Page
from webapp.webhooks.models import Delivery, Receiver

PAGE = 50


def list_receivers() -> list[tuple[Receiver, dict[str, int]]]:
    """Every receiver with the number of its messages by state."""
    counted: dict[int, dict[str, int]] = {}
    for receiver_id, state, number in db.session.execute(
        select(Delivery.receiver_id, Delivery.state, func.count()).group_by(Delivery.receiver_id, Delivery.state)
    ):
        counted.setdefault(receiver_id, {})[state] = number
    return [(receiver, counted.get(receiver.id, {})) for receiver in db.session.scalars(select(Receiver).order_by(Receiver.name))]


def find_receiver(receiver_id: int) -> Receiver:
    """Raises NotFound."""
    found = db.session.get(Receiver, receiver_id)
    if found is None:
        raise NotFound
    return found


def find_delivery(delivery_id: int) -> Delivery:
    """Raises NotFound."""
    found = db.session.get(Delivery, delivery_id)
    if found is None:
        raise NotFound
    return found


def deliveries(receiver: Receiver, *, state: str | None = None, after: str | None = None, limit: int = PAGE) -> Page[Delivery]:
    """Newest first. Raises BadCursor."""
    query = select(Delivery).where(Delivery.receiver_id == receiver.id).options(joinedload(Delivery.event))
    if state:
        query = query.where(Delivery.state == state)
    cursor = Cursor.decode(after)
    if cursor is not None:
        query = query.where(Delivery.id < cursor.id)
    found = list(db.session.scalars(query.order_by(Delivery.id.desc()).limit(limit + 1)))
    following = Cursor(found[limit - 1].made_at, found[limit - 1].id).encode() if len(found) > limit else None
    return Page(found[:limit], following, len(found))
