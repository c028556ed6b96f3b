"""What gunicorn serves in the benchmark: the application and one request that does nothing behind the same middleware."""

from __future__ import annotations

import os

from benchmarks.watch import WATCHED, watch
from webapp.app import create_app
from webapp.config import Settings
from webapp.core.admission import Admission
from webapp.core.permissions import Permission, policy


@policy(Permission.WORK)
def nothing() -> tuple[str, int]:
    return "", 204


settings = Settings.from_environment()
flask_app = create_app(settings)
flask_app.add_url_rule("/bench/nothing", "bench_page", nothing, methods=["POST"])
flask_app.add_url_rule("/api/v1/bench/nothing", "bench_api", nothing, methods=["POST"])
if WATCHED in os.environ:
    watch(flask_app)
app = Admission(flask_app.wsgi_app, places=settings.threads)
