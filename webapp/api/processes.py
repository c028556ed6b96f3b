"""Start process instances."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_login import current_user
from flask_smorest import Blueprint

from webapp.api.idempotent import answer_once
from webapp.api.schemas import IdempotencyHeader, StartAnswer, StartRequest
from webapp.cases import services
from webapp.core import clock
from webapp.core.i18n import locale_tag
from webapp.core.permissions import signed_in

blueprint = Blueprint("api_processes", __name__, url_prefix="/api/v1/processes", description="Process definitions and instances")


@blueprint.post("/<key>/instances")
@signed_in
@blueprint.arguments(IdempotencyHeader, location="headers")
@blueprint.arguments(StartRequest)
@blueprint.alt_response(201, schema=StartAnswer)
def start(_: dict[str, Any], wanted: dict[str, Any], key: str) -> Response:
    """Start a process. One whose subject is a case needs ``subject.employer_id`` and opens a case."""

    def work() -> Any:
        started = services.start_process(
            key,
            values=wanted["values"],
            employer_id=wanted["subject"].get("employer_id"),
            actor=current_user,
            at=clock.now(),
            locale=locale_tag(),
        )
        case_no = started.case.case_no if started.case else None
        return StartAnswer().dump({"instance": started.instance, "case_no": case_no, "opened": started.opened})

    return answer_once(work, status=201)
