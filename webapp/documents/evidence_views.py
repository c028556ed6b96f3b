"""Evidence on its way in and out."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from webapp.accounts.web import safe_target, takes_files, writes_late
from webapp.cases.queries import find_case
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, NotFound
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext, ngettext
from webapp.core.permissions import Permission, policy
from webapp.documents import evidence, queries, storage
from webapp.documents.document_page import evidence_panel
from webapp.documents.errors import FileRefused
from webapp.documents.models import Evidence
from webapp.documents.receiving import case_to_add, circumstances, read_file, sent_files, task_named
from webapp.documents.sending import file_answer, original_answer
from webapp.documents.uploads import Checked

blueprint = Blueprint("evidence", __name__)


@blueprint.post("/cases/<case_no>/evidence")
@policy(Permission.WORK)
@takes_files
@writes_late
def add(case_no: str) -> Response:
    back = safe_target(request.form.get("next")) if request.form.get("next") else url_for("cases.tabs.evidence", case_no=case_no)
    case_to_add(case_no)
    try:
        files = [_checked(file) for file in sent_files()]
        return post_once(f"evidence:{case_no}", lambda: _add_all(case_no, files, back))
    except DomainError as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(f"{back}#evidence", 303)


@blueprint.get("/cases/<case_no>/evidence/<int:evidence_id>")
@policy(Permission.READ_CASES)
def original(case_no: str, evidence_id: int) -> Response:
    """The untouched file, never shown by the browser itself."""
    return original_answer(queries.find_evidence(find_case(case_no, current_user), evidence_id), case_no=case_no)


@blueprint.get("/cases/<case_no>/evidence/<int:evidence_id>/preview")
@policy(Permission.READ_CASES)
def preview(case_no: str, evidence_id: int) -> Response:
    found = queries.find_evidence(find_case(case_no, current_user), evidence_id)
    if not found.has_preview:
        raise NotFound
    return file_answer(storage.preview_path(found.uuid), "image/jpeg", name=None)


@blueprint.post("/cases/<case_no>/evidence/<int:evidence_id>/withdraw")
@policy(Permission.WORK)
def withdraw(case_no: str, evidence_id: int) -> Response:
    found = queries.find_evidence(find_case(case_no, current_user), evidence_id)
    back = url_for("cases.tabs.evidence", case_no=case_no, _anchor="evidence")
    try:
        return post_once(f"withdraw:{evidence_id}", lambda: _withdraw(found, back))
    except DomainError as error:
        flash(error.message, "error")
        return redirect(back, 303)


@blueprint.app_context_processor
def panels() -> dict[str, object]:
    return {"evidence_panel": lambda case: evidence_panel(case, current_user)}


def _add_all(case_no: str, files: Sequence[Checked], back: str) -> Done:
    case, at = case_to_add(case_no), clock.now()
    for file in files:
        evidence.add(case, file, circumstances(), actor=current_user, at=at, task_id=task_named(case))
    return Done(f"{back}#evidence", ngettext("%(num)s file was added.", "%(num)s files were added.", len(files)))


def _withdraw(found: Evidence, back: str) -> Done:
    evidence.withdraw(found, reason=request.form.get("reason", ""), actor=current_user, at=clock.now())
    return Done(back, gettext("The evidence was withdrawn. It stays in the file with your reason."))


def _checked(file: FileStorage) -> Checked:
    """Of several files the refused one is named."""
    try:
        return read_file(file)
    except DomainError as error:
        raise FileRefused(name=(file.filename or "")[-80:], reason=error.message) from error
