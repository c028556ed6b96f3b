"""Pages to sign in and out and to look after one's own account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from webapp.accounts import queries, services, sign_in, two_factor, user_views
from webapp.accounts.web import NotSignedIn, end_session, own_session, safe_target, signed_in_user, start_session, writes_late
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import DomainError, Invalid
from webapp.core.i18n import LANGUAGE_COOKIE, LOCALES
from webapp.core.permissions import public, signed_in

blueprint = Blueprint("accounts", __name__, template_folder="templates")
blueprint.register_blueprint(user_views.blueprint)

CODE_WITHIN = timedelta(minutes=5)
SETUP_WITHIN = timedelta(minutes=30)
YEAR_S = 365 * 24 * 3600
_WAITING, _SETUP = "waiting_for_code", "two_factor_setup"


@blueprint.get("/sign-in")
@public
def sign_in_page() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(safe_target(request.args.get("next")))
    return _sign_in_form()


@blueprint.post("/sign-in")
@public
def sign_in_post() -> ResponseReturnValue:
    at = clock.now()
    try:
        attempt = sign_in.check(request.form.get("username", ""), request.form.get("password", ""), address=_address(), at=at)
        with transaction():
            outcome = _conclude(attempt, at=at)
    except DomainError as refusal:
        return _sign_in_form(refusal)
    if isinstance(outcome.refusal, sign_in.CodeNeeded):
        return redirect(url_for("accounts.code_page"), 303)
    return _sign_in_form(outcome.refusal) if outcome.refusal else redirect(_next(), 303)


@blueprint.get("/sign-in/code")
@public
def code_page() -> ResponseReturnValue:
    if _waiting(clock.now()) is None:
        return redirect(url_for("accounts.sign_in_page"))
    return _code_form()


@blueprint.post("/sign-in/code")
@public
def code_post() -> ResponseReturnValue:
    at = clock.now()
    waiting = _waiting(at)
    if waiting is None:
        return _sign_in_form(NotSignedIn())
    try:
        attempt = sign_in.resume(waiting["account"], _code(), address=_address(), at=at)
        with transaction():
            outcome = sign_in.conclude(attempt, at=at)
            if outcome.user:
                session.pop(_WAITING, None)
                start_session(outcome.user, at=at)
    except DomainError as refusal:
        return _code_form(refusal)
    return _code_form(outcome.refusal) if outcome.refusal else redirect(waiting["next"], 303)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    with transaction():
        services.record_sign_out(signed_in_user(), at=clock.now())
        end_session()
    return redirect(url_for("accounts.sign_in_page"), 303)


@blueprint.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    return _account_page()


@blueprint.post("/account/password")
@signed_in
@writes_late
def change_password() -> ResponseReturnValue:
    at, user, form = clock.now(), signed_in_user(), request.form
    try:
        _prove_password(form.get("current", ""), at=at)
        if form.get("new") != form.get("repeat"):
            raise Invalid({"repeat": [_("The two new passwords differ. Type the new one twice.")]})
        password_hash = services.new_hash(user, form.get("new", ""))
    except DomainError as refusal:
        return _account_page(refusal, part="password")
    with transaction():
        services.change_password(user, password_hash, actor_id=user.id, at=at)
        start_session(user, at=at)
    flash(_("The password is changed. Everywhere else you are signed out."), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/account/two-factor")
@signed_in
def start_two_factor() -> ResponseReturnValue:
    if not signed_in_user().tf_totp_secret:
        session[_SETUP] = {"secret": two_factor.new_secret(), "until": (clock.now() + SETUP_WITHIN).isoformat()}
    return redirect(url_for("accounts.two_factor_page"), 303)


@blueprint.get("/account/two-factor")
@signed_in
def two_factor_page() -> ResponseReturnValue:
    if _in_time(_SETUP, clock.now()) is None:
        return redirect(url_for("accounts.account"))
    return _two_factor_form()


@blueprint.post("/account/two-factor/confirm")
@signed_in
def confirm_two_factor() -> ResponseReturnValue:
    at, user = clock.now(), signed_in_user()
    setup = _in_time(_SETUP, at)
    if setup is None:
        flash(_("The set-up took too long. Start it again."), "error")
        return redirect(url_for("accounts.account"), 303)
    try:
        with transaction():
            services.enable_two_factor(user, secret=setup["secret"], code=_code(), at=at)
            session.pop(_SETUP, None)
            start_session(user, at=at)
    except DomainError as refusal:
        return _two_factor_form(refusal)
    flash(_("Two-factor sign-in is on. Everywhere else you are signed out."), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/account/two-factor/disable")
@signed_in
@writes_late
def disable_two_factor() -> ResponseReturnValue:
    at, user = clock.now(), signed_in_user()
    try:
        _prove_password(request.form.get("current", ""), at=at)
    except DomainError as refusal:
        return _account_page(refusal, part="two-factor")
    with transaction():
        services.disable_two_factor(user, actor_id=user.id, at=at)
    flash(_("Two-factor sign-in is off."), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/language")
@public
def language() -> ResponseReturnValue:
    """Remember the language: on the account, and in a cookie for the time before the next sign-in."""
    locale = request.form.get("locale", "")
    if locale not in LOCALES:
        raise Invalid({"locale": [_("This language is not available.")]})
    if current_user.is_authenticated:
        with transaction():
            services.set_locale(signed_in_user(), locale)
    response = make_response(redirect(_next(), 303))
    response.set_cookie(LANGUAGE_COOKIE, locale, max_age=YEAR_S, samesite="Lax", secure=request.is_secure, httponly=True)
    return response


def _conclude(attempt: sign_in.Attempt, *, at: datetime) -> sign_in.Outcome:
    """Sign in, or remember for a few minutes that the password was right and the code is missing."""
    outcome = sign_in.conclude(attempt, at=at)
    if outcome.user:
        start_session(outcome.user, at=at)
    elif isinstance(outcome.refusal, sign_in.CodeNeeded):
        session[_WAITING] = {"account": attempt.uniquifier, "next": _next(), "until": (at + CODE_WITHIN).isoformat()}
        own_session().begin(None, at=at)
    return outcome


def _prove_password(password: str, *, at: datetime) -> None:
    """Ask again for the password before something dangerous. Raises Invalid, TooManyAttempts."""
    attempt = sign_in.check(signed_in_user().username, password, address=_address(), at=at)
    if attempt.is_right:
        return
    with transaction():
        sign_in.count_failure(attempt, at=at)
    raise Invalid({"current": [_("This is not your present password.")]})


def _sign_in_form(refusal: DomainError | None = None) -> Response:
    page = render_template("accounts/sign_in.html", refusal=refusal, username=request.form.get("username", ""), next=_next())
    return make_response(page, refusal.status if refusal else 200)


def _code_form(refusal: DomainError | None = None) -> Response:
    return make_response(render_template("accounts/code.html", refusal=refusal), refusal.status if refusal else 200)


def _two_factor_form(refusal: DomainError | None = None) -> Response:
    secret = session[_SETUP]["secret"]
    picture = two_factor.picture(signed_in_user().username, secret)
    page = render_template("accounts/two_factor.html", refusal=refusal, picture=picture, key=two_factor.readable_key(secret))
    return make_response(page, refusal.status if refusal else 200)


def _account_page(refusal: DomainError | None = None, *, part: str = "") -> Response:
    user = signed_in_user()
    page = render_template("accounts/account.html", user=user, reach=queries.reach_of(user), refusal=refusal, part=part)
    return make_response(page, refusal.status if refusal else 200)


def _waiting(at: datetime) -> dict[str, Any] | None:
    return _in_time(_WAITING, at)


def _in_time(name: str, at: datetime) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = session.get(name)
    return kept if kept and datetime.fromisoformat(kept["until"]) > at else None


def _code() -> str:
    return request.form.get("code", "").replace(" ", "")[:12]


def _address() -> str:
    return request.remote_addr or ""


def _next() -> str:
    return safe_target(request.form.get("next") or request.args.get("next"))
