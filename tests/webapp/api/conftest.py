"""Clients of the API over the three-step diagram."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.webapp.api_client import ApiClient
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.processes import editions, files

WORK = Path(__file__).parents[2] / "diagrams" / "work.bpmn"


@pytest.fixture
def api(app: Any) -> Callable[[str], ApiClient]:
    with transaction():
        edition = editions.publish(files.read([WORK]), note="work", actor_id=None, at=clock.now())
        editions.activate(edition, actor_id=None, at=clock.now())
    db.session.remove()
    return lambda username: ApiClient(app, username)
