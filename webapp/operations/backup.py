"""``zhijian backup``: database, anchors, sealed evidence and keys in one file, made while the site runs."""

from __future__ import annotations

import errno
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import make_url

from webapp.config import Settings
from webapp.core import clock
from webapp.operations import archive, postgresql

EVIDENCE, ANCHORS, KEYS = "evidence", "anchors.jsonl", "keys"


def backup(settings: Settings, target: Path, *, at: datetime, with_keys: bool = True) -> Path:
    """Write a backup and read it again. ``target``: a file that does not exist, or a folder. Returns the file.

    Anchors are copied before the database and evidence after it: whatever the copy of the database names is then there too.
    Raises FileExistsError, BadArchive, ToolFailed, OSError; nothing half-written stays.
    """
    path = target / _name(at) if target.is_dir() else target
    if path.exists():
        raise FileExistsError(path)
    about = {"made_at": at.isoformat(), "zhijian": version("zhijian"), "database": _kind(settings), "has_keys": with_keys}
    with archive.written(path, about) as file, tempfile.TemporaryDirectory(dir=path.parent, prefix=".zhijian-backup-") as work:
        file.add_bytes(_whole_lines(settings.home / ANCHORS), ANCHORS)
        copy = copy_database(settings, Path(work))
        file.add_file(copy, copy.name)
        for source, name in _files(settings.home, with_keys=with_keys):
            file.add_file(source, name)
    return path


def copy_database(settings: Settings, folder: Path) -> Path:
    """A consistent copy in ``folder``, named as in the archive. Raises ToolFailed."""
    if _kind(settings) == "postgresql":
        postgresql.dump(settings.as_owner().database_url, folder / "database.dump")
        return folder / "database.dump"
    _copy_sqlite(Path(str(make_url(settings.database_url).database)), folder / "database.sqlite")
    return folder / "database.sqlite"


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite says "disk I/O error" where a file would have raised OSError."""
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        try:
            original.backup(copy, pages=2_000)
        except sqlite3.OperationalError as error:
            raise OSError(errno.EIO, str(error)) from error


def _kind(settings: Settings) -> str:
    return make_url(settings.database_url).get_backend_name()


def _name(at: datetime) -> str:
    return f"zhijian-{at.astimezone(clock.LEGAL_ZONE):%Y%m%d-%H%M%S}.tar.gz"


def _whole_lines(path: Path) -> bytes:
    data = path.read_bytes() if path.exists() else b""
    return data[: data.rfind(b"\n") + 1]


def _files(home: Path, *, with_keys: bool) -> Iterator[tuple[Path, str]]:
    for folder in (EVIDENCE, KEYS) if with_keys else (EVIDENCE,):
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not path.name.startswith(("tmp", ".")):  # what is being uploaded has no name of ours yet
                yield path, path.relative_to(home).as_posix()
