"""Fifty kills at random moments of a load: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import suppress
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from tests.site import Site, key
from webapp.cases.models import Case
from webapp.core.db import db
from webapp.events import verify
from webapp.events.models import Event
from webapp.processes.models import ProcessInstance, UserTask

pytestmark = pytest.mark.faults
KILLS = 50
STEPS = (("ping", {"first": 30, "second": 30}), ("tao", {}), ("hui", {}))


class Load(threading.Thread):
    """Takes cases from start to end, sending each request until it is acknowledged."""

    def __init__(self, clients: dict[str, httpx.Client], employer_id: int, stop: threading.Event) -> None:
        super().__init__()
        self._clients, self._employer_id, self._stop_asked = clients, employer_id, stop
        self.case_numbers: list[str] = []
        self.completed: list[int] = []
        self.refused: list[str] = []

    def run(self) -> None:
        while not self._stop_asked.is_set():
            begun = self._send("ping", "/api/v1/processes/work/instances", {"subject": {"employer_id": self._employer_id}})
            self.case_numbers.append(begun["case_no"])
            task = begun["opened"][0]
            for username, values in STEPS:
                done = self._send(username, f"/api/v1/tasks/{task['id']}/complete", {"values": values, "version": task["version"]})
                self.completed.append(task["id"])
                task = done["opened"][0] if done["opened"] else task

    def _send(self, username: str, path: str, body: dict[str, Any]) -> Any:
        headers = key()
        while True:
            with suppress(httpx.TransportError):
                answer = self._clients[username].post(path, json=body, headers=headers)
                if answer.status_code < 500:
                    if answer.is_error:
                        self.refused.append(answer.text)
                    return answer.json()
            time.sleep(0.02)


def test_fifty_random_kills_lose_and_double_nothing(site: Site, employer: Any) -> None:
    employer_id = employer.id
    db.session.remove()
    site.start(workers=2)
    clients = {username: site.client(username) for username, _ in STEPS}
    stop = threading.Event()
    loads = [Load(clients, employer_id, stop) for _ in range(3)]
    for load in loads:
        load.start()
    _kill_workers(site)
    stop.set()
    for load in loads:
        load.join(60)
    site.stop()

    assert [text for load in loads for text in load.refused] == []
    numbers = [number for load in loads for number in load.case_numbers]
    completed = [task_id for load in loads for task_id in load.completed]
    assert len(numbers) > 10
    _record_agrees(numbers, completed)


def _kill_workers(site: Site) -> None:
    moments = random.Random(20210106)
    killed = 0
    while killed < KILLS:
        time.sleep(moments.uniform(0.02, 0.5))
        workers = site.workers()
        if workers:
            with suppress(ProcessLookupError):
                os.kill(moments.choice(workers), signal.SIGKILL)
                killed += 1


def _record_agrees(numbers: list[str], completed: list[int]) -> None:
    stored = list(db.session.scalars(select(Case.case_no)))
    assert sorted(stored) == sorted(numbers)
    assert sorted(int(number.rsplit("-", 1)[1]) for number in stored) == list(range(1, len(stored) + 1)), "case numbers have no gap"
    done = list(db.session.scalars(select(UserTask.id).where(UserTask.state == 1)))
    assert sorted(done) == sorted(completed)
    assert db.session.scalar(select(func.count(ProcessInstance.id)).where(ProcessInstance.outcome != "completed")) == 0
    assert db.session.scalar(select(func.count(Event.id)).where(Event.name == "task.completed")) == len(completed)
    assert list(verify.problems()) == []
