"""A real server on a real port, which tests may kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import httpx

from tests import factories
from webapp import parts
from webapp.config import Settings

WORK = Path(__file__).parent / "diagrams" / "work.bpmn"


class Site:
    """``zhijian``'s web server over the test's database."""

    def __init__(self, settings: Settings, port: int) -> None:
        self.settings = settings
        self.base = f"http://127.0.0.1:{port}"
        self._port = port
        self.process: subprocess.Popen[bytes] | None = None
        self._clients: list[httpx.Client] = []

    def start(self, *, workers: int = 1, crash_at: str | None = None) -> None:
        wanted = Settings(home=self.settings.home, database_url=self.settings.database_url, port=self._port, workers=workers)
        environment = {
            **os.environ, "ZHIJIAN_HOME": str(self.settings.home), "DATABASE_URL": self.settings.database_url, "ZHIJIAN_ENV": "test",
        }  # fmt: skip
        if crash_at:
            environment["ZHIJIAN_CRASH_AT"] = crash_at
        self.process = subprocess.Popen(parts.site_command(wanted), env=environment, stderr=subprocess.DEVNULL)
        self._wait_until_ready()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def close(self) -> None:
        self.stop()
        for client in self._clients:
            client.close()

    def workers(self) -> list[int]:
        """Process ids of the gunicorn workers."""
        assert self.process is not None
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [int(pid) for pid in found.stdout.split()]

    def client(self, username: str) -> httpx.Client:
        """A client signed in by token."""
        client = httpx.Client(base_url=self.base, timeout=30)
        self._clients.append(client)
        answer = client.post("/api/v1/tokens", json={"username": username, "password": factories.PASSWORD})
        assert answer.status_code == 201, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return client

    def _wait_until_ready(self) -> None:
        for _ in range(300):
            try:
                if httpx.get(f"{self.base}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise TimeoutError("the site did not start")


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


assert sys.platform != "win32", "these tests kill processes by signal"
