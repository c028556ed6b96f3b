"""Names of documents and evidence, and their events as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.cases.wording import Names, tell
from webapp.core import clock
from webapp.core.i18n import gettext, pick
from webapp.documents.kinds import KINDS
from webapp.documents.models import DRAFT, FINAL, PDF, SCAN, SERVED, VOID, Document, Evidence

_KINDS_OF_EVIDENCE = {PDF: ("PDF", "PDF"), SCAN: ("扫描件", "Scan")}


def kind_texts(code: str) -> dict[str, str]:
    kind = KINDS.get(code)
    return {"zh": kind.zh, "en": kind.en} if kind else {"zh": code, "en": code}


def kind_name(code: str) -> str:
    """In the language of the request."""
    return pick(kind_texts(code))


def document_texts(document: Document) -> dict[str, str]:
    """Kind with number, or with the day where it has none."""
    day = clock.legal_day(document.finalised_at or document.made_at).isoformat()
    return {language: f"{name} {document.number or day}" for language, name in kind_texts(document.kind).items()}


def evidence_texts(evidence: Evidence) -> dict[str, str]:
    """What it is, when it was taken, how its sender calls it."""
    zh, en = _KINDS_OF_EVIDENCE.get(evidence.kind, ("照片", "Photo"))
    at = (evidence.taken_at or evidence.uploaded_at).astimezone(clock.LEGAL_ZONE).strftime("%Y-%m-%d %H:%M")
    return {"zh": f"{zh}{evidence.id} {at} {evidence.original_name}", "en": f"{en} {evidence.id} {at} {evidence.original_name}"}


def state_name(state: str) -> str:
    return {DRAFT: gettext("draft"), FINAL: gettext("final"), SERVED: gettext("served"), VOID: gettext("void")}[state]


def _finalised(payload: Mapping[str, Any], _: Names) -> str:
    name = kind_name(payload["kind"])
    if payload.get("number"):
        return gettext("made “%(name)s” final, number %(number)s.", name=name, number=payload["number"])
    return gettext("made “%(name)s” final.", name=name)


def _served(payload: Mapping[str, Any], _: Names) -> str:
    return gettext("recorded the service of a document; it counts from %(day)s.", day=payload["effective_on"])


tell("document.finalised", _finalised)
tell("document.served", _served)
tell("document.voided", lambda _, __: gettext("voided a document."))
tell("evidence.added", lambda _, __: gettext("added evidence."))
tell("evidence.withdrawn", lambda _, __: gettext("withdrew evidence."))
