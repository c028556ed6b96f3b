"""kill -9 at every named point: what was acknowledged is stored, what was not can be sent again, nothing is doubled."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from tests.site import Site, key
from webapp.core import faults
from webapp.core.db import db
from webapp.events import verify
from webapp.events.models import Event
from webapp.processes.models import FormSubmission, UserTask

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("point", faults.POINTS)
def test_a_completion_survives_a_kill(site: Site, employer: Any, point: str) -> None:
    employer_id = employer.id
    db.session.remove()
    site.start()
    ping = site.client("ping")
    begun = ping.post("/api/v1/processes/work/instances", json={"subject": {"employer_id": employer_id}}, headers=key()).json()
    task = begun["opened"][0]
    site.stop()
    headers, body = key(), {"values": {"first": 30, "second": 30}, "version": task["version"]}

    site.start(crash_at=point)
    with pytest.raises(httpx.TransportError):
        ping.post(f"/api/v1/tasks/{task['id']}/complete", json=body, headers=headers)
    site.stop()

    site.start()
    again = ping.post(f"/api/v1/tasks/{task['id']}/complete", json=body, headers=headers)
    assert again.status_code == 200, again.text
    assert [opened["element"] for opened in again.json()["opened"]] == ["verify"]
    _is_done_once(begun["instance"]["id"])


def _is_done_once(instance_id: int) -> None:
    tasks = db.session.scalars(select(UserTask).where(UserTask.instance_id == instance_id).order_by(UserTask.id)).all()
    assert [(task.element, task.state) for task in tasks] == [("discover", 1), ("verify", 0)]
    sent = select(func.count(FormSubmission.id)).where(FormSubmission.task_id.is_not(None))
    assert db.session.scalar(sent) == 1
    assert db.session.scalar(select(func.count(Event.id)).where(Event.name == "task.completed")) == 1
    assert list(verify.problems()) == []
