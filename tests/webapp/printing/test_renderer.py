"""The renderer as a process of its own: what happens to those who wait for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.printing import need_fonts
from webapp.core.errors import DomainError
from webapp.printing import model, services

SHORT = model.Document("案卷", "", "", (), "", [model.Text("职业健康")])
LONG = model.Document("案卷", "", "", (), "", [model.Table(("事由",), [("经查",)] * 40_000, (1.0,))])  # more than a minute of work
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def place() -> Iterator[Path]:
    """Where the renderer listens: the path of a socket must be short."""
    with tempfile.TemporaryDirectory(prefix="zj-") as folder:
        yield Path(folder) / "r.sock"


@pytest.fixture
def start(place: Path) -> Iterator[Start]:
    """Starts a renderer, with other limits if wanted."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin(changes: str = "pass", **environment: str) -> subprocess.Popen[bytes]:
        code = f"from webapp.printing import renderer; {changes}; renderer.main()"
        process = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "ZHIJIAN_RENDERER": str(place), **environment})
        begun.append(process)
        wait_for(place.exists)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.wait()


def wait_for(is_so: Callable[[], bool]) -> None:
    for _ in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise TimeoutError


def ask(place: Path, document: model.Document) -> Any:
    return services._ask(place, document)


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(child) for child in found.stdout.split()]


def waiting(place: Path, document: model.Document) -> tuple[threading.Thread, list[Any]]:
    """Somebody who waits for a document; the list gets the answer or the refusal."""
    answers: list[Any] = []

    def work() -> None:
        try:
            answers.append(ask(place, document))
        except DomainError as error:
            answers.append(type(error))

    thread = threading.Thread(target=work)
    thread.start()
    return thread, answers


def test_a_renderer_that_is_killed_leaves_a_sentence(start: Start, place: Path) -> None:
    process = start()
    thread, answers = waiting(place, LONG)
    wait_for(lambda: bool(children_of(process.pid)))
    left = children_of(process.pid)
    process.kill()
    thread.join(20)
    for pid in left:
        os.kill(pid, 9)
    assert answers == [services.RendererAway]
    with pytest.raises(services.RendererAway):
        ask(place, SHORT)


def test_a_killed_print_leaves_the_renderer_to_the_others(start: Start, place: Path) -> None:
    need_fonts()
    process = start()
    thread, answers = waiting(place, LONG)
    wait_for(lambda: bool(children_of(process.pid)))
    os.kill(children_of(process.pid)[0], 9)
    thread.join(20)
    assert answers == ["broken"]
    assert ask(place, SHORT).pages == 1


def test_a_document_that_takes_too_long_is_stopped(start: Start, place: Path) -> None:
    need_fonts()
    process = start("renderer.SECONDS = 1")
    assert ask(place, LONG) == "time"
    wait_for(lambda: not children_of(process.pid))
    assert ask(place, SHORT).pages == 1


def test_a_document_that_needs_too_much_memory_is_stopped(start: Start, place: Path) -> None:
    need_fonts()
    process = start("renderer.MEGABYTES = 1; renderer._address_space = lambda: 0")
    huge = model.Facts([("问", "答")] * 400_000)
    assert ask(place, model.Document("案卷", "", "", (), "", [huge])) == "broken"
    assert process.poll() is None


def test_without_fonts_the_answer_says_so(start: Start, place: Path, tmp_path: Path) -> None:
    start(ZHIJIAN_FONTS=str(tmp_path), ZHIJIAN_FONT_DIR="")
    assert ask(place, SHORT) == "fonts"


def test_many_at_once_are_all_answered(start: Start, place: Path) -> None:
    need_fonts()
    start()
    waiters = [waiting(place, SHORT) for _ in range(12)]
    for thread, _ in waiters:
        thread.join(60)
    assert [answers[0].pages for _, answers in waiters] == [1] * 12


def test_a_socket_of_somebody_else_is_not_trusted(start: Start, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_fonts()
    start()
    owner = os.getuid()
    assert place.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(services.RendererAway):
        ask(place, SHORT)


def test_a_socket_that_is_left_over_is_taken_over(start: Start, place: Path) -> None:
    need_fonts()
    start().kill()
    wait_for(lambda: not is_answered(place))
    start()
    wait_for(lambda: is_answered(place))
    assert ask(place, SHORT).pages == 1


def is_answered(place: Path) -> bool:
    try:
        ask(place, SHORT)
    except services.RendererAway:
        return False
    return True
