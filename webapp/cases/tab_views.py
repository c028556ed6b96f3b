"""The tabs of a case: each is a page of its own that stands below the same head."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from webapp.cases import diagram_tab, notes, tab_wording
from webapp.cases.case_frame import case_frame
from webapp.cases.findings import findings_of
from webapp.cases.people_queries import people_of_case
from webapp.cases.queries import find_case, parties_of
from webapp.cases.records_tab import records_page
from webapp.cases.stepper import steps_of
from webapp.cases.timeline import Asked, days, timeline_page
from webapp.cases.wording import people_in, readable_events
from webapp.core import clock
from webapp.core.i18n import pick
from webapp.core.permissions import Permission, policy
from webapp.employers.catalogue import UNITS
from webapp.employers.limits import measurable

blueprint = Blueprint("tabs", __name__)


@blueprint.app_context_processor
def of_tabs() -> dict[str, object]:
    return {"case_tabs": tab_wording.TABS, "steps_of": steps_of}


@blueprint.app_template_filter("factor_name")
def factor_name(code: str) -> str:
    return pick(measurable().get(code, {"zh": code, "en": code}))


@blueprint.app_template_filter("measured")
def measured(value: float, unit: str) -> str:
    """ "3.2 mg/m³" """
    return f"{value:g} {UNITS.get(unit, unit)}"


@blueprint.get("/cases/<case_no>/timeline")
@policy(Permission.READ_CASES)
def timeline(case_no: str) -> str:
    case = find_case(case_no, current_user)
    page = timeline_page(case, Asked.of(request.args))
    frame = case_frame(case, current_user, people=people_in(page.entries))
    topics = {topic: name for topic, name in tab_wording.TOPIC_NAMES.items() if readable_events(topic)}
    return render_template("cases/timeline.html", frame=frame, page=page, days=days(page.entries, frame.names), topics=topics)


@blueprint.get("/cases/<case_no>/findings")
@policy(Permission.READ_CASES)
def findings(case_no: str) -> str:
    frame = case_frame(find_case(case_no, current_user), current_user, whole=None)
    return render_template("cases/findings.html", frame=frame, found=findings_of(frame))


@blueprint.get("/cases/<case_no>/records")
@policy(Permission.READ_CASES)
def records(case_no: str) -> str:
    case = find_case(case_no, current_user)
    page = records_page(case, before=request.args.get("before"), task=request.args.get("task"))
    return render_template("cases/records.html", frame=case_frame(case, current_user), page=page)


@blueprint.get("/cases/<case_no>/evidence")
@policy(Permission.READ_CASES)
def evidence(case_no: str) -> str:
    return render_template("cases/evidence.html", frame=case_frame(find_case(case_no, current_user), current_user))


@blueprint.get("/cases/<case_no>/documents")
@policy(Permission.READ_CASES)
def documents(case_no: str) -> str:
    return render_template("cases/documents.html", frame=case_frame(find_case(case_no, current_user), current_user))


@blueprint.get("/cases/<case_no>/people")
@policy(Permission.READ_CASES)
def people(case_no: str) -> str:
    case = find_case(case_no, current_user)
    frame = case_frame(case, current_user)
    return render_template("cases/people.html", frame=frame, people=people_of_case(case, current_user), parties=parties_of(case))


@blueprint.get("/cases/<case_no>/referrals")
@policy(Permission.READ_CASES)
def referrals(case_no: str) -> str:
    return render_template("cases/referrals.html", frame=case_frame(find_case(case_no, current_user), current_user))


@blueprint.get("/cases/<case_no>/clocks")
@policy(Permission.READ_CASES)
def clocks(case_no: str) -> str:
    return render_template("cases/clocks.html", frame=case_frame(find_case(case_no, current_user), current_user))


@blueprint.get("/cases/<case_no>/diagram")
@policy(Permission.READ_CASES)
def diagram(case_no: str) -> str:
    frame = case_frame(find_case(case_no, current_user), current_user)
    chosen = diagram_tab.chosen_leg(frame, request.args.get("leg"))
    shown = diagram_tab.diagram_of(frame, chosen) if chosen else None
    return render_template("cases/diagram.html", frame=frame, shown=shown, step=request.args.get("step", ""))


@blueprint.get("/cases/<case_no>/notes")
@policy(Permission.READ_CASES)
def notes_page(case_no: str) -> str:
    case = find_case(case_no, current_user)
    found = notes.notes_of(case)
    frame = case_frame(case, current_user, people=[person for note in found for person in (note.author_id, note.struck_by_id)])
    return render_template("cases/notes.html", frame=frame, notes=found, at=clock.now())
