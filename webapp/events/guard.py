"""Triggers that forbid changing the record, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

PROTECTED = ("event", "event_anchor", "event_anchor_head", "event_tombstone")
_VERBS = ("UPDATE", "DELETE")
_REFUSAL = "the record is append-only"


def install(connection: Connection) -> None:
    """Create the triggers; safe to repeat."""
    _remove(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text(_POSTGRES_FUNCTION))
    for table in PROTECTED:
        for statement in _statements(table, connection.dialect.name):
            connection.execute(text(statement))


@contextmanager
def lifted(connection: Connection) -> Iterator[None]:
    """Without the triggers inside the block, in the caller's transaction. Needs the owner of the tables."""
    _remove(connection)
    yield
    install(connection)


def restrict_role(connection: Connection, role: str) -> None:
    """Let ``role`` (PostgreSQL, the one that serves pages) only read and append the record."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
    connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}"))
    connection.execute(text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}"))
    for table in PROTECTED:
        connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}"))


def _statements(table: str, dialect: str) -> list[str]:
    if dialect == "postgresql":
        verbs = " OR ".join(_VERBS)
        rows = f"CREATE TRIGGER {table}_append_only BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        whole = f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        return [rows, whole]
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END" for verb in _VERBS
    ]


def _remove(connection: Connection) -> None:
    for table in PROTECTED:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"))
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}"))
        else:
            for verb in _VERBS:
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb.lower()}"))


_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$
"""
