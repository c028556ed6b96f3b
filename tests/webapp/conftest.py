"""The rules, the calendar and the cast, read once: a predicate is judged on a record that the test makes up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from webapp.app import create_app
from webapp.config import Settings
from webapp.core.db import db


@pytest.fixture(scope="session")
def library(seeded_sqlite: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One application for all tests of the rules; what one of them adds, no other looks at."""
    home: Path = tmp_path_factory.mktemp("library")
    shutil.copytree(seeded_sqlite.home / "keys", home / "keys")
    shutil.copy(seeded_sqlite.home / "seeded.sqlite", home / "library.sqlite")
    return create_app(Settings(home=home, database_url=f"sqlite:///{home / 'library.sqlite'}", has_prefect=False), web=False)


@pytest.fixture
def law(library: Any) -> Iterator[Any]:
    with library.app_context():
        yield library
        db.session.remove()
