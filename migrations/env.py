"""Alembic: one transaction, one runner at a time, on both databases."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection, text

from webapp.app import import_models
from webapp.core.db import Base, UtcDateTime, begin_writing, db, stop_writing

LOCK = 727300  # any constant: two migrations of one database exclude each other


def run() -> None:
    """Upgrade in one transaction: a kill at any statement leaves the old schema."""
    import_models()
    token = begin_writing()
    try:
        with db.engine.connect() as connection, connection.begin():
            _lock(connection)
            is_sqlite = connection.dialect.name == "sqlite"
            context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=is_sqlite, render_item=_render)
            with context.begin_transaction():
                context.run_migrations()
    finally:
        stop_writing(token)


def _render(kind: str, item: object, _: object) -> str | Literal[False]:
    """A migration must not depend on today's code: instants are written as the column type below ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


run()
