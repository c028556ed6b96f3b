"""How long ``make run`` takes in a fresh copy of the tree: the first time, and the second."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.place import ROOT, free_port

PATIENCE_S = 600


def seconds_of_make_run() -> tuple[float, float]:
    """Until the site answers that it is ready. Raises TimeoutError."""
    with tempfile.TemporaryDirectory(prefix="zhijian-run-") as name:
        folder = Path(name) / "zhijian"
        _copy_tree(folder)
        return _make_run(folder), _make_run(folder)


def _copy_tree(folder: Path) -> None:
    """What a clone would have, uncommitted changes included."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        if (ROOT / line).is_file():
            (folder / line).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / line, folder / line)


def _make_run(folder: Path) -> float:
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZHIJIAN_", "DATABASE_", "MAKE", "VIRTUAL_ENV"))}
    began = time.monotonic()
    run = subprocess.Popen(
        ["make", "run"],
        cwd=folder,
        env={**kept, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_ready(run, port)
        return time.monotonic() - began
    finally:
        os.killpg(run.pid, signal.SIGTERM)
        run.wait(30)


def _wait_until_ready(run: subprocess.Popen[bytes], port: int) -> None:
    ends_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_at and run.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError("`make run` did not become ready")
