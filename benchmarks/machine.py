"""Where and when it was measured."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    measured_at: str
    load_before: float


def describe() -> Machine:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    measured_at = datetime.now(UTC).isoformat(timespec="minutes")
    system = f"{platform.system()} {platform.release()}"
    return Machine(_processor(), os.cpu_count() or 1, memory, system, platform.python_version(), measured_at, os.getloadavg()[0])


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", path.read_text(), re.M) if path.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()
