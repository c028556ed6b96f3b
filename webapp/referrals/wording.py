"""Names of kinds, states, items and messages in the language of the request."""

from __future__ import annotations

from flask_babel import lazy_gettext

from webapp.core.i18n import locale_tag
from webapp.referrals.models import Referral

_KINDS = {
    "police": lazy_gettext("Suspected crime"),
    "poisoning": lazy_gettext("Acute poisoning"),
    "radiation": lazy_gettext("Radiation"),
    "labour": lazy_gettext("Labour contract and insurance"),
    "work_injury": lazy_gettext("Work-injury recognition"),
    "dibao": lazy_gettext("Minimum living allowance"),
    "temporary_relief": lazy_gettext("Temporary relief"),
    "medical_aid": lazy_gettext("Medical aid"),
}
_STATES = {
    "drafted": lazy_gettext("being prepared"),
    "approved": lazy_gettext("approved, not sent yet"),
    "sent": lazy_gettext("sent, no receipt yet"),
    "received": lazy_gettext("received"),
    "accepted": lazy_gettext("accepted"),
    "declined": lazy_gettext("declined"),
    "returned_for_supplement": lazy_gettext("supplement asked for"),
    "forwarded": lazy_gettext("passed on"),
    "in_progress": lazy_gettext("being handled"),
    "concluded": lazy_gettext("handled, answer given"),
    "feedback_received": lazy_gettext("answer read"),
    "closed": lazy_gettext("procedure ended"),
    "withdrawn": lazy_gettext("withdrawn"),
}
_ITEMS = {
    "letter": lazy_gettext("Transfer letter"),
    "investigation_report": lazy_gettext("Investigation report"),
    "item_list": lazy_gettext("List of the items involved"),
    "expert_reports": lazy_gettext("Test reports or appraisals"),
    "other": lazy_gettext("Other material"),
    "record": lazy_gettext("On-site or other record"),
    "evidence": lazy_gettext("Evidence"),
}
_MESSAGES = {
    "supplement_request": lazy_gettext("Supplement asked for"),
    "supplement": lazy_gettext("Supplement"),
    "feedback": lazy_gettext("Result"),
    "message": lazy_gettext("Message"),
}
_MARKS = {
    "declined": "bad",
    "returned_for_supplement": "warn",
    "withdrawn": "",
    "closed": "ok",
    "concluded": "ok",
    "feedback_received": "ok",
}


def kind_name(code: str) -> str:
    return str(_KINDS.get(code, code))


def state_name(code: str) -> str:
    return str(_STATES.get(code, code))


def item_name(code: str) -> str:
    return str(_ITEMS.get(code, code))


def message_name(code: str) -> str:
    return str(_MESSAGES.get(code, code))


def state_mark(code: str) -> str:
    """The class of the tag that shows the state."""
    return _MARKS.get(code, "info")


def receiver_name(referral: Referral) -> str:
    """The body; empty where none is entered for the role."""
    if referral.receiver is None:
        return ""
    return referral.receiver.name_zh if locale_tag() == "zh" else referral.receiver.name_en
