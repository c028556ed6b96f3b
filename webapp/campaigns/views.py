"""Pages of campaigns."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from webapp.campaigns import plan_form, queries, services, wording
from webapp.campaigns.kinds import all_kinds
from webapp.campaigns.member_page import case_numbers, member_page
from webapp.campaigns.models import DRAFT, LAUNCHING, Campaign
from webapp.campaigns.plan_form import Typed
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, Invalid
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext, ngettext
from webapp.core.permissions import Permission, policy
from webapp.processes.models import UserTask
from webapp.processes.people import names_of

blueprint = Blueprint("campaigns", __name__)
blueprint.add_app_template_filter(wording.kind_name, "campaign_kind")
blueprint.add_app_template_filter(wording.state_name, "campaign_state")
blueprint.add_app_template_filter(wording.state_mark, "campaign_mark")
blueprint.add_app_template_filter(wording.visit_state_name, "visit_state")
blueprint.add_app_template_filter(wording.visit_state_mark, "visit_mark")
MAX_ID_DIGITS = 10


@blueprint.get("/campaigns")
@policy(Permission.READ_CAMPAIGNS)
def list_page() -> str:
    page = queries.list_campaigns(current_user, after=request.args.get("after"))
    return render_template("campaigns/list.html", page=page)


@blueprint.get("/campaigns/new")
@policy(Permission.COORDINATE)
def new() -> Answer:
    return _plan_page(_typed())


@blueprint.get("/campaigns/scope")
@policy(Permission.COORDINATE)
def scope() -> str:
    """The live count while one plans: the part of the page that holds it."""
    typed = _typed()
    found = plan_form.scope_of(typed.kind, typed.jurisdiction.id, typed.criteria)
    return render_template("campaigns/_scope.html", scope=found)


@blueprint.post("/campaigns")
@policy(Permission.COORDINATE)
def create() -> Answer:
    typed = _typed()
    if "count" in request.form:
        return _plan_page(typed)

    def work() -> Done:
        campaign = services.plan(plan_form.plan_of(typed), jurisdiction_id=typed.jurisdiction.id, actor=current_user, at=clock.now())
        return Done(_address(campaign), gettext("“%(name)s” is planned. Nothing has started yet.", name=campaign.name))

    try:
        return post_once("campaigns", work)
    except DomainError as error:
        return _plan_page(typed, refusal=error)


@blueprint.get("/campaigns/<int:campaign_id>/plan")
@policy(Permission.COORDINATE)
def edit(campaign_id: int) -> Answer:
    campaign = _to_coordinate(campaign_id)
    return _plan_page(plan_form.of_campaign(campaign), campaign=campaign)


@blueprint.post("/campaigns/<int:campaign_id>/plan")
@policy(Permission.COORDINATE)
def change(campaign_id: int) -> Answer:
    campaign, typed = _to_coordinate(campaign_id), _typed()
    if "count" in request.form:
        return _plan_page(typed, campaign=campaign)

    def work() -> Done:
        services.change(campaign, plan_form.plan_of(typed), actor=current_user)
        return Done(_address(campaign), gettext("The plan is saved."))

    try:
        return post_once(f"campaign:{campaign_id}:plan", work)
    except DomainError as error:
        return _plan_page(typed, campaign=campaign, refusal=error)


@blueprint.get("/campaigns/<int:campaign_id>")
@policy(Permission.READ_CAMPAIGNS)
def show(campaign_id: int) -> Answer:
    return _campaign_page(queries.find_campaign(campaign_id, current_user))


@blueprint.get("/campaigns/<int:campaign_id>/progress")
@policy(Permission.READ_CAMPAIGNS)
def progress(campaign_id: int) -> str:
    """The bar, asked for each second while visits are being opened."""
    campaign = queries.find_campaign(campaign_id, current_user)
    return render_template("campaigns/_progress.html", campaign=campaign, progress=queries.progress(campaign))


@blueprint.post("/campaigns/<int:campaign_id>/launch")
@policy(Permission.COORDINATE)
def launch(campaign_id: int) -> Answer:
    def work(campaign: Campaign) -> str:
        count = services.launch(campaign, actor=current_user, at=clock.now())
        return ngettext(
            "Launched: %(num)s employer is in the campaign, its visit is being opened.",
            "Launched: %(num)s employers are in the campaign, their visits are being opened.",
            count,
        )

    return _do(campaign_id, "launch", work)


@blueprint.post("/campaigns/<int:campaign_id>/stop")
@policy(Permission.COORDINATE)
def stop(campaign_id: int) -> Answer:
    def work(campaign: Campaign) -> str:
        services.stop(campaign, reason=request.form.get("reason", ""), actor=current_user, at=clock.now())
        return gettext("The campaign is stopped: no further visits are opened. Those under way go on.")

    return _do(campaign_id, "stop", work)


@blueprint.post("/campaigns/<int:campaign_id>/resume")
@policy(Permission.COORDINATE)
def resume(campaign_id: int) -> Answer:
    def work(campaign: Campaign) -> str:
        services.resume(campaign, actor=current_user, at=clock.now())
        return gettext("The campaign goes on.")

    return _do(campaign_id, "resume", work)


@blueprint.post("/campaigns/<int:campaign_id>/finish")
@policy(Permission.COORDINATE)
def finish(campaign_id: int) -> Answer:
    def work(campaign: Campaign) -> str:
        services.finish(campaign, actor=current_user, at=clock.now())
        return gettext("The campaign is finished.")

    return _do(campaign_id, "finish", work)


@blueprint.get("/campaigns/<int:campaign_id>/members")
@policy(Permission.READ_CAMPAIGNS)
def members(campaign_id: int) -> str:
    campaign = queries.find_campaign(campaign_id, current_user)
    state = request.args.get("state")
    state = state if state in queries.STATES else None
    town_id = _number("town")
    rows, following = queries.list_members(campaign, current_user, town_id=town_id, state=state, after=_number("after"))
    return render_template(
        "campaigns/members.html", campaign=campaign, rows=rows, following=following, towns=queries.towns_of(campaign.jurisdiction_id),
        town_id=town_id, state=state, states=queries.STATES, cases=case_numbers((row.member for row in rows), current_user),
    )  # fmt: skip


@blueprint.get("/campaigns/<int:campaign_id>/members/<int:member_id>")
@policy(Permission.READ_CAMPAIGNS)
def show_member(campaign_id: int, member_id: int) -> str:
    campaign = queries.find_campaign(campaign_id, current_user)
    return render_template("campaigns/member.html", campaign=campaign, page=member_page(campaign, member_id, current_user))


@blueprint.app_context_processor
def of_tasks() -> dict[str, object]:
    return {"campaign_of": _campaign_of}


def _campaign_of(task: UserTask) -> Campaign | None:
    """The campaign a visit's task belongs to, if this person reads campaigns."""
    if task.process_key != services.VISIT or not current_user.has(Permission.READ_CAMPAIGNS):
        return None
    return queries.campaign_of_instance(task.instance_id)


