"""The checks in a process of their own, with limits on time and memory: a hostile file stops itself, not the server.

python -m bpmn.engine.lint.child < request.json > problems.json
"""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Iterable, Sequence
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
MAX_ALL_BYTES = 32 * 1024 * 1024

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
    seconds: int = 20,
    memory_mb: int = 1024,
) -> list[Problem]:
    """Like ``bpmn.engine.lint.check``; a crash or a time-out is a problem too. Files that are too large are not even sent."""
    files = list(artifacts)
    problems = _too_large(files)
    if problems:
        return problems
    asked = {
        "artifacts": [[file.kind, file.key, base64.b64encode(file.content).decode(), file.hash] for file in files],
        "roles": sorted(roles), "deadline_codes": None if deadline_codes is None else sorted(deadline_codes),
    }  # fmt: skip
    return _run(orjson.dumps(asked), seconds=seconds, memory_mb=memory_mb)


def main() -> int:
    """Answer one request: artifacts on standard input, problems on standard output, the file in hand on standard error."""
    _limit_itself(int(sys.argv[1]), int(sys.argv[2]))
    from bpmn.engine.lint import check

    asked = orjson.loads(sys.stdin.buffer.read())
    files = [Artifact(kind, key, base64.b64decode(content), digest) for kind, key, content, digest in asked["artifacts"]]
    codes = asked["deadline_codes"]
    problems = check(files, roles=asked["roles"], deadline_codes=codes, told=lambda name: os.write(2, f"{IN_HAND}{name}\n".encode()))
    sys.stdout.buffer.write(orjson.dumps([asdict(problem) for problem in problems]))
    return 0


def _too_large(files: Sequence[Artifact]) -> list[Problem]:
    from_each = [file for file in files if len(file.content) > MAX_BYTES]
    if from_each:
        rule = XML_RULES["file-too-large"]
        return [rule.at(None, file=f"{file.key}.{file.kind}", limit=MAX_BYTES // 1024 // 1024) for file in from_each]
    if len(files) > MAX_FILES or sum(len(file.content) for file in files) > MAX_ALL_BYTES:
        return [RULES["edition-too-large"].at(None, files=MAX_FILES, limit=MAX_ALL_BYTES // 1024 // 1024)]
    return []


def _run(asked: bytes, *, seconds: int, memory_mb: int) -> list[Problem]:
    command = [sys.executable, "-m", "bpmn.engine.lint.child", str(seconds), str(memory_mb)]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=seconds, env=_environment(), check=False)
    except subprocess.TimeoutExpired as error:
        return [_broken_off("check-timeout", error.stderr, seconds=seconds)]
    if done.returncode == 0:
        return [Problem(**problem) for problem in orjson.loads(done.stdout)]
    is_out_of_time = done.returncode in {-signal.SIGXCPU, -signal.SIGKILL} if sys.platform != "win32" else False
    return [_broken_off("check-timeout" if is_out_of_time else "check-stopped", done.stderr, seconds=seconds)]


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
