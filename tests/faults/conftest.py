"""A real server over the three-step diagram, which tests may kill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.site import WORK, Site
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.processes import editions, files


@pytest.fixture
def site(app: Any, free_port: int) -> Iterator[Site]:
    with transaction():
        edition = editions.publish(files.read([WORK]), note="work", actor_id=None, at=clock.now())
        editions.activate(edition, actor_id=None, at=clock.now())
    db.session.remove()
    found = Site(app.config["ZHIJIAN"], free_port)
    yield found
    found.close()
