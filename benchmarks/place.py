"""An installation of the benchmark's own, and the web server over it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import district
from benchmarks.databases import Database
from benchmarks.watch import WATCHED
from webapp import installation, parts
from webapp.config import Settings

HERE = Path(__file__).parent
ROOT = HERE.parent
DIAGRAMS = [HERE / "same_work.bpmn", HERE / "same_work.json", HERE / "loop.bpmn"]


@dataclass
class Place:
    """``zhijian init`` and ``zhijian deploy`` in a folder and a database of its own. ``name``: small or large."""

    database: Database
    folder: Path
    name: str
    port: int = field(default_factory=lambda: free_port())  # noqa: PLW0108 - defined below
    server: subprocess.Popen[bytes] | None = None
    is_watched: bool = False  # answers say what they cost: benchmarks.watch

    @property
    def settings(self) -> Settings:
        return Settings(home=self.folder / self.name, database_url=self.database.url(self.name), port=self.port)

    def make(self, *, desk: int) -> None:
        self.database.create(self.name)
        self._zhijian("init")
        self._zhijian("deploy", *map(str, DIAGRAMS))
        with installation.headless(self.settings):
            district.build(desk=desk)

    def copy_to(self, name: str) -> Place:
        """The same installation again, under another name; neither is being served."""
        shutil.copytree(self.folder / self.name / "keys", self.folder / name / "keys")
        self.database.copy(self.name, name)
        return Place(self.database, self.folder, name)

    def employer_ids(self) -> dict[str, int]:
        with installation.headless(self.settings):
            return district.employer_ids()

    def serve(self) -> None:
        """gunicorn as ``zhijian run`` starts it, with the request that does nothing added."""
        command = [part.replace("webapp.wsgi:app", "benchmarks.site:app") for part in parts.site_command(self.settings)]
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.server = subprocess.Popen(command, env=self._environment(), cwd=ROOT, stdout=log, stderr=log)
        self._wait_until_ready()

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(30)
            self.server = None

    def worker_pids(self) -> list[int]:
        assert self.server is not None
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def _zhijian(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "webapp.cli", *arguments], env=self._environment(), cwd=ROOT, check=True, capture_output=True)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZHIJIAN_", "DATABASE_"))}
        watched = {WATCHED: "1"} if self.is_watched else {}
        own = {"ZHIJIAN_HOME": str(self.settings.home), "DATABASE_URL": self.settings.database_url, "ZHIJIAN_ENV": "bench"}
        return {**kept, **own, **watched}

    def _wait_until_ready(self) -> None:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise TimeoutError(f"the site did not start: {self.folder / self.name}.log")


def proportional_mb(pid: int) -> float:
    """Proportional set size of a process in MB (10^6)."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
