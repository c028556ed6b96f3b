"""``zhijian run``: starts the parts, restarts what dies, stops all cleanly, says what runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

STOP_SECONDS = 15
QUICK_DEATH_SECONDS = 5
LONGEST_PAUSE_SECONDS = 30
LOG_BYTES = 10_000_000  # a larger log of a part is moved aside when the part starts

Say = Callable[[str], None]


@dataclass(slots=True)
class Part:
    """One child process and how it fares.

    ``log``: file for what it prints, our own output without one. ``is_ready``: asked until it says yes.
    ``leans_on``: the part whose restart makes this one start again too.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    is_ready: Callable[[], bool] | None = None
    leans_on: Part | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    deaths: int = 0
    restarts: int = 0
    is_up: bool = False

    def start(self) -> None:
        self.process = self._open()
        self.started_at, self.is_up = time.monotonic(), self.is_ready is None

    def look_after(self, say: Say) -> bool:
        """Restart if dead; a part that dies at once waits longer each time. Returns whether something changed."""
        if self.process is not None and self.process.poll() is not None:
            self._plan_restart(say)
        if self.process is None:
            if time.monotonic() < self.restart_at:
                return False
            self.start()
            return True
        return self._follow(say) or self._greet(say)

    def stop(self, *, within: float) -> None:
        """Ask, wait, then insist: nothing of the part's process group is left."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(within)
        self._kill_group()

    def _open(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **self.environment}
        if self.log is None:
            return subprocess.Popen(self.command, env=environment, start_new_session=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as out:
            return subprocess.Popen(self.command, env=environment, start_new_session=True, stdout=out, stderr=out)

    def _plan_restart(self, say: Say) -> None:
        assert self.process is not None
        lived = time.monotonic() - self.started_at
        self.deaths = self.deaths + 1 if lived < QUICK_DEATH_SECONDS else 1
        pause = min(LONGEST_PAUSE_SECONDS, 2 ** (self.deaths - 1)) if self.deaths > 1 else 0
        place = f" (see {self.log})" if self.log else ""
        say(f"{self.name} ended with {self.process.returncode}{place}; starting it again in {pause} s")
        self._kill_group()
        self.process, self.restart_at, self.restarts = None, time.monotonic() + pause, self.restarts + 1

    def _follow(self, say: Say) -> bool:
        """What it leans on was started again after it: a flow runner that has lost its server no longer sees cancellations."""
        if self.leans_on is None or self.leans_on.restarts == 0 or self.leans_on.started_at <= self.started_at:
            return False
        say(f"{self.name} starts again with {self.leans_on.name}")
        self.stop(within=STOP_SECONDS / 3)
        self.start()
        self.restarts += 1
        return True

    def _greet(self, say: Say) -> bool:
        if self.is_up or self.is_ready is None or not self.is_ready():
            return False
        self.is_up = True
        say(f"{self.name} is ready ({time.monotonic() - self.started_at:.1f} s)")
        return True

    def _kill_group(self) -> None:
        if self.process is None or not hasattr(os, "killpg"):
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()


class Supervisor:
    """``notes``: file that tells ``zhijian status`` what runs."""

    def __init__(self, parts: list[Part], *, say: Say, notes: Path | None = None) -> None:
        self._parts = parts
        self._say = say
        self._notes = notes
        self._stop = threading.Event()

    def run(self) -> None:
        """Until SIGTERM or SIGINT; then stop every part."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        try:
            self._look_after_all()
        finally:
            self._stop_all()

    def _look_after_all(self) -> None:
        while not self._stop.is_set():
            changed = [part.look_after(self._say) for part in self._parts]
            if any(changed):
                self._note()
            self._stop.wait(0.5)

    def _note(self) -> None:
        if self._notes is None:
            return
        running = [
            {"name": part.name, "pid": part.process.pid if part.process else None, "is_ready": part.is_up, "restarts": part.restarts}
            for part in self._parts
        ]
        fresh = self._notes.with_suffix(".new")
        fresh.write_text(json.dumps({"pid": os.getpid(), "parts": running}))
        fresh.replace(self._notes)

    def _stop_all(self) -> None:
        for part in self._parts:
            if part.process is not None and part.process.poll() is None:
                part.process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for part in self._parts:
            part.stop(within=max(0.1, end - time.monotonic()))
        if self._notes is not None:
            self._notes.unlink(missing_ok=True)
        self._say("all parts stopped")

    def _on_signal(self, _signal: int, _frame: FrameType | None) -> None:
        self._stop.set()
