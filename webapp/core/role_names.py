"""Names of roles in the language of the request."""

from __future__ import annotations

from flask_babel import lazy_gettext

# Source: domain/02, 2.0 (actors).
_NAMES = {
    "GRID": lazy_gettext("Grid patroller"),
    "TOWN": lazy_gettext("Town verifier"),
    "TOWN_ENF": lazy_gettext("Town enforcement team"),
    "TOWN_WIN": lazy_gettext("Town assistance window"),
    "HD_INTAKE": lazy_gettext("District health, intake"),
    "HD_OFF": lazy_gettext("Health enforcement officer"),
    "HD_LEAD": lazy_gettext("Case lead"),
    "HD_REV": lazy_gettext("Legal reviewer"),
    "HD_HEAR": lazy_gettext("Hearing presider"),
    "HD_COL": lazy_gettext("Collegial panel"),
    "HD_CHIEF": lazy_gettext("Agency head in charge"),
    "HD_PRIN": lazy_gettext("Principal head"),
    "JM": lazy_gettext("Joint-meeting office"),
    "POL": lazy_gettext("Police"),
    "PRO": lazy_gettext("Procuratorate"),
    "COURT": lazy_gettext("Court"),
    "SUPC": lazy_gettext("Supervision commission"),
    "HRSS_INJ": lazy_gettext("Work-injury recognition"),
    "HRSS_INS": lazy_gettext("Labour inspection"),
    "SIA": lazy_gettext("Social insurance agency"),
    "LAC": lazy_gettext("Labour-capability appraisal"),
    "CIV": lazy_gettext("Civil affairs"),
    "MED": lazy_gettext("Healthcare security"),
    "EMG": lazy_gettext("Emergency management"),
    "ECO": lazy_gettext("Ecology and environment"),
    "APV": lazy_gettext("Administrative approval"),
    "UNION": lazy_gettext("Trade union"),
    "AUD": lazy_gettext("Auditor"),
    "ADMIN": lazy_gettext("Administrator"),
}


def role_name(code: str) -> str:
    """The name of an actor code; the code itself for a role that only an administrator's diagram names."""
    return str(_NAMES.get(code, code))
