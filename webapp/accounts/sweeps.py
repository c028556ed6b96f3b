"""Tidy up what nobody can use any more."""

from __future__ import annotations

from datetime import timedelta

from webapp.accounts import services, session_rows, sign_in
from webapp.core import clock, idempotency
from webapp.core.db import transaction
from webapp.core.sweeps import sweep


@sweep("sessions", every=timedelta(hours=1))
def remove_ended_sessions() -> int:
    """Delete expired sessions and tokens, sign-in failures out of their window, and old idempotency keys."""
    at = clock.now()
    with transaction():
        return (
            session_rows.remove_expired(at)
            + sign_in.forget_attempts(before=at - sign_in.WINDOW)
            + idempotency.forget_old(before=at - idempotency.KEPT)
        )


@sweep("roles", every=timedelta(hours=1))
def take_expired_roles() -> int:
    """Take away the roles whose last day is over."""
    with transaction():
        return services.take_expired_roles(at=clock.now())
