"""Is the process alive, and can it serve."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from webapp.core.db import db
from webapp.core.permissions import public
from webapp.processes.models import Edition

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """503 until the database answers and an edition is active."""
    try:
        has_edition = db.session.scalar(select(Edition.id).where(Edition.is_active)) is not None
    except SQLAlchemyError:
        return make_response(jsonify(status="database does not answer"), 503)
    return make_response(jsonify(status="ready" if has_edition else "no edition is active"), 200 if has_edition else 503)
