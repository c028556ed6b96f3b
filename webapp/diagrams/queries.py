"""Read drafts and editions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from bpmn.engine.ports import Artifact
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.diagrams.models import ALIVE, Draft, DraftFile
from webapp.processes.models import ArtifactFile, Edition, ProcessInstance

KINDS = ("bpmn", "dmn", "form")
ENDINGS = {"bpmn": "bpmn", "dmn": "dmn", "form": "json"}


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of an edition beside that of another. ``before`` or ``after`` None: added or removed."""

    kind: str
    key: str
    before: str | None
    after: str | None


def list_editions() -> list[Edition]:
    """Newest first."""
    return list(db.session.scalars(select(Edition).order_by(Edition.id.desc())))


def find_edition(edition_id: int) -> Edition:
    """Raises NotFound."""
    edition = db.session.get(Edition, edition_id)
    if edition is None:
        raise NotFound
    return edition


def running_per_edition() -> dict[int, int]:
    """Edition id -> how many instances run by it."""
    query = (
        select(ProcessInstance.edition_id, func.count()).where(ProcessInstance.outcome == "running").group_by(ProcessInstance.edition_id)
    )
    return dict(db.session.execute(query).tuples().all())


def find_artifact(edition: Edition, kind: str, key: str) -> Artifact:
    """Raises NotFound."""
    digest = next((digest for known, name, digest in edition.manifest if (known, name) == (kind, key)), None)
    row = db.session.get(ArtifactFile, digest) if digest else None
    if row is None:
        raise NotFound
    return Artifact(kind, key, row.content, row.hash)


def changes_between(old: Edition, new: Edition) -> list[FileChange]:
    """Files that differ, in the order of the manifest."""
    before, after = _hashes(old), _hashes(new)
    names = sorted(before.keys() | after.keys())
    return [
        FileChange(kind, key, before.get((kind, key)), after.get((kind, key))) for kind, key in names if _differ(before, after, kind, key)
    ]


def draft_of_edition(edition: Edition) -> Draft | None:
    """The draft that became this edition, None for one deployed by command."""
    return db.session.scalars(select(Draft).where(Draft.edition_id == edition.id).order_by(Draft.id).limit(1)).first()


def list_drafts() -> list[Draft]:
    """Those still worked on, the last edited first."""
    return list(db.session.scalars(select(Draft).where(Draft.state.in_(ALIVE)).order_by(Draft.edited_at.desc(), Draft.id.desc())))


def find_draft(draft_id: int) -> Draft:
    """Raises NotFound."""
    draft = db.session.get(Draft, draft_id)
    if draft is None:
        raise NotFound
    return draft


def find_draft_file(draft: Draft, kind: str, key: str) -> DraftFile:
    """Raises NotFound."""
    file = draft.file(kind, key)
    if file is None:
        raise NotFound
    return file


def artifacts_of_draft(draft: Draft) -> list[Artifact]:
    return [as_artifact(file) for file in draft.files]


def as_artifact(file: DraftFile) -> Artifact:
    return Artifact(file.kind, file.key, file.content, file.hash)


def not_in_draft(draft: Draft, files: Iterable[Artifact]) -> list[Artifact]:
    return [file for file in files if draft.file(file.kind, file.key) is None]


def content_before(edition: Edition, kind: str, key: str) -> bytes | None:
    """The file in the edition that the draft is compared with; None if it is new there."""
    digest = next((digest for known, name, digest in edition.manifest if (known, name) == (kind, key)), None)
    return db.session.get_one(ArtifactFile, digest).content if digest else None


def changed_in_both(draft: Draft, active: Edition) -> list[str]:
    """Names of files that differ from the copy they began with in the draft and, differently, in the active edition."""
    now = _hashes(active)
    theirs = {file: now.get((file.kind, file.key)) for file in draft.files}
    return [file_name(file.kind, file.key) for file, digest in theirs.items() if digest not in (None, file.base_hash, file.hash)]


def changed_since_base(draft: Draft, active: Edition) -> list[str]:
    """Names of files in which the active edition differs from the one the draft stands on."""
    return [file_name(change.kind, change.key) for change in changes_between(draft.base, active)]


def file_name_of(file: DraftFile) -> str:
    return file_name(file.kind, file.key)


def file_name(kind: str, key: str) -> str:
    return f"{key}.{ENDINGS[kind]}"


def _hashes(edition: Edition) -> dict[tuple[str, str], str]:
    return {(kind, key): digest for kind, key, digest in edition.manifest}


def _differ(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str], kind: str, key: str) -> bool:
    return before.get((kind, key)) != after.get((kind, key))
