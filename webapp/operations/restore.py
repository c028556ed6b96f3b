"""``zhijian restore``: bring an installation back from a backup, and prove that it is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, make_url

from webapp import installation
from webapp.config import Settings
from webapp.core import keys
from webapp.core.db import db
from webapp.documents import verify as evidence
from webapp.events import anchors
from webapp.events import verify as record
from webapp.operations import archive, postgresql
from webapp.operations.archive import BadArchive
from webapp.processes import verify as submissions

Say = Callable[[str], None]


class NotEmpty(Exception):
    """The message says what is there already."""


def restore(settings: Settings, source: Path, *, at: datetime, replace: bool, say: Say) -> list[str]:
    """Everything of ``source`` into the home and the database of ``settings``; returns what ``verify-log`` and ``verify-evidence`` find.

    ``replace``: overwrite what is there. The archive is read whole before anything is touched. Stop the site first.
    Raises BadArchive, NotEmpty, ToolFailed.
    """
    manifest = archive.read_manifest(source)
    _refuse_other_kind(settings, str(manifest["database"]))
    if not replace:
        _refuse_what_is_there(settings)
    say(f"the backup of {manifest['made_at']} is whole")
    with tempfile.TemporaryDirectory(dir=_made(settings.home.parent), prefix=".zhijian-restore-") as work:
        _unpack(source, Path(work))
        _put_files(Path(work), settings.home)
        _put_database(settings, Path(work), replace=replace)
    installation.migrate(settings, at=at, say=say)
    return list(_checked(settings))


def _refuse_other_kind(settings: Settings, kind: str) -> None:
    wanted = make_url(settings.database_url).get_backend_name()
    if kind != wanted:
        raise BadArchive(f"the backup is of a {kind} database, DATABASE_URL names a {wanted} one")


def _refuse_what_is_there(settings: Settings) -> None:
    if any((settings.home / name).exists() for name in (*("keys/" + name for name in keys.NAMES), "anchors.jsonl", "evidence")):
        raise NotEmpty(f"{settings.home} holds an installation: name another ZHIJIAN_HOME, or say --force to overwrite it")
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        if Path(str(make_url(settings.database_url).database)).exists():
            raise NotEmpty("the SQLite file of DATABASE_URL exists: move it away, or say --force to overwrite it")
    elif _has_tables(settings):
        raise NotEmpty("the database of DATABASE_URL has tables: name an empty one, or say --force to overwrite it")


def _has_tables(settings: Settings) -> bool:
    keys.create_missing(settings.home)  # the application does not start without; a backup's keys replace them
    with installation.headless(settings.as_owner()):
        return bool(inspect(db.engine).get_table_names())


def _unpack(source: Path, folder: Path) -> None:
    with archive.opened(source) as tar:
        for member in archive.members(tar):
            tar.extract(member, folder, filter="data")


def _put_files(unpacked: Path, home: Path) -> None:
    _made(home)
    for name in ("keys", "evidence", "anchors.jsonl"):
        if (unpacked / name).exists():
            _replaced(unpacked / name, home / name)
    if (home / "keys").exists():
        (home / "keys").chmod(0o700)
    keys.create_missing(home)


def _replaced(source: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    shutil.move(source, target)


def _put_database(settings: Settings, unpacked: Path, *, replace: bool) -> None:
    if (unpacked / "database.dump").exists():
        postgresql.restore(settings.as_owner().database_url, unpacked / "database.dump", replace=replace)
        return
    target = Path(str(make_url(settings.database_url).database))
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    shutil.move(unpacked / "database.sqlite", target)


def _checked(settings: Settings) -> Iterator[str]:
    with installation.headless(settings):
        anchors.append_missing_lines()  # an anchor made while the backup ran is in the database only
        yield from [*record.problems(), *submissions.problems(), *evidence.problems()]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
