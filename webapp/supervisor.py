"""``zhijian run``: starts the parts, restarts what dies, stops all cleanly, says what runs."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from webapp.config import Settings

STOP_SECONDS = 15
QUICK_DEATH_SECONDS = 5
LONGEST_PAUSE_SECONDS = 30


@dataclass(slots=True)
class Part:
    """One child process and how it fared."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    deaths: int = field(default=0)

    def start(self) -> None:
        self.process = subprocess.Popen(self.command)
        self.started_at = time.monotonic()

    def look_after(self, say: Callable[[str], None]) -> None:
        """Restart if dead; a part that dies at once waits longer each time."""
        if self.process is not None and self.process.poll() is not None:
            lived = time.monotonic() - self.started_at
            self.deaths = self.deaths + 1 if lived < QUICK_DEATH_SECONDS else 1
            pause = min(LONGEST_PAUSE_SECONDS, 2 ** (self.deaths - 1)) if self.deaths > 1 else 0
            say(f"{self.name} ended with {self.process.returncode}; starting it again in {pause} s")
            self.process, self.restart_at = None, time.monotonic() + pause
        if self.process is None and time.monotonic() >= self.restart_at:
            self.start()


class Supervisor:
    def __init__(self, parts: list[Part], *, say: Callable[[str], None]) -> None:
        self._parts = parts
        self._say = say
        self._stop = threading.Event()

    def run(self) -> None:
        """Until SIGTERM or SIGINT; then stop every part."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        try:
            while not self._stop.wait(0.5):
                for part in self._parts:
                    part.look_after(self._say)
        finally:
            self._stop_all()

    def _stop_all(self) -> None:
        running = [part.process for part in self._parts if part.process and part.process.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self._say("all parts stopped")

    def _on_signal(self, _signal: int, _frame: FrameType | None) -> None:
        self._stop.set()


def parts(settings: Settings) -> list[Part]:
    return [Part("site", site_command(settings)), Part("loop", [sys.executable, "-m", "webapp.cli", "loop"])]


def site_command(settings: Settings) -> list[str]:
    if sys.platform == "win32":
        return [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{settings.port}", "webapp.wsgi:app"]
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "webapp.wsgi:app",
        "--preload",
        "--worker-class=gthread",
        f"--workers={settings.workers}",
        f"--threads={settings.threads}",
        f"--bind=127.0.0.1:{settings.port}",
        "--graceful-timeout=10",
        "--keep-alive=30",
        "--no-control-socket",
    ]
