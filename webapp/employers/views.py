"""Pages of the registry of employers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user

from webapp.campaigns.queries import campaigns_of_employer
from webapp.cases.queries import list_cases
from webapp.core import clock
from webapp.core.i18n import pick
from webapp.core.permissions import Permission, policy
from webapp.employers import catalogue, queries, record_views, wording
from webapp.employers.page import employer_page
from webapp.employers.record_rows import risk_tone
from webapp.employers.risks import LEVELS, class_label, level_of
from webapp.processes.editions import startable_by

blueprint = Blueprint("employers", __name__)
blueprint.register_blueprint(record_views.blueprint)


@blueprint.get("/employers")
@policy(Permission.READ_EMPLOYERS)
def list_page() -> str:
    text = request.args.get("q", "").strip()
    level, industry = request.args.get("risk", ""), request.args.get("industry", "")
    chosen = int(level) if level in {str(known) for known in LEVELS} else None
    page = queries.list_employers(current_user, text=text, risk_level=chosen, industry=industry, after=request.args.get("after"))
    return render_template(
        "employers/list.html", page=page, text=text, level=chosen, industry=industry, levels=LEVELS, industries=catalogue.INDUSTRIES
    )


@blueprint.get("/employers/<int:employer_id>")
@policy(Permission.READ_EMPLOYERS)
def show(employer_id: int) -> str:
    employer = queries.find_employer(employer_id, current_user)
    page = employer_page(employer, current_user, tab=request.args.get("tab", ""), on=clock.today())
    more = _overview(employer_id) if page.tab == "overview" else {}
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


def _overview(employer_id: int) -> Mapping[str, Any]:
    cases = list_cases(current_user, employer_id=employer_id, after=request.args.get("after"))
    campaigns = campaigns_of_employer(employer_id, current_user) if current_user.has(Permission.READ_CAMPAIGNS) else []
    return {"cases": cases, "campaigns": campaigns}
