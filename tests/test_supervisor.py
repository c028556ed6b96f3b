"""Parts start again when they or what they lean on dies, and nothing of them is left at the end."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from webapp.cli import main
from webapp.config import Settings
from webapp.parts import all_parts, prefect_environment
from webapp.supervisor import Part, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
WITH_CHILD = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; subprocess.Popen(['sleep', '60']); print('on', flush=True); time.sleep(60)",
]


def wait_until(true: Callable[[], object]) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come true within ten seconds")


def is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def parts() -> Iterator[list[Part]]:
    made: list[Part] = []
    yield made
    for part in made:
        part.stop(within=0)


def test_a_part_starts_again_with_the_one_it_leans_on(parts: list[Part]) -> None:
    said: list[str] = []
    server = Part("server", SLEEP)
    runner = Part("runner", SLEEP, leans_on=server)
    parts += [server, runner]
    for part in parts:
        part.look_after(said.append)
    assert server.process and runner.process
    first = runner.process.pid
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    for _ in range(2):
        for part in parts:
            part.look_after(said.append)
    assert runner.process.pid != first
    assert (server.restarts, runner.restarts) == (1, 1)
    assert said[-1] == "runner starts again with server"


def test_what_a_part_started_ends_with_it(parts: list[Part], tmp_path: Path) -> None:
    part = Part("family", WITH_CHILD, log=tmp_path / "logs" / "family.log")
    parts.append(part)
    part.start()
    assert part.process
    wait_until(lambda: "on" in (tmp_path / "logs" / "family.log").read_text())
    group = part.process.pid
    os.kill(group, signal.SIGKILL)
    part.process.wait()
    part.look_after(lambda _: None)
    wait_until(lambda: not is_alive(group))


def test_a_part_that_dies_at_once_waits_longer_each_time(parts: list[Part]) -> None:
    said: list[str] = []
    part = Part("broken", [sys.executable, "-c", "raise SystemExit(3)"])
    parts.append(part)
    for _ in range(2):
        wait_until(lambda: part.look_after(said.append) or part.process is not None)
        assert part.process
        part.process.wait()
        part.look_after(said.append)
    assert [line.split("in ")[-1] for line in said] == ["0 s", "2 s"]
    assert "ended with 3" in said[0]


def test_it_says_when_a_part_is_ready_and_notes_what_runs(parts: list[Part], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False, True])
    said: list[str] = []
    part = Part("slow", SLEEP, is_ready=lambda: next(answers))
    parts.append(part)
    supervisor = Supervisor(parts, say=said.append, notes=tmp_path / "running.json")
    for _ in range(3):
        if part.look_after(said.append):
            supervisor._note()
    assert said[0].startswith("slow is ready (")
    assert json.loads((tmp_path / "running.json").read_text())["parts"][0]["is_ready"]
    monkeypatch.setenv("ZHIJIAN_HOME", str(tmp_path))
    told = CliRunner().invoke(main, ["status"])
    assert told.exit_code == 0
    assert "slow       ready" in told.output


def test_status_says_when_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_HOME", str(tmp_path))
    told = CliRunner().invoke(main, ["status"])
    assert told.exit_code == 1
    assert "zhijian run" in told.output


def test_without_prefect_only_our_own_parts_run(tmp_path: Path) -> None:
    environ = {"ZHIJIAN_HOME": str(tmp_path)}
    names = [part.name for part in all_parts(Settings.from_environment(environ))]
    alone = [part.name for part in all_parts(Settings.from_environment(environ | {"ZHIJIAN_PREFECT": "off"}))]
    shared = [part.name for part in all_parts(Settings.from_environment(environ | {"ZHIJIAN_PREFECT_URL": "http://10.0.0.9:4200/api"}))]
    assert set(names) - set(alone) == {"scheduler", "flows"}
    assert set(shared) - set(alone) == {"flows"}


def test_prefect_speaks_to_nobody_outside(tmp_path: Path) -> None:
    environment = prefect_environment(Settings.from_environment({"ZHIJIAN_HOME": str(tmp_path)}))
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_SERVER_API_HOST"] == "127.0.0.1"
    assert str(tmp_path) in environment["PREFECT_API_DATABASE_CONNECTION_URL"]
