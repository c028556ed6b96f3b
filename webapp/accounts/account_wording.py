"""What happened to an account, in the language of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext

from webapp.accounts.services import EXPIRED
from webapp.core.i18n import gettext
from webapp.core.role_names import role_name

FIELDS = {"name_zh": lazy_gettext("the Chinese name"), "name_en": lazy_gettext("the English name")}


def account_sentence(name: str, payload: Mapping[str, Any]) -> str:
    """The event as a sentence; its name for one that is not known here."""
    text = _TEXTS.get(name)
    return text(payload) if text else name


def reason_of(payload: Mapping[str, Any]) -> str:
    reason = str(payload.get("reason") or "")
    return gettext("its last day was over") if reason == EXPIRED else reason


def _granted(payload: Mapping[str, Any]) -> str:
    role, last = role_name(payload["role"]), payload.get("valid_to")
    if last:
        return gettext("was given the role “%(role)s” through %(day)s", role=role, day=last)
    return gettext("was given the role “%(role)s”", role=role)


def _changed(payload: Mapping[str, Any]) -> str:
    return gettext("was changed: %(fields)s", fields=gettext(", ").join(str(FIELDS.get(field, field)) for field in payload["fields"]))


_TEXTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "account.changed": _changed,
    "account.created": lambda _: gettext("was created"),
    "account.deactivated": lambda _: gettext("was closed"),
    "account.password_changed": lambda _: gettext("got a new password"),
    "account.reactivated": lambda _: gettext("was opened again"),
    "account.role_granted": _granted,
    "account.role_revoked": lambda payload: gettext("lost the role “%(role)s”", role=role_name(payload["role"])),
    "account.session_ended": lambda _: gettext("was signed out of one device"),
    "account.sign_in_failed": lambda payload: gettext("failed to sign in from %(address)s", address=payload["address"]),
    "account.signed_in": lambda payload: gettext("signed in from %(address)s", address=payload["address"]),
    "account.signed_out": lambda _: gettext("signed out"),
    "account.two_factor_disabled": lambda _: gettext("lost the second factor"),
    "account.two_factor_enabled": lambda _: gettext("set up a second factor"),
    "certificate.added": lambda _: gettext("got a certificate entered"),
    "certificate.revoked": lambda _: gettext("lost a certificate"),
}
