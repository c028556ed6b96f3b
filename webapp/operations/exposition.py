"""The numbers of this installation in Prometheus' text format: what its processes counted, and what its tables say now."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from threading import Lock

from prometheus_client import REGISTRY as OWN
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, literal_column, select, text

from webapp.core import clock
from webapp.core.db import db
from webapp.events.models import Outbox
from webapp.processes.models import UserTask

KEPT_S = 60  # several scrapers cost the database one look; at a million open tasks it takes some tenths of a second
_kept: dict[str, tuple[float, list[GaugeMetricFamily]]] = {}
_lock = Lock()


def exposition() -> bytes:
    registry = CollectorRegistry()
    registry.register(Tables())
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(registry) + generate_latest(OWN)
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client leaves it untyped
    return generate_latest(registry)


class Tables(Collector):
    """What the tables say, looked up at most once in KEPT_S seconds."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        address = str(db.engine.url)
        with _lock:
            at, found = _kept.get(address, (-float(KEPT_S), []))
            if time.monotonic() - at >= KEPT_S:
                found = [*_queues(clock.now()), *_outbox(clock.now()), _size()]
                _kept[address] = time.monotonic(), found
            return found


def _queues(now: datetime) -> Iterator[GaugeMetricFamily]:
    """Along the index of unassigned tasks alone."""
    waiting = GaugeMetricFamily("zhijian_queue_tasks", "Tasks of a role that nobody has claimed", labels=["role"])
    late = GaugeMetricFamily("zhijian_queue_overdue_seconds", "How long the most overdue of them is over its time", labels=["role"])
    free = (UserTask.state == literal_column("0"), UserTask.assignee_id.is_(None))
    for role, number, first in db.session.execute(
        select(UserTask.role, func.count(), func.min(UserTask.order_at)).where(*free).group_by(UserTask.role)
    ):
        waiting.add_metric([role], number)
        late.add_metric([role], max(0.0, (now - first).total_seconds()))
    yield from (waiting, late)


def _outbox(now: datetime) -> Iterator[GaugeMetricFamily]:
    number, first = db.session.execute(select(func.count(), func.min(Outbox.next_at)).where(Outbox.done_at.is_(None))).one()
    yield GaugeMetricFamily("zhijian_outbox_waiting", "Effects that are still owed", value=number)
    age = max(0.0, (now - first).total_seconds()) if first else 0.0
    yield GaugeMetricFamily("zhijian_outbox_age_seconds", "How long the longest of them has been due", value=age)


def _size() -> GaugeMetricFamily:
    is_postgresql = db.engine.dialect.name == "postgresql"
    asked = (
        "SELECT pg_database_size(current_database())"
        if is_postgresql
        else "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    )
    return GaugeMetricFamily("zhijian_database_bytes", "Size of the database", value=int(db.session.scalar(text(asked)) or 0))
