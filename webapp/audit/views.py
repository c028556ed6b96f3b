"""Pages of auditors: they read everything of their area, change nothing, and their own reading is logged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from webapp.accounts import account_wording
from webapp.accounts.organisation import POWER_KINDS
from webapp.audit import accesses, export, history, sample_form, sampling, wording
from webapp.audit.accesses import Wanted
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError, Invalid
from webapp.core.form_posts import Done, post_once
from webapp.core.form_values import checked
from webapp.core.i18n import gettext, locale_tag
from webapp.core.pagination import BadCursor
from webapp.core.permissions import Permission, policy
from webapp.events.models import EventAnchor
from webapp.events.services import log_access
from webapp.organisation import page as organisation

blueprint = Blueprint("audit", __name__)
MAX_TEXT = 80


@blueprint.get("/audit")
@policy(Permission.AUDIT)
def show() -> str:
    anchor = db.session.scalars(select(EventAnchor).order_by(EventAnchor.id.desc()).limit(1)).first()
    return render_template("audit/show.html", samples=sampling.samples_of(current_user), anchor=anchor, last=accesses.last_number())


@blueprint.route("/audit/samples/new", methods=["GET", "POST"])
@policy(Permission.AUDIT)
def new_sample() -> Response:
    if request.method == "GET":
        return _sample_page(sample_form.first_values(clock.today()))
    form = sample_form.form_for(current_user)
    typed = form.from_post(request.form)

    def draw() -> Done:
        values = checked(form, typed, locale=locale_tag(), today=clock.today())
        chosen = sample_form.criteria_of(values, current_user)
        sample = sampling.draw(chosen, size=values["size"], purpose=values["purpose"], actor=current_user, at=clock.now())
        text = gettext("%(size)s of %(population)s cases are drawn.", size=sample.size, population=sample.population)
        return Done(url_for(".sample", sample_id=sample.id), text)

    try:
        return post_once(request.path, draw)
    except DomainError as refusal:
        return _sample_page(typed, refusal)


@blueprint.get("/audit/samples/<int:sample_id>")
@policy(Permission.AUDIT)
def sample(sample_id: int) -> str:
    found = sampling.find_sample(sample_id, current_user)
    again = sample_form.drawn_again(found, current_user)
    return render_template("audit/sample.html", sample=found, cases=_cases_of(found), again=again, words=sample_form.words_of(found))


@blueprint.get("/audit/samples/<int:sample_id>/archive")
@policy(Permission.AUDIT)
def sample_archive(sample_id: int) -> Response:
    found = sampling.find_sample(sample_id, current_user)
    packed = export.sample_archive(found, _cases_of(found), by=current_user.username, at=clock.now())
    return _logged(f"sample:{found.id}", "audit:export", _download(packed, f"sample-{found.id}.zip"))


@blueprint.get("/audit/cases")
@policy(Permission.AUDIT)
def find_case() -> Response:
    """Where the field on the first page leads."""
    case = history.find_case(request.args.get("case_no", "").strip()[:32], current_user)
    return redirect(url_for(".case", case_no=case.case_no))


@blueprint.get("/audit/cases/<case_no>")
@policy(Permission.AUDIT)
def case(case_no: str) -> Response:
    found = history.find_case(case_no, current_user)
    until, after = _day("on"), _number("after") or 0
    page = history.history_of(found, until=until, after=after)
    html = render_template(
        "audit/case.html",
        case=found,
        page=page,
        until=until,
        organisation=organisation,
        wording=wording,
        today=clock.today(),
        after=after,
        kinds=POWER_KINDS,
    )
    return _logged(f"case:{found.id}", history.HISTORY, make_response(html))


@blueprint.get("/audit/cases/<case_no>/submissions/<int:seq>")
@policy(Permission.AUDIT)
def submission(case_no: str, seq: int) -> Response:
    found = history.find_case(case_no, current_user)
    event, said = history.said_at(found, seq)
    html = render_template("audit/submission.html", case=found, event=event, said=said, wording=wording)
    return _logged(f"case:{found.id}", f"audit:submission:{seq}", make_response(html))


@blueprint.get("/audit/cases/<case_no>/archive")
@policy(Permission.AUDIT)
def case_archive(case_no: str) -> Response:
    found = history.find_case(case_no, current_user)
    packed = export.case_archive(found, history.power_uses(found), by=current_user.username, at=clock.now())
    return _logged(f"case:{found.id}", "audit:export", _download(packed, f"{found.case_no}.zip"))


@blueprint.get("/audit/accesses")
@policy(Permission.AUDIT)
def access_page() -> Response:
    wanted = _wanted()
    page = accesses.readings(current_user, wanted, after=_number("after"))
    html = render_template("audit/accesses.html", page=page, wanted=wanted, kept=_kept(), wording=wording)
    return _logged("audit:accesses", "audit:accesses", make_response(html))


@blueprint.get("/audit/sign-ins")
@policy(Permission.AUDIT)
def sign_in_page() -> Response:
    wanted = _wanted()
    page = accesses.sign_ins(current_user, wanted, after=_number("after"))
    html = render_template("audit/sign_ins.html", page=page, wanted=wanted, kept=_kept(), wording=account_wording)
    return _logged("audit:sign-ins", "audit:sign-ins", make_response(html))


def _logged(subject: str, field: str, answer: Response) -> Response:
    """Auditors are watched too: nothing is answered whose reading is not on the log."""
    actor_id = int(current_user.id)  # read before: a new transaction would ask for the account again
    with transaction():
        log_access(subject, field, actor_id=actor_id, at=clock.now())
    return answer


def _sample_page(typed: Mapping[str, Any], refusal: DomainError | None = None) -> Response:
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    form = sample_form.form_for(current_user)
    return make_response(
        render_template("audit/sample_form.html", form=form, values=typed, errors=errors, refusal=refusal),
        refusal.status if refusal else 200,
    )


def _cases_of(found: Any) -> dict[str, Case]:
    return sample_form.cases_of(found, current_user)


def _download(packed: bytes, name: str) -> Response:
    return send_file(BytesIO(packed), mimetype="application/zip", as_attachment=True, download_name=name, max_age=0)


def _wanted() -> Wanted:
    args = request.args
    return Wanted(
        case_no=args.get("case", "").strip()[:32], reader=args.get("who", "").strip()[:MAX_TEXT], person=_number("person"),
        read_from=_day("from"), read_to=_day("to"), failed_only=args.get("failed") == "1",
    )  # fmt: skip


def _kept() -> dict[str, str]:
    """The filters of the address, for the links to other pages of the list."""
    return {name: value for name in ("case", "who", "person", "from", "to", "failed") if (value := request.args.get(name, "").strip())}


def _day(name: str) -> date | None:
    """A day of the address; None if there is none or it is no day: a stale bookmark shows everything."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _number(name: str) -> int | None:
    """Raises BadCursor for what is no number."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadCursor
    return int(text)
