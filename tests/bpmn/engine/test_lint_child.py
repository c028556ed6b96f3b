"""The process of a check that was started beforehand answers like any other, once, and nobody waits for one that is gone."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from bpmn.engine.lint import child
from bpmn.engine.lint.child import check_in_child, prepare
from bpmn.engine.ports import Artifact
from webapp.processes.files import shipped

BROKEN = Artifact("bpmn", "broken", b"<x", "x")


@pytest.fixture(autouse=True)
def nobody_waits_afterwards() -> Iterator[None]:
    yield
    child._spare.end()


def codes() -> set[str]:
    return {problem.code for problem in check_in_child([BROKEN])}


def waiting() -> subprocess.Popen[bytes]:
    prepare()
    found = child._spare._child
    assert found is not None
    return found


def test_a_prepared_process_answers_and_is_used_up() -> None:
    spare = waiting()
    assert codes() == {"not-xml"}
    assert spare.returncode == 0
    assert child._spare._child is None
    prepare()
    assert check_in_child(shipped()) == []


def test_preparing_twice_starts_one_process() -> None:
    assert waiting() is waiting()


def test_a_prepared_process_that_died_is_replaced() -> None:
    spare = waiting()
    spare.kill()
    spare.wait()
    assert codes() == {"not-xml"}


def test_a_prepared_process_that_gives_up_at_this_moment_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    spare = waiting()
    assert spare.stdin is not None
    spare.stdin.close()
    spare.stdin = None
    monkeypatch.setattr(spare, "poll", lambda: None)  # it still seems to wait
    assert codes() == {"not-xml"}
    assert spare.returncode == child.NOT_ASKED


def test_checks_of_several_threads_do_not_share_a_process() -> None:
    prepare()
    found: list[set[str]] = []
    threads = [threading.Thread(target=lambda: found.append(codes())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{"not-xml"}] * 4


def test_a_prepared_process_ends_with_its_parent() -> None:
    code = "from bpmn.engine.lint.child import prepare, _spare; prepare(); print(_spare._child.pid)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
