"""Print the dossier of a case and record that it was printed. Callers hold the transaction."""

from __future__ import annotations

import hashlib
from datetime import datetime

from flask_babel import force_locale

from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.core.i18n import CHINESE
from webapp.dossiers.contents import dossier_of
from webapp.events.services import record
from webapp.printing.model import Document, Printed


def compose_dossier(case: Case, *, reader: User, at: datetime) -> Document:
    """The record of the case as a document, in Chinese whatever the reader speaks."""
    with force_locale(CHINESE):
        return dossier_of(case, reader=reader, at=at).document


def record_printed(case: Case, printed: Printed, *, actor: User, at: datetime) -> None:
    """Who took which state of the record out of the house."""
    digest = hashlib.sha256(printed.pdf).hexdigest()
    record(f"case:{case.id}", "dossier.printed", actor_id=actor.id, at=at, pages=printed.pages, sha256=digest)


def file_name(case: Case) -> str:
    return f"案卷-{case.case_no}.pdf"
