"""Files on their way in: judged by content before anything is stored. Slow work, done before the transaction."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from webapp.documents.errors import EmptyFile, FileTooLarge, NotEvidence, UploadCut
from webapp.documents.models import PDF, PHOTO, SCAN
from webapp.documents.pdf_scan import check_pdf
from webapp.documents.pictures import Picture, read_picture

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_NAME = 400
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
_SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")  # also those that turn the direction of writing


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be stored. ``picture`` is None for a PDF."""

    data: bytes
    name: str
    media_type: str
    sha256: str
    kind: str
    picture: Picture | None

    @property
    def size(self) -> int:
        return len(self.data)


def check_file(data: bytes, name: str, *, is_scan: object = None, declared_size: int | None = None, now: datetime) -> Checked:
    """``name``: as the sender calls it, kept as data; ``is_scan``: the picture shows a paper; ``declared_size``: bytes the sender has.

    Raises EmptyFile, FileTooLarge, UploadCut, NotEvidence and what the pictures and PDFs are refused for.
    """
    if len(data) > MAX_FILE_BYTES:
        raise FileTooLarge
    if declared_size is not None and declared_size != len(data):
        raise UploadCut
    if not data:
        raise EmptyFile
    media_type = _media_type(data)
    picture = None
    if media_type == "application/pdf":
        check_pdf(data)
    else:
        picture = read_picture(data, media_type, now=now)
    kind = PDF if picture is None else SCAN if is_scan else PHOTO
    return Checked(data, clean_name(name, media_type), media_type, hashlib.sha256(data).hexdigest(), kind, picture)


def clean_name(name: str, media_type: str) -> str:
    """The sender's name without what cannot be shown; nothing in it is ever a path."""
    return _UNPRINTABLE.sub("", name).strip()[:MAX_NAME] or f"?.{EXTENSIONS[media_type]}"


def _media_type(data: bytes) -> str:
    for signature, media_type in _SIGNATURES.items():
        if data.startswith(signature):
            return media_type
    raise NotEvidence
