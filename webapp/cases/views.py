"""Pages of the case file."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from webapp.cases import people_views, queries
from webapp.cases.case_page import CasePage, case_page, place_name
from webapp.cases.search import search_cases
from webapp.core import clock
from webapp.core.pagination import Page
from webapp.core.permissions import Permission, policy
from webapp.deadlines.legal_basis import legal_basis
from webapp.legality.facts import Told
from webapp.legality.next_steps import missing_for
from webapp.rules.models import TimeLimit

blueprint = Blueprint("cases", __name__)
blueprint.register_blueprint(people_views.blueprint)


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
    page = case_page(case, current_user)
    legs = [leg.instance for leg in page.legs]
    missing = missing_for(case.id, page.open_tasks, at=clock.now(), case=case, told=_told(page), legs=legs, clocks=page.deadlines)
    earlier, later = queries.rounds_of(case)
    return render_template(
        "cases/show.html", page=page, case=case, place_name=place_name, missing=missing, earlier=earlier, later=later
    )  # fmt: skip


def _told(page: CasePage) -> list[Told]:
    """What was submitted with tasks, oldest first."""
    tasks = {task.id: task for task in page.tasks}
    said = [(tasks[one.task_id], one) for one in reversed(page.said) if one.task_id in tasks]
    return [Told(task.process_key, task.element, task.instance_id, one.values, one.at) for task, one in said]
