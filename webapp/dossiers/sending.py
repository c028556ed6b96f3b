"""A dossier on its way to the person who asked for it: an entry point of pages and API."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.cases import queries
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.dossiers import services
from webapp.printing.services import print_document


def dossier_answer(case_no: str) -> Response:
    """Read, print without a transaction, then record: printing may take half a minute, and nothing shall wait for it."""
    at = clock.now()
    document = services.compose_dossier(queries.find_case(case_no, current_user), reader=current_user, at=at)
    db.session.rollback()
    printed = print_document(document)
    with transaction():
        case = queries.find_case(case_no, current_user)
        services.record_printed(case, printed, actor=current_user, at=at)
    name = services.file_name(case)
    return send_file(BytesIO(printed.pdf), mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0)
