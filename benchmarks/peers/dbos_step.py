"""A durable step of DBOS on PostgreSQL. Runs in the peers' own environment.

``python dbos_step.py DATABASE_URL``: for each number on standard input, runs that many steps and prints their milliseconds as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from dbos import DBOS

PAYLOAD = {f"f{number}": f"value {number}" for number in range(1, 11)}


def main(url: str) -> None:
    DBOS(config={"name": "same-work", "system_database_url": url, "log_level": "ERROR", "run_admin_server": False})

    @DBOS.step()
    def keep(payload: dict[str, str]) -> dict[str, str]:
        return payload

    @DBOS.workflow()
    def work(count: int) -> list[float]:
        return [_timed(keep) for _ in range(count)]

    DBOS.launch()
    try:
        for line in sys.stdin:
            print(json.dumps(work(int(line))), flush=True)
    finally:
        DBOS.destroy()


def _timed(step: Any) -> float:
    began = time.perf_counter()
    step(PAYLOAD)
    return (time.perf_counter() - began) * 1000


main(sys.argv[1])
