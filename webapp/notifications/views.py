"""The page behind the bell."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.i18n import ngettext
from webapp.core.permissions import signed_in
from webapp.notifications import queries, services

blueprint = Blueprint("notifications", __name__)
MAX_DIGITS = 18


@blueprint.get("/notices")
@signed_in
def list_page() -> str:
    page = queries.list_notices(current_user.id, after=request.args.get("after"))
    return render_template("notifications/list.html", page=page, newest=max((line.notice.id for line in page.items), default=0))


@blueprint.post("/notices/<int:notice_id>/open")
@signed_in
def open_notice(notice_id: int) -> Response:
    """Mark it read and go where the thing is."""
    notice = queries.find_notice(notice_id, current_user.id)
    with transaction():
        services.mark_read(notice, at=clock.now())
    return redirect(notice.url, 303)


@blueprint.post("/notices/<int:notice_id>/read")
@signed_in
def mark_read(notice_id: int) -> Response:
    notice = queries.find_notice(notice_id, current_user.id)
    with transaction():
        services.mark_read(notice, at=clock.now())
    return redirect(url_for("notifications.list_page"), 303)


@blueprint.post("/notices/read")
@signed_in
def mark_all_read() -> Response:
    with transaction():
        done = services.mark_all_read(current_user.id, up_to=_up_to(), at=clock.now())
    flash(ngettext("%(num)s notice was marked as read.", "%(num)s notices were marked as read.", done), "success")
    return redirect(url_for("notifications.list_page"), 303)


@blueprint.app_context_processor
def bell() -> dict[str, object]:
    return {"notice_count": _notice_count}


def _notice_count() -> str:
    """Unread notices for the bell of every page; asked once per request, empty for none."""
    if "notice_count" not in g:
        g.notice_count = queries.count_unread(current_user.id) if current_user.is_authenticated else 0
    if not g.notice_count:
        return ""
    return f"{queries.CAP}+" if g.notice_count > queries.CAP else str(g.notice_count)


def _up_to() -> int:
    """The newest notice on the page that was shown; none without it."""
    text = request.form.get("up_to", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 0
