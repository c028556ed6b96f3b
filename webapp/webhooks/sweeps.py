"""The consumer that notes what is owed, and the sweep that sends it. A slow receiver delays nobody but itself."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network

from flask import current_app
from sqlalchemy import delete

from webapp.core import clock
from webapp.core.db import changed_rows, db, table_of, transaction
from webapp.core.sweeps import sweep
from webapp.events import outbox
from webapp.events.models import Event
from webapp.webhooks import interest, sending, services
from webapp.webhooks.addresses import Network
from webapp.webhooks.models import DELIVERED, Delivery
from webapp.webhooks.public import EVENTS
from webapp.webhooks.services import Parcel

BATCH, AT_ONCE = 40, 8
KEPT = timedelta(days=30)  # our own figure: how long delivered messages are listed


@outbox.consumer("webhooks", events=EVENTS, wanted=interest.is_wanted)
def owe(event: Event) -> None:
    services.owe(event, at=clock.now())


@sweep("webhooks", every=timedelta(seconds=2), is_slow=True)
def send_due() -> int:
    """One round; receivers are served side by side, the messages of one after each other."""
    with transaction():
        parcels = services.take_due(at=clock.now(), limit=BATCH)
    by_receiver: dict[str, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        by_receiver[parcel.url].append(parcel)
    networks = tuple(ip_network(text) for text in current_app.config["ZHIJIAN"].webhook_networks)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        answered = pool.map(lambda some: [(one.delivery_id, *_send(one, networks)) for one in some], by_receiver.values())
        for delivery_id, status, trouble in (answer for answers in answered for answer in answers):
            with transaction():
                services.note_answer(delivery_id, status, trouble, at=clock.now())
    return len(parcels)


@sweep("webhooks-tidy", every=timedelta(minutes=1))
def tidy() -> int:
    interest.write_down()
    db.session.rollback()
    deliveries = table_of(Delivery)
    with transaction():
        old = (deliveries.c.state == DELIVERED, deliveries.c.ended_at < clock.now() - KEPT)
        return changed_rows(delete(deliveries).where(*old))


def _send(parcel: Parcel, networks: tuple[Network, ...]) -> tuple[int | None, str | None]:
    headers = sending.headers(parcel.key, parcel.event, parcel.body, secrets=parcel.secrets, at=clock.now())
    return sending.send(parcel.url, parcel.body, headers, inner=networks)
