"""Who is asking, and may they? Sessions, forgery tokens and the policy of every route, before any view runs.

Flask-Security stays behind this module: its sign-in and its user, none of its pages, and no commit of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_login import logout_user as forget_user
from flask_security import Security, SQLAlchemyUserDatastore, login_user, uia_username_mapper
from flask_wtf import CSRFProtect
from werkzeug.exceptions import BadRequest

from webapp.accounts import services, sign_in
from webapp.accounts.models import User
from webapp.accounts.sessions import API_PREFIX, Carrier, ServerSession, ServerSessions
from webapp.core.db import begin_writing, db, stop_writing, transaction
from webapp.core.error_pages import wants_json
from webapp.core.errors import DomainError, Forbidden
from webapp.core.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC, SIGNED_IN = "public", "signed_in"
PUBLIC_ENDPOINTS = frozenset({"static", "api-docs.openapi_json"})
WITH_ONE_TIME_PASSWORD = PUBLIC_ENDPOINTS | {"accounts.account", "accounts.change_password", "accounts.sign_out", "accounts.language"}
OF_ONES_OWN = ("accounts.", "notifications.")  # account and notices: everybody keeps their own
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FILES_BYTES = 64 * 1024 * 1024  # several photographs of a telephone in one request

csrf = CSRFProtect()


class NotSignedIn(DomainError):
    """You are not signed in, or your session has ended. Sign in and try again."""

    status = 401


class OwnPasswordNeeded(DomainError):
    """You signed in with a one-time password. Choose a password of your own on the page “My account” first."""

    status = 403


class PolicyMissing(RuntimeError):
    """A route has no policy: mark its view with ``policy``, ``public`` or ``signed_in``."""


def init_app(app: Flask) -> None:
    app.config.from_mapping(_security_settings())
    app.config.setdefault("WTF_CSRF_ENABLED", True)
    app.session_interface = ServerSessions()
    app.before_request(_guard)  # before Flask-Security's own hook, which asks for the user
    app.teardown_request(_stop_writing)
    app.after_request(_name_the_scheme)
    csrf.init_app(app)
    security = Security(app, Accounts(db, User, None), register_blueprint=False)
    security.login_manager.user_loader(_user_of_session)
    security.login_manager.request_loader(_nobody)


def policy_of(app: Flask, endpoint: str, method: str) -> str:
    """What the route needs: a Permission, "signed_in" or "public". Raises PolicyMissing."""
    if endpoint in PUBLIC_ENDPOINTS:
        return PUBLIC
    declared = _declared(app, endpoint, method, "policy")
    if declared is None:
        raise PolicyMissing(f"{method} {endpoint}")
    return cast(str, declared)


def writes_late(view: View) -> View:
    """Declare that a view has slow work to do before it writes: SQLite's lock waits for ``transaction``."""
    view.writes_late = True  # type: ignore[attr-defined]
    return view


def takes_files(view: View) -> View:
    """Declare that a view is sent files: its body may be larger than a form's."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def signed_in_user() -> User:
    """The person behind this request, not a proxy. Raises NotSignedIn."""
    user = current_user._get_current_object()
    if not isinstance(user, User):
        raise NotSignedIn
    return user


def start_session(user: User, *, at: datetime) -> None:
    """Sign the browser in, in the caller's transaction, under a new key."""
    login_user(user)
    own_session().begin(user, at=at)
    g.pop("csrf_token", None)


def end_session() -> None:
    """Sign the browser out, in the caller's transaction."""
    own_session().end()
    forget_user()
    g.pop("csrf_token", None)


def token_for(username: str, password: str, *, code: str | None, address: str, at: datetime) -> services.Token:
    """Sign in by API, in a transaction of its own: a failed attempt stays counted.

    Raises sign_in.TooManyAttempts, WrongCredentials, CodeNeeded, WrongCode.
    """
    attempt = sign_in.check(username, password, code, address=address, at=at)
    with transaction():
        outcome = sign_in.conclude(attempt, at=at)
        token = services.issue_token(outcome.user, at=at) if outcome.user else None
    if token is None:
        raise outcome.refusal or NotSignedIn()
    return token


def own_session() -> ServerSession:
    return cast(ServerSession, session._get_current_object())  # type: ignore[attr-defined]


def safe_target(target: str | None) -> str:
    """``target`` if it is a path of this site, else the start page: a sign-in must not lead elsewhere."""
    if not target or not target.startswith("/") or not target.isprintable() or "\\" in target:
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    is_local = not parts.scheme and not parts.netloc and not target.startswith("//")
    return target if is_local else "/"


class Accounts(SQLAlchemyUserDatastore):  # type: ignore[misc]
    """Flask-Security's door to our users."""

    def commit(self) -> None:
        raise RuntimeError("only our entry points commit")


