"""How long the diagram editor takes in Chromium until the largest shipped diagram can be changed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.goals import Verdict
from benchmarks.place import free_port
from webapp import parts
from webapp.config import DEMO_PASSWORD, Settings

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
ROUNDS = 9
DIAGRAM = "case_lifecycle"


def verdicts(missing: list[str]) -> list[Verdict]:
    """One line, or a sentence added to ``missing``. From the start of the navigation, each time with an empty cache."""
    if not Path(CHROMIUM).is_file():
        missing.append("the diagram editor: there is no Chromium")
        return []
    subprocess.run([sys.executable, "-m", "webapp.assets", "build"], check=True, capture_output=True)
    with tempfile.TemporaryDirectory(prefix="zhijian-bench-") as folder, _site(Path(folder)) as base:
        found = sorted(_milliseconds(base))
    p95 = found[-1]
    return [Verdict(13, f"editor ready, {DIAGRAM}, empty cache", "SQLite", "page", 1, median(found), p95, "", p95 / 1000, "s", 2.0)]


def _milliseconds(base: str) -> Iterator[float]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(base_url=base)
        address = _open_draft(context.new_page())
        state = context.storage_state()
        for _ in range(ROUNDS):
            fresh = browser.new_context(base_url=base, storage_state=state, viewport={"width": 1440, "height": 900})
            page = fresh.new_page()
            page.goto(address)
            yield float(page.locator("#bpmn-editor[data-ready-ms]").get_attribute("data-ready-ms") or "nan")
            fresh.close()
        browser.close()


def _open_draft(page: Any) -> str:
    """Address of the editor of a new draft."""
    page.goto("/sign-in")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")
    page.goto("/diagrams")
    token = page.locator("input[name=csrf_token]").first.input_value()
    form = {"csrf_token": token, "idempotency_key": str(uuid.uuid4()), "title": "benchmark", "kind": "bpmn", "key": DIAGRAM}
    made = page.request.post("/diagrams/drafts", form=form, headers={"Referer": page.url})
    return f"{made.url}/files/bpmn/{DIAGRAM}/edit"


@contextmanager
def _site(home: Path) -> Iterator[str]:
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'zhijian.sqlite'}", port=free_port())
    environment = {**os.environ, "ZHIJIAN_HOME": str(home), "DATABASE_URL": settings.database_url}
    for command in (["init"], ["demo", "load", "--size", "small"]):
        subprocess.run([sys.executable, "-m", "webapp.cli", *command], check=True, env=environment, capture_output=True)
    server = subprocess.Popen(parts.site_command(settings), env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{settings.port}")
        yield f"http://127.0.0.1:{settings.port}"
    finally:
        server.terminate()
        server.wait(20)


def _wait(base: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{base}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError("the site did not start")


if __name__ == "__main__":
    for verdict in verdicts([]):
        print(f"{verdict.figure}: median {verdict.median_ms:.0f} ms, slowest of {ROUNDS} {verdict.p95_ms:.0f} ms; goal {verdict.limit:g} s")
