"""The checks in a process of their own, with limits on time and memory: a hostile file stops itself, not the server.

python -m bpmn.engine.lint.child SECONDS MEGABYTES < request.json > problems.json

Two thirds of a check are the start of Python and the imports, so that ``prepare`` starts the next process beforehand. Each answers once.
"""

from __future__ import annotations

import atexit
import base64
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import orjson

import bpmn
from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.edition import ROLE_CODES
from bpmn.engine.lint.xml import MAX_BYTES
from bpmn.engine.lint.xml import RULES as XML_RULES
from bpmn.engine.ports import Artifact, Problem

MAX_FILES = 1_000
IN_HAND = "checking: "
SECONDS, MEMORY_MB = 20, 1024
IDLE_SECONDS = 180
NOT_ASKED = 75  # exit code of a process that waited in vain
MAX_ALL_BYTES = 32 * 1024 * 1024

Child = subprocess.Popen[bytes]

RULES = table(
    Rule(
        "check-timeout",
        "检查“{name}”超过 {seconds} 秒仍未完成，文件未被采用。请简化或拆分文件。",
        "Checking “{name}” took more than {seconds} seconds; nothing was accepted. Simplify or split the file.",
    ),
    Rule(
        "check-stopped",
        "检查“{name}”时超出内存或异常中止，文件未被采用。请简化文件后重试。",
        "The check of “{name}” ran out of memory or broke off; nothing was accepted. Simplify the file and try again.",
    ),
    Rule(
        "edition-too-large",
        "文件太多或合计太大（最多 {files} 个、{limit} MB），请分批发布。",
        "Too many files or too much in all ({files} files, {limit} MB at most). Publish them in parts.",
    ),
)


def check_in_child(
    artifacts: Iterable[Artifact],
    *,
    roles: Collection[str] = ROLE_CODES,
    deadline_codes: Collection[str] | None = None,
    names: Mapping[str, Collection[str]] | None = None,
    seconds: int = SECONDS,
    memory_mb: int = MEMORY_MB,
) -> list[Problem]:
    """Like ``bpmn.engine.lint.check``; a crash or a time-out is a problem too. Files that are too large are not even sent."""
    files = list(artifacts)
    problems = _too_large(files)
    if problems:
        return problems
    asked = {
        "artifacts": [[file.kind, file.key, base64.b64encode(file.content).decode(), file.hash] for file in files],
        "roles": sorted(roles), "deadline_codes": None if deadline_codes is None else sorted(deadline_codes),
        "names": {name: sorted(known) for name, known in (names or {}).items()},
    }  # fmt: skip
    return _run(orjson.dumps(asked), seconds=seconds, memory_mb=memory_mb)


def prepare() -> None:
    """Start a process for the next check with the usual limits, unless one is waiting. It ends by itself when nobody asks it."""
    _spare.prepare()


def main() -> int:
    """Answer one request: artifacts on standard input, problems on standard output, the file in hand on standard error."""
    _limit_itself(int(sys.argv[1]), int(sys.argv[2]))
    from bpmn.engine.lint import check

    check([])  # reads what is read once
    request = _request()
    if not request:
        return NOT_ASKED
    asked = orjson.loads(request)
    files = [Artifact(kind, key, base64.b64decode(content), digest) for kind, key, content, digest in asked["artifacts"]]
    codes = asked["deadline_codes"]
    problems = check(files, roles=asked["roles"], deadline_codes=codes, names=asked["names"], told=_tell_in_hand)
    sys.stdout.buffer.write(orjson.dumps([asdict(problem) for problem in problems]))
    return 0


def _tell_in_hand(name: str) -> None:
    os.write(2, f"{IN_HAND}{name}\n".encode())


def _too_large(files: Sequence[Artifact]) -> list[Problem]:
    from_each = [file for file in files if len(file.content) > MAX_BYTES]
    if from_each:
        rule = XML_RULES["file-too-large"]
        return [rule.at(None, file=f"{file.key}.{file.kind}", limit=MAX_BYTES // 1024 // 1024) for file in from_each]
    if len(files) > MAX_FILES or sum(len(file.content) for file in files) > MAX_ALL_BYTES:
        return [RULES["edition-too-large"].at(None, files=MAX_FILES, limit=MAX_ALL_BYTES // 1024 // 1024)]
    return []


def _run(asked: bytes, *, seconds: int, memory_mb: int) -> list[Problem]:
    spare = _spare.take() if (seconds, memory_mb) == (SECONDS, MEMORY_MB) else None
    found = _ask(spare, asked, seconds=seconds) if spare else None
    return _ask(_start(seconds, memory_mb), asked, seconds=seconds) or [] if found is None else found


def _start(seconds: int, memory_mb: int) -> Child:
    command = [sys.executable, "-m", "bpmn.engine.lint.child", str(seconds), str(memory_mb)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=_environment())


def _ask(child: Child, asked: bytes, *, seconds: int) -> list[Problem] | None:
    """None if the process had just given up waiting."""
    with child:
        try:
            answer, said = child.communicate(asked, timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            return [_broken_off("check-timeout", child.communicate()[1], seconds=seconds)]
    if child.returncode == 0:
        return [Problem(**problem) for problem in orjson.loads(answer)]
    if child.returncode == NOT_ASKED:
        return None
    is_out_of_time = child.returncode in {-signal.SIGXCPU, -signal.SIGKILL} if sys.platform != "win32" else False
    return [_broken_off("check-timeout" if is_out_of_time else "check-stopped", said, seconds=seconds)]


class _Spare:
    """At most one process that has read its modules and waits for a request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._of_parent: Child | None = None

    def prepare(self) -> None:
        with self._lock:
            if self._child is None or self._child.poll() is not None:
                self._put_away()
                self._child = _start(SECONDS, MEMORY_MB)

    def take(self) -> Child | None:
        with self._lock:
            if self._child is not None and self._child.poll() is not None:
                self._put_away()
            child, self._child = self._child, None
            return child

    def end(self) -> None:
        with self._lock:
            self._put_away()

    def forget(self) -> None:
        """In a forked process: the child belongs to the parent, and the lock may be held by a thread that does not exist here."""
        self._lock, self._of_parent, self._child = threading.Lock(), self._child, None

    def _put_away(self) -> None:
        if self._child is not None:
            with self._child as child:
                child.kill()
            self._child = None


_spare = _Spare()
atexit.register(_spare.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_spare.forget)


def _request() -> bytes:
    """Empty if nobody asks: the parent is gone, or nothing came for a long time."""
    if sys.platform != "win32" and not select.select([sys.stdin.buffer], [], [], IDLE_SECONDS)[0]:
        return b""
    return sys.stdin.buffer.read()


def _broken_off(code: str, said: bytes | None, *, seconds: int) -> Problem:
    """Which file it was: the last one the child named before anything else it said."""
    names = [line.removeprefix(IN_HAND) for line in (said or b"").decode(errors="replace").splitlines() if line.startswith(IN_HAND)]
    return RULES[code].at(None, file=names[-1] if names else None, name=names[-1] if names else "?", seconds=seconds)


def _environment() -> dict[str, str]:
    """No secrets of the server: only what starts Python and finds this package."""
    here = str(Path(bpmn.__file__).parent.parent)
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV") if name in os.environ}
    return kept | {"PYTHONPATH": here, "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}


def _limit_itself(seconds: int, memory_mb: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