def _do(campaign_id: int, verb: str, work: Callable[[Campaign], str]) -> Answer:
    """One verb on a campaign, once per form; a refusal shows the campaign as it is now."""
    campaign = _to_coordinate(campaign_id)
    try:
        return post_once(f"campaign:{campaign_id}:{verb}", lambda: Done(_address(campaign), work(campaign)))
    except DomainError as error:
        return _campaign_page(queries.find_campaign(campaign_id, current_user), refusal=error)


def _to_coordinate(campaign_id: int) -> Campaign:
    """Raises NotFound, Forbidden."""
    campaign = queries.find_campaign(campaign_id, current_user)
    if not queries.may_coordinate(current_user, campaign):
        raise Forbidden
    return campaign


def _campaign_page(campaign: Campaign, *, refusal: DomainError | None = None) -> Answer:
    may_coordinate = queries.may_coordinate(current_user, campaign)
    draft_scope = plan_form.scope_of(campaign.kind, campaign.jurisdiction_id, campaign.criteria) if campaign.state == DRAFT else None
    html = render_template(
        "campaigns/show.html", campaign=campaign, refusal=refusal, may_coordinate=may_coordinate, scope=draft_scope,
        rows=queries.board(campaign, current_user), states=queries.STATES, people=names_of([campaign.created_by_id, campaign.frozen_by_id]),
        progress=queries.progress(campaign) if campaign.state == LAUNCHING or campaign.stop_reason else None,
        towns=queries.towns_of(campaign.jurisdiction_id), history=wording.sentences(queries.history(campaign)),
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)


def _plan_page(typed: Typed, *, campaign: Campaign | None = None, refusal: DomainError | None = None) -> Answer:
    html = render_template(
        "campaigns/plan.html", typed=typed, campaign=campaign, kinds=all_kinds(), jurisdictions=plan_form.jurisdictions_of(current_user),
        towns=queries.towns_of(typed.jurisdiction.id), scope=plan_form.scope_of(typed.kind, typed.jurisdiction.id, typed.criteria),
        refusal=refusal, errors=refusal.errors if isinstance(refusal, Invalid) else {},
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)


def _typed() -> Typed:
    jurisdictions = plan_form.jurisdictions_of(current_user)
    return plan_form.read(request.values, jurisdictions=jurisdictions, today=clock.legal_day(clock.now()))


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < MAX_ID_DIGITS else None


def _address(campaign: Campaign) -> str:
    return url_for("campaigns.show", campaign_id=campaign.id)
