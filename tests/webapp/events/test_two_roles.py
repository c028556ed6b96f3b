"""On PostgreSQL the role that serves pages cannot change the record, even without the triggers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from webapp import installation
from webapp.config import Settings
from webapp.core import clock, keys
from webapp.core.db import transaction
from webapp.events import guard
from webapp.events.services import record

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


@pytest.fixture
def two_roles(new_database: Callable[[], str], postgres_url: str, tmp_path: Path) -> Iterator[Settings]:
    """An installation whose tables belong to the owner and whose site connects as a role of its own."""
    keys.create_missing(tmp_path)
    owner_url, role = new_database(), f"site_{uuid.uuid4().hex[:8]}"
    _run(owner_url, f"CREATE ROLE {role} LOGIN")
    site_url = make_url(owner_url).set(username=role).render_as_string(hide_password=False)
    settings = Settings(home=tmp_path, database_url=site_url, owner_url=owner_url)
    installation.initialise(settings, at=clock.now(), say=lambda _: None)
    yield settings
    _run(owner_url, f"DROP OWNED BY {role}")
    _run(owner_url, f"DROP ROLE {role}")


@pytest.mark.parametrize("statement", ["UPDATE event SET actor_id = 1", "DELETE FROM event", "TRUNCATE event CASCADE", "DROP TABLE event"])
def test_the_sites_role_can_write_but_not_change_the_record(two_roles: Settings, statement: str) -> None:
    with installation.headless(two_roles), transaction():
        record("case:1", "case.closed", actor_id=None, at=clock.now(), outcome="closed")
    owner = create_engine(str(two_roles.owner_url))
    with owner.begin() as connection:
        guard._remove(connection)
    owner.dispose()
    with (
        installation.headless(two_roles),
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction() as session,
    ):
        session.execute(text(statement))


def test_migrating_again_as_the_owner_keeps_the_site_working(two_roles: Settings) -> None:
    installation.migrate(replace(two_roles), at=clock.now(), say=lambda _: None)
    with installation.headless(two_roles), transaction():
        record("case:2", "case.closed", actor_id=None, at=clock.now(), outcome="closed")


def _run(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
