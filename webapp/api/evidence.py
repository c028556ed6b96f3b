"""Evidence of a case: files in, list out."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_login import current_user
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from webapp.accounts.web import takes_files, writes_late
from webapp.api.idempotent import answer_once
from webapp.api.schemas import IdempotencyHeader
from webapp.cases.queries import find_case
from webapp.core import clock
from webapp.core.permissions import Permission, policy
from webapp.documents import evidence, queries
from webapp.documents.receiving import case_to_add, circumstances, read_file, sent_files, task_named
from webapp.documents.uploads import Checked

blueprint = Blueprint("api_evidence", __name__, url_prefix="/api/v1/cases", description="Evidence of a case")


class EvidenceSchema(Schema):
    id = fields.Integer()
    kind = fields.String(metadata={"description": "photo, scan or pdf"})
    original_name = fields.String()
    media_type = fields.String(metadata={"description": "by content"})
    size = fields.Integer()
    sha256 = fields.String(metadata={"description": "of the untouched original"})
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    taken_at = fields.AwareDateTime(allow_none=True)
    place = fields.String(allow_none=True)
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    note = fields.String(allow_none=True)
    task_id = fields.Integer(allow_none=True)
    uploaded_by_id = fields.Integer(allow_none=True)
    uploaded_at = fields.AwareDateTime()
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    withdrawn_reason = fields.String(allow_none=True)


PARTS = {
    "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
    "place": {"type": "string", "maxLength": 200},
    "taken_at": {"type": "string", "description": "local time, 2026-03-04T09:41; what the camera noted wins"},
    "latitude": {"type": "number"},
    "longitude": {"type": "number"},
    "note": {"type": "string", "maxLength": 400},
    "scan": {"type": "string", "description": "any text: the picture shows a paper"},
    "size": {"type": "integer", "description": "bytes the sender has, to notice a cut"},
    "task_id": {"type": "integer"},
}
MULTIPART = {
    "content": {"multipart/form-data": {"schema": {"type": "object", "required": ["files"], "properties": PARTS}}},
    "required": True,
}


@blueprint.get("/<case_no>/evidence")
@policy(Permission.READ_CASES)
@blueprint.response(200, EvidenceSchema(many=True))
def list_evidence(case_no: str) -> Any:
    """In the order it came, withdrawn too."""
    return queries.evidence_of_case(find_case(case_no, current_user).id)


@blueprint.post("/<case_no>/evidence")
@policy(Permission.WORK)
@takes_files
@writes_late
@blueprint.doc(requestBody=MULTIPART)
@blueprint.arguments(IdempotencyHeader, location="headers")
@blueprint.alt_response(201, schema=EvidenceSchema(many=True), description="What was stored")
def add_evidence(_: dict[str, Any], case_no: str) -> Response:
    """Add files: all of them or none."""
    case_to_add(case_no)
    files = [read_file(file) for file in sent_files()]
    body = "".join(file.sha256 for file in files).encode()
    return answer_once(lambda: _add_all(case_no, files), status=201, body=body)


def _add_all(case_no: str, files: list[Checked]) -> Any:
    case, at = case_to_add(case_no), clock.now()
    told, task_id = circumstances(), task_named(case)
    rows = [evidence.add(case, file, told, actor=current_user, at=at, task_id=task_id) for file in files]
    return EvidenceSchema(many=True).dump(rows)
