"""Receivers of webhooks and what was sent to them, for administrators. They are entered on the page, where the secret is shown."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from webapp.api.schemas import PageQuery
from webapp.core.permissions import Permission, policy
from webapp.webhooks import queries
from webapp.webhooks.models import DELIVERED, PARKED, WAITING

blueprint = Blueprint("api_webhooks", __name__, url_prefix="/api/v1/webhooks", description="Webhooks")


class ReceiverSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    url = fields.String()
    events = fields.List(fields.String())
    jurisdiction_id = fields.Integer(allow_none=True)
    is_active = fields.Boolean()
    added_at = fields.AwareDateTime()


class DeliverySchema(Schema):
    id = fields.Integer()
    key = fields.UUID(metadata={"description": "Zhijian-Delivery of the message"})
    event = fields.String(attribute="event.name")
    state = fields.String()
    attempts = fields.Integer()
    status = fields.Integer(allow_none=True)
    trouble = fields.String(allow_none=True)
    next_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class DeliveryQuery(PageQuery):
    state = fields.String(validate=validate.OneOf([WAITING, DELIVERED, PARKED]))


class DeliveryPage(Schema):
    items = fields.List(fields.Nested(DeliverySchema))
    next = fields.String(allow_none=True)


@blueprint.get("")
@policy(Permission.ADMINISTER)
@blueprint.response(200, ReceiverSchema(many=True))
def list_receivers() -> Any:
    return [receiver for receiver, _ in queries.list_receivers()]


@blueprint.get("/<int:receiver_id>/deliveries")
@policy(Permission.ADMINISTER)
@blueprint.arguments(DeliveryQuery, location="query")
@blueprint.response(200, DeliveryPage)
def list_deliveries(wanted: dict[str, Any], receiver_id: int) -> Any:
    """What is owed and was sent, the newest first."""
    receiver = queries.find_receiver(receiver_id)
    return queries.deliveries(receiver, state=wanted.get("state"), after=wanted.get("after"), limit=wanted["limit"])
