"""Read campaigns and their boards; launch, stop and resume them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from flask_login import current_user
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from webapp.api.idempotent import answer_once
from webapp.api.schemas import IdempotencyHeader, PageQuery
from webapp.campaigns import queries, services
from webapp.campaigns.models import Campaign
from webapp.core import clock
from webapp.core.permissions import Permission, policy

blueprint = Blueprint("api_campaigns", __name__, url_prefix="/api/v1/campaigns", description="Campaigns")


class CampaignSchema(Schema):
    id = fields.Integer()
    jurisdiction_id = fields.Integer()
    kind = fields.String(metadata={"description": "DUST, PLATING or AUTOREP"})
    name = fields.String()
    state = fields.String(metadata={"description": "draft, launching, running, stopped or finished"})
    starts_on = fields.Date()
    ends_on = fields.Date()
    member_count = fields.Integer()
    frozen_by_id = fields.Integer(allow_none=True)
    frozen_at = fields.AwareDateTime(allow_none=True)
    stop_reason = fields.String(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class BoardRowSchema(Schema):
    town_id = fields.Integer(attribute="town.id")
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "state of a visit -> members"})
    total = fields.Integer()


class CampaignDetail(CampaignSchema):
    plan = fields.String()
    criteria = fields.Dict()
    opened = fields.Integer(metadata={"description": "visits opened so far"})
    board = fields.List(fields.Nested(BoardRowSchema))


class CampaignPage(Schema):
    items = fields.List(fields.Nested(CampaignSchema))
    total = fields.String(metadata={"description": 'a number, or "999+"'})
    next = fields.String(allow_none=True)


class StopRequest(Schema):
    reason = fields.String(required=True, metadata={"description": "the towns read it"})


@blueprint.get("")
@policy(Permission.READ_CAMPAIGNS)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, CampaignPage)
def list_campaigns(wanted: dict[str, Any]) -> dict[str, Any]:
    """Campaigns of your jurisdiction, newest first."""
    page = queries.list_campaigns(current_user, after=wanted.get("after"), limit=wanted["limit"])
    return {"items": page.items, "total": page.total_text, "next": page.next}


@blueprint.get("/<int:campaign_id>")
@policy(Permission.READ_CAMPAIGNS)
@blueprint.response(200, CampaignDetail)
def show_campaign(campaign_id: int) -> dict[str, Any]:
    """One campaign with the board of your towns."""
    campaign = queries.find_campaign(campaign_id, current_user)
    columns = {column.key: getattr(campaign, column.key) for column in campaign.__table__.columns}
    return {**columns, "opened": queries.progress(campaign).opened, "board": queries.board(campaign, current_user)}


@blueprint.post("/<int:campaign_id>/launch")
@policy(Permission.COORDINATE)
@blueprint.arguments(IdempotencyHeader, location="headers")
@blueprint.alt_response(200, schema=CampaignSchema)
def launch(_: dict[str, Any], campaign_id: int) -> Response:
    """Freeze the members and have their visits opened."""
    return _changed(campaign_id, lambda campaign: services.launch(campaign, actor=current_user, at=clock.now()))


@blueprint.post("/<int:campaign_id>/stop")
@policy(Permission.COORDINATE)
@blueprint.arguments(IdempotencyHeader, location="headers")
@blueprint.arguments(StopRequest)
@blueprint.alt_response(200, schema=CampaignSchema)
def stop(_: dict[str, Any], wanted: dict[str, Any], campaign_id: int) -> Response:
    """Open no further visits; those under way go on."""
    return _changed(campaign_id, lambda campaign: services.stop(campaign, reason=wanted["reason"], actor=current_user, at=clock.now()))


@blueprint.post("/<int:campaign_id>/resume")
@policy(Permission.COORDINATE)
@blueprint.arguments(IdempotencyHeader, location="headers")
@blueprint.alt_response(200, schema=CampaignSchema)
def resume(_: dict[str, Any], campaign_id: int) -> Response:
    """Go on where it stopped."""
    return _changed(campaign_id, lambda campaign: services.resume(campaign, actor=current_user, at=clock.now()))


def _changed(campaign_id: int, verb: Callable[[Campaign], object]) -> Response:
    """Do one verb once per key, and tell how the campaign stands then."""

    def work() -> Any:
        campaign = queries.find_campaign(campaign_id, current_user)
        verb(campaign)
        return CampaignSchema().dump(campaign)

    return answer_once(work)
