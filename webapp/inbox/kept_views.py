"""Saved filters, the shape of the list, and cases to follow."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import Blueprint, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from webapp.cases.queries import find_case
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext
from webapp.core.permissions import Permission, policy
from webapp.inbox import kept
from webapp.inbox.list_page import Wanted

blueprint = Blueprint("kept", __name__)
MAX_DIGITS = 9


@blueprint.post("/inbox/filters")
@policy(Permission.WORK)
def save_filter() -> Answer:
    def work() -> Done:
        query = _list_address().query
        saved = kept.save_filter(current_user, name=request.form.get("name", ""), query=query, group=_group())
        return Done(f"/?{query}", gettext("The filter “%(name)s” is saved.", name=saved.name))

    return post_once("filter", work)


@blueprint.post("/inbox/filters/<int:filter_id>")
@policy(Permission.WORK)
def change_filter(filter_id: int) -> Answer:
    def work() -> Done:
        saved = kept.change_filter(current_user, filter_id, name=request.form.get("name", ""), group=_group())
        return Done(f"/?{saved.query}", gettext("The filter “%(name)s” is saved.", name=saved.name))

    return post_once(f"filter:{filter_id}", work)


@blueprint.post("/inbox/filters/<int:filter_id>/delete")
@policy(Permission.WORK)
def delete_filter(filter_id: int) -> Answer:
    def work() -> Done:
        name = kept.delete_filter(current_user, filter_id)
        return Done(_list_address().url(), gettext("The filter “%(name)s” is deleted. The tasks themselves are untouched.", name=name))

    return post_once(f"filter:{filter_id}:delete", work)


@blueprint.post("/inbox/preferences")
@policy(Permission.WORK)
def keep_shape() -> Answer:
    def work() -> Done:
        kept.keep_shape(current_user, columns=request.form.getlist("columns"), size=_number("size") or 0, default_id=_number("default"))
        return Done(_list_address().url(), gettext("The list has the shape you chose."))

    return post_once("inbox-shape", work)


@blueprint.post("/cases/<case_no>/watch")
@policy(Permission.READ_CASES)
def watch_case(case_no: str) -> Answer:
    """``follow``: "yes" or "no"."""

    def work() -> Done:
        case = find_case(case_no, current_user)
        if request.form.get("follow") == "no":
            kept.unwatch(current_user, case)
            message = gettext("You no longer follow this case.")
        else:
            kept.watch(current_user, case)
            message = gettext("You follow this case: its tasks are in your list “Followed”.")
        return Done(url_for("cases.show", case_no=case_no), message)

    return post_once(f"watch:{case_no}", work)


def _list_address() -> Wanted:
    """The list the form was on, as we would write it. Raises NotFound, BadFilter."""
    return Wanted.parse(dict(parse_qsl(request.form.get("list", ""))), current_user)


def _group() -> tuple[str, str] | None:
    role, _, scope = request.form.get("group", "").partition("@")
    return (role, scope) if role and scope else None


def _number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None
