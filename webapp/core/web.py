"""What every page shares: security headers, template globals, error pages in both languages."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import uuid4

from flask import Flask, Response, current_app, g, request
from flask_login import current_user

from webapp.core import clock, error_pages
from webapp.core.due import Due, due
from webapp.core.permissions import Permission
from webapp.core.role_names import role_name
from webapp.core.static_files import asset, dist

THEMES = ("light", "dark")
THEME_COOKIE = "theme"
YEAR_S = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    app.after_request(_add_headers)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset, can=can, csp_nonce=csp_nonce, dist=dist, due_of=due_of, new_key=new_key, now=clock.now, theme=theme
    )
    app.jinja_env.filters.update(moment=moment, day=day, clock_time=clock_time, role_name=role_name)
    error_pages.init_app(app)


def can(permission: str) -> bool:
    """May the signed-in person's roles do this at all? ``permission``: a value of ``Permission``."""
    return bool(current_user.is_authenticated and current_user.has(Permission(permission)))


def csp_nonce() -> str:
    """This response's nonce for inline script and style elements."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def due_of(due_at: datetime, started_at: datetime) -> Due:
    return due(due_at, started_at, clock.now())


def new_key() -> str:
    """A fresh idempotency key for a form."""
    return str(uuid4())


def theme() -> str | None:
    """The theme this browser chose, None to follow the system."""
    chosen = request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else None


def moment(at: datetime) -> str:
    """2026-03-04 09:41, in Shanghai."""
    return at.astimezone(clock.LEGAL_ZONE).strftime("%Y-%m-%d %H:%M")


def day(at: datetime) -> str:
    return at.astimezone(clock.LEGAL_ZONE).strftime("%Y-%m-%d")


def clock_time(at: datetime) -> str:
    return at.astimezone(clock.LEGAL_ZONE).strftime("%H:%M")


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(self), microphone=(), payment=(), usb=()")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_S}")
    _set_caching(response)
    return response


def _policy() -> str:
    nonce = f"'nonce-{csp_nonce()}'"
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' {nonce}",
        "style-src": f"'self' {nonce}",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _set_caching(response: Response) -> None:
    """Pages hold case data: nothing keeps them. Files whose address carries their hash are kept for a year."""
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    elif "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
