"""Pages of the case file."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from webapp.cases import queries
from webapp.cases.case_page import case_page, place_name
from webapp.cases.search import search_cases
from webapp.core.pagination import Page
from webapp.core.permissions import Permission, policy
from webapp.deadlines.legal_basis import legal_basis
from webapp.rules.models import TimeLimit

blueprint = Blueprint("cases", __name__)


@blueprint.app_template_filter("legal_basis")
def show_basis(limit: TimeLimit) -> str:
    return legal_basis(limit)


@blueprint.get("/cases")
@policy(Permission.READ_CASES)
def list_page() -> str:
    text = request.args.get("q", "").strip()
    if text:
        found = search_cases(current_user, text=text)
        page = Page(found, None, len(found))
    else:
        page = queries.list_cases(current_user, after=request.args.get("after"))
    return render_template("cases/list.html", page=page, text=text)


@blueprint.get("/cases/<case_no>")
@policy(Permission.READ_CASES)
def show(case_no: str) -> str:
    case = queries.find_case(case_no, current_user)
    return render_template("cases/show.html", page=case_page(case, current_user), case=case, place_name=place_name)
