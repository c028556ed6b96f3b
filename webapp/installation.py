"""Set up and bring up to date: keys, tables, triggers, rules, first edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import make_url, select

from webapp.app import create_app, migrations_folder
from webapp.config import Settings
from webapp.core import keys
from webapp.core.db import db, transaction
from webapp.events import guard
from webapp.processes import editions, files
from webapp.processes.models import Edition
from webapp.referrals import services as referrals
from webapp.rules import services as rules

Say = Callable[[str], None]


def initialise(settings: Settings, *, at: datetime, say: Say) -> None:
    """Make what is missing; safe to repeat."""
    settings.home.mkdir(parents=True, exist_ok=True)
    for name in keys.create_missing(settings.home):
        say(f"made the {name} key")
    migrate(settings, at=at, say=say)
    with headless(settings):
        publish_shipped(at=at, say=say)


def migrate(settings: Settings, *, at: datetime, say: Say) -> None:
    """Bring tables, triggers and legal data up to date, as the owner of the tables."""
    with headless(settings.as_owner()):
        if not is_up_to_date():
            say("bringing the database up to date")
            upgrade(directory=str(migrations_folder()))
        with transaction() as session:
            guard.install(session.connection())
            if settings.owner_url:
                guard.restrict_role(session.connection(), str(make_url(settings.database_url).username))
            rules.load(at=at)
            referrals.load_routes(at=at)


def publish_shipped(*, at: datetime, say: Say) -> None:
    """Publish and activate the shipped diagrams unless an edition is active already."""
    with transaction() as session:
        if session.scalars(select(Edition.id).where(Edition.is_active)).first() is not None:
            return
        say("publishing the shipped diagrams")
        edition = editions.publish(files.shipped(), note="shipped with Zhijian", actor_id=None, at=at)
        editions.activate(edition, actor_id=None, at=at)


def is_up_to_date() -> bool:
    """Whether the database has the newest schema."""
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    return set(current) == set(ScriptDirectory(str(migrations_folder())).get_heads())


@contextmanager
def headless(settings: Settings) -> Iterator[Flask]:
    """The application without pages, for one piece of work; its connections are closed afterwards."""
    app = create_app(settings, web=False)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def deploy(paths: list[Path], *, actor_id: int | None, at: datetime) -> Edition:
    """Publish the files over the active edition and activate the result. Raises EditionRefused, UnreadableFile."""
    with transaction():
        edition = editions.publish(files.read(paths), note=", ".join(path.name for path in paths)[:400], actor_id=actor_id, at=at)
        editions.activate(edition, actor_id=actor_id, at=at)
        return edition
