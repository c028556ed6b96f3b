"""Pages of the case file."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from webapp.cases import notes_views, people_views, queries, tab_views
from webapp.cases.case_frame import CaseFrame, case_frame
from webapp.cases.case_list import OF_CASES, Filters, case_list
from webapp.cases.case_page import place_name
from webapp.cases.list_wording import filter_text
from webapp.cases.timeline import Asked, days, timeline_page
from webapp.cases.wording import people_in
from webapp.core import clock
from webapp.core.permissions import Permission, policy
from webapp.deadlines.legal_basis import legal_basis
from webapp.inbox.kept import is_watched
from webapp.legality.facts import Told
from webapp.legality.next_steps import missing_for
from webapp.rules.models import TimeLimit

LAST_EVENTS = 8
FAILED_ROUND = "correction"  # the leg whose failure a second round follows

blueprint = Blueprint("cases", __name__)
for part in (people_views, tab_views, notes_views):
    blueprint.register_blueprint(part.blueprint)
blueprint.add_app_template_filter(place_name)


@blueprint.app_template_filter("legal_basis")
def show_basis(limit: TimeLimit) -> str:
    return legal_basis(limit)


@blueprint.app_context_processor
def of_cases() -> dict[str, object]:
    return {"follows_case": lambda case: is_watched(current_user, case)}


@blueprint.get("/cases")
@policy(Permission.READ_CASES)
def list_page() -> str:
    found = case_list(current_user, Filters.of(request.args), after=request.args.get("after"), at=clock.now())
    return render_template(
        "cases/list.html", found=found, page=found.page, filters=found.filters, filter_text=filter_text, case_stages=OF_CASES
    )  # fmt: skip


@blueprint.get("/cases/<case_no>")
@policy(Permission.READ_CASES)
def show(case_no: str) -> str:
    case = queries.find_case(case_no, current_user)
    last = timeline_page(case, Asked(), limit=LAST_EVENTS)
    frame = case_frame(case, current_user, whole=None, people=people_in(last.entries))
    legs = [leg.instance for leg in frame.legs]
    missing = missing_for(case.id, frame.open_tasks, at=clock.now(), case=case, told=_told(frame), legs=legs, clocks=frame.deadlines)
    has_rounds = case.earlier_id is not None or any(leg.process_key == FAILED_ROUND and not leg.is_running for leg in legs)
    earlier, later = queries.rounds_of(case) if has_rounds else (None, None)
    return render_template(
        "cases/show.html", frame=frame, missing=missing, earlier=earlier, later=later, days=days(last.entries, frame.names)
    )  # fmt: skip


def _told(frame: CaseFrame) -> list[Told]:
    """What was submitted with tasks, oldest first."""
    return [
        Told(one.task.process_key, one.task.element, one.task.instance_id, one.submission.values, one.submission.submitted_at)
        for one in frame.submitted
    ]
