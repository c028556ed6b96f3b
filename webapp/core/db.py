"""The one SQLAlchemy object, the declarative base and the transaction boundary."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Table,
    Update,
    event,
    func,
    select,
)  # fmt: skip
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from webapp.core import faults

log = logging.getLogger(__name__)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BigId = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER is an alias of SQLite's row id


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database. A naive value is a bug and raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive instant: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: UtcDateTime})


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

_writes: ContextVar[bool] = ContextVar("writes", default=False)


def begin_writing() -> Token[bool]:
    """From here on SQLite transactions take the write lock at once: a read snapshot cannot be upgraded later."""
    return _writes.set(True)


def stop_writing(token: Token[bool]) -> None:
    _writes.reset(token)


def kept_in_transaction(name: str) -> dict[Any, Any]:
    """Notes that live as long as the session's transaction and start empty with the next one."""
    session = db.session()
    transaction_now = session.get_transaction()
    owner, notes = session.info.get(name, (None, {}))
    if owner is None or owner is not transaction_now:
        notes = {}
        session.info[name] = (transaction_now, notes)
    return cast("dict[Any, Any]", notes)


@contextmanager
def autoflushing() -> Iterator[None]:
    """Inside a stretch that saves flushes: let the code in here see what was written so far."""
    session = db.session()
    before, session.autoflush = session.autoflush, True
    try:
        yield
    finally:
        session.autoflush = before


def add_together(rows: Sequence[Base]) -> None:
    """Add new rows of one table and flush, so that their ids are known.

    PostgreSQL pipelines an insert whose ids are known beforehand; one that asks for many back is a long statement that the driver
    parses anew each time.
    """
    if len(rows) > 1 and db.engine.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table_of(type(rows[0])).name, "id")
        numbers = db.session.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, len(rows))))
        for row, number in zip(rows, numbers, strict=True):
            row.id = number  # type: ignore[attr-defined]  # every table that is written in bulk has one
    db.session.add_all(rows)
    db.session.flush()


def changed_rows(statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE of a table, not of a mapped class: the ORM's own costs a millisecond more.

    Loaded objects stay as they are. Returns how many rows it touched.
    """
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def table_of(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit on success, roll back on any error. Only entry points call this; it does not nest."""
    session = db.session()
    if session.in_transaction() and not session.info.get("writes"):
        session.rollback()
    token = begin_writing()
    try:
        yield session
        faults.reach("before_commit")
        session.commit()
    except BaseException:
        session.rollback()
        session.info.pop("after_commit", None)
        raise
    finally:
        stop_writing(token)
    faults.reach("after_commit")
    _run_after_commit(session)


def after_commit(work: Callable[[], object]) -> None:
    """Have ``work`` done in transactions of its own once the caller's transaction is stored.

    Only a short cut: what it does must also be found by a sweep, because a crash may come before it.
    """
    db.session().info.setdefault("after_commit", []).append(work)


def _run_after_commit(session: Session) -> None:
    for work in session.info.pop("after_commit", ()):
        try:
            work()
        except Exception:  # the caller's work is stored and acknowledged; the sweep tries again
            log.exception("work after the commit failed; its sweep will repeat it")


@event.listens_for(Session, "after_begin")
def _note_writing(session: Session, *_: Any) -> None:
    session.info["writes"] = _writes.get()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver must not begin on its own: _begin_sqlite does
    connection.execute("PRAGMA automatic_index=OFF")  # it would index a million open tasks for one join
    for pragma in ("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes.get() else "BEGIN")
