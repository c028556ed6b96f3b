"""Application factory. ``create_app(web=False)`` is the headless application of commands, the loop and flows."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from webapp.config import Settings
from webapp.core.db import db

MODELS = (
    "accounts", "events", "rules", "employers", "deadlines", "processes", "cases", "documents", "referrals", "diagrams", "campaigns",
    "inbox", "notifications", "audit", "webhooks",
)  # fmt: skip
HANDLERS = (
    "webapp.employers.term_index", "webapp.search.sweeps", "webapp.cases.handlers", "webapp.processes.sweeps", "webapp.processes.registers",
    "webapp.processes.clocks", "webapp.deadlines.handlers", "webapp.deadlines.sweeps",
    "webapp.events.sweeps", "webapp.accounts.sweeps", "webapp.campaigns.handlers", "webapp.campaigns.sweeps", "webapp.documents.handlers",
    "webapp.documents.sweeps", "webapp.referrals.handlers", "webapp.cases.rounds", "webapp.legality.handlers",
    "webapp.notifications.handlers", "webapp.notifications.sweeps", "webapp.webhooks.sweeps",
)  # fmt: skip
PAGES = (
    "accounts", "inbox", "processes", "cases", "employers", "diagrams", "campaigns", "dossiers", "deadlines", "organisation", "documents",
    "rules", "referrals", "operations", "notifications", "audit", "search", "help", "webhooks",
)  # fmt: skip


class RowId(IntegerConverter):
    """Ids in addresses fit the database's; anything longer is not found."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**62)


def create_app(settings: Settings | None = None, *, web: bool = True, overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the application. ``overrides`` are Flask settings of tests."""
    app = Flask("webapp", static_url_path="/static")
    app.config.from_mapping((settings or Settings.from_environment()).flask_config())
    app.config.update(overrides or {})
    import_models()
    db.init_app(app)
    Migrate(app, db, directory=str(migrations_folder()))
    for name in HANDLERS:
        importlib.import_module(name)
    importlib.import_module("webapp.core.i18n").init_app(app)
    if web:
        _add_web(app)
    return app


def import_models() -> None:
    """Fill ``Base.metadata`` with every table."""
    importlib.import_module("webapp.core.idempotency")
    for feature in MODELS:
        importlib.import_module(f"webapp.{feature}.models")


def migrations_folder() -> Any:
    return importlib.import_module("pathlib").Path(__file__).resolve().parents[1] / "migrations"


def _add_web(app: Flask) -> None:
    app.url_map.converters["int"] = RowId
    _believe_proxies(app)
    importlib.import_module("webapp.core.request_log").init_app(app)  # first: it times all the others
    importlib.import_module("webapp.accounts.web").init_app(app)  # sessions, CSRF, Flask-Security, policies
    importlib.import_module("webapp.core.web").init_app(app)  # headers, error pages, template globals
    for feature in PAGES:
        app.register_blueprint(importlib.import_module(f"webapp.{feature}.views").blueprint)
    importlib.import_module("webapp.api").init_app(app)


def _believe_proxies(app: Flask) -> None:
    """Addresses of clients come from the reverse proxies in front, if there are any; nobody else is believed."""
    number = app.config["ZHIJIAN"].proxies
    if number:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=number, x_proto=number, x_host=0)  # type: ignore[method-assign]
