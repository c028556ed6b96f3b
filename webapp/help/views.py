"""Help: one page per role, and the list of all places for small screens."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound
from webapp.core.i18n import locale_tag
from webapp.core.permissions import public, signed_in
from webapp.core.static_files import asset
from webapp.help.guides import guide_of, guides

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
@public
def index() -> str:
    return render_template("help/index.html", guides=guides().values())


@blueprint.get("/help/mine")
@public
def mine() -> Response:
    """The page of the role one has; the index for who has none, or is not signed in."""
    guide = guide_of(current_user.role_codes) if current_user.is_authenticated else None
    return redirect(url_for("help.show", key=guide.key) if guide else url_for("help.index"), 303)


@blueprint.get("/help/<key>")
@public
def show(key: str) -> str:
    guide = guides().get(key)
    if guide is None:
        raise NotFound
    return render_template("help/show.html", guide=guide, guides=guides().values(), picture=_picture)


@blueprint.get("/more")
@signed_in
def more() -> str:
    return render_template("help/more.html")


def _picture(name: str) -> str | None:
    """Address of a picture of the page as it looks in the reader's language; None while it is not made."""
    file = f"help/{name}-{locale_tag()}.webp"
    return asset(file) if (Path(str(current_app.static_folder)) / file).is_file() else None
