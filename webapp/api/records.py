"""Schemas of what belongs to a case: documents, people, referrals; and of employers and rules."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from webapp.api.schemas import EmployerSchema


class DocumentSchema(Schema):
    id = fields.Integer()
    kind = fields.String(metadata={"description": "code of the kind: D20"})
    number = fields.String(allow_none=True)
    state = fields.String(metadata={"description": "draft, final or void"})
    made_at = fields.AwareDateTime()
    finalised_at = fields.AwareDateTime(allow_none=True)
    sha256 = fields.String(allow_none=True, metadata={"description": "of what it says, at finalising"})
    replaces_id = fields.Integer(allow_none=True)
    voided_at = fields.AwareDateTime(allow_none=True)


class ServiceSchema(Schema):
    way = fields.String()
    served_on = fields.Date()
    effective_on = fields.Date(metadata={"description": "the day it counts as served"})
    is_refused = fields.Boolean()


class DocumentDetail(DocumentSchema):
    case_no = fields.String()
    values = fields.Dict(metadata={"description": "the fields of its form"})
    services = fields.List(fields.Nested(ServiceSchema))


class PersonSchema(Schema):
    """Masked: the name in full, the number and health data are read on the pages, where looking is recorded with its reason."""

    id = fields.Integer()
    kind = fields.String()
    name_mask = fields.String()
    id_number_mask = fields.String(allow_none=True)
    joined_at = fields.AwareDateTime()


class ReferralSchema(Schema):
    id = fields.Integer()
    kind = fields.String()
    state = fields.String()
    state_at = fields.AwareDateTime()
    receiver_role = fields.String()
    receipt_no = fields.String(allow_none=True)
    opened_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)


class ReferralItemSchema(Schema):
    kind = fields.String()
    document_id = fields.Integer(allow_none=True)
    evidence_id = fields.Integer(allow_none=True)
    is_paper = fields.Boolean()
    none_reason = fields.String(allow_none=True)


class ReferralStateSchema(Schema):
    state = fields.String()
    at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)


class ReferralMessageSchema(Schema):
    kind = fields.String()
    text = fields.String()
    is_ours = fields.Boolean()
    at = fields.AwareDateTime()


class ReferralDetail(ReferralSchema):
    items = fields.List(fields.Nested(ReferralItemSchema))
    states = fields.List(fields.Nested(ReferralStateSchema))
    messages = fields.List(fields.Nested(ReferralMessageSchema))
    open_task_ids = fields.List(fields.Integer(), metadata={"description": "answer by completing one of these tasks"})


class ReferralPage(Schema):
    items = fields.List(fields.Nested(ReferralSchema))
    next = fields.String(allow_none=True)


class EmployerDetail(EmployerSchema):
    town_id = fields.Integer()
    grid_id = fields.Integer()
    address = fields.String()
    industry = fields.String(metadata={"description": "GB/T 4754-2017"})
    hazards = fields.List(fields.String())
    workers = fields.Integer()
    exposed_workers = fields.Integer()
    is_key = fields.Boolean()
    status = fields.String()
    risk_level = fields.Integer(allow_none=True, metadata={"description": "1 lowest to 3 highest"})


class EmployerPage(Schema):
    items = fields.List(fields.Nested(EmployerDetail))
    total = fields.String()
    next = fields.String(allow_none=True)


class RecordSchema(Schema):
    id = fields.Integer()
    kind = fields.String()
    day = fields.Date(metadata={"description": "since when it is true"})
    values = fields.Dict()
    struck_at = fields.AwareDateTime(allow_none=True)
    struck_reason = fields.String(allow_none=True)


class RuleSchema(Schema):
    code = fields.String()
    zh = fields.String()
    en = fields.String()
    source = fields.String()
    verified = fields.String(metadata={"description": "yes, part or no: whether the source was seen"})
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    values = fields.Dict(metadata={"description": "what else the row says: value and unit, article and fine, limits"})


class CalendarDaySchema(Schema):
    day = fields.Date()
    is_working = fields.Boolean()
    name = fields.String()


class FoundGroup(Schema):
    kind = fields.String(metadata={"description": "case, employer, document, person or referral"})
    total = fields.String()
    items = fields.List(fields.Dict())


class NoticeSchema(Schema):
    id = fields.Integer(attribute="notice.id")
    kind = fields.String(attribute="notice.kind")
    text = fields.String(metadata={"description": "in the language of the request"})
    case_no = fields.String(attribute="notice.case_no", allow_none=True)
    task_id = fields.Integer(attribute="notice.task_id", allow_none=True)
    told_at = fields.AwareDateTime(attribute="notice.told_at")
    read_at = fields.AwareDateTime(attribute="notice.read_at", allow_none=True)


class NoticePage(Schema):
    items = fields.List(fields.Nested(NoticeSchema))
    next = fields.String(allow_none=True)


class SavedFilterSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    query = fields.String(metadata={"description": "as in the address of the inbox"})
    role = fields.String(allow_none=True, metadata={"description": "with scope, the candidate group that shares it"})
    scope = fields.String(allow_none=True)


def columns_of(row: Any, *, without: frozenset[str]) -> dict[str, Any]:
    """A row's other columns, as plain values of JSON."""
    found = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in without}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in found.items()}
