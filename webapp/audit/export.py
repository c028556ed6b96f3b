"""What an auditor takes along: tables as CSV with a signed manifest of their digests, in one archive."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from webapp.accounts.models import PowerUse
from webapp.audit.history import stream_of
from webapp.audit.models import AuditSample
from webapp.cases.models import Case
from webapp.events import chain
from webapp.events.models import Event
from webapp.events.services import hmac_key
from webapp.events.verify import check_stream
from webapp.processes.people import names_of

Row = Sequence[Any]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MANIFEST = "manifest.json"


def case_archive(case: Case, powers: Iterable[PowerUse], *, by: str, at: datetime) -> bytes:
    """Every event of the case with its payload and hash, and the powers in use."""
    check = check_stream(stream_of(case))
    events = check.found
    people = names_of(event.actor_id for event in events)
    history = [_event_row(event, people) for event in events]
    used = [
        (use.on_day, use.kind, use.item, use.power.basis, use.power.document_no, use.power.valid_from, use.power.valid_to) for use in powers
    ]
    about = {"case_no": case.case_no, "stream": check.key, "events": check.events, "head": check.head, "problems": check.problems}
    tables: dict[str, tuple[Row, list[Row]]] = {
        "history.csv": (("number", "at", "actor_id", "actor", "event", "payload", "hash"), history),
        "powers.csv": (("decided_on", "kind", "item", "basis", "document_no", "valid_from", "valid_to"), list(used)),
    }
    return _archive(tables, {**about, "exported_by": by, "exported_at": chain.instant(at)})


def sample_archive(sample: AuditSample, cases: Mapping[str, Case], *, by: str, at: datetime) -> bytes:
    """The drawn cases in their order; the manifest says how to draw them again."""
    rows = [_case_row(one.place, one.case_no, cases.get(one.case_no)) for one in sample.cases]
    about = {
        "sample": sample.id, "criteria": sample.criteria, "seed": sample.seed, "size": sample.size, "population": sample.population,
        "population_sha256": sample.digest, "rule": "the cases with the smallest SHA-256 of 'seed:case_no', smallest first",
        "exported_by": by, "exported_at": chain.instant(at),
    }  # fmt: skip
    return _archive({"sample.csv": (("place", "case_no", "employer", "opened_at", "closed_at"), rows)}, about)


def _event_row(event: Event, people: Mapping[int, str]) -> Row:
    payload = orjson.dumps(event.payload, option=orjson.OPT_SORT_KEYS).decode()
    actor = people.get(event.actor_id, "") if event.actor_id is not None else ""
    return event.seq, chain.instant(event.occurred_at), event.actor_id, actor, event.name, payload, event.hash.hex()


def _case_row(place: int, case_no: str, case: Case | None) -> Row:
    if case is None:
        return place, case_no, None, None, None
    return place, case_no, case.employer.name, chain.instant(case.opened_at), chain.instant(case.closed_at) if case.closed_at else None


def _archive(tables: Mapping[str, tuple[Row, list[Row]]], about: Mapping[str, Any]) -> bytes:
    files = {name: _csv(head, rows) for name, (head, rows) in tables.items()}
    listed = [
        {"name": name, "rows": len(tables[name][1]), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    ]
    told = {**about, "files": listed}
    signature = chain.sign(hmac_key(), orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hex()
    manifest = orjson.dumps({**told, "signature": signature}, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in {**files, MANIFEST: manifest}.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return packed.getvalue()


def _csv(head: Row, rows: Iterable[Row]) -> bytes:
    """With a byte-order mark, so that spreadsheets read Chinese; no cell is taken for a formula."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(value: Any) -> str:
    shown = "" if value is None else str(value)
    return f"'{shown}" if shown.startswith(FORMULA) else shown
