"""Write, change and strike out internal notes of a case."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.cases import notes
from webapp.cases.case_frame import case_frame
from webapp.cases.models import Case
from webapp.cases.notes_models import MAX_TEXT
from webapp.cases.queries import find_case
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext
from webapp.core.permissions import Permission, policy

blueprint = Blueprint("notes", __name__)


@blueprint.app_context_processor
def of_notes() -> dict[str, object]:
    return {
        "may_write_notes": lambda case: notes.may_write_notes(current_user, case),
        "may_edit_note": lambda note: notes.may_edit(note, current_user, clock.now()),
        "may_strike_note": lambda note: notes.may_strike(note, current_user),
        "MAX_NOTE": MAX_TEXT,
    }


@blueprint.post("/cases/<case_no>/notes")
@policy(Permission.WORK)
def add(case_no: str) -> Response | tuple[str, int]:
    case = _case_to_note(case_no)

    def write() -> str:
        notes.add_note(case, text=request.form.get("text", ""), actor=current_user, at=clock.now())
        return gettext("The note is saved. Colleagues who read the case see it; the dossier does not have it.")

    return _post(case, f"note:{case.id}", write)


@blueprint.post("/cases/<case_no>/notes/<int:note_id>/text")
@policy(Permission.WORK)
def edit(case_no: str, note_id: int) -> Response | tuple[str, int]:
    case = _case_to_note(case_no)

    def change() -> str:
        note = notes.find_note(case, note_id)
        notes.edit_note(note, text=request.form.get("text", ""), actor=current_user, at=clock.now())
        return gettext("The note is changed. How it read before stays beside it.")

    return _post(case, f"note:{note_id}", change, note_id=note_id)


@blueprint.post("/cases/<case_no>/notes/<int:note_id>/strike")
@policy(Permission.WORK)
def strike(case_no: str, note_id: int) -> Response | tuple[str, int]:
    case = _case_to_note(case_no)

    def cross_out() -> str:
        note = notes.find_note(case, note_id)
        notes.strike_note(note, reason=request.form.get("reason", ""), actor=current_user, at=clock.now())
        return gettext("The note is struck out. It stays readable with your reason.")

    return _post(case, f"strike:{note_id}", cross_out, note_id=note_id)


def _case_to_note(case_no: str) -> Case:
    case = find_case(case_no, current_user)
    if not notes.may_write_notes(current_user, case):
        raise Forbidden
    return case


def _post(case: Case, scope: str, work: Callable[[], str], *, note_id: int | None = None) -> Response | tuple[str, int]:
    """What cannot be kept comes back with what was typed; other refusals are told on the page as it is now."""
    here = url_for("cases.tabs.notes_page", case_no=case.case_no)
    try:
        return post_once(scope, lambda: Done(here, work()))
    except Invalid as error:
        return _typed_again(case, error, note_id), error.status
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(error.message, "error")
        return redirect(here, 303)


def _typed_again(case: Case, error: Invalid, note_id: int | None) -> str:
    found = notes.notes_of(case)
    frame = case_frame(case, current_user, people=[person for note in found for person in (note.author_id, note.struck_by_id)])
    typed = {"note_id": note_id, "text": request.form.get("text", ""), "reason": request.form.get("reason", ""), "error": error}
    return render_template("cases/notes.html", frame=frame, notes=found, at=clock.now(), typed=typed)
