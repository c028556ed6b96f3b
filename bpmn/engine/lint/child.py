"""Check foreign files in a process of its own, with limits: nothing they contain can stop the server."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import orjson

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.xml import MAX_BYTES
from bpmn.engine.lint.xml import RULES as XML_RULES
from bpmn.engine.ports import Artifact, Problem

RULES = table(
    Rule("check-timeout", "检查超过 {seconds} 秒未完成，文件过于复杂，请简化后再上传。", "The check took longer than {seconds} seconds. The files are too complex: make them simpler."),
    Rule("check-stopped", "检查被中止，文件不可接受（过大或有意破坏），请更换文件。", "The check had to be stopped: the files are too large or made to do harm. Use other files."),
)  # fmt: skip


def check_in_child(
    artifacts: Iterable[Artifact], *, deadline_codes: Iterable[str] | None = None, seconds: int = 20, memory_mb: int = 1024
) -> list[Problem]:
    """``bpmn.engine.lint.check`` with a wall clock and memory limit. A crash or time-out is a problem, not an exception."""
    files = list(artifacts)
    huge = [
        XML_RULES["file-too-large"].at(None, file=file.key, limit=MAX_BYTES // 1024 // 1024)
        for file in files
        if len(file.content) > MAX_BYTES
    ]
    if huge:
        return huge
    command = [sys.executable, "-m", "bpmn.engine.lint.child", str(seconds), str(memory_mb)]
    try:
        done = subprocess.run(
            command, input=_packed(files, deadline_codes), capture_output=True, timeout=seconds, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        return [RULES["check-timeout"].at(None, seconds=seconds)]
    return [Problem(**found) for found in orjson.loads(done.stdout)] if done.returncode == 0 else [RULES["check-stopped"].at(None)]


def main(seconds: int, memory_mb: int) -> None:
    """The child: files from standard input, problems to standard output."""
    from bpmn.engine.lint import check

    _limit(seconds, memory_mb)
    given = orjson.loads(sys.stdin.buffer.read())
    files = [Artifact(kind, key, base64.b64decode(content), digest) for kind, key, content, digest in given["files"]]
    problems = check(files, deadline_codes=given["deadline_codes"])
    sys.stdout.buffer.write(orjson.dumps([_plain(problem) for problem in problems]))


def _packed(files: list[Artifact], deadline_codes: Iterable[str] | None) -> bytes:
    rows = [[file.kind, file.key, base64.b64encode(file.content).decode(), file.hash] for file in files]
    return orjson.dumps({"files": rows, "deadline_codes": None if deadline_codes is None else sorted(deadline_codes)})


def _plain(problem: Problem) -> dict[str, Any]:
    return {**asdict(problem), "params": dict(problem.params)}


def _environment() -> Mapping[str, str]:
    """No secrets: only what Python needs to find itself."""
    kept = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "SYSTEMROOT", "HOME")
    folder = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))  # noqa: PTH100, PTH120
    paths = [folder, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**{name: os.environ[name] for name in kept if name in os.environ}, "PYTHONPATH": os.pathsep.join(paths)}


def _limit(seconds: int, memory_mb: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 1024 * 1024, memory_mb * 1024 * 1024))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
