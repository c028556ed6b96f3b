"""Documents, people and referrals of cases."""

from __future__ import annotations

from typing import Any

from flask_login import current_user
from flask_smorest import Blueprint
from werkzeug.wrappers import Response

from webapp.api.records import DocumentDetail, DocumentSchema, PersonSchema, ReferralDetail, ReferralPage, ReferralSchema
from webapp.api.schemas import PageQuery
from webapp.cases.people_queries import people_of_case
from webapp.cases.queries import find_case
from webapp.core.permissions import Permission, policy
from webapp.documents import queries as documents
from webapp.documents.sending import document_answer, original_answer
from webapp.referrals import queries as referrals

PDF = {"content_type": "application/pdf", "schema": {"type": "string", "format": "binary"}}
ANY_FILE = {"content_type": "application/octet-stream", "schema": {"type": "string", "format": "binary"}}

of_cases = Blueprint("api_case_files", __name__, url_prefix="/api/v1/cases", description="What belongs to a case")
papers = Blueprint("api_documents", __name__, url_prefix="/api/v1/documents", description="Documents")
sent = Blueprint("api_referrals", __name__, url_prefix="/api/v1/referrals", description="Referrals")


@of_cases.get("/<case_no>/documents")
@policy(Permission.READ_CASES)
@of_cases.response(200, DocumentSchema(many=True))
def case_documents(case_no: str) -> Any:
    return documents.documents_of_case(find_case(case_no, current_user).id)


@of_cases.get("/<case_no>/people")
@policy(Permission.READ_CASES)
@of_cases.response(200, PersonSchema(many=True))
def case_people(case_no: str) -> Any:
    """Those you may know of, masked."""
    return [row.person for row in people_of_case(find_case(case_no, current_user), current_user).rows]


@of_cases.get("/<case_no>/referrals")
@policy(Permission.READ_CASES)
@of_cases.response(200, ReferralSchema(many=True))
def case_referrals(case_no: str) -> Any:
    return referrals.referrals_of_case(find_case(case_no, current_user).id)


@of_cases.get("/<case_no>/evidence/<int:evidence_id>/file")
@policy(Permission.READ_CASES)
@of_cases.alt_response(200, **ANY_FILE, description="The untouched original")
def evidence_file(case_no: str, evidence_id: int) -> Response:
    case = find_case(case_no, current_user)
    return original_answer(documents.find_evidence(case, evidence_id), case_no=case.case_no)


@papers.get("/<int:document_id>")
@policy(Permission.READ_CASES)
@papers.response(200, DocumentDetail)
def show_document(document_id: int) -> dict[str, Any]:
    """A document with the ways it was served."""
    found = documents.find_document(document_id, current_user)
    columns = {column.key: getattr(found, column.key) for column in found.__table__.columns}
    return {**columns, "case_no": found.case.case_no, "services": documents.receipts_of(found)}


@papers.post("/<int:document_id>/print")
@policy(Permission.READ_CASES)
@papers.alt_response(200, **PDF, description="The document as printed")
def print_document(document_id: int) -> Response:
    return document_answer(document_id)


@sent.get("")
@policy(Permission.WORK)
@sent.arguments(PageQuery, location="query")
@sent.response(200, ReferralPage)
def list_referrals(wanted: dict[str, Any]) -> Any:
    """Those of your cases, or those sent to your department; newest first."""
    return referrals.list_referrals(current_user, after=wanted.get("after"), limit=wanted["limit"])


@sent.get("/<int:referral_id>")
@policy(Permission.WORK)
@sent.response(200, ReferralDetail)
def show_referral(referral_id: int) -> dict[str, Any]:
    """The package, the way and the thread."""
    found = referrals.find_referral(referral_id, current_user)
    columns = {column.key: getattr(found, column.key) for column in found.__table__.columns}
    return {
        **columns, "items": referrals.items_of(found), "states": referrals.states_of(found), "messages": referrals.messages_of(found),
        "open_task_ids": [task.id for task in referrals.open_tasks_of(found)],
    }  # fmt: skip
