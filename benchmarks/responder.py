"""A child process that measures when asked: a number in, that many milliseconds out, one JSON line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.figures import Milliseconds

ROOT = Path(__file__).parents[1]


class Silent(RuntimeError):
    """The child process ended before it answered."""


class Responder:
    def __init__(self, command: Sequence[str | Path]) -> None:
        self._command = [str(part) for part in command]
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def ask(self, count: int) -> Milliseconds:
        """Raises Silent."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(f"{count}\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
            while line and not line.startswith("["):
                line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Silent(f"{' '.join(self._command)}: {self._last_words()}")
        return [float(value) for value in json.loads(line)]

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        self._process.kill()
        assert self._process.stderr is not None
        return self._process.stderr.read()[-600:]


def ask_together(responders: Sequence[Responder], count: int) -> Milliseconds:
    """All at the same time, as so many clients would."""
    with ThreadPoolExecutor(len(responders)) as pool:
        return [value for samples in pool.map(lambda responder: responder.ask(count), responders) for value in samples]


def part(name: str, *arguments: str) -> Responder:
    """One of our own parts (``benchmarks.parts``)."""
    return Responder([sys.executable, "-m", "benchmarks.parts", name, *arguments])
