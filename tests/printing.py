"""A renderer process for tests that print."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.printing import fonts


def need_fonts() -> None:
    """In CI nothing is skipped: there the fonts are fetched before."""
    import pytest

    if not fonts.are_installed() and not os.environ.get("CI"):
        pytest.skip("the fonts for printing are not installed: run `zhijian fonts fetch`")


@contextmanager
def running_renderer(place: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process that ``zhijian run`` starts, listening at ``place``."""
    process = subprocess.Popen([sys.executable, "-m", "webapp.printing.renderer"], env={**os.environ, "ZHIJIAN_RENDERER": str(place)})
    try:
        for _ in range(300):
            if place.exists():
                break
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()
