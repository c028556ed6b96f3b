"""The headless application around one piece of a flow."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from flask import Flask

Result = TypeVar("Result")


def in_application(work: Callable[[], Result]) -> Result:
    """Run ``work`` with the application and a database session of its own."""
    with _application().app_context():
        try:
            return work()
        finally:
            _remove_session()


def sweep(name: str) -> int:
    """One round of a sweep. Raises KeyError for an unknown name."""

    def work() -> int:
        from webapp.core.sweeps import find_sweep

        found = find_sweep(name)
        if found is None:
            raise KeyError(name)
        return found.work()

    return in_application(work)


@cache
def _application() -> Flask:
    """One for all tasks of a flow run. The runner only names flows; the child that runs one imports what they need, once."""
    from webapp.app import create_app
    from webapp.config import Settings

    return create_app(Settings.from_environment(), web=False)


def _remove_session() -> None:
    from webapp.core.db import db

    db.session.remove()
