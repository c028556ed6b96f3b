"""The processes of one installation: web site, loop, and for campaigns Prefect's server and the flow runner."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime

from webapp.config import Settings
from webapp.core import clock
from webapp.supervisor import Part

CONNECTIONS = 64  # threads of a web process that read and send; how many of them work at once is `Settings.threads`


def all_parts(settings: Settings) -> list[Part]:
    base = f"http://127.0.0.1:{settings.port}"
    counted = metrics_environment(settings)
    site = Part("site", site_command(settings), counted, is_ready=lambda: _answer(f"{base}/readyz") is not None)
    loop = Part("loop", [sys.executable, "-m", "webapp.cli", "loop"], counted)
    renderer = Part("renderer", [sys.executable, "-m", "webapp.printing.renderer"], is_ready=settings.renderer_socket.exists)
    parts = [site, loop, renderer]
    return parts + (_prefect(settings) if settings.has_prefect else [])


def site_command(settings: Settings) -> list[str]:
    if sys.platform == "win32":
        return [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{settings.port}", "webapp.wsgi:app"]
    return [
        sys.executable, "-m", "gunicorn", "webapp.wsgi:app", "--preload", "--worker-class=gthread", f"--workers={settings.workers}",
        f"--threads={CONNECTIONS}", f"--bind=127.0.0.1:{settings.port}", "--graceful-timeout=10", "--keep-alive=30",
        "--no-control-socket", "--logger-class=webapp.core.gunicorn_lines.GunicornLines",
    ]  # fmt: skip


def metrics_environment(settings: Settings) -> dict[str, str]:
    return {"PROMETHEUS_MULTIPROC_DIR": str(settings.metrics_folder)}


def prefect_environment(settings: Settings) -> dict[str, str]:
    """Its own database, loopback only, no word to the outside, and no more history than a week of events and half a year of runs.

    Source: measured in design/prefect-facts.md, 1 and 7.
    """
    folder = settings.home / "prefect"
    return {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": settings.prefect_url,
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(settings.prefect_port),
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{folder / 'prefect.db'}",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(180 * 24 * 3600),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P7D",
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }


def _prefect(settings: Settings) -> list[Part]:
    environment, logs = prefect_environment(settings), settings.home / "logs"
    api = settings.prefect_url
    server = Part(
        "scheduler", [sys.executable, "-m", "prefect", "server", "start"], environment, logs / "scheduler.log",
        is_ready=lambda: _answer(f"{api}/health") is not None,
    )  # fmt: skip
    runner = Part(
        "flows", [sys.executable, "-m", "workflows.serve"], environment, logs / "flows.log",
        is_ready=_has_polled(f"{api}/deployments/name/campaign-launch/main"), leans_on=None if settings.remote_prefect_url else server,
    )  # fmt: skip
    return [runner] if settings.remote_prefect_url else [server, runner]


def _has_polled(address: str) -> Callable[[], bool]:
    """Whether a runner of ours has asked for work: what Prefect calls READY may be left from the day before."""
    begun_at = clock.now()

    def is_ready() -> bool:
        found = _answer(address)
        polled = json.loads(found).get("last_polled") if found else None
        return polled is not None and datetime.fromisoformat(polled) > begun_at

    return is_ready


def _answer(address: str) -> bytes | None:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:  # noqa: S310 - our own address
            return bytes(answer.read())
    except (urllib.error.URLError, OSError):
        return None
