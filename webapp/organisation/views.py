"""Pages of the organisation: read by officers, kept by administrators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from bpmn.engine.forms import Form, compile_form
from webapp.accounts import organisation, powers, qualifications
from webapp.accounts import services as accounts
from webapp.accounts.models import Certificate, Jurisdiction, Power, Town, User
from webapp.accounts.powers import Grant
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, Invalid, NotFound
from webapp.core.form_posts import Done, post_once
from webapp.core.form_values import checked
from webapp.core.i18n import gettext, locale_tag
from webapp.core.permissions import Permission, policy
from webapp.organisation import page
from webapp.rules.queries import violation_choices

blueprint = Blueprint("organisation", __name__)
FORMS = Path(organisation.__file__).parent / "forms"
TABS: Mapping[str, Callable[[Jurisdiction], Any]] = {
    "places": page.places, "bodies": page.bodies, "powers": page.powers,
}  # fmt: skip
PEOPLE = "people"
Work = Callable[[Mapping[str, Any]], str]


@blueprint.get("/organisation")
@policy(Permission.READ_CASES)
def show() -> str:
    areas = page.visible_areas(current_user)
    area = next((one for one in areas if one.code == request.args.get("area")), areas[0] if areas else None)
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS or tab == PEOPLE else "places"
    found = _tab(tab, area) if area else None
    return render_template(
        "organisation/show.html", areas=areas, here=area, tab=tab, found=found, on=clock.today(), page=page, lists=organisation
    )


@blueprint.route("/organisation/towns/<int:town_id>/office", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def office(town_id: int) -> Response:
    town = _row(Town, town_id)

    def work(values: Mapping[str, Any]) -> str:
        accounts.name_office(town, str(values["responsible_office"]), actor_id=current_user.id, at=clock.now())
        return gettext("The responsible office is kept.")

    typed = {"responsible_office": town.responsible_office}
    return _answer(_form("office"), page.town_name(town), _back("places", town.jurisdiction), typed=typed, work=work)


@blueprint.route("/organisation/people/<int:user_id>/certificates", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def certificate(user_id: int) -> Response:
    user = _row(User, user_id)

    def work(values: Mapping[str, Any]) -> str:
        kept = _with_days(values, "issued_on", "valid_to")
        qualifications.add_certificate(user, **kept, actor_id=current_user.id, at=clock.now())
        return gettext("The certificate is entered.")

    return _answer(_form("certificate"), _person(user), _back("people", _area_of(user)), work=work)


@blueprint.route("/organisation/certificates/<int:certificate_id>/revoke", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def revoke(certificate_id: int) -> Response:
    card = _row(Certificate, certificate_id)
    user = _row(User, card.user_id)

    def work(values: Mapping[str, Any]) -> str:
        on = date.fromisoformat(str(values["revoked_on"]))
        qualifications.revoke_certificate(card, on=on, actor_id=current_user.id, at=clock.now())
        return gettext("The certificate is revoked from that day on.")

    return _answer(_form("certificate_end"), f"{_person(user)} {card.number}", _back("people", _area_of(user)), work=work)


@blueprint.route("/organisation/areas/<code>/powers", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def agency_power(code: str) -> Response:
    area = next((one for one in page.visible_areas(current_user) if one.code == code), None)
    if area is None:
        raise NotFound
    return _power_page(area, None)


@blueprint.route("/organisation/towns/<int:town_id>/powers", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def town_power(town_id: int) -> Response:
    town = _row(Town, town_id)
    return _power_page(town.jurisdiction, town)


@blueprint.route("/organisation/powers/<int:power_id>/end", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def end_power(power_id: int) -> Response:
    power = _row(Power, power_id)

    def work(values: Mapping[str, Any]) -> str:
        last_day = date.fromisoformat(str(values["valid_to"]))
        powers.end_power(power, last_day=last_day, actor_id=current_user.id, at=clock.now())
        return gettext("The power is in force through that day.")

    subject = f"{page.power_holder(power)}: {organisation.POWER_KINDS[power.kind]}"
    return _answer(_form("power_end"), subject, _back("powers", _row(Jurisdiction, power.jurisdiction_id)), work=work)


def _tab(tab: str, area: Jurisdiction) -> Any:
    return page.people(area, after=request.args.get("after", "")) if tab == PEOPLE else TABS[tab](area)


def _power_page(area: Jurisdiction, town: Town | None) -> Response:
    form, back = _power_form(tuple(violation_choices(clock.today()))), _back("powers", area)
    holder = page.town_name(town) if town else gettext("Health authority")

    def work(values: Mapping[str, Any]) -> str:
        powers.add_power(_grant(area, town, values), actor_id=current_user.id, at=clock.now())
        return gettext("The power is entered. Decisions from its first day on can rest on it.")

    if request.method == "POST" and "confirmed" not in request.form:
        return _preview(form, holder, back, lambda values: _grant(area, town, values))
    return _answer(form, holder, back, work=work, is_previewed=True)


def _preview(form: Form, holder: str, back: str, grant_of: Callable[[Mapping[str, Any]], Grant]) -> Response:
    """What the row would allow, before it is kept."""
    typed = form.from_post(request.form)
    try:
        grant = grant_of(checked(form, typed, locale=locale_tag(), today=clock.today()))
        powers.check(grant)
    except DomainError as refusal:
        return _page(form, holder, back, typed=typed, refusal=refusal, is_previewed=True)
    return make_response(
        render_template(
            "organisation/preview.html", grant=grant, holder=holder, form=form, typed=typed, back=back, page=page, lists=organisation
        )
    )


def _answer(
    form: Form, subject: str, back: str, *, work: Work, typed: Mapping[str, Any] | None = None, is_previewed: bool = False
) -> Response:
    if request.method != "POST":
        return _page(form, subject, back, typed=typed or {}, is_previewed=is_previewed)
    sent = form.from_post(request.form)

    def do() -> Done:
        return Done(back, work(checked(form, sent, locale=locale_tag(), today=clock.today())))

    try:
        return post_once(request.path, do)
    except DomainError as refusal:
        return _page(form, subject, back, typed=sent, refusal=refusal, is_previewed=is_previewed)


def _page(
    form: Form, subject: str, back: str, *, typed: Mapping[str, Any], refusal: DomainError | None = None, is_previewed: bool = False
) -> Response:
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    html = render_template(
        "organisation/form.html",
        form=form,
        subject=subject,
        back=back,
        values=typed,
        errors=errors,
        refusal=refusal,
        is_previewed=is_previewed,
    )
    return make_response(html, refusal.status if refusal else 200)


def _grant(area: Jurisdiction, town: Town | None, values: Mapping[str, Any]) -> Grant:
    items = (organisation.ALL_ITEMS,) if values["reach"] == "all" else tuple(values.get("items") or ())
    days = _with_days(values, "valid_from", "valid_to")
    return Grant(
        area.id, town, str(values["kind"]), items, str(values["basis"]), values.get("document_no"), days["valid_from"],
        days.get("valid_to"), str(values["verified"]), values.get("note"),
    )  # fmt: skip


def _with_days(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**values, **{name: date.fromisoformat(str(values[name])) for name in names if values.get(name)}}


def _form(name: str) -> Form:
    return _compiled(name, ())


def _power_form(violations: tuple[tuple[str, str, str], ...]) -> Form:
    return _compiled("power", violations)


@cache
def _compiled(name: str, violations: tuple[tuple[str, str, str], ...]) -> Form:
    definition = orjson.loads((FORMS / f"{name}.json").read_bytes())
    for field in definition["fields"]:
        if field.pop("options_from", None):
            field["options"] = [{"value": code, "label": {"zh": zh, "en": en}} for code, zh, en in violations]
    return compile_form(orjson.dumps(definition))


def _row(model: type[Any], row_id: int) -> Any:
    row = db.session.get(model, row_id)
    if row is None:
        raise NotFound
    return row


def _area_of(user: User) -> Jurisdiction | None:
    return db.session.get(Jurisdiction, user.jurisdiction_id) if user.jurisdiction_id else None


def _person(user: User) -> str:
    return user.name_en if locale_tag() == "en" else user.name_zh


def _back(tab: str, area: Jurisdiction | None) -> str:
    return url_for("organisation.show", tab=tab, area=area.code if area else None)
