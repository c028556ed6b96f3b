"""The verbs of drafts. Callers hold the transaction; what is slow, the check, they do before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from bpmn.engine.ports import Artifact, Problem
from webapp.accounts.models import User
from webapp.core.db import db
from webapp.diagrams import blanks
from webapp.diagrams.errors import (
    BaseMoved,
    FileThere,
    HasErrors,
    NotChecked,
    NothingChanged,
    NotOpen,
    NotSubmitted,
    OwnDraft,
    SameFileChanged,
    SavedMeanwhile,
    UnknownFile,
)
from webapp.diagrams.models import DISCARDED, OPEN, PUBLISHED, SUBMITTED, Draft, DraftFile, Found
from webapp.diagrams.queries import artifacts_of_draft, changed_in_both, changed_since_base
from webapp.events.services import record
from webapp.processes import editions
from webapp.processes.models import ArtifactFile, Edition
from webapp.processes.queries import person_name, when_text


def open_draft(title: str, *, actor: User, at: datetime) -> Draft:
    """An empty draft over the active edition. Raises NoEdition."""
    draft = Draft(
        title=title, base_edition_id=editions.active_edition().id, state=OPEN, problems=[], editor_ids=[], created_by_id=actor.id,
        created_at=at, edited_at=at, files=[],
    )  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    return draft


def add_copy(draft: Draft, kind: str, key: str, *, actor: User, at: datetime) -> DraftFile:
    """Begin with the active edition's file; one that is in the draft already stays as it is. Raises NotOpen, UnknownFile."""
    _lock_open(draft)
    there = draft.file(kind, key)
    if there is not None:
        return there
    digest = active_hashes().get((kind, key))
    if digest is None:
        raise UnknownFile
    content = db.session.get_one(ArtifactFile, digest).content
    return _put(draft, Artifact(kind, key, content, digest), base_hash=digest, actor=actor, at=at)


def add_blank(draft: Draft, kind: str, key: str, *, name_zh: str, name_en: str, actor: User, at: datetime) -> DraftFile:
    """Begin a new file: a start, one task and an end; a table of one row; a form of one question. Raises NotOpen, FileThere."""
    _lock_open(draft)
    if draft.file(kind, key) or (kind, key) in active_hashes():
        raise FileThere(key=key)
    content = blanks.content(kind, key, name_zh=name_zh, name_en=name_en)
    return _put(draft, artifact(kind, key, content), base_hash=None, actor=actor, at=at)


def put(draft: Draft, upload: Artifact, *, actor: User, at: datetime) -> DraftFile:
    """Add or replace a file by an uploaded one. Raises NotOpen."""
    _lock_open(draft)
    there = draft.file(upload.kind, upload.key)
    if there is None:
        return _put(draft, upload, base_hash=active_hashes().get((upload.kind, upload.key)), actor=actor, at=at)
    _replace(there, upload, actor=actor, at=at)
    return there


def save(draft: Draft, kind: str, key: str, *, content: bytes, version: int, actor: User, at: datetime) -> DraftFile:
    """Replace a file that was opened as ``version``. Raises NotOpen, UnknownFile, SavedMeanwhile."""
    _lock_open(draft)
    file = draft.file(kind, key)
    if file is None:
        raise UnknownFile
    if file.version != version:
        raise SavedMeanwhile(by=person_name(file.edited_by_id), at=when_text(file.edited_at))
    _replace(file, artifact(kind, key, content), actor=actor, at=at)
    return file


def keep(draft: Draft, kind: str, key: str, *, actor: User, at: datetime) -> None:
    """Keep the draft's version of a file that the active edition changed too. Raises NotOpen, UnknownFile."""
    _lock_open(draft)
    file = draft.file(kind, key)
    if file is None:
        raise UnknownFile
    file.base_hash = active_hashes().get((kind, key))
    _note_edit(draft, actor=actor, at=at)


def remove(draft: Draft, kind: str, key: str, *, actor: User, at: datetime) -> None:
    """Take a file out of the draft; the edition keeps its own. Raises NotOpen."""
    _lock_open(draft)
    file = draft.file(kind, key)
    if file is not None:
        draft.files.remove(file)
        _note_edit(draft, actor=actor, at=at)


def store_check(draft: Draft, problems: Sequence[Problem], *, digest: str) -> bool:
    """Keep what a check found, unless the draft or the active edition changed meanwhile. Returns whether it was kept.

    A draft whose files nobody else changed moves on to the active edition.
    """
    _lock(draft)
    if not draft.is_alive or digest != digest_of(draft):
        return False
    draft.checked_digest = digest
    draft.problems = found_in(problems)
    active = editions.active_edition()
    if not changed_in_both(draft, active):
        draft.base_edition_id = active.id
    return True


