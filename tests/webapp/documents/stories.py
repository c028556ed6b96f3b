"""Evidence and documents as the tests need them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.webapp.documents import files
from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.documents import evidence, services
from webapp.documents.evidence import Circumstances
from webapp.documents.models import Document, Evidence
from webapp.documents.uploads import check_file


def added(case: Case, actor: User, data: bytes | None = None, *, name: str = "现场.jpg", at: datetime | None = None) -> Evidence:
    """A photograph in the case."""
    at = at or clock.now()
    file = check_file(data or files.photo(), name, now=at)
    with transaction():
        return evidence.add(db.session.get_one(Case, case.id), file, Circumstances(), actor=actor, at=at)


def draft(case: Case, kind: str = "D04", *, values: dict[str, Any] | None = None, at: datetime | None = None, **given: Any) -> Document:
    with transaction():
        return services.make(
            kind, case_id=case.id, form_key="acceptance", form_hash=None, values=values or {"reason": "属实"}, at=at or clock.now(),
            actor_id=given.pop("actor_id", None), **given,
        )  # fmt: skip


def final(case: Case, kind: str = "D04", *, at: datetime | None = None, **given: Any) -> Document:
    at = at or clock.now()
    document = draft(case, kind, at=at, **given)
    with transaction():
        services.finalise(document, actor_id=None, at=at)
    return document
