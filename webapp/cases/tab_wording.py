"""Names of the tabs of a case and of what its timeline tells, in the language of the request."""

from __future__ import annotations

from flask_babel import lazy_gettext

TABS = {
    "overview": lazy_gettext("Overview"),
    "timeline": lazy_gettext("Timeline"),
    "findings": lazy_gettext("Findings"),
    "records": lazy_gettext("Records"),
    "evidence": lazy_gettext("Evidence"),
    "documents": lazy_gettext("Documents"),
    "people": lazy_gettext("People"),
    "referrals": lazy_gettext("Referrals"),
    "clocks": lazy_gettext("Time limits"),
    "notes": lazy_gettext("Internal notes"),
    "diagram": lazy_gettext("Diagram"),
}
TOPIC_NAMES = {
    "step": lazy_gettext("Steps"),
    "clock": lazy_gettext("Time limits"),
    "document": lazy_gettext("Documents"),
    "evidence": lazy_gettext("Evidence"),
    "referral": lazy_gettext("Referrals"),
    "person": lazy_gettext("People"),
    "note": lazy_gettext("Internal notes"),
    "administration": lazy_gettext("Administration"),
}
