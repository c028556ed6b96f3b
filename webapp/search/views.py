"""One box that finds everything one may see."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext
from flask_login import current_user

from webapp.core.permissions import signed_in
from webapp.search import queries
from webapp.search.highlight import is_hit, marked
from webapp.search.queries import CAP, Kind

blueprint = Blueprint("search", __name__)
blueprint.add_app_template_filter(marked)
blueprint.add_app_template_filter(is_hit)
SUGGESTED = 3  # of a kind, below the box
KIND_NAMES = {
    Kind.CASE: lazy_gettext("Cases"),
    Kind.EMPLOYER: lazy_gettext("Employers"),
    Kind.DOCUMENT: lazy_gettext("Documents"),
    Kind.PERSON: lazy_gettext("People"),
    Kind.REFERRAL: lazy_gettext("Referrals"),
}


@blueprint.get("/search")
@signed_in
def page() -> str:
    kind = _kind()
    found = queries.found(request.args.get("q", ""), user=current_user, kind=kind, shown=CAP if kind else queries.SHOWN)
    return render_template("search/page.html", found=found, kind=kind, names=KIND_NAMES, cap=CAP)


@blueprint.get("/search/suggest")
@signed_in
def suggest() -> str:
    """The list below the box: a part of a page."""
    found = queries.found(request.args.get("q", ""), user=current_user, shown=SUGGESTED)
    return render_template("search/suggest.html", found=found, names=KIND_NAMES)


def _kind() -> Kind | None:
    """An unknown one in an old bookmark means all."""
    said = request.args.get("kind", "")
    return Kind(said) if said in set(Kind) else None
