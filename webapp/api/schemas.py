"""What goes over the wire. Field names are the API: change them only with a new version."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

LIMIT = validate.Range(min=1, max=100)
SHORT = validate.Length(max=80)


class ErrorDetail(Schema):
    code = fields.String(required=True, metadata={"description": "for programs"})
    message = fields.String(required=True, metadata={"description": "a sentence that says what to do, in the language of the request"})
    fields_ = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), data_key="fields", metadata={"description": "sentences by field"}
    )


class ErrorAnswer(Schema):
    error = fields.Nested(ErrorDetail, required=True)


class TokenRequest(Schema):
    username = fields.String(required=True, validate=validate.Length(max=64))
    password = fields.String(required=True, validate=validate.Length(max=256))
    otp = fields.String(validate=validate.Length(max=16), metadata={"description": "one-time code, where two-factor is on"})


class TokenAnswer(Schema):
    token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class SubjectSchema(Schema):
    employer_id = fields.Integer(strict=True, validate=validate.Range(min=1, max=2**31 - 1))


class StartRequest(Schema):
    values = fields.Dict(keys=fields.String(), load_default=dict)
    subject = fields.Nested(SubjectSchema, load_default=dict)


class CompleteRequest(Schema):
    values = fields.Dict(keys=fields.String(), load_default=dict)
    version = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0, max=2**31 - 1),
        metadata={"description": "the task version the form was opened with"},
    )


class DraftRequest(Schema):
    values = fields.Dict(keys=fields.String(validate=SHORT), required=True)


class TakeOverRequest(Schema):
    holder_id = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=2**31 - 1))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=200))


class ReturnRequest(Schema):
    element = fields.String(required=True, validate=SHORT, metadata={"description": "the earlier step, as the diagram names it"})
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**31 - 1))


class IdempotencyHeader(Schema):
    class Meta:
        unknown = EXCLUDE

    idempotency_key = fields.String(
        data_key="Idempotency-Key", validate=validate.Length(min=8, max=80), metadata={"description": "same key and body, same answer"}
    )


class PageQuery(Schema):
    limit = fields.Integer(load_default=25, validate=LIMIT)
    after = fields.String(validate=validate.Length(max=120), metadata={"description": "`next` of the page before"})


class TaskQuery(PageQuery):
    """The same filters as the inbox's address."""

    view = fields.String(load_default="mine", validate=validate.OneOf(["mine", "group", "done", "watched", "all"]))
    sort = fields.String(load_default="due", validate=validate.OneOf(["due", "risk"]))
    stage = fields.String(validate=SHORT)
    process = fields.String(validate=SHORT)
    town = fields.String(validate=SHORT)
    grid = fields.String(validate=SHORT)
    risk = fields.String(validate=SHORT, metadata={"description": '1 to 3, or "none"'})
    hazard = fields.String(validate=SHORT)
    industry = fields.String(validate=SHORT, metadata={"description": 'a section ("C") or a division ("C33")'})
    due = fields.String(validate=validate.OneOf(["overdue", "soon", "week", "none"]))
    assignee = fields.String(validate=SHORT, metadata={"description": 'a number, or "nobody"; in view "all"'})
    q = fields.String(validate=SHORT, metadata={"description": "employer, case number or code"})


class CaseQuery(PageQuery):
    """The same filters as the address of the list of cases."""

    q = fields.String(validate=SHORT)
    stage = fields.String(validate=SHORT)
    state = fields.String(validate=validate.OneOf(["open", "overdue", "closed"]))
    urgency = fields.String(validate=validate.OneOf(["A", "B", "C"]))
    town = fields.String(validate=SHORT)
    grid = fields.String(validate=SHORT)
    since = fields.String(validate=SHORT, metadata={"description": "first day of registration, 2026-03-04"})
    until = fields.String(validate=SHORT)
    sort = fields.String(validate=validate.OneOf(["newest", "oldest"]))


class CandidateGroup(Schema):
    role = fields.String()
    scope = fields.String()


class TaskSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    name_en = fields.String()
    process = fields.String(attribute="process_key")
    element = fields.String()
    instance_id = fields.Integer()
    state = fields.Function(lambda task: ("open", "completed", "withdrawn", "returned")[task.state])
    candidate_group = fields.Function(lambda task: {"role": task.role, "scope": task.scope})
    case_no = fields.String(allow_none=True)
    employer_id = fields.Integer(allow_none=True)
    employer_name = fields.String(allow_none=True)
    town_id = fields.Integer(allow_none=True)
    stage = fields.String()
    risk_level = fields.Integer(allow_none=True)
    assignee_id = fields.Integer(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    opened_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class TaskDetail(TaskSchema):
    form = fields.Dict(allow_none=True, metadata={"description": "form definition in both languages"})
    draft = fields.Dict(allow_none=True)


class TaskPage(Schema):
    items = fields.List(fields.Nested(TaskSchema))
    total = fields.String(metadata={"description": 'a number, or "999+"'})
    next = fields.String(allow_none=True)


class CompleteAnswer(Schema):
    task = fields.Nested(TaskSchema)
    opened = fields.List(fields.Nested(TaskSchema))


class InstanceSchema(Schema):
    id = fields.Integer()
    process = fields.String(attribute="process_key")
    outcome = fields.String()
    end_element = fields.String(allow_none=True)
    parent_id = fields.Integer(allow_none=True)
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class StartAnswer(Schema):
    instance = fields.Nested(InstanceSchema)
    case_no = fields.String(allow_none=True)
    opened = fields.List(fields.Nested(TaskSchema))


class EmployerSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    credit_code = fields.String()


class CaseSchema(Schema):
    case_no = fields.String()
    employer = fields.Nested(EmployerSchema)
    town_id = fields.Integer()
    grid_id = fields.Integer()
    stage = fields.String()
    urgency = fields.String(allow_none=True)
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    outcome = fields.String(allow_none=True)


class CaseDetail(CaseSchema):
    instances = fields.List(fields.Nested(InstanceSchema))
    parties = fields.List(fields.Dict())


class CasePage(Schema):
    items = fields.List(fields.Nested(CaseSchema))
    total = fields.String()
    next = fields.String(allow_none=True)


class EventSchema(Schema):
    at = fields.AwareDateTime()
    name = fields.String()
    actor_id = fields.Integer(allow_none=True)
    payload = fields.Dict()


class DeadlineSchema(Schema):
    code = fields.String()
    task_id = fields.Integer(allow_none=True)
    started_at = fields.AwareDateTime()
    target_at = fields.AwareDateTime(allow_none=True, metadata={"description": "what the office aims at, where it is not the legal date"})
    due_at = fields.AwareDateTime(metadata={"description": "the legal date: the last instant that is in time"})
    suspended_at = fields.AwareDateTime(allow_none=True, metadata={"description": "since when it stands still"})
    suspended_days = fields.Integer(metadata={"description": "added so far, as the limit counts"})
    extended_to = fields.AwareDateTime(allow_none=True)
    breached_at = fields.AwareDateTime(allow_none=True)
    is_provisional = fields.Boolean()
    ended_at = fields.AwareDateTime(allow_none=True)
    ending = fields.String(allow_none=True)
