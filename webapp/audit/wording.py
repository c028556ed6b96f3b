"""Events and readings in the language of the request, beside their codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from webapp.core.clock import LEGAL_ZONE

# First words of an event's name -> what it is about.
SUBJECTS = {
    "case": lazy_gettext("Case"), "process": lazy_gettext("Process"), "task": lazy_gettext("Task"), "timer": lazy_gettext("Timer"),
    "deadline": lazy_gettext("Time limit"), "decision": lazy_gettext("Decision table"), "document": lazy_gettext("Document"),
    "evidence": lazy_gettext("Evidence"), "message": lazy_gettext("Message"), "person": lazy_gettext("Person concerned"),
    "referral": lazy_gettext("Referral"), "rule": lazy_gettext("Legal rule"), "dossier": lazy_gettext("Dossier"),
}  # fmt: skip
PARTS = {
    "identity": lazy_gettext("identity"),
    "health": lazy_gettext("health data"),
    "audit:history": lazy_gettext("whole history of the case"),
    "audit:submission": lazy_gettext("what was submitted with a task"),
    "audit:export": lazy_gettext("export"),
    "audit:accesses": lazy_gettext("access log"),
    "audit:sign-ins": lazy_gettext("list of sign-ins"),
}
CODES = 16  # shown of a digest


def subject(name: str) -> str:
    return str(SUBJECTS.get(name.partition(".")[0], ""))


def part(code: str) -> str:
    return str(PARTS.get(code) or PARTS.get(code.rpartition(":")[0], code))


def told(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Keys and values of a payload as they stand; digests are cut."""
    return [(key, _short(value)) for key, value in payload.items() if value is not None]


def second(at: Any) -> str:
    """2026-03-04 09:41:07, in Shanghai."""
    return str(at.astimezone(LEGAL_ZONE).strftime("%Y-%m-%d %H:%M:%S"))


def _short(value: Any) -> str:
    text = str(value)
    is_digest = len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)
    return f"{text[:CODES]}…" if is_digest else text
