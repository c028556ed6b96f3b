"""Who are you? A slow part that only reads, then a short one that writes: the password hash never runs under the write lock."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import lazyload

from webapp.accounts import passwords, two_factor
from webapp.accounts.models import SignInAttempt, User
from webapp.accounts.usernames import normal
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.core.metrics import SIGN_IN_FAILED
from webapp.events.services import record

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 8  # with six digits and three codes right at a time: one chance in 41,000 per window
PER_ADDRESS = 60  # an office behind one address


class WrongCredentials(DomainError):
    """The user name or the password is not right. Check both and try again."""

    status = 401


class CodeNeeded(DomainError):
    """This account is protected by a second factor. Enter the code that your authenticator app shows."""

    status = 401


class WrongCode(DomainError):
    """This code is not right, or it was used before. Wait for the next code and enter that one."""

    status = 401


class TooManyAttempts(DomainError):
    """There were too many failed sign-ins. Wait %(minutes)s minutes, then try again."""

    status = 429


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the slow part found out. ``counter``: of the right code; ``uniquifier``: the account as it was then."""

    username: str
    address: str
    user_id: int | None
    uniquifier: str
    is_right: bool
    has_code: bool = False
    counter: int | None = None
    new_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exactly one is set. The caller commits in either case: a refusal counts towards the throttle."""

    user: User | None = None
    refusal: DomainError | None = None


def check(username: str, password: str, code: str | None = None, *, address: str, at: datetime) -> Attempt:
    """Compare password and code; reads only. An unknown or inactive account takes the same time and the same answer.

    Raises TooManyAttempts.
    """
    name = normal(username)
    _refuse_if_throttled(name, address, at=at)
    # Without roles: a known name must not cost one query more than an unknown one.
    user = db.session.scalars(select(User).where(User.username == name).options(lazyload(User.memberships))).one_or_none()
    is_right = passwords.is_match(user.password if user else None, password)
    if user is None or not is_right or not user.active:
        return Attempt(name, address, user.id if user else None, "", is_right=False)
    new_hash = passwords.hashed(password) if passwords.is_outdated(user.password) else None
    return _with_code(user, code, address=address, at=at, new_hash=new_hash)


def resume(uniquifier: str, code: str, *, address: str, at: datetime) -> Attempt:
    """The second step of an account whose password was right. Raises TooManyAttempts, WrongCredentials if it changed meanwhile."""
    user = db.session.scalars(select(User).where(User.fs_uniquifier == uniquifier, User.active)).one_or_none()
    if user is None:
        raise WrongCredentials
    _refuse_if_throttled(user.username, address, at=at)
    return _with_code(user, code, address=address, at=at)


def conclude(attempt: Attempt, *, at: datetime) -> Outcome:
    """Record the attempt in the caller's transaction and say who signed in, or why not."""
    user = db.session.get(User, attempt.user_id, with_for_update=True) if attempt.is_right else None
    if user is None or not user.active or user.fs_uniquifier != attempt.uniquifier:
        return _refused(attempt, WrongCredentials(), at=at)
    if user.tf_totp_secret and not attempt.has_code:
        return Outcome(refusal=CodeNeeded())
    if user.tf_totp_secret and not _is_fresh(attempt.counter, user):
        return _refused(attempt, WrongCode(), at=at)
    _accept(user, attempt)
    user.signed_in_at = at
    record(f"account:{user.id}", "account.signed_in", actor_id=user.id, at=at, address=attempt.address)
    return Outcome(user=user)


def count_failure(attempt: Attempt, *, at: datetime) -> None:
    """Count a wrong password or code towards the throttle of the account and of the address, and put it on record."""
    SIGN_IN_FAILED.inc()
    for subject in _subjects(attempt.username, attempt.address):
        db.session.add(SignInAttempt(subject=subject, failed_at=at))
    # Unknown names go to one stream, so that an unknown name costs the same as a known one.
    record(f"account:{attempt.user_id or 0}", "account.sign_in_failed", actor_id=None, at=at, address=attempt.address)


def forget_attempts(*, before: datetime) -> int:
    return db.session.execute(delete(SignInAttempt).where(SignInAttempt.failed_at < before)).rowcount  # type: ignore[attr-defined, no-any-return]


def _with_code(user: User, code: str | None, *, address: str, at: datetime, new_hash: str | None = None) -> Attempt:
    counter = None
    if code and user.tf_totp_secret:
        counter = two_factor.counter_of(code, user.tf_totp_secret, after=user.tf_last_counter, at=at)
    return Attempt(user.username, address, user.id, user.fs_uniquifier, True, bool(code), counter, new_hash)


def _is_fresh(counter: int | None, user: User) -> bool:
    return counter is not None and counter > (user.tf_last_counter or 0)


def _accept(user: User, attempt: Attempt) -> None:
    by_account, _ = _subjects(attempt.username, attempt.address)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.subject == by_account))
    user.password = attempt.new_hash or user.password
    user.tf_last_counter = attempt.counter or user.tf_last_counter


def _refused(attempt: Attempt, refusal: DomainError, *, at: datetime) -> Outcome:
    count_failure(attempt, at=at)
    return Outcome(refusal=refusal)


def _refuse_if_throttled(username: str, address: str, *, at: datetime) -> None:
    limits = dict(zip(_subjects(username, address), (PER_ACCOUNT, PER_ADDRESS), strict=True))
    counted = select(SignInAttempt.subject, func.count(), func.max(SignInAttempt.failed_at)).group_by(SignInAttempt.subject)
    recent = counted.where(SignInAttempt.subject.in_(limits), SignInAttempt.failed_at > at - WINDOW)
    for subject, failures, last_failed_at in db.session.execute(recent):
        if failures >= limits[subject]:
            raise TooManyAttempts(minutes=max(1, math.ceil((last_failed_at + WINDOW - at) / timedelta(minutes=1))))


def _subjects(username: str, address: str) -> tuple[str, str]:
    """Names are hashed: people type passwords into the field of the user name."""
    return f"user:{hashlib.sha256(username.encode()).hexdigest()[:40]}", f"ip:{address}"[:80]
