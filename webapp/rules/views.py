"""Pages of the rules: every officer reads them, administrators add dated rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from webapp.cases.models import Case
from webapp.cases.queries import visible_cases
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, Invalid, NotFound
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext, locale_tag, ngettext
from webapp.core.permissions import Permission, policy
from webapp.deadlines.queries import count_running
from webapp.processes.people import names_of
from webapp.rules import adding, citing, kinds, listing, notices, wording
from webapp.rules.adding import Change
from webapp.rules.notices import YearChange

blueprint = Blueprint("rules", __name__)
for name in ("rule_name", "rule_note", "rule_value", "rule_more", "verified_name", "verified_mark"):
    blueprint.add_app_template_filter(getattr(wording, name), name)
blueprint.add_app_template_filter(citing.legal_basis, "rule_basis")
blueprint.add_app_template_filter(wording.kind_name, "rule_kind")
blueprint.add_app_template_filter(wording.iso_day, "iso_day")


@blueprint.get("/rules")
@policy(Permission.READ_CASES)
def index() -> Answer:
    return redirect(url_for("rules.list_page", kind="limits"), 302)


@blueprint.get("/rules/<any(limits, violations, amounts, exposure):kind>")
@policy(Permission.READ_CASES)
def list_page(kind: str) -> str:
    text, on = request.args.get("q", "").strip()[:80], _day(request.args.get("on", ""))
    found = listing.lines(kind, on=on, text=text)
    return render_template("rules/list.html", kind=kind, kinds=list(kinds.KINDS), lines=found, text=text, on=on, places=listing.places())


@blueprint.get("/rules/<any(limits, violations, amounts, exposure):kind>/<code>")
@policy(Permission.READ_CASES)
def show(kind: str, code: str) -> Answer:
    return _rule_page(kind, code)


@blueprint.post("/rules/<any(limits, violations, amounts, exposure):kind>/<code>")
@policy(Permission.ADMINISTER)
def add(kind: str, code: str) -> Answer:
    """Show what the row would change, or save it."""
    typed = kinds.form_of(kind).from_post(request.form)
    try:
        if "save" not in request.form:
            change = adding.plan(kind, code, typed, on=clock.today(), locale=locale_tag())
            return _rule_page(kind, code, typed=typed, change=change)
        return post_once(f"rules:{kind}:{code}", lambda: _add(kind, code, typed))
    except NotFound:
        raise
    except DomainError as error:
        return _rule_page(kind, code, typed=typed, refusal=error)


@blueprint.get("/rules/calendar")
@policy(Permission.READ_CASES)
def calendar() -> Answer:
    return _calendar_page()


@blueprint.post("/rules/calendar")
@policy(Permission.ADMINISTER)
def publish() -> Answer:
    """Show what the notice changes, or publish it."""
    text = request.form.get("text", "")
    try:
        text = _sent_text()
        if "publish" not in request.form:
            return _calendar_page(text=text, changes=notices.preview(notices.read_notice(text)))
        return post_once("rules:calendar", lambda: _publish(text))
    except DomainError as error:
        return _calendar_page(text=text, refusal=error)


@blueprint.get("/rules/calendar/imports/<int:import_id>")
@policy(Permission.READ_CASES)
def show_import(import_id: int) -> str:
    done = listing.find_import(import_id)
    numbers = _case_numbers(done.moved)
    return render_template("rules/import.html", done=done, numbers=numbers, names=names_of([done.imported_by_id]))


def _add(kind: str, code: str, typed: dict[str, Any]) -> Done:
    is_confirmed = request.form.get("confirmed") == "yes"
    row = adding.add_row(kind, code, typed, is_confirmed=is_confirmed, actor=current_user, at=clock.now(), locale=locale_tag())
    message = gettext("The row of %(code)s from %(day)s is saved. What runs already keeps its row.", code=code, day=row.valid_from)
    return Done(url_for("rules.show", kind=kind, code=code), message)


def _rule_page(
    kind: str, code: str, *, typed: dict[str, Any] | None = None, change: Change | None = None, refusal: DomainError | None = None
) -> Answer:
    rows, today = listing.history(kind, code), clock.today()
    now = next((row for row in rows if row.is_in_force(today)), rows[0])
    values = typed if typed is not None else kinds.values_of(kind, now) | {"valid_from": None}
    page = render_template(
        "rules/show.html", kind=kind, kinds=list(kinds.KINDS), code=code, rows=rows, now_row=now, today=today, form=kinds.form_of(kind),
        values=values, errors=refusal.errors if isinstance(refusal, Invalid) else {}, refusal=refusal, places=listing.places(),
        names=names_of(row.added_by_id for row in rows), effect=_effect(kind, code, change) if change else None,
        asks_confirmation=isinstance(refusal, adding.PastUnconfirmed),
    )  # fmt: skip
    return make_response(page, refusal.status if refusal else 200)


def _effect(kind: str, code: str, change: Change) -> dict[str, Any]:
    running = count_running(code) if kind == "limits" else None
    told = None
    if running is not None:
        told = ngettext("%(num)s running clock keeps its row.", "%(num)s running clocks keep their row.", running)
    found = {"differences": listing.differences(kind, change), "example": listing.example(change, clock.now())}
    return {"change": change, "running": told, "is_past": change.row.valid_from < clock.today(), **found}


def _day(text: str) -> date:
    """The day asked for in the address, else today."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.today()


def _publish(text: str) -> Done:
    done = notices.publish(notices.read_notice(text), actor=current_user, at=clock.now())
    years = ", ".join(str(year) for year in done.years)
    message = ngettext(
        "The calendar of %(years)s is published. %(num)s running clock moved.",
        "The calendar of %(years)s is published. %(num)s running clocks moved.",
        len(done.moved),
        years=years,
    )
    return Done(url_for("rules.show_import", import_id=done.id), message)


def _sent_text() -> str:
    """The file if one was chosen, else what was pasted."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return notices.decoded(file.stream.read(notices.MAX_BYTES + 1))
    text = request.form.get("text", "")
    if not text.strip():
        raise Invalid({"text": [gettext("Paste the lines of the notice, or choose a file.")]})
    return text


def _calendar_page(*, text: str = "", changes: Sequence[YearChange] | None = None, refusal: DomainError | None = None) -> Answer:
    years = listing.calendar_years()
    asked = request.args.get("year", "")
    year = int(asked) if asked in {str(known) for known in years} else max([y for y in years if y <= clock.today().year], default=None)
    imports = listing.imports()
    page = render_template(
        "rules/calendar.html", kinds=list(kinds.KINDS), years=years, year=year, days=listing.days_of(year) if year else [], text=text,
        changes=changes, refusal=refusal, errors=refusal.errors if isinstance(refusal, Invalid) else {}, imports=imports,
        names=names_of(one.imported_by_id for one in imports), next_year=clock.today().year + 1,
    )  # fmt: skip
    return make_response(page, refusal.status if refusal else 200)


def _case_numbers(moved: Sequence[dict[str, Any]]) -> dict[int, str]:
    """Of those cases that this person may see."""
    wanted = {one["case_id"] for one in moved if one["case_id"] is not None}
    query = visible_cases(current_user).with_only_columns(Case.id, Case.case_no).where(Case.id.in_(wanted))
    return dict(db.session.execute(query).tuples().all()) if wanted else {}
