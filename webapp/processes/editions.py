"""Editions: immutable sets of diagrams, decisions and forms, compiled once and kept."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from flask import current_app
from sqlalchemy import select, update

from bpmn.engine.compiler import CompiledEdition, ProcessDefinition, compile_edition
from bpmn.engine.forms import Form, compile_form
from bpmn.engine.lint.child import check_in_child
from bpmn.engine.ports import Artifact, EngineError, Problem
from webapp.accounts.models import User
from webapp.core.db import db, kept_in_transaction
from webapp.core.i18n import locale_tag
from webapp.core.permissions import Permission
from webapp.events.services import record
from webapp.processes import handlers
from webapp.processes.errors import EditionRefused, NoEdition, UnknownProcess
from webapp.processes.models import ArtifactFile, Edition
from webapp.rules.queries import known_codes

ACTIVE = "active edition"  # asked for by several parts of one page
KEPT_COMPILED = 16


class Content:
    """What an edition contains, compiled when asked for. Shared between threads; nothing in it changes."""

    def __init__(self, artifacts: Iterable[Artifact]) -> None:
        self._artifacts = {(artifact.kind, artifact.key): artifact for artifact in artifacts}
        self._forms: dict[str, Form] = {}

    @cached_property
    def compiled(self) -> CompiledEdition:
        return compile_edition(self._artifacts.values())

    @property
    def process_keys(self) -> list[str]:
        return sorted(key for kind, key in self._artifacts if kind == "bpmn")

    def process(self, key: str) -> ProcessDefinition:
        if ("bpmn", key) not in self._artifacts:
            raise UnknownProcess(key=key)
        return self.compiled.process(key)

    def has_form(self, key: str) -> bool:
        return ("form", key) in self._artifacts

    def form(self, key: str) -> Form:
        if key not in self._forms:
            self._forms[key] = compile_form(self._artifacts["form", key].content)
        return self._forms[key]

    def form_hash(self, key: str) -> str:
        return self._artifacts["form", key].hash


class _Kept:
    """The last few compiled editions of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._contents: OrderedDict[int, Content] = OrderedDict()

    def get(self, edition_id: int) -> Content:
        with self._lock:
            content = self._contents.get(edition_id)
            if content is None:
                content = self._contents[edition_id] = Content(artifacts_of(db.session.get_one(Edition, edition_id)))
            self._contents.move_to_end(edition_id)
            while len(self._contents) > KEPT_COMPILED:
                self._contents.popitem(last=False)
            return content


def active_edition() -> Edition:
    """The edition new instances follow. Raises NoEdition."""
    notes = kept_in_transaction(ACTIVE)
    if ACTIVE not in notes:
        notes[ACTIVE] = db.session.scalars(select(Edition).where(Edition.is_active)).one_or_none()
    edition: Edition | None = notes[ACTIVE]
    if edition is None:
        raise NoEdition
    return edition


def content_of(edition_id: int) -> Content:
    """Compiled once per application and edition; editions never change."""
    kept: _Kept = current_app.extensions.setdefault("zhijian.editions", _Kept())
    return kept.get(edition_id)


def definition(edition: Edition, process_key: str) -> ProcessDefinition:
    """Raises UnknownProcess."""
    return content_of(edition.id).process(process_key)


def start_form(edition: Edition, process_key: str) -> Form | None:
    key = definition(edition, process_key).start_form
    return content_of(edition.id).form(key) if key else None


def startable_by(user: User) -> list[ProcessDefinition]:
    """Process definitions whose start event stands in a lane of this person (administrators: those without a case too)."""
    content = content_of(active_edition().id)
    definitions = (content.process(key) for key in content.process_keys)
    return [found for found in definitions if may_start(user, found)]


def may_start(user: User, found: ProcessDefinition) -> bool:
    subject = found.properties.get("subject")
    if subject in {"child", "campaign"}:
        return False  # its parent starts it, or the launch
    opens_case = subject == "case"
    if {found.start_role, *found.start_properties.get("starters", "").split()} & user.role_codes:
        return user.has(Permission.START_CASE) or not opens_case
    return user.has(Permission.ADMINISTER) and not opens_case


