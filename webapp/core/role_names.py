"""Names of roles in the language of the request."""

from __future__ import annotations

from flask_babel import lazy_gettext

# Source: domain/02, 2.0 (actors).
_NAMES = {
    "GRID": lazy_gettext("Grid patroller"),
    "TOWN": lazy_gettext("Town verifier"),
    "HD_INTAKE": lazy_gettext("District health, intake"),
    "HD_LEAD": lazy_gettext("Case lead"),
    "HD_CHIEF": lazy_gettext("Agency head in charge"),
    "HD_PRIN": lazy_gettext("Principal head"),
    "POL": lazy_gettext("Police"),
    "HRSS_INJ": lazy_gettext("Work-injury recognition"),
    "CIV": lazy_gettext("Civil affairs"),
    "ADMIN": lazy_gettext("Administrator"),
}


def role_name(code: str) -> str:
    """The name of an actor code; the code itself for a role that only an administrator's diagram names."""
    return str(_NAMES.get(code, code))
