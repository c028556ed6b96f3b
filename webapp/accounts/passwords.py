"""Password rules and hashes: argon2id, with the same work for accounts that do not exist."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask_babel import gettext as _

MIN_LENGTH, MAX_LENGTH = 10, 128
# OWASP password storage: 19 MiB, 2 passes, 1 lane. More memory would stop a web worker of 150 MB with eight threads.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """An argon2id hash; takes about 30 ms: not inside a transaction that writes."""
    return _hasher.hash(_normal(password))


def is_match(password_hash: str | None, password: str) -> bool:
    """Whether the password fits. ``None``, for no such account, takes as long and is never right."""
    offered = _normal(password) if len(password) <= MAX_LENGTH else ""
    try:
        _hasher.verify(password_hash or _nobody(), offered)
    except VerifyMismatchError:
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(password_hash)


def faults(password: str, *, username: str) -> list[str]:
    """Why this cannot be a password, as sentences; empty if it can."""
    found = []
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        found.append(_("A password has %(least)s to %(most)s characters. Take a short sentence.", least=MIN_LENGTH, most=MAX_LENGTH))
    if len(username) > 2 and username in password.lower():
        found.append(_("The password must not contain the user name."))
    if len(set(password)) < 5:
        found.append(_("The password repeats too few characters. Use at least five different ones."))
    return found


@cache
def _nobody() -> str:
    return _hasher.hash("nobody's password")


def _normal(password: str) -> str:
    """The same letters typed on different keyboards are the same password."""
    return unicodedata.normalize("NFKC", password)
