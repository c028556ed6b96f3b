"""The loop goes on whatever one sweep does; the supervisor restarts what dies and stops all."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import timedelta

from webapp.core.sweeps import Sweep
from webapp.loop import Loop
from webapp.supervisor import Part, Supervisor


def test_each_sweep_runs_about_as_often_as_it_asks() -> None:
    now, ran = [0.0], []
    often = Sweep("often", timedelta(seconds=1), lambda: ran.append("often") or 1)
    rare = Sweep("rare", timedelta(hours=1), lambda: ran.append("rare") or 1)
    loop = Loop([often, rare], monotonic=lambda: now[0])
    for now[0] in (0.0, 0.5, 1.0, 2.0):
        loop.tick()
    assert ran == ["often", "rare", "often", "often"]


def test_a_sweep_that_fails_does_not_stop_the_others(caplog: object) -> None:
    ran = []

    def fail() -> int:
        raise RuntimeError("broken")

    Loop([Sweep("broken", timedelta(seconds=1), fail), Sweep("sound", timedelta(seconds=1), lambda: ran.append(1) or 1)]).tick()
    assert ran == [1]


def test_a_dead_part_is_started_again_and_all_stop_together() -> None:
    said: list[str] = []
    part = Part("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
    supervisor = Supervisor([part], say=said.append)
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    killer = threading.Thread(target=_kill_then_stop, args=(part,))
    killer.start()
    supervisor.run()
    killer.join()
    for number, handler in signals.items():
        signal.signal(number, handler)
    assert any("starting it again" in line for line in said)
    assert said[-1] == "all parts stopped"
    assert part.process is not None
    assert part.process.poll() is not None


def _kill_then_stop(part: Part) -> None:
    first = _wait_for_process(part, other_than=None)
    os.kill(first, signal.SIGKILL)
    _wait_for_process(part, other_than=first)
    os.kill(os.getpid(), signal.SIGTERM)


def _wait_for_process(part: Part, *, other_than: int | None) -> int:
    while part.process is None or part.process.pid == other_than:
        time.sleep(0.05)
    return part.process.pid
