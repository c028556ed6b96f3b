"""Pages of the registry of employers."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Set
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from webapp.accounts.queries import visible_grids, visible_towns
from webapp.core import clock
from webapp.core.db import db
from webapp.core.i18n import pick
from webapp.core.permissions import Permission, policy
from webapp.employers import catalogue, queries, record_views, wording
from webapp.employers.compliance import duties_of
from webapp.employers.models import CLOSED, RUNNING
from webapp.employers.page import EmployerPage, employer_page
from webapp.employers.record_rows import risk_tone
from webapp.employers.risks import LEVELS, class_label, level_of
from webapp.processes.editions import startable_by
from webapp.story import employer as story
from webapp.story import wording as telling
from webapp.story.happening import Happening

blueprint = Blueprint("employers", __name__)
MAX_TEXT = 80
blueprint.register_blueprint(record_views.blueprint)


@blueprint.get("/employers")
@policy(Permission.READ_EMPLOYERS)
def list_page() -> str:
    towns, grids = db.session.scalars(visible_towns(current_user)).all(), db.session.scalars(visible_grids(current_user)).all()
    text, chosen = request.args.get("q", "").strip()[:MAX_TEXT], _chosen({town.id for town in towns}, {grid.id for grid in grids})
    page = queries.list_employers(current_user, text=text, chosen=chosen, after=request.args.get("after"))
    offered = [grid for grid in grids if grid.town_id == chosen.town_id] if chosen.town_id else grids if len(towns) <= 1 else []
    return render_template(
        "employers/list.html", page=page, text=text, chosen=chosen, levels=LEVELS, industries=catalogue.INDUSTRIES,
        hazards=catalogue.HAZARDS, towns=towns, grids=offered, kept={"q": text or None, **chosen.parameters()},
    )  # fmt: skip


@blueprint.get("/employers/<int:employer_id>")
@policy(Permission.READ_EMPLOYERS)
def show(employer_id: int) -> str:
    employer = queries.find_employer(employer_id, current_user)
    page = employer_page(employer, current_user, tab=request.args.get("tab", ""), on=clock.today())
    more = _overview(page) if page.tab == "overview" else {}
    startable = [found for found in startable_by(current_user) if found.properties.get("subject") == "case"]
    return render_template("employers/show.html", employer=employer, page=page, startable=startable, wording=wording, **more)


@blueprint.app_template_filter("hazard_name")
def hazard_name(code: str) -> str:
    return pick(catalogue.hazard_names(code))


@blueprint.app_template_filter("industry_name")
def industry_name(code: str) -> str:
    return pick(catalogue.industry_names(code))


@blueprint.app_template_filter("risk_name")
def risk_name(level: int) -> str:
    return pick(LEVELS.get(level))


@blueprint.app_template_filter("risk_tone")
def tone(level: int | None) -> str:
    return risk_tone(level)


@blueprint.app_template_filter("class_name")
def class_name(risk: Any) -> str:
    return pick(class_label(risk.scheme, risk.risk_class))


@blueprint.app_template_filter("class_tone")
def class_tone(risk: Any) -> str:
    return risk_tone(level_of(risk.scheme, risk.rank))


@blueprint.app_template_filter("happening_url")
def happening_url(one: Happening) -> str:
    """The page that tells more of it; empty if there is none."""
    if one.kind == "visit":
        return url_for("campaigns.show", campaign_id=int(str(one.ref)))
    return url_for("cases.show", case_no=one.ref) if one.ref else ""


def _overview(page: EmployerPage) -> Mapping[str, Any]:
    kind, year = request.args.get("kind", ""), request.args.get("year", "")
    kind, chosen_year = kind if kind in story.KINDS else "", int(year) if re.fullmatch(r"[0-9]{4}", year) else None
    told = story.story_of(page.employer, page.records, current_user, kind=kind, year=chosen_year, after=request.args.get("after", ""))
    now = story.open_now(page.employer.id, current_user)
    trained = told.trained
    duties = duties_of(
        page.facts, trained=trained.told["code"] if trained else None, trained_on=trained.on if trained else None, on=clock.today()
    )  # fmt: skip
    return {"story": told, "open_now": now, "duties": duties, "kind": kind, "year": chosen_year, "telling": telling}


def _chosen(towns: Set[int], grids: Set[int]) -> queries.EmployerFilter:
    """What the address says; an option that does not exist (any more) is as if it were not there."""
    args = request.args
    return queries.EmployerFilter(
        town_id=_among(args.get("town"), towns),
        grid_id=_among(args.get("grid"), grids),
        industry=_known(args.get("industry"), catalogue.INDUSTRIES),
        hazard=_known(args.get("hazard"), catalogue.HAZARDS),
        risk_level=_among(args.get("risk"), LEVELS.keys()),
        key=_known(args.get("key"), {"yes"}),
        status=_known(args.get("status"), {RUNNING, CLOSED}),
    )


def _among(text: str | None, known: Set[int]) -> int | None:
    return next((one for one in known if str(one) == text), None)


def _known(text: str | None, known: Container[str]) -> str:
    return text if text and text in known else ""
