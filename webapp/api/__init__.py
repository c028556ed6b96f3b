"""REST for other systems: ``/api/v1``, OpenAPI 3.1, the same services, permissions and validation as the pages."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from webapp.api import health
from webapp.api.campaigns import blueprint as campaigns
from webapp.api.cases import blueprint as cases
from webapp.api.evidence import blueprint as evidence
from webapp.api.files import of_cases, papers, sent
from webapp.api.processes import blueprint as processes
from webapp.api.registers import employers, mine, rules
from webapp.api.schemas import ErrorAnswer
from webapp.api.tasks import blueprint as tasks
from webapp.api.tokens import blueprint as tokens
from webapp.api.webhooks import blueprint as webhooks

SPEC_OPTIONS = {
    "info": {
        "description": "Occupational-health supervision: start processes, work on user tasks, read cases, employers and rules, search."
    },
    "security": [{"bearer": []}],
}


class QuietApi(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """Leaves errors to ``core.error_pages``: one home for sentences and shapes."""

    ERROR_SCHEMA = ErrorAnswer

    def _register_error_handlers(self) -> None:
        return


def init_app(app: Flask) -> None:
    app.config.update(
        API_TITLE="Zhijian",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS=SPEC_OPTIONS,
    )
    api = QuietApi(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for blueprint in (tokens, processes, tasks, cases, evidence, of_cases, papers, sent, employers, rules, mine, campaigns, webhooks):
        api.register_blueprint(blueprint)
    app.register_blueprint(health.blueprint)
