"""Documents and files of evidence on their way to the person who asked for them: an entry point of pages."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from flask import send_file
from flask_babel import force_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.i18n import CHINESE
from webapp.documents import papers, storage
from webapp.documents.models import Document, Evidence
from webapp.documents.queries import find_document
from webapp.documents.uploads import EXTENSIONS
from webapp.documents.wording import kind_texts
from webapp.printing.services import print_document

SANDBOX = "sandbox; default-src 'none'"


def document_answer(document_id: int) -> Response:
    """Read, then print without a transaction: printing may take half a minute, and nothing shall wait for it."""
    return paper_answer(find_document(document_id, current_user))


def paper_answer(document: Document) -> Response:
    """The same for a document that the caller has found for its reader."""
    name = file_name(document)
    with force_locale(CHINESE):
        paper = papers.compose(document)
    db.session.rollback()
    printed = print_document(paper)
    return send_file(BytesIO(printed.pdf), mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0)


def original_answer(found: Evidence, *, case_no: str) -> Response:
    """The untouched file of evidence that the caller has found for its reader."""
    name = f"{case_no}-{found.id}.{EXTENSIONS[found.media_type]}"
    return file_answer(storage.original_path(found.uuid), found.media_type, name=name)


def file_answer(path: Path, media_type: str, *, name: str | None) -> Response:
    """``name``: what the browser saves it as; None for one that a page shows. Raises NotFound."""
    if not path.is_file():
        raise NotFound
    response = send_file(path, mimetype=media_type, as_attachment=name is not None, download_name=name, max_age=0, conditional=False)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def file_name(document: Document) -> str:
    return f"{kind_texts(document.kind)['zh']}-{document.number or document.id}.pdf"
