"""The inbox page."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask_login import current_user

from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.permissions import Permission, policy
from webapp.inbox import queries
from webapp.inbox.queries import View
from webapp.inbox.search import search
from webapp.processes.people import names_of

blueprint = Blueprint("inbox", __name__)
CAP_IN_NAVIGATION = 99


@blueprint.get("/")
@policy(Permission.WORK)
def show() -> str:
    view = _view()
    text = request.args.get("q", "").strip()
    counts = queries.counts(current_user, now=clock.now())
    g.inbox_count = counts.mine
    if text:
        tasks, following = search(current_user, view=view, text=text), None
    else:
        tasks, following = queries.rows(current_user, view=view, after=request.args.get("after"))
    holders = names_of(task.assignee_id for task in tasks) if view == "all" else {}
    return render_template(
        "inbox/show.html",
        view=view,
        views=queries.views_of(current_user),
        counts=counts,
        tasks=tasks,
        next=following,
        text=text,
        holders=holders,
    )


@blueprint.app_context_processor
def navigation() -> dict[str, object]:
    return {"inbox_count": _inbox_count}


def _view() -> View:
    """Raises NotFound for a view this person does not have."""
    wanted = request.args.get("view", "mine")
    if wanted not in queries.views_of(current_user):
        raise NotFound
    return wanted


def _inbox_count() -> str:
    """How many tasks are mine, for the badge of every page; asked once per request."""
    if "inbox_count" not in g:
        g.inbox_count = queries.count_mine(current_user)
    return f"{CAP_IN_NAVIGATION}+" if g.inbox_count > CAP_IN_NAVIGATION else str(g.inbox_count)
