"""Accounts and what they may do: create, grant, revoke, deactivate, passwords, second factor, tokens."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.accounts import administrators, passwords, session_rows, staffing, two_factor, usernames
from webapp.accounts.models import Membership, Town, User, WebSession
from webapp.accounts.queries import scope_key
from webapp.accounts.sign_in import WrongCode
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.errors import DomainError, Invalid, NotFound
from webapp.core.permissions import Scope, scope_of
from webapp.events.services import record

_ROLE = re.compile(r"[A-Z][A-Z0-9_]{1,23}")


class UsernameTaken(DomainError):
    """There is an account with this user name already. Choose another one."""


class Token(NamedTuple):
    """An API token as the client gets it, once; we keep its hash."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """First and last day of a role, None: at once, until it is revoked; and why it is given. ``reason`` names no third person."""

    valid_from: date | None = None
    valid_to: date | None = None
    reason: str = ""

    def recorded(self) -> dict[str, str | None]:
        first, last = (day.isoformat() if day else None for day in (self.valid_from, self.valid_to))
        return {"valid_from": first, "valid_to": last, "reason": self.reason}


def create_user(
    *,
    username: str,
    name_zh: str,
    name_en: str,
    password: str,
    actor_id: int | None,
    at: datetime,
    jurisdiction_id: int | None = None,
    organisation_id: int | None = None,
    locale: str | None = None,
    is_demo: bool = False,
    reason: str = "",
) -> User:
    """Create an active account without roles. ``reason`` names no third person. Raises Invalid, UsernameTaken."""
    name = usernames.normal(username)
    _refuse_bad_account(name, password)
    user = User(
        username=name, name_zh=name_zh, name_en=name_en, jurisdiction_id=jurisdiction_id, organisation_id=organisation_id, locale=locale,
        password=passwords.hashed(password), active=True, is_demo=is_demo, fs_uniquifier=_uniquifier(), created_at=at, memberships=[],
    )  # fmt: skip
    db.session.add(user)
    db.session.flush([user])
    _record(user, "account.created", actor_id=actor_id, at=at, username=name, reason=reason)
    return user


def grant_role(
    user: User,
    role: str,
    *,
    actor_id: int | None,
    at: datetime,
    jurisdiction_id: int | None = None,
    town_id: int | None = None,
    grid_id: int | None = None,
    organisation_id: int | None = None,
) -> Membership:
    """Give the role in the one place that its scope needs, at once and until it is revoked; other places are ignored.

    Raises as ``grant``.
    """
    places = {"jurisdiction_id": jurisdiction_id, "town_id": town_id, "grid_id": grid_id, "organisation_id": organisation_id}
    return grant(user, role, places=places, terms=Terms(), actor_id=actor_id, at=at)


def grant(
    user: User, role: str, *, places: Mapping[str, int | None], terms: Terms, actor_id: int | None, at: datetime
) -> Membership:  # fmt: skip
    """As ``grant_role``, between two days. Granting twice moves only the days.

    Raises Invalid for a malformed role code or days, queries.PlaceMissing, staffing.TooManyManagers.
    """
    if not _ROLE.fullmatch(role):
        raise Invalid({"role": [_("A role code is written in capital letters, digits and underscores.")]})
    _refuse_bad_days(terms, today=legal_day(at))
    scope = scope_key(role, **places)
    known = _membership(user, role, scope)
    if known is not None and (known.valid_from, known.valid_to) == (terms.valid_from, terms.valid_to):
        return known
    town_id = places.get("town_id")
    if known is None and role == staffing.MANAGER and town_id is not None:
        staffing.refuse_third_manager(town_id)
    membership = known or _new_membership(user, role, scope, places)
    membership.valid_from, membership.valid_to = terms.valid_from, terms.valid_to
    db.session.flush()
    _record(user, "account.role_granted", actor_id=actor_id, at=at, role=role, scope=scope, **terms.recorded())
    return membership


def revoke_role(user: User, role: str, *, scope: str, actor_id: int | None, at: datetime, reason: str = "") -> None:
    """Take the role in ``scope`` ("t3") away; at once, also for open sessions.

    Raises NotFound, administrators.OwnAccount, administrators.LastAdministrator.
    """
    membership = _membership(user, role, scope)
    if membership is None:
        raise NotFound
    if role == administrators.ROLE:
        administrators.refuse_loss(user, actor_id=actor_id, today=legal_day(at))
    _take(membership, actor_id=actor_id, at=at, reason=reason)


def take_expired_roles(*, at: datetime) -> int:
    """Take away the roles whose last day is over, so that their tasks go back; returns how many."""
    expired = db.session.scalars(select(Membership).where(Membership.valid_to < legal_day(at))).all()
    for membership in expired:
        _take(membership, actor_id=None, at=at, reason=EXPIRED)
    return len(expired)


def name_office(town: Town, office: str, *, actor_id: int | None, at: datetime) -> None:
    """Name who in the town answers for occupational health. Source: BR-25; S1 3(1), R-042."""
    town.responsible_office = office.strip()
    record(f"town:{town.id}", "town.office_named", actor_id=actor_id, at=at, town_id=town.id)


def set_password(user: User, password: str, *, actor_id: int | None, at: datetime) -> None:
    """Replace the password and end every session and token of the account. Raises Invalid."""
    change_password(user, new_hash(user, password), actor_id=actor_id, at=at)


def new_hash(user: User, password: str) -> str:
    """The hash of a password that keeps the rules; slow and reads nothing. Raises Invalid."""
    found = passwords.faults(password, username=user.username)
    if found:
        raise Invalid({"password": found})
    return passwords.hashed(password)


def change_password(user: User, password_hash: str, *, actor_id: int | None, at: datetime, reason: str = "") -> None:
    """As ``set_password``, with the slow part done before."""
    user.password, user.password_is_temporary = password_hash, False
    _end_sessions(user)
    _record(user, "account.password_changed", actor_id=actor_id, at=at, reason=reason)


def reset_password(user: User, *, actor_id: int | None, at: datetime) -> str:
    """Set a random password, to be handed over; returns it. Who signs in with it must change it first."""
    password = one_time_password()
    hand_over(user, new_hash(user, password), actor_id=actor_id, at=at)
    return password


def one_time_password() -> str:
    """Twenty letters and digits in groups that people can read out; none looks like another."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(4))


