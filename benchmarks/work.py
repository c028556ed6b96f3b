"""The measured work, done by one signed-in client: by API token, or on the pages with cookie and forgery token.

A client does one operation for all its cases before the next one, so that everybody asks for the same thing at the same time.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from urllib.parse import urlencode

from benchmarks import district
from benchmarks.connection import Answer, Connection
from benchmarks.figures import Milliseconds

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
STEP = ("claim", "show", "complete")
BEFORE, AFTER = ("nothing", "start", "inbox", "pool"), ("tasks", "case", "nothing")
ORDER = (*BEFORE, *STEP, *STEP, *STEP, *AFTER)


@dataclass(slots=True)
class OpenCase:
    """Where one case of the client is."""

    case_no: str
    task_id: int
    version: int = 1


class Client:
    """Does each operation once per case and keeps the answers' milliseconds."""

    operations: tuple[str, ...] = ()

    def __init__(self, port: int, username: str, employer_id: int) -> None:
        self.connection = Connection(port)
        self.employer_id = employer_id
        self.cases: list[OpenCase] = []
        self.sign_in(username)

    def do(self, operation: str, count: int) -> Milliseconds:
        work: Callable[[int], Answer] = getattr(self, operation)
        if operation == "start":
            self.cases = []
        return [work(index).milliseconds for index in range(count)]

    def sign_in(self, username: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.connection.close()


class ApiClient(Client):
    operations = ORDER

    def sign_in(self, username: str) -> None:
        answer = self._post("tokens", {"username": username, "password": district.PASSWORD})
        self.connection.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def nothing(self, _: int) -> Answer:
        return self._post("bench/nothing")

    def start(self, _: int) -> Answer:
        answer = self._post("processes/same_work/instances", {"values": {}, "subject": {"employer_id": self.employer_id}})
        started = answer.json()
        self.cases.append(OpenCase(started["case_no"], started["opened"][0]["id"]))
        return answer

    def inbox(self, _: int) -> Answer:
        return self._get("tasks?view=mine&limit=25")

    def pool(self, _: int) -> Answer:
        return self._get("tasks?view=group&limit=25")

    def claim(self, index: int) -> Answer:
        answer = self._post(f"tasks/{self.cases[index].task_id}/claim")
        self.cases[index].version = answer.json()["version"]
        return answer

    def show(self, index: int) -> Answer:
        return self._get(f"tasks/{self.cases[index].task_id}")

    def complete(self, index: int) -> Answer:
        case = self.cases[index]
        answer = self._post(f"tasks/{case.task_id}/complete", {"values": district.VALUES, "version": case.version})
        case.task_id = next((task["id"] for task in answer.json()["opened"]), 0)
        return answer

    def tasks(self, index: int) -> Answer:
        return self._get(f"cases/{self.cases[index].case_no}/tasks")

    def case(self, index: int) -> Answer:
        return self._get(f"cases/{self.cases[index].case_no}")

    def start_loop(self) -> int:
        """Start the looping diagram; returns its first task."""
        return int(
            self._post("processes/loop/instances", {"values": {}, "subject": {"employer_id": self.employer_id}}).json()["opened"][0]["id"]
        )

    def complete_loop(self, task_id: int) -> tuple[float, int]:
        """Milliseconds, and the next round's task."""
        answer = self._post(f"tasks/{task_id}/complete", {"values": {**district.VALUES, "f1": 1}, "version": 1})
        return answer.milliseconds, int(answer.json()["opened"][0]["id"])

    def _get(self, path: str) -> Answer:
        return self.connection.get(f"/api/v1/{path}")

    def _post(self, path: str, body: object = None) -> Answer:
        sent = json.dumps(body or {}).encode()
        return self.connection.post(f"/api/v1/{path}", sent, kind=JSON, headers={"Idempotency-Key": str(uuid.uuid4())})


class PageClient(Client):
    operations = tuple(operation for operation in ORDER if operation != "tasks")  # they stand on the case page

    def sign_in(self, username: str) -> None:
        self._token = _hidden("csrf_token", self.connection.get("/sign-in"))
        self._post("/sign-in", username=username, password=district.PASSWORD)
        self._token = _hidden("csrf_token", self.connection.get("/"))

    def nothing(self, _: int) -> Answer:
        return self._post("/bench/nothing")

    def start(self, _: int) -> Answer:
        answer = self._post("/start/same_work", idempotency_key=str(uuid.uuid4()), employer_id=str(self.employer_id))
        task_id = _task_id(answer)
        page = self.connection.get(answer.location)
        found = re.search(r'href="/cases/([^"]+)"', page.text())
        assert found
        self.cases.append(OpenCase(found[1], task_id))
        return answer

    def inbox(self, _: int) -> Answer:
        return self.connection.get("/?view=mine")

    def pool(self, _: int) -> Answer:
        return self.connection.get("/?view=group")

    def claim(self, index: int) -> Answer:
        return self._post(f"/tasks/{self.cases[index].task_id}/claim")

    def show(self, index: int) -> Answer:
        answer = self.connection.get(f"/tasks/{self.cases[index].task_id}")
        self.cases[index].version = int(_hidden("version", answer))
        return answer

    def complete(self, index: int) -> Answer:
        case = self.cases[index]
        typed = {name: str(value) for name, value in district.VALUES.items()}
        answer = self._post(f"/tasks/{case.task_id}/complete", version=str(case.version), idempotency_key=str(uuid.uuid4()), **typed)
        case.task_id = _task_id(answer)
        return answer

    def case(self, index: int) -> Answer:
        return self.connection.get(f"/cases/{self.cases[index].case_no}")

    def _post(self, path: str, **values: str) -> Answer:
        return self.connection.post(path, urlencode({"csrf_token": self._token, **values}).encode(), kind=FORM)


def measure(clients: Sequence[Client], *, cases: int) -> dict[str, Milliseconds]:
    """Every client drives ``cases`` cases through the whole work, all together operation by operation."""
    found: dict[str, Milliseconds] = {operation: [] for operation in clients[0].operations}
    with ThreadPoolExecutor(len(clients)) as pool:
        for operation in clients[0].operations:
            for samples in pool.map(Client.do, clients, repeat(operation), repeat(cases)):
                found[operation] += samples
    return found


def close_all(clients: Iterable[Client]) -> None:
    for client in clients:
        client.close()


def _hidden(name: str, answer: Answer) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text())
    assert found, f"no field {name}"
    return found[1]


def _task_id(answer: Answer) -> int:
    """The task that the answer leads to; 0 for the inbox."""
    found = re.search(r"/tasks/(\d+)$", answer.location)
    return int(found[1]) if found else 0
