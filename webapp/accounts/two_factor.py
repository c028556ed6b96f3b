"""The second factor: time-based codes of an authenticator app. Secrets are stored encrypted with the installation's key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from flask import current_app
from flask_security.totp import Totp
from passlib.exc import TokenError
from qrcode import QRCode

from webapp.core import keys

ISSUER = "Zhijian 职健"
METHOD = "authenticator"
SKEW_S = 30  # one code earlier or later: clocks of telephones differ


def new_secret() -> str:
    """A fresh secret, encrypted, as it is stored."""
    return str(_codes().generate_totp_secret())


def counter_of(code: str, secret: str, *, after: int | None, at: datetime) -> int | None:
    """The counter of a right code later than the counter ``after``; None if the code is wrong or was used."""
    return _codes().counter_of(code, secret, after=after, at=at)


def readable_key(secret: str) -> str:
    """The secret in groups of four letters, to type into the app."""
    return str(_codes().get_totp_pretty_key(secret))


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code of ``size`` by ``size`` cells; ``path``: SVG path data of the dark ones."""

    size: int
    path: str


def picture(username: str, secret: str) -> Picture:
    """What the app scans to learn the secret."""
    code = QRCode(border=2)
    code.add_data(_codes().get_totp_uri(username, secret))
    rows: list[list[bool]] = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return Picture(len(rows), path)


class Codes(Totp):  # type: ignore[misc]
    """Flask-Security's codes, each good for one sign-in."""

    def counter_of(self, code: str, secret: str, *, after: int | None, at: datetime) -> int | None:
        try:
            return int(self._totp.verify(code, secret, time=at, window=SKEW_S, last_counter=after).counter)
        except TokenError:
            return None


def _codes() -> Codes:
    return _codes_with(keys.read(current_app.config["ZHIJIAN"].home, "two_factor").hex())


@cache
def _codes_with(key: str) -> Codes:
    return Codes({"1": key}, ISSUER)
