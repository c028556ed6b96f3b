"""What a request for new evidence holds: files and their circumstances. Pages and programming interface read it alike."""

from __future__ import annotations

from datetime import datetime

from flask import request
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from webapp.cases.models import Case
from webapp.cases.queries import find_case
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Forbidden
from webapp.documents import queries
from webapp.documents.errors import NothingSent, TooManyFiles
from webapp.documents.evidence import Circumstances
from webapp.documents.uploads import MAX_FILE_BYTES, Checked, check_file
from webapp.processes.models import UserTask

MAX_ID_DIGITS = 18
FIRST_YEAR = 1990
MAX_FILES = 20  # each is decoded: a small file may hold 40 million pixels


def case_to_add(case_no: str) -> Case:
    """Raises NotFound outside the reader's places, Forbidden where he only reads."""
    case = find_case(case_no, current_user)
    if case.is_open and not queries.may_add_evidence(current_user, case):
        raise Forbidden
    return case


def sent_files() -> list[FileStorage]:
    """Raises NothingSent, TooManyFiles."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if not files:
        raise NothingSent
    if len(files) > MAX_FILES:
        raise TooManyFiles
    return files


def circumstances() -> Circumstances:
    """Time, place and remark that stand in the form; what cannot be read is left out."""
    latitude, longitude = _degrees("latitude", 90), _degrees("longitude", 180)
    return Circumstances(_taken_at(), request.form.get("place", ""), latitude, longitude, request.form.get("note", ""))


def read_file(file: FileStorage) -> Checked:
    """At most one byte more than is allowed is kept in memory. Raises what ``check_file`` does."""
    with file.stream as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    declared = request.form.get("size", "")
    size = int(declared) if declared.isascii() and declared.isdecimal() and len(declared) < MAX_ID_DIGITS else None
    return check_file(data, file.filename or "", is_scan=request.form.get("scan"), declared_size=size, now=clock.now())


def task_named(case: Case) -> int | None:
    """The task on whose page the files were chosen, if it is one of the case."""
    text = request.form.get("task_id", "")
    task = db.session.get(UserTask, int(text)) if text.isascii() and text.isdecimal() and len(text) < MAX_ID_DIGITS else None
    return task.id if task is not None and task.case_id == case.id else None


def _taken_at() -> datetime | None:
    """A time of the office's clock; one from the future, or from before there were such cameras, is a slip."""
    try:
        local = datetime.fromisoformat(request.form.get("taken_at", "")[:16])
    except ValueError:
        return None
    taken_at = local.replace(tzinfo=clock.LEGAL_ZONE)
    return taken_at if local.year >= FIRST_YEAR and taken_at <= clock.now() else None


def _degrees(name: str, most: int) -> float | None:
    try:
        found = float(request.form.get(name, ""))
    except ValueError:
        return None
    return round(found, 6) if abs(found) <= most else None
