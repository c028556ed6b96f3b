"""/metrics for Prometheus."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from flask import Blueprint, Response, current_app, make_response, request
from prometheus_client import CONTENT_TYPE_LATEST

from webapp.core.errors import NotFound
from webapp.core.permissions import public
from webapp.operations.exposition import exposition

blueprint = Blueprint("operations", __name__)


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """For this machine, or for whoever has the token. Raises NotFound for anybody else."""
    if not _may_read():
        raise NotFound
    return make_response(exposition(), 200, {"Content-Type": CONTENT_TYPE_LATEST})


def _may_read() -> bool:
    token = current_app.config["ZHIJIAN"].metrics_token
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    was_passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    return not was_passed_on and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 - an address nobody has
