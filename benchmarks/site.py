"""What gunicorn serves in the benchmark: the application and one request that does nothing behind the same middleware."""

from __future__ import annotations

from webapp.app import create_app
from webapp.core.permissions import Permission, policy


@policy(Permission.WORK)
def nothing() -> tuple[str, int]:
    return "", 204


app = create_app()
app.add_url_rule("/bench/nothing", "bench_page", nothing, methods=["POST"])
app.add_url_rule("/api/v1/bench/nothing", "bench_api", nothing, methods=["POST"])
