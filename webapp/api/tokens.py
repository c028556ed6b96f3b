"""Sign in by API: a bearer token for a limited time."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_smorest import Blueprint

from webapp.accounts.web import token_for
from webapp.api.schemas import TokenAnswer, TokenRequest
from webapp.core import clock
from webapp.core.permissions import public

blueprint = Blueprint("tokens", __name__, url_prefix="/api/v1", description="Sign in")


@blueprint.post("/tokens")
@public
@blueprint.arguments(TokenRequest)
@blueprint.response(201, TokenAnswer)
def create_token(wanted: dict[str, Any]) -> dict[str, Any]:
    """A token for ``Authorization: Bearer``."""
    issued = token_for(wanted["username"], wanted["password"], code=wanted.get("otp"), address=request.remote_addr or "", at=clock.now())
    return {"token": issued.token, "expires_at": issued.expires_at}
