"""The papers of the case inside its dossier: documents 文书 as they are printed one by one, how they were served, the list of evidence."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.core import clock
from webapp.core.i18n import gettext
from webapp.documents import queries
from webapp.documents.models import Document, Evidence, ServiceReceipt
from webapp.documents.papers import compose
from webapp.documents.serving import way_names
from webapp.documents.wording import document_texts
from webapp.printing.model import Block, Chapter, Table

DIGEST_SHOWN = 16  # characters: enough to find the file, the record holds all of them


def papers_of(case_id: int) -> Iterator[Block]:
    """Every document in force, in the order they were made, each with its own chapter; then services and evidence."""
    for document in queries.documents_of_case(case_id):
        if document.is_in_force:
            yield from _paper(document)
    receipts = queries.receipts_of_case(case_id)
    if receipts:
        yield Chapter(gettext("Service of the documents"))
        yield _services(receipts)
    evidence = queries.evidence_of_case(case_id)
    if evidence:
        yield Chapter(gettext("List of evidence"))
        yield _evidence(evidence)


def _paper(document: Document) -> Iterator[Block]:
    """What it prints by itself; its first block is its chapter."""
    yield from compose(document).blocks


def _services(receipts: list[ServiceReceipt]) -> Table:
    ways = way_names()
    rows = [
        (
            document_texts(one.document)["zh"],
            ways.get(one.way, one.way),
            one.receiver,
            one.served_on.isoformat(),
            one.effective_on.isoformat(),
        )
        for one in receipts
    ]
    head = (gettext("Document"), gettext("Way of service"), gettext("Who received it"), gettext("Handed over on"), gettext("Served as of"))
    return Table(head, rows, (0.34, 0.16, 0.2, 0.15, 0.15))


def _evidence(evidence: list[Evidence]) -> Table:
    rows = [(str(number), _name(one), _moment(one), one.sha256[:DIGEST_SHOWN]) for number, one in enumerate(evidence, start=1)]
    head = (gettext("No."), gettext("File"), gettext("Taken or added"), gettext("SHA-256 begins with"))
    return Table(head, rows, (0.08, 0.46, 0.22, 0.24))


def _name(evidence: Evidence) -> str:
    return gettext("%(name)s (withdrawn)", name=evidence.original_name) if evidence.is_withdrawn else evidence.original_name


def _moment(evidence: Evidence) -> str:
    return (evidence.taken_at or evidence.uploaded_at).astimezone(clock.LEGAL_ZONE).strftime("%Y-%m-%d %H:%M")
