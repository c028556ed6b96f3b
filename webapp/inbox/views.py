"""The inbox page, the next task, and the list as a file."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from webapp.core import clock
from webapp.core.permissions import Permission, policy
from webapp.inbox import bulk_views, export, kept, kept_views, queries, words
from webapp.inbox.counts import count_mine
from webapp.inbox.list_page import Wanted, list_page
from webapp.processes.stages import stage_name

blueprint = Blueprint("inbox", __name__)
blueprint.add_app_template_filter(stage_name)
blueprint.add_app_template_filter(words.hazard_line)
blueprint.register_blueprint(bulk_views.blueprint)
blueprint.register_blueprint(kept_views.blueprint)
CAP_IN_NAVIGATION = 99
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
@policy(Permission.WORK)
def show() -> str | Answer:
    if not request.args and (opens := _default_address()):
        return redirect(opens)
    page = list_page(current_user, Wanted.parse(request.args, current_user), now=clock.now())
    g.inbox_count = page.counts.mine
    return render_template("inbox/show.html", page=page, views=queries.views_of(current_user), words=words)


@blueprint.get("/next")
@policy(Permission.WORK)
def next_task() -> Answer:
    """The most urgent of mine, else the most urgent to claim."""
    now = clock.now()
    for view in queries.VIEWS[:2]:
        listed = queries.rows(current_user, view=view, now=now, limit=1)
        if listed.tasks:
            return redirect(f"/tasks/{listed.tasks[0].id}")
    return redirect("/?view=mine")


@blueprint.get("/inbox/export.csv")
@policy(Permission.WORK)
def export_csv() -> Response:
    rows = list(export.table(current_user, Wanted.parse(request.args, current_user), now=clock.now()))
    return _file(Response(export.as_csv(iter(rows)), mimetype="text/csv; charset=utf-8"), "csv")


@blueprint.get("/inbox/export.xlsx")
@policy(Permission.WORK)
def export_xlsx() -> Response:
    rows = export.table(current_user, Wanted.parse(request.args, current_user), now=clock.now())
    return _file(Response(export.as_xlsx(rows), mimetype=XLSX), "xlsx")


@blueprint.app_context_processor
def navigation() -> dict[str, object]:
    return {"inbox_count": _inbox_count}


def _file(answer: Response, ending: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="zhijian-{clock.today().isoformat()}.{ending}"'
    return answer


def _default_address() -> str | None:
    shape, filters = kept.kept_by(current_user)
    saved = next((one for one in filters if one.id == shape.default_id), None)
    return f"/?{saved.query}" if saved else None


def _inbox_count() -> str:
    """How many tasks are mine, for the badge of every page; asked once per request."""
    if "inbox_count" not in g:
        g.inbox_count = count_mine(current_user)
    return f"{CAP_IN_NAVIGATION}+" if g.inbox_count > CAP_IN_NAVIGATION else str(g.inbox_count)