def hand_over(user: User, password_hash: str, *, actor_id: int | None, at: datetime, reason: str = "") -> None:
    """Store the hash of a one-time password and end every session of the account."""
    change_password(user, password_hash, actor_id=actor_id, at=at, reason=reason)
    user.password_is_temporary = True


def rename(user: User, *, name_zh: str, name_en: str, actor_id: int | None, at: datetime, reason: str) -> None:
    """Change what people call the person. What is signed keeps the name it had."""
    names = {"name_zh": name_zh.strip(), "name_en": name_en.strip()}
    fields = [field for field, name in names.items() if getattr(user, field) != name]
    if not fields:
        return
    user.name_zh, user.name_en = names["name_zh"], names["name_en"]
    _record(user, "account.changed", actor_id=actor_id, at=at, fields=fields, reason=reason)


def deactivate(user: User, *, actor_id: int | None, at: datetime, reason: str = "") -> None:
    """Close the account; whoever uses it is out at once. Doing it twice changes nothing.

    Raises administrators.OwnAccount, administrators.LastAdministrator.
    """
    if not user.active:
        return
    administrators.refuse_loss(user, actor_id=actor_id, today=legal_day(at))
    user.active = False
    _end_sessions(user)
    _record(user, "account.deactivated", actor_id=actor_id, at=at, reason=reason)


def reactivate(user: User, *, actor_id: int | None, at: datetime, reason: str) -> None:
    """Open a closed account again, with the roles it has. Doing it twice changes nothing. Raises staffing.TooManyManagers."""
    if user.active:
        return
    for held in user.memberships:
        if held.role == staffing.MANAGER and held.town_id is not None:
            staffing.refuse_third_manager(held.town_id)
    user.active = True
    _record(user, "account.reactivated", actor_id=actor_id, at=at, reason=reason)


