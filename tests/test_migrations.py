"""The migrations make exactly the tables of the models, can be repeated, and survive a kill."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text

from webapp import installation
from webapp.config import Settings
from webapp.core import clock
from webapp.core.db import Base, db
from webapp.events.guard import PROTECTED

said: list[str] = []


@pytest.fixture
def installed(settings: Settings) -> Settings:
    said.clear()
    installation.initialise(settings, at=clock.now(), say=said.append)
    return settings


def test_the_schema_is_that_of_the_models(installed: Settings) -> None:
    with installation.headless(installed), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_a_second_init_changes_nothing(installed: Settings) -> None:
    said.clear()
    installation.initialise(installed, at=clock.now(), say=said.append)
    assert said == []


def test_the_record_is_protected_from_the_first_minute(installed: Settings) -> None:
    with installation.headless(installed), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            found = connection.scalars(text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")).all()
        else:
            found = connection.scalars(text("SELECT event_object_table FROM information_schema.triggers")).all()
        assert set(found) >= set(PROTECTED)


def test_a_migration_that_fails_half_way_leaves_no_table(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    made: list[str] = []

    def fail_at_the_tenth(name: str, *columns: Any, **options: Any) -> Any:
        made.append(name)
        if len(made) == 10:
            raise OSError("killed")
        return original(name, *columns, **options)

    original = op.create_table
    monkeypatch.setattr(op, "create_table", fail_at_the_tenth)
    with pytest.raises(OSError, match="killed"):
        installation.initialise(settings, at=clock.now(), say=said.append)
    engine = create_engine(settings.database_url)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()


def test_the_migrations_can_be_taken_back_and_made_again(installed: Settings) -> None:
    with installation.headless(installed):
        folder = str(installation.migrations_folder())
        downgrade(directory=folder, revision="0001")
        assert not {"draft", "draft_file", "campaign", "campaign_member", "campaign_run"} & set(inspect(db.engine).get_table_names())
        upgrade(directory=folder)
        assert installation.is_up_to_date()
