"""What the steps of a process do to documents, inside their transaction; what forms may choose from.

Properties of an element: ``document``: kinds made from its form, "D04" or, depending on an answer, "D20?decision=penalise|warn";
``serves``: kinds whose latest document the form ``service`` served.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from webapp.cases.models import Case
from webapp.core.db import db
from webapp.core.i18n import gettext, pick
from webapp.documents.errors import NothingToServe
from webapp.documents.filling import form_of_step, named_in
from webapp.documents.kinds import KINDS
from webapp.documents.making import Making, make_final
from webapp.documents.models import FINAL, Document
from webapp.documents.queries import documents_of_case, evidence_by_ids, evidence_of_case, latest
from webapp.documents.serving import Service, serve
from webapp.documents.wording import document_texts, evidence_texts
from webapp.processes import handlers, lookups
from webapp.processes.handlers import Begun, Completing
from webapp.processes.subjects import Subject

MAX_DIGITS = 19
WITHDRAWN = {"zh": "已撤回，不能选用", "en": "withdrawn, cannot be used"}


def make_documents(step: Completing) -> None:
    """A completed task makes its documents, final in the same step."""
    if step.instance.case_id is None or not step.task.form_key:
        return
    made = [
        _making(kind, step, form_key=step.task.form_key, actor_id=step.actor.id, task_id=step.task.id, role=step.task.role)
        for kind in kinds_made(step.properties.get("document", ""), step.values)
    ]
    if made:
        make_final(made, at=step.at)


def make_first_documents(starts: Sequence[Begun]) -> None:
    """So do start forms, many at once."""
    made = [
        _making(kind, start, form_key=start.form_key, actor_id=start.actor_id, task_id=None, role=None)
        for start in starts
        if start.instance.case_id is not None and start.form_key
        for kind in kinds_made(start.properties.get("document", ""), start.values)
    ]
    if made:
        make_final(made, at=starts[0].at)


def record_service(step: Completing) -> None:
    """A completed task with ``serves`` records one receipt per kind. Raises NothingToServe, ServiceRefused."""
    kinds = step.properties.get("serves", "").split()
    if step.instance.case_id is None or not kinds or not step.values.get("way"):
        return
    service = service_of(step.values)
    for document in _to_serve(step.instance.case_id, kinds, chosen=step.values.get("document")):
        serve(document, service, actor_id=step.actor.id, at=step.at, task_id=step.task.id)


def kinds_made(text: str, values: Mapping[str, Any]) -> Iterator[str]:
    """The kinds of a property ``document``, in an order in which two steps never wait for each other's numbers."""
    for part in sorted(text.split()):
        code, _, condition = part.partition("?")
        field, _, wanted = condition.partition("=")
        if not condition or str(values.get(field)) in wanted.split("|"):
            yield code


def service_of(values: Mapping[str, Any]) -> Service:
    """From the answers of the form ``service``."""
    evidence = [one for key in ("confirmation", "photo", "slip") for one in _listed(values.get(key))]
    return Service(
        way=str(values["way"]), receiver=str(values.get("receiver") or ""), served_on=_day(values["served_on"]),
        receiver_role=values.get("receiver_role"), witness=values.get("witness"), tracking_no=values.get("tracking_no"),
        entrusted_to=values.get("entrusted_to"), letter_no=values.get("entrusted_letter"),
        address=values.get("electronic_address") or values.get("announced_in"),
        reason=values.get("earlier_failed") or values.get("refusal"), note=values.get("note"),
        evidence_ids=tuple(dict.fromkeys(int(one) for one in evidence)),
    )  # fmt: skip


def evidence_choices(subject: Subject, _: datetime) -> Sequence[lookups.Choice]:
    rows = evidence_of_case(subject.case_id) if subject.case_id else []
    return [lookups.Choice(str(row.id), evidence_texts(row), WITHDRAWN if row.is_withdrawn else None) for row in rows]


def evidence_labels(values: Sequence[str]) -> Mapping[str, lookups.Texts]:
    return {str(row.id): evidence_texts(row) for row in evidence_by_ids(_ids(values))}


def document_choices(subject: Subject, _: datetime) -> Sequence[lookups.Choice]:
    rows = documents_of_case(subject.case_id) if subject.case_id else []
    return [lookups.Choice(str(row.id), document_texts(row)) for row in rows if row.is_in_force]


def document_labels(values: Sequence[str]) -> Mapping[str, lookups.Texts]:
    found = (db.session.get(Document, one) for one in _ids(values))
    return {str(row.id): document_texts(row) for row in found if row is not None}


def _making(
    kind: str, said: Completing | Begun, *, form_key: str, actor_id: int | None, task_id: int | None, role: str | None
) -> Making:  # fmt: skip
    case = db.session.get_one(Case, said.instance.case_id)
    named = named_in(form_of_step(said.instance, form_key), said.values)
    return Making(kind, case, said.instance.id, task_id, form_key, said.form_hash, said.values, named, actor_id, role)


def _to_serve(case_id: int, kinds: Sequence[str], *, chosen: Any) -> list[Document]:
    """The one the form chose, else the latest of each kind that still waits for its service."""
    if chosen:
        document = db.session.get(Document, int(chosen))
        found = [document] if document is not None and document.case_id == case_id else []
    else:
        newest = (latest(case_id, kind) for kind in kinds)
        found = [document for document in newest if document is not None and document.state == FINAL]
    if not found:
        raise NothingToServe(kind=gettext(", ").join(_kind_name(kind) for kind in kinds))
    return found


def _kind_name(kind: str) -> str:
    return pick({"zh": KINDS[kind].zh, "en": KINDS[kind].en}) if kind in KINDS else kind


def _ids(values: Sequence[str]) -> list[int]:
    """Of stored values, whatever somebody wrote into a draft."""
    return [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < MAX_DIGITS]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


handlers.names.update(document=lambda: KINDS, serves=lambda: KINDS)
handlers.on_begun.append(make_first_documents)
handlers.on_completed += [make_documents, record_service]
lookups.sources["evidence"] = lookups.Source(evidence_choices, evidence_labels)
lookups.sources["documents"] = lookups.Source(document_choices, document_labels)