def submit(draft: Draft, *, actor: User, at: datetime) -> None:
    """Ask a second person to publish. Raises NotOpen, NothingChanged, SameFileChanged, NotChecked, HasErrors."""
    _lock_open(draft)
    if not any(file.is_changed for file in draft.files):
        raise NothingChanged
    _refuse_unsound(draft, editions.active_edition())
    draft.state, draft.submitted_by_id, draft.submitted_at, draft.remark = SUBMITTED, actor.id, at, None
    record(f"draft:{draft.id}", "draft.checked_in", actor_id=actor.id, at=at, draft_id=draft.id, digest=draft.checked_digest)


def send_back(draft: Draft, *, remark: str, actor: User, at: datetime) -> None:
    """Open a submitted draft again: the second person asks for changes, or an editor takes it back. Raises NotSubmitted."""
    _lock_submitted(draft)
    draft.state, draft.submitted_by_id, draft.submitted_at, draft.remark = OPEN, None, None, remark or None
    record(f"draft:{draft.id}", "draft.returned", actor_id=actor.id, at=at, draft_id=draft.id)


def discard(draft: Draft, *, actor: User, at: datetime) -> None:
    """Give the draft up; it stays readable. Raises NotOpen."""
    _lock_open(draft)
    draft.state, draft.ended_by_id, draft.ended_at = DISCARDED, actor.id, at
    record(f"draft:{draft.id}", "draft.discarded", actor_id=actor.id, at=at, draft_id=draft.id)


def publish(draft: Draft, *, note: str, actor: User, at: datetime) -> Edition:
    """Publish a submitted draft as an edition; activating it is a step of its own.

    Raises NotSubmitted, OwnDraft, SameFileChanged, BaseMoved, NotChecked, HasErrors, EditionRefused.
    """
    editions.lock_editions()
    _lock_submitted(draft)
    if not draft.may_be_published_by(actor.id):
        raise OwnDraft
    active = editions.active_edition()
    _refuse_unsound(draft, active)
    edition = editions.publish(artifacts_of_draft(draft), note=note or draft.title, actor_id=actor.id, at=at, checked=draft.checked_digest)
    draft.state, draft.ended_by_id, draft.ended_at, draft.edition_id = PUBLISHED, actor.id, at, edition.id
    return edition


def digest_of(draft: Draft) -> str:
    """What the edition would be called that the draft makes now."""
    return editions.digest_of(editions.laid_over(artifacts_of_draft(draft)))


def active_hashes() -> dict[tuple[str, str], str]:
    """(kind, key) -> hash of the active edition's files."""
    return {(kind, key): digest for kind, key, digest in editions.active_edition().manifest}


def artifact(kind: str, key: str, content: bytes) -> Artifact:
    return Artifact(kind, key, content, hashlib.sha256(content).hexdigest())


def found_in(problems: Sequence[Problem]) -> list[Found]:
    """Problems as they are kept with a draft, in both languages."""
    return [
        {"severity": one.severity, "file": one.file, "element": one.element, "rule": one.code, "zh": one.zh, "en": one.en}
        for one in problems
    ]  # fmt: skip


def _refuse_unsound(draft: Draft, active: Edition) -> None:
    both, moved = changed_in_both(draft, active), changed_since_base(draft, active)
    by, at = person_name(active.published_by_id) or "zhijian", when_text(active.activated_at)
    if both:
        raise SameFileChanged(edition=active.id, by=by, at=at, files=", ".join(both))
    if draft.base_edition_id != active.id:
        raise BaseMoved(edition=active.id, by=by, at=at, files=", ".join(moved))
    if draft.checked_digest != digest_of(draft):
        raise NotChecked
    if draft.has_errors:
        raise HasErrors


def _put(draft: Draft, file: Artifact, *, base_hash: str | None, actor: User, at: datetime) -> DraftFile:
    row = DraftFile(
        kind=file.kind,
        key=file.key,
        content=file.content,
        hash=file.hash,
        base_hash=base_hash,
        version=1,
        edited_by_id=actor.id,
        edited_at=at,
    )
    draft.files.append(row)
    _note_edit(draft, actor=actor, at=at)
    db.session.flush()
    return row


def _replace(row: DraftFile, file: Artifact, *, actor: User, at: datetime) -> None:
    if row.hash == file.hash:
        return
    row.content, row.hash, row.version = file.content, file.hash, row.version + 1
    row.edited_by_id, row.edited_at = actor.id, at
    _note_edit(row.draft, actor=actor, at=at)


def _note_edit(draft: Draft, *, actor: User, at: datetime) -> None:
    draft.edited_at = at
    draft.editor_ids = sorted({*draft.editor_ids, actor.id})


def _lock(draft: Draft) -> None:
    db.session.refresh(draft, with_for_update=True)
    db.session.refresh(draft, ["files"])


def _lock_open(draft: Draft) -> None:
    _lock(draft)
    if not draft.is_open:
        raise NotOpen


def _lock_submitted(draft: Draft) -> None:
    _lock(draft)
    if draft.state != SUBMITTED:
        raise NotSubmitted
