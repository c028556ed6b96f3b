"""What a user name looks like."""

from __future__ import annotations

import re
import unicodedata

_ALLOWED = re.compile(r"[a-z][a-z0-9._-]{1,63}")


def normal(username: str) -> str:
    """As stored and compared: lower case, full-width letters made narrow."""
    return unicodedata.normalize("NFKC", username).strip().lower()


def is_allowed(username: str) -> bool:
    return _ALLOWED.fullmatch(username) is not None
