"""Read cases."""

from __future__ import annotations

from typing import Any

from flask_login import current_user
from flask_smorest import Blueprint
from werkzeug.wrappers import Response

from webapp.api.schemas import CaseDetail, CasePage, CaseQuery, DeadlineSchema, EventSchema, TaskSchema
from webapp.cases import queries
from webapp.cases.case_list import Filters, case_list
from webapp.core import clock
from webapp.core.permissions import Permission, policy
from webapp.deadlines.queries import deadlines_of_case
from webapp.dossiers.sending import dossier_answer
from webapp.processes.queries import instances_of_case, tasks_of_case

blueprint = Blueprint("api_cases", __name__, url_prefix="/api/v1/cases", description="Cases")


@blueprint.get("")
@policy(Permission.READ_CASES)
@blueprint.arguments(CaseQuery, location="query")
@blueprint.response(200, CasePage)
def list_cases(wanted: dict[str, Any]) -> dict[str, Any]:
    """Cases of your place, newest first unless you say otherwise."""
    page = case_list(current_user, Filters.of(wanted), after=wanted.get("after"), at=clock.now(), limit=wanted["limit"]).page
    return {"items": page.items, "total": page.total_text, "next": page.next}


@blueprint.get("/<case_no>")
@policy(Permission.READ_CASES)
@blueprint.response(200, CaseDetail)
def show_case(case_no: str) -> dict[str, Any]:
    """One case with its process instances and parties."""
    case = queries.find_case(case_no, current_user)
    parties = [{"kind": party.kind, "name": party.name, "joined_at": party.joined_at.isoformat()} for party in queries.parties_of(case)]
    columns = {column.key: getattr(case, column.key) for column in case.__table__.columns}
    return {**columns, "employer": case.employer, "instances": instances_of_case(case.id), "parties": parties}


@blueprint.get("/<case_no>/events")
@policy(Permission.READ_CASES)
@blueprint.response(200, EventSchema(many=True))
def case_events(case_no: str) -> Any:
    """What happened, newest first."""
    return queries.timeline(queries.find_case(case_no, current_user))


@blueprint.get("/<case_no>/deadlines")
@policy(Permission.READ_CASES)
@blueprint.response(200, DeadlineSchema(many=True))
def case_deadlines(case_no: str) -> Any:
    """Clocks of the case, running and ended."""
    return deadlines_of_case(queries.find_case(case_no, current_user).id)


@blueprint.get("/<case_no>/tasks")
@policy(Permission.READ_CASES)
@blueprint.response(200, TaskSchema(many=True))
def case_tasks(case_no: str) -> Any:
    """Every user task of the case in the order they were opened."""
    return tasks_of_case(queries.find_case(case_no, current_user).id)


@blueprint.post("/<case_no>/dossier")
@policy(Permission.READ_CASES)
@blueprint.alt_response(200, content_type="application/pdf", schema={"type": "string", "format": "binary"}, description="The dossier")
def print_dossier(case_no: str) -> Response:
    """The bound dossier as PDF. That it was printed is recorded."""
    return dossier_answer(case_no)
