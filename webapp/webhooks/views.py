"""Pages of webhooks, for administrators."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from webapp.accounts.models import Jurisdiction
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError, Invalid
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext
from webapp.core.permissions import Permission, policy
from webapp.webhooks import interest, queries, services
from webapp.webhooks.models import DELIVERED, PARKED, WAITING, Receiver
from webapp.webhooks.public import EVENTS

blueprint = Blueprint("webhooks", __name__)
STATES = {WAITING: lazy_gettext("waiting"), DELIVERED: lazy_gettext("delivered"), PARKED: lazy_gettext("given up")}
TROUBLES = {
    "unreachable": lazy_gettext("The address does not answer."),
    "timed_out": lazy_gettext("There was no answer within 5 seconds."),
    "not_allowed": lazy_gettext("The address lies in a network that is not allowed."),
    "bad_certificate": lazy_gettext("The certificate of the address is not valid."),
    "refused": lazy_gettext("The receiver refused the message."),
}


@blueprint.get("/webhooks")
@policy(Permission.ADMINISTER)
def list_page() -> Answer:
    return _list_page()


@blueprint.post("/webhooks")
@policy(Permission.ADMINISTER)
def add() -> Answer:
    try:
        with transaction():
            receiver, secret = services.add_receiver(_typed(), actor=current_user, at=clock.now(), needs_https=_needs_https())
    except Invalid as error:
        return _list_page(refusal=error)
    interest.write_down()
    return _receiver_page(receiver, secret=secret)


@blueprint.get("/webhooks/<int:receiver_id>")
@policy(Permission.ADMINISTER)
def show(receiver_id: int) -> Answer:
    return _receiver_page(queries.find_receiver(receiver_id))


@blueprint.post("/webhooks/<int:receiver_id>")
@policy(Permission.ADMINISTER)
def change(receiver_id: int) -> Answer:
    receiver = queries.find_receiver(receiver_id)
    try:
        with transaction():
            services.change_receiver(receiver, _typed(), actor=current_user, at=clock.now(), needs_https=_needs_https())
    except Invalid as error:
        return _receiver_page(queries.find_receiver(receiver_id), refusal=error)
    return _done(receiver_id, gettext("The receiver is changed."))


@blueprint.post("/webhooks/<int:receiver_id>/<any(on, off):wanted>")
@policy(Permission.ADMINISTER)
def switch(receiver_id: int, wanted: str) -> Answer:
    receiver = queries.find_receiver(receiver_id)
    with transaction():
        services.switch(receiver, on=wanted == "on", actor=current_user, at=clock.now())
    return _done(receiver_id, gettext("The receiver is switched on.") if wanted == "on" else gettext("The receiver is switched off."))


@blueprint.post("/webhooks/<int:receiver_id>/secret")
@policy(Permission.ADMINISTER)
def rotate(receiver_id: int) -> Answer:
    receiver = queries.find_receiver(receiver_id)
    with transaction():
        secret = services.rotate_secret(receiver, actor=current_user, at=clock.now())
    return _receiver_page(receiver, secret=secret)


@blueprint.post("/webhooks/<int:receiver_id>/secret/drop")
@policy(Permission.ADMINISTER)
def drop(receiver_id: int) -> Answer:
    receiver = queries.find_receiver(receiver_id)
    with transaction():
        services.drop_earlier_secret(receiver, actor=current_user, at=clock.now())
    return _done(receiver_id, gettext("Messages are signed with the new secret only."))


@blueprint.post("/webhooks/deliveries/<int:delivery_id>")
@policy(Permission.ADMINISTER)
def send_again(delivery_id: int) -> Answer:
    delivery = queries.find_delivery(delivery_id)
    return post_once(f"delivery:{delivery_id}", lambda: _sent_again(delivery))


def _sent_again(delivery: Any) -> Done:
    services.send_again(delivery, at=clock.now())
    return Done(url_for("webhooks.show", receiver_id=delivery.receiver_id), gettext("The message will be sent again within seconds."))


def _typed() -> dict[str, Any]:
    place = request.form.get("jurisdiction_id", "")
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 10 else None
    known = db.session.get(Jurisdiction, number) if number else None
    names = {name: request.form.get(name, "") for name in ("name", "url")}
    return {**names, "events": request.form.getlist("events"), "jurisdiction_id": known.id if known else None}


def _needs_https() -> bool:
    return bool(current_app.config["ZHIJIAN"].is_production)


def _done(receiver_id: int, sentence: str) -> Answer:
    interest.write_down()
    flash(sentence, "success")
    return redirect(url_for("webhooks.show", receiver_id=receiver_id), 303)


def _list_page(*, refusal: DomainError | None = None) -> Answer:
    places = list(db.session.scalars(select(Jurisdiction).order_by(Jurisdiction.code)))
    page = render_template(
        "webhooks/list.html", found=queries.list_receivers(), typed=_typed(), refusal=refusal, events=list(EVENTS), places=places
    )
    return make_response(page, refusal.status if refusal else 200)


def _receiver_page(receiver: Receiver, *, secret: str | None = None, refusal: DomainError | None = None) -> Answer:
    """``secret``: a new one, shown this once."""
    state = request.args.get("state") if request.args.get("state") in STATES else None
    page = render_template(
        "webhooks/show.html", receiver=receiver, secret=secret, refusal=refusal, events=list(EVENTS), state=state, states=STATES,
        troubles=TROUBLES, page=queries.deliveries(receiver, state=state, after=request.args.get("after")),
        places=list(db.session.scalars(select(Jurisdiction).order_by(Jurisdiction.code))),
        typed=_typed() if refusal else {name: getattr(receiver, name) for name in ("name", "url", "events", "jurisdiction_id")},
    )  # fmt: skip
    return make_response(page, refusal.status if refusal else 200)
