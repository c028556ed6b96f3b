"""Are the stored files those that were sealed, and the final documents those that were made final?"""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.core.db import db
from webapp.documents import storage
from webapp.documents.models import DRAFT, Document, Evidence
from webapp.documents.services import digest_of_document


def problems() -> Iterator[str]:
    """One sentence for each file or document that is not what its row says; nothing if all is well."""
    for evidence in db.session.scalars(select(Evidence).order_by(Evidence.id)):
        found = storage.sha256_of(evidence.uuid)
        if found is None:
            yield _("The file of evidence %(id)s in case %(case)s is missing.", id=evidence.id, case=evidence.case_id)
        elif found != evidence.sha256:
            yield _("The file of evidence %(id)s in case %(case)s was changed.", id=evidence.id, case=evidence.case_id)
    for document in db.session.scalars(select(Document).where(Document.sha256.is_not(None), Document.state != DRAFT).order_by(Document.id)):
        if digest_of_document(document) != document.sha256:
            yield _("Document %(id)s in case %(case)s does not say what was made final.", id=document.id, case=document.case_id)
