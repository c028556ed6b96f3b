"""Printed forms of documents: values become the blocks of ``printing.model``."""

from __future__ import annotations

from collections.abc import Callable

from webapp.documents.models import Document
from webapp.documents.papers.decisions import DECISIONS, compose_decision
from webapp.documents.papers.letters import LETTERS, compose_letter
from webapp.documents.papers.paper import Paper
from webapp.documents.papers.reading import read
from webapp.documents.papers.records import RECORDS, compose_record
from webapp.documents.papers.reports import SIGNERS, compose_receipt, compose_report
from webapp.printing import model

__all__ = ["compose", "composed"]

_FAMILIES: dict[str, Callable[[Paper], model.Document]] = {
    **dict.fromkeys(RECORDS, compose_record),
    **dict.fromkeys(LETTERS, compose_letter),
    **dict.fromkeys(DECISIONS, compose_decision),
    **dict.fromkeys(SIGNERS, compose_report),
    "D23": compose_receipt,
}


def compose(document: Document) -> model.Document:
    """The paper of a document as it stands: a draft says that it is one. Raises UnknownTimeLimit, UnknownAmount."""
    return composed(read(document))


def composed(paper: Paper) -> model.Document:
    return _FAMILIES[paper.kind.code](paper)
