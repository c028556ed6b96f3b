"""Named crash points: a test kills the process exactly there. Without the test settings they do nothing."""

from __future__ import annotations

import os
import signal

POINTS = ("after_engine", "after_update", "before_commit", "after_commit", "before_response")


def reach(point: str) -> None:
    """Die by SIGKILL if the test settings ask for it: ``ZHIJIAN_ENV=test`` and ``ZHIJIAN_CRASH_AT=<point>``."""
    if point == _CRASH_AT:
        os.kill(os.getpid(), signal.SIGKILL)


_CRASH_AT = os.environ.get("ZHIJIAN_CRASH_AT") if os.environ.get("ZHIJIAN_ENV") == "test" else None