def _security_settings() -> dict[str, Any]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": uia_username_mapper, "case_insensitive": True}}],
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_FLASH_MESSAGES": False,
        "SESSION_PROTECTION": None,  # telephones change their address during a patrol
        "WTF_CSRF_CHECK_DEFAULT": False,  # ``_guard`` checks, after the policy
        "WTF_CSRF_TIME_LIMIT": None,  # a form lives as long as its session
    }


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None or request.routing_exception is not None:
        return None  # 404 or 405
    need = _need()
    if request.method not in SAFE_METHODS and _declared(current_app, str(request.endpoint), request.method, "takes_files"):
        request.max_content_length = FILES_BYTES
    _read_body()
    if need != PUBLIC and _writes_at_once():
        g.writing = begin_writing()
    if need != PUBLIC and not current_user.is_authenticated:
        return _ask_to_sign_in()
    if current_user.is_authenticated and current_user.password_is_temporary and request.endpoint not in WITH_ONE_TIME_PASSWORD:
        return _ask_for_own_password()
    if need != PUBLIC and not _may(need):
        return _other_start_page()
    _refuse_forgery(need)
    return None


def _may(need: str) -> bool:
    """Who does no work, as an auditor, reads and changes nothing but the own account: whatever a route of another feature asks for."""
    if need != SIGNED_IN and not current_user.has(Permission(need)):
        return False
    is_own = need == Permission.AUDIT or (need == SIGNED_IN and str(request.endpoint).startswith(OF_ONES_OWN))
    return request.method in SAFE_METHODS or is_own or bool(current_user.has(Permission.WORK))


def _other_start_page() -> ResponseReturnValue:
    """An auditor has no inbox: the start page is another one. Raises Forbidden for everything else."""
    if request.path == "/" and request.method in SAFE_METHODS and current_user.has(Permission.AUDIT):
        return redirect("/audit")
    raise Forbidden


def _ask_for_own_password() -> ResponseReturnValue:
    """Raises OwnPasswordNeeded for what is not a page."""
    if wants_json() or request.is_json or request.path.startswith(API_PREFIX) or request.method not in SAFE_METHODS:
        raise OwnPasswordNeeded
    return redirect(url_for("accounts.account"), 303)


def _read_body() -> None:
    """Before any lock is taken: a slow sender must not keep others from writing. Raises BadRequest for JSON that no view can use.

    orjson refuses what the parsers behind it stumble over: deep nesting, lone surrogates, numbers of thousands of digits.
    """
    if request.method in SAFE_METHODS:
        return
    body = request.get_data(cache=True, parse_form_data=True)
    if request.is_json and body:
        try:
            orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadRequest from error
        if b"\\u0000" in body:
            raise BadRequest
    if any("\0" in value for _, value in request.form.items(multi=True)):
        raise BadRequest  # no keyboard types it, and PostgreSQL stores none


def _need() -> str:
    if request.method == "OPTIONS" and getattr(request.url_rule, "provide_automatic_options", False):
        return PUBLIC
    return policy_of(current_app, str(request.endpoint), request.method)


def _writes_at_once() -> bool:
    """A read snapshot cannot become a writing one in SQLite: the lock comes before the first query."""
    return request.method not in SAFE_METHODS and not _declared(current_app, str(request.endpoint), request.method, "writes_late")


def _declared(app: Flask, endpoint: str, method: str, name: str) -> Any:
    """An attribute of the view function, or of the method of a view class."""
    view: Any = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        handler = getattr(view_class, "get" if method == "HEAD" else method.lower(), None)
        return getattr(handler, name, getattr(view_class, name, None))
    return getattr(view, name, None)


def _ask_to_sign_in() -> ResponseReturnValue:
    if wants_json() or request.is_json or request.path.startswith(API_PREFIX):
        raise NotSignedIn
    address = url_for("accounts.sign_in_page", next=_page_of_request())
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _page_of_request() -> str:
    """The page to come back to: this one, or the one that holds the form that was sent."""
    if request.method in SAFE_METHODS:
        return safe_target(request.full_path.rstrip("?"))
    try:
        origin = urlsplit(request.referrer or "")
    except ValueError:
        return "/"
    return safe_target(origin.path) if origin.netloc == request.host else "/"


def _refuse_forgery(need: str) -> None:
    """Nothing but a cookie can be abused by another site: bearer tokens and the API's own sign-in need no forgery token."""
    if request.method in SAFE_METHODS or not current_app.config["WTF_CSRF_ENABLED"]:
        return
    if request.path.startswith(API_PREFIX) and (need == PUBLIC or own_session().carrier is Carrier.BEARER):
        return
    csrf.protect()


def _stop_writing(_: BaseException | None) -> None:
    token = g.pop("writing", None)
    if token is not None:
        stop_writing(token)


def _name_the_scheme(response: Response) -> Response:
    if response.status_code == 401 and request.path.startswith(API_PREFIX):
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    return response


def _user_of_session(uniquifier: str) -> User | None:
    """The session's user, read with the session; a changed password or a closed account changes the uniquifier."""
    user = own_session().user
    return user if user is not None and user.fs_uniquifier == uniquifier else None


def _nobody(_: Any) -> None:
    """No other way in: bearer tokens are sessions too."""
