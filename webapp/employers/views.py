"""Pages of the registry of employers."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from webapp.cases.queries import list_cases
from webapp.core.i18n import pick
from webapp.core.permissions import Permission, policy
from webapp.employers import catalogue, queries
from webapp.processes.editions import startable_by

blueprint = Blueprint("employers", __name__)


@blueprint.get("/employers")
@policy(Permission.READ_EMPLOYERS)
def list_page() -> str:
    text = request.args.get("q", "").strip()
    page = queries.list_employers(current_user, text=text, after=request.args.get("after"))
    return render_template("employers/list.html", page=page, text=text)


@blueprint.get("/employers/<int:employer_id>")
@policy(Permission.READ_EMPLOYERS)
def show(employer_id: int) -> str:
    employer = queries.find_employer(employer_id, current_user)
    cases = list_cases(current_user, employer_id=employer.id, after=request.args.get("after"))
    startable = [found for found in startable_by(current_user) if found.properties.get("subject") == "case"]
    return render_template("employers/show.html", employer=employer, cases=cases, startable=startable)


@blueprint.app_template_filter("hazard_name")
def hazard_name(code: str) -> str:
    return pick(catalogue.hazard_names(code))


@blueprint.app_template_filter("industry_name")
def industry_name(code: str) -> str:
    return pick(catalogue.industry_names(code))