def publish(artifacts: Iterable[Artifact], *, note: str, actor_id: int | None, at: datetime, checked: str | None = None) -> Edition:
    """Check and store an edition: the active one with these files laid over it. Same content, same edition.

    ``checked``: digest of the edition that ``check`` has just found sound, so that it need not be checked under the lock.
    Raises EditionRefused with the problems of each file.
    """
    lock_editions()
    files = laid_over(artifacts)
    digest = digest_of(files)
    if digest != checked:
        refuse_problems(check(files))
    edition = db.session.scalars(select(Edition).where(Edition.hash == digest)).one_or_none()
    return edition or _store(files, digest, note=note, actor_id=actor_id, at=at)


def laid_over(artifacts: Iterable[Artifact]) -> list[Artifact]:
    """The files of the active edition with these laid over them."""
    active = db.session.scalars(select(Edition).where(Edition.is_active)).one_or_none()
    files = {(file.kind, file.key): file for file in (artifacts_of(active) if active else ())}
    files.update({(file.kind, file.key): file for file in artifacts})
    return list(files.values())


def digest_of(files: Iterable[Artifact]) -> str:
    """What names an edition with these files."""
    return hashlib.sha256(repr(_manifest(files)).encode()).hexdigest()


def check(files: Iterable[Artifact]) -> list[Problem]:
    """Everything wrong with a whole edition; what refuses publication is an "error"."""
    names = {name: known() for name, known in handlers.names.items()}
    return check_in_child(files, deadline_codes=known_codes(), names=names)


def lock_editions() -> None:
    """One publication or activation at a time: the first edition is the row that always exists."""
    db.session.execute(select(Edition.id).order_by(Edition.id).limit(1).with_for_update())


def artifacts_of(edition: Edition) -> list[Artifact]:
    """Its files with their content. Raises EngineError if one is missing."""
    hashes = {digest for _, _, digest in edition.manifest}
    rows = {row.hash: row for row in db.session.scalars(select(ArtifactFile).where(ArtifactFile.hash.in_(hashes)))}
    missing = hashes - rows.keys()
    if missing:
        raise EngineError(f"edition {edition.id} lacks artifacts {sorted(missing)}")
    return [Artifact(kind, key, rows[digest].content, digest) for kind, key, digest in edition.manifest]


def activate(edition: Edition, *, actor_id: int | None, at: datetime) -> None:
    """New instances follow ``edition`` from now on; running ones keep theirs."""
    lock_editions()
    db.session.refresh(edition)
    if edition.is_active:
        return
    db.session.execute(update(Edition).where(Edition.is_active).values(is_active=False))
    edition.is_active, edition.activated_at = True, at
    kept_in_transaction(ACTIVE).clear()
    record(f"edition:{edition.id}", "edition.activated", actor_id=actor_id, at=at, hash=edition.hash)


def refuse_problems(problems: Iterable[Problem]) -> None:
    """Raises EditionRefused if one of them is an error."""
    errors: dict[str, list[str]] = {}
    for problem in problems:
        if problem.severity == "error":
            place = ":".join(part for part in (problem.file, problem.element) if part) or "edition"
            errors.setdefault(place, []).append(problem.zh if locale_tag() == "zh" else problem.en)
    if errors:
        raise EditionRefused(errors)


def _manifest(files: Iterable[Artifact]) -> list[list[str]]:
    return sorted([file.kind, file.key, file.hash] for file in files)


def _store(files: list[Artifact], digest: str, *, note: str, actor_id: int | None, at: datetime) -> Edition:
    known = set(db.session.scalars(select(ArtifactFile.hash).where(ArtifactFile.hash.in_([file.hash for file in files]))))
    fresh = {file.hash: file for file in files if file.hash not in known}
    db.session.add_all([ArtifactFile(hash=file.hash, kind=file.kind, key=file.key, content=file.content) for file in fresh.values()])
    edition = Edition(hash=digest, manifest=_manifest(files), note=note, published_by_id=actor_id, published_at=at)
    db.session.add(edition)
    db.session.flush()
    record(f"edition:{edition.id}", "edition.published", actor_id=actor_id, at=at, hash=digest)
    return edition
