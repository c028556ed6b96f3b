"""Read everything a paper says: the document, its case, what was served, the names of what it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bpmn.engine.forms import Field, Form, compile_form
from webapp.accounts.models import Jurisdiction, Organisation, Town
from webapp.accounts.queries import certificate_of
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.documents.kinds import KINDS
from webapp.documents.models import DRAFT, VOID, Document, ServiceReceipt
from webapp.documents.papers.limits import Limits, day_in_chinese
from webapp.documents.papers.paper import Line, Paper, Party, Served
from webapp.documents.queries import form_of, receipts_of
from webapp.processes.lookups import labels_of
from webapp.processes.models import ArtifactFile, FormSubmission

MARKS = {DRAFT: "草稿 未生效", VOID: "已作废"}
RECEIPT = "D23"
WITH_BACKGROUND = frozenset({"D27"})  # what it transfers was written in an earlier step of its process
WAYS = {
    "direct": "直接送达",
    "lien": "留置送达",
    "mail": "邮寄送达",
    "entrusted": "委托送达",
    "electronic": "电子送达",
    "announcement": "公告送达",
}


def read(document: Document) -> Paper:
    """Raises KeyError for a kind that does not exist."""
    case, kind = document.case, KINDS[document.kind]
    day = legal_day(document.finalised_at or document.made_at)
    limits = Limits(day, case.jurisdiction_id)
    employer = case.employer
    return Paper(
        kind=kind,
        number=document.number or "",
        mark=MARKS.get(document.state, ""),
        day=day,
        agency=_agency(document),
        case_no=case.case_no,
        party=Party(employer.name, employer.credit_code, employer.address, employer.legal_rep or ""),
        lines=list(_lines(form_of(document), document.values, limits)),
        values=document.values,
        limits=limits,
        background=_background(document, limits) if document.kind in WITH_BACKGROUND else (),
        served=_served(document),
        is_demo=case.is_demo,
    )


def _agency(document: Document) -> str:
    """The town, the health authority as registered, or its area's."""
    if document.issuer.startswith("t"):
        return db.session.get_one(Town, int(document.issuer[1:])).name_zh
    if document.agency_id is not None:
        return db.session.get_one(Organisation, document.agency_id).name_zh
    return f"{db.session.get_one(Jurisdiction, document.case.jurisdiction_id).name_zh}卫生健康委员会"


def _lines(form: Form | None, values: Mapping[str, Any], limits: Limits) -> Iterator[Line]:
    """Given answers in the order of the form; without a form, under their own names."""
    if form is None:
        yield from (Line(key, key, str(value)) for key, value in values.items())
        return
    for field in form.answerable:
        value = values.get(field.key)
        if value not in (None, "", []):
            yield Line(field.key, field.label["zh"], _text(field, value, limits), field.type == "textarea")


def _text(field: Field, value: Any, limits: Limits) -> str:
    listed = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    if field.of == "violations":
        return "；".join(limits.clause(code) for code in listed)
    if field.of is not None:
        names = labels_of(field.of, listed)
        return "、".join(names[one]["zh"] + (_certificate(one, limits.on) if field.of == "officers" else "") for one in listed)
    if field.type in ("date", "datetime"):
        return _when(str(value))
    return field.text_of(value, "zh")


def _certificate(user_id: str, on: date) -> str:
    """（执法证号 …）, of an officer who held one on the day."""
    held = certificate_of(int(user_id), on) if user_id.isdecimal() else None
    return f"（执法证号{held.number}）" if held else ""


def _when(text: str) -> str:
    """2026-11-24 is 2026年11月24日; what is no day (in a draft) stays as it is."""
    try:
        day = day_in_chinese(date.fromisoformat(text[:10]))
        return day if len(text) <= 10 else f"{day}{datetime.fromisoformat(text):%H时%M分}"
    except ValueError:
        return text


def _background(document: Document, limits: Limits) -> list[Line]:
    """What was said in the document's process before it; of several answers to one question the last."""
    until = document.finalised_at or document.made_at
    query = (
        select(FormSubmission.values, ArtifactFile.content)
        .join(ArtifactFile, ArtifactFile.hash == FormSubmission.form_hash)
        .where(FormSubmission.instance_id == document.instance_id, FormSubmission.submitted_at <= until)
        .order_by(FormSubmission.id)
    )
    said = (_lines(compile_form(content), values, limits) for values, content in db.session.execute(query).tuples())
    return list({line.key: line for lines in said for line in lines}.values())


def _served(document: Document) -> list[Served]:
    """How it was served; for a receipt, what was served with it."""
    if document.kind != RECEIPT:
        return [_one_served(receipt, document) for receipt in receipts_of(document)]
    query = select(ServiceReceipt).where(ServiceReceipt.task_id == document.task_id).options(joinedload(ServiceReceipt.document))
    receipts: Iterable[ServiceReceipt] = db.session.scalars(query.order_by(ServiceReceipt.id)) if document.task_id else ()
    return [_one_served(receipt, receipt.document) for receipt in receipts]


def _one_served(receipt: ServiceReceipt, document: Document) -> Served:
    name = f"{KINDS[document.kind].zh} {document.number or ''}".strip()
    counts = "" if receipt.effective_on == receipt.served_on else f"（{day_in_chinese(receipt.effective_on)}视为送达）"
    on = f"{day_in_chinese(receipt.served_on)}{counts}"
    told = [
        f"{label}：{text}"
        for label, text in (
            ("见证人", receipt.witness),
            ("邮件号码", receipt.tracking_no),
            ("受委托机关", receipt.entrusted_to),
            ("委托函", receipt.letter_no),
            ("地址", receipt.address),
            ("原因", receipt.reason),
            ("备注", receipt.note),
        )
        if text
    ]
    return Served(name, WAYS.get(receipt.way, receipt.way), receipt.receiver, on, "；".join(told))