def end_session(row: WebSession, *, actor_id: int | None, at: datetime, reason: str) -> None:
    """Sign one browser or API client out."""
    assert row.user is not None
    session_rows.remove(row.id)
    _record(row.user, "account.session_ended", actor_id=actor_id, at=at, session_id=row.id, reason=reason)


def enable_two_factor(user: User, *, secret: str, code: str, at: datetime) -> None:
    """Protect the account with ``secret`` after a first right code; ends every session. Raises WrongCode."""
    counter = two_factor.counter_of(code, secret, after=None, at=at)
    if counter is None:
        raise WrongCode
    user.tf_primary_method, user.tf_totp_secret, user.tf_last_counter = two_factor.METHOD, secret, counter
    _end_sessions(user)
    _record(user, "account.two_factor_enabled", actor_id=user.id, at=at)


def disable_two_factor(user: User, *, actor_id: int | None, at: datetime, reason: str = "") -> None:
    """Go back to the password alone. Doing it twice changes nothing."""
    if user.tf_totp_secret is None:
        return
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = None
    _record(user, "account.two_factor_disabled", actor_id=actor_id, at=at, reason=reason)


def set_locale(user: User, locale: str) -> None:
    user.locale = locale


def issue_token(user: User, *, at: datetime) -> Token:
    """A new API token for somebody who has just proved who they are."""
    key = session_rows.new_key()
    row = session_rows.add(key, kind=session_rows.API, user_id=user.id, data=b"", at=at)
    return Token(key, row.expires_at)


def user_of_token(token: str, *, at: datetime) -> User | None:
    """The active user a live token belongs to."""
    found = session_rows.find(token, kind=session_rows.API, at=at)
    return found.user if found else None


def record_sign_out(user: User, *, at: datetime) -> None:
    _record(user, "account.signed_out", actor_id=user.id, at=at)


EXPIRED = "expired"
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_COLUMNS = {
    Scope.JURISDICTION: "jurisdiction_id",
    Scope.TOWN: "town_id",
    Scope.GRID: "grid_id",
    Scope.ORGANISATION: "organisation_id",
}


def _refuse_bad_account(username: str, password: str) -> None:
    errors = {}
    if not usernames.is_allowed(username):
        errors["username"] = [_("A user name has 2 to 64 small letters, digits, dots, hyphens or underscores and starts with a letter.")]
    found = passwords.faults(password, username=username)
    if found:
        errors["password"] = found
    if errors:
        raise Invalid(errors)
    if db.session.scalar(select(User.id).where(User.username == username)) is not None:
        raise UsernameTaken


def _refuse_bad_days(terms: Terms, *, today: date) -> None:
    if terms.valid_to is not None and terms.valid_to < max(terms.valid_from or today, today):
        raise Invalid({"valid_to": [_("The role would end before it begins, or before today. Correct one of the two days.")]})


def _new_membership(user: User, role: str, scope: str, places: Mapping[str, int | None]) -> Membership:
    column = _COLUMNS.get(scope_of(role))
    membership = Membership(role=role, scope=scope, **({column: places.get(column)} if column else {}))
    user.memberships.append(membership)
    return membership


def _take(membership: Membership, *, actor_id: int | None, at: datetime, reason: str) -> None:
    user, role, scope = membership.user, membership.role, membership.scope
    user.memberships.remove(membership)
    db.session.flush()
    _record(user, "account.role_revoked", actor_id=actor_id, at=at, role=role, scope=scope, reason=reason)


def _membership(user: User, role: str, scope: str) -> Membership | None:
    return next((known for known in user.memberships if (known.role, known.scope) == (role, scope)), None)


def _end_sessions(user: User) -> None:
    user.fs_uniquifier = _uniquifier()
    session_rows.revoke_all(user.id)


def _uniquifier() -> str:
    return secrets.token_hex(32)


def _record(user: User, name: str, *, actor_id: int | None, at: datetime, **payload: Any) -> None:
    record(f"account:{user.id}", name, actor_id=actor_id, at=at, **payload)
