"""Settings: the environment first, then defaults that let a fresh checkout run."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from webapp.core import keys

DEMO_PASSWORD = "zhijian-demo"  # noqa: S105 - printed by `zhijian demo load`, for fictional people only


@dataclass(frozen=True, slots=True)
class Settings:
    """``home`` holds keys, anchors and, without ``DATABASE_URL``, the SQLite file."""

    home: Path
    database_url: str
    owner_url: str | None = None  # PostgreSQL: the role that owns the tables; only init, migrate and demo wipe use it
    port: int = 8000
    demo_password: str = DEMO_PASSWORD
    is_production: bool = False
    workers: int = 2
    threads: int = 4  # requests that work at once in a process
    has_prefect: bool = True  # without it the loop opens campaigns itself
    prefect_port: int = 8001
    remote_prefect_url: str | None = None  # a server that other machines share; this installation then starts none
    renderer_place: Path | None = None  # socket of the renderer; by default one of this installation
    log_form: str = "auto"  # json, plain, or auto: plain on a terminal
    metrics_token: str | None = None  # who may read /metrics from elsewhere; without it only this machine
    proxies: int = 0  # reverse proxies in front whose X-Forwarded headers are believed
    webhook_networks: tuple[str, ...] = ()  # private networks that messages to other systems may go to
    backup_dir: Path | None = None  # where `zhijian check --deploy` looks for a fresh backup
    launch_patience: int = 60  # seconds without a newly opened member before a launch is taken up again

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        home, port = Path(environ.get("ZHIJIAN_HOME", ".zhijian")).resolve(), int(environ.get("PORT", "8000"))
        return cls(
            home=home,
            database_url=_with_driver(environ.get("DATABASE_URL") or f"sqlite:///{home / 'zhijian.sqlite'}"),
            owner_url=_with_driver(environ["DATABASE_OWNER_URL"]) if environ.get("DATABASE_OWNER_URL") else None,
            port=port,
            demo_password=environ.get("ZHIJIAN_DEMO_PASSWORD", DEMO_PASSWORD),
            is_production=environ.get("ZHIJIAN_ENV") == "production",
            workers=int(environ.get("ZHIJIAN_WORKERS", "2")),
            threads=int(environ.get("ZHIJIAN_THREADS", "4")),
            has_prefect=environ.get("ZHIJIAN_PREFECT", "on") != "off",
            prefect_port=int(environ.get("ZHIJIAN_PREFECT_PORT", str(port + 1))),
            remote_prefect_url=environ.get("ZHIJIAN_PREFECT_URL"),
            renderer_place=Path(environ["ZHIJIAN_RENDERER"]) if environ.get("ZHIJIAN_RENDERER") else None,
            log_form=environ.get("ZHIJIAN_LOG", "auto"),
            metrics_token=environ.get("ZHIJIAN_METRICS_TOKEN") or None,
            proxies=int(environ.get("ZHIJIAN_PROXIES", "0")),
            webhook_networks=tuple(environ.get("ZHIJIAN_WEBHOOK_NETWORKS", "").replace(",", " ").split()),
            backup_dir=Path(environ["ZHIJIAN_BACKUP_DIR"]) if environ.get("ZHIJIAN_BACKUP_DIR") else None,
            launch_patience=int(environ.get("ZHIJIAN_LAUNCH_PATIENCE", "60")),
        )

    @property
    def metrics_folder(self) -> Path:
        """What the processes of this installation have counted; emptied when the site starts."""
        return self.home / "metrics"

    @property
    def prefect_url(self) -> str:
        return self.remote_prefect_url or f"http://127.0.0.1:{self.prefect_port}/api"

    @property
    def renderer_socket(self) -> Path:
        """In a folder of this account alone; not in ``home``, whose path may be longer than the 107 characters of a socket's."""
        name = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return self.renderer_place or Path(tempfile.gettempdir()) / f"zhijian-{os.getuid()}" / f"{name}.sock"

    def as_owner(self) -> Settings:
        """The same installation, connected as the owner of the tables."""
        return replace(self, database_url=self.owner_url or self.database_url)

    def flask_config(self) -> dict[str, object]:
        return {
            "ZHIJIAN": self,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self._engine_options(),
            "SECRET_KEY": keys.read(self.home, "session").hex(),
            "EVENT_HMAC_KEY": keys.read(self.home, "event_hmac"),
            "SESSION_COOKIE_SECURE": self.is_production,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_NAME": "zhijian",
            "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,  # forms; evidence has its own limit
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        }

    def _engine_options(self) -> dict[str, object]:
        """Parameters are hidden from error messages: logs must not hold what people typed."""
        if self.database_url.startswith("sqlite"):
            return {"connect_args": {"check_same_thread": False, "timeout": 15}, "hide_parameters": True}
        return {"pool_size": self.threads, "max_overflow": 4, "pool_pre_ping": False, "pool_recycle": 1800, "hide_parameters": True}


def _with_driver(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
