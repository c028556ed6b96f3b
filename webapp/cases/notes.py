"""Write, change and strike out internal notes. Callers hold the transaction."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import User
from webapp.accounts.places import reaches
from webapp.cases.models import Case
from webapp.cases.notes_models import MAX_REASON, MAX_TEXT, MIN_REASON, Note, NoteWording
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.core.permissions import Permission
from webapp.events.services import record


class NoteEmpty(Invalid):
    """Write the note first, then save it."""


class NoteTooLong(Invalid):
    """A note holds at most %(most)s characters; this one has %(given)s. Shorten it, or write two notes."""


class ReasonMissing(Invalid):
    """Say in a few words why the note is struck out; the reason stays beside it."""


class NoteNotYours(Forbidden):
    """Only its author may change or strike out this note."""


class NoteTooOld(DomainError):
    """A note can be changed on the day it was written. Write a new one, or strike this one out with a reason."""


class NoteStruck(DomainError):
    """This note is struck out already. Write a new one."""


def may_write_notes(user: User, case: Case) -> bool:
    """Whoever works in the case's place; who only reads or audits it does not."""
    return reaches(user, Permission.WORK, case) and reaches(user, Permission.READ_CASES, case)


def may_edit(note: Note, user: User, at: datetime) -> bool:
    return note.author_id == user.id and not note.is_struck and legal_day(note.written_at) == legal_day(at)


def may_strike(note: Note, user: User) -> bool:
    return note.author_id == user.id and not note.is_struck


def notes_of(case: Case) -> list[Note]:
    """Newest first, each with its earlier wordings; one query."""
    query = select(Note).where(Note.case_id == case.id).options(joinedload(Note.wordings)).order_by(Note.id.desc())
    return list(db.session.scalars(query).unique())


def find_note(case: Case, note_id: int) -> Note:
    """Locked until the end of the transaction. Raises NotFound."""
    note = db.session.scalars(select(Note).where(Note.id == note_id, Note.case_id == case.id).with_for_update()).one_or_none()
    if note is None:
        raise NotFound
    return note


def add_note(case: Case, *, text: str, actor: User, at: datetime) -> Note:
    """Raises Forbidden, NoteEmpty, NoteTooLong."""
    if not may_write_notes(actor, case):
        raise Forbidden
    note = Note(case_id=case.id, text=_checked(text), author_id=actor.id, written_at=at)
    db.session.add(note)
    db.session.flush([note])
    record(f"case:{case.id}", "note.added", actor_id=actor.id, at=at, note_id=note.id)
    return note


def edit_note(note: Note, *, text: str, actor: User, at: datetime) -> None:
    """Keep the words before. Raises NoteNotYours, NoteStruck, NoteTooOld, NoteEmpty, NoteTooLong."""
    _check_author(note, actor)
    if not may_edit(note, actor, at):
        raise NoteTooOld
    text = _checked(text)
    if text == note.text:
        return
    db.session.add(NoteWording(note_id=note.id, text=note.text, replaced_at=at))
    note.text, note.edited_at = text, at
    record(f"case:{note.case_id}", "note.edited", actor_id=actor.id, at=at, note_id=note.id)


def strike_note(note: Note, *, reason: str, actor: User, at: datetime) -> None:
    """Raises NoteNotYours, NoteStruck, ReasonMissing."""
    _check_author(note, actor)
    reason = _plain(reason).strip()[:MAX_REASON]
    if len(reason) < MIN_REASON:
        raise ReasonMissing({"reason": [ReasonMissing().message]})
    note.struck_at, note.struck_by_id, note.struck_reason = at, actor.id, reason
    record(f"case:{note.case_id}", "note.struck", actor_id=actor.id, at=at, note_id=note.id)


def _check_author(note: Note, actor: User) -> None:
    if note.author_id != actor.id:
        raise NoteNotYours
    if note.is_struck:
        raise NoteStruck


def _checked(text: str) -> str:
    text = _plain(text).strip()
    if not text:
        raise NoteEmpty({"text": [NoteEmpty().message]})
    if len(text) > MAX_TEXT:
        sentence = NoteTooLong(most=MAX_TEXT, given=len(text))
        raise NoteTooLong({"text": [sentence.message]}, most=MAX_TEXT, given=len(text))
    return text


def _plain(text: str) -> str:
    """Without control characters: PostgreSQL refuses NUL, and marks that turn the direction of writing could make a note lie."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf", "Cs"))
