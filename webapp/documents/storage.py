"""Files of evidence below ``ZHIJIAN_HOME/evidence``, named by us: the original as it came, read-only, and its preview."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from flask import current_app

from webapp.config import Settings

ORIGINAL_MODE, FOLDER_MODE = 0o400, 0o700
CHUNK = 1024 * 1024


def keep(name: UUID, data: bytes, *, preview: bytes | None) -> None:
    """Store the whole file or nothing; it is on the disk when this returns."""
    if preview is not None:
        _write(preview_path(name), preview)
    _write(original_path(name), data)


def original_path(name: UUID) -> Path:
    return _folder() / name.hex[:2] / str(name)


def preview_path(name: UUID) -> Path:
    return _folder() / name.hex[:2] / f"{name}.jpg"


def sha256_of(name: UUID) -> str | None:
    """Of the stored original; None if there is no such file."""
    digest = hashlib.sha256()
    try:
        with original_path(name).open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def stored() -> Iterator[tuple[Path, UUID | None, float]]:
    """Every file with the name it belongs to (None: unfinished) and when it was written (seconds since 1970)."""
    for path in sorted(_folder().glob("*/*")):
        yield path, _name_of(path), path.stat().st_mtime


def _name_of(path: Path) -> UUID | None:
    try:
        return UUID(path.name.removesuffix(".jpg"))
    except ValueError:
        return None


def _folder() -> Path:
    settings: Settings = current_app.config["ZHIJIAN"]
    return settings.home / "evidence"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(prefix=".unfinished-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), ORIGINAL_MODE)
            os.fsync(file.fileno())
        Path(unfinished).rename(path)
    except OSError:
        Path(unfinished).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The name of a new file is safe only once its folder is written."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
