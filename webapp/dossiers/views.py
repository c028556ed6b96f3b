"""The button on the case page that prints the dossier."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from webapp.core.permissions import Permission, policy
from webapp.dossiers.sending import dossier_answer

blueprint = Blueprint("dossiers", __name__)


@blueprint.post("/cases/<case_no>/dossier")
@policy(Permission.READ_CASES)
def print_page(case_no: str) -> Response:
    return dossier_answer(case_no)
