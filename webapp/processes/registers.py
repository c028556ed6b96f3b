"""What forms choose from in the registers below this feature: officers, presiders, panel members and violations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from webapp.accounts import queries as accounts
from webapp.core.clock import legal_day
from webapp.processes.lookups import Choice, Source, sources
from webapp.processes.subjects import Subject
from webapp.rules import queries as rules


def officer_choices(subject: Subject, at: datetime) -> Sequence[Choice]:
    """Officers with their certificates; those whose certificate is not valid today with the reason."""
    if subject.jurisdiction_id is None:
        return []
    offered = accounts.officer_choices(subject.jurisdiction_id, legal_day(at), town_id=subject.town_id)
    return [Choice(one.value, one.label, one.refusal) for one in offered]


def violation_choices(_: Subject, at: datetime) -> Sequence[Choice]:
    return [Choice(code, {"zh": zh, "en": en}) for code, zh, en in rules.violation_choices(legal_day(at))]


def _holders_of(*roles: str) -> Callable[[Subject, datetime], Sequence[Choice]]:
    """Everybody in the jurisdiction with one of the roles: no certificate is needed to preside or to deliberate."""

    def choices(subject: Subject, _: datetime) -> Sequence[Choice]:
        people = accounts.holders(roles, subject.jurisdiction_id) if subject.jurisdiction_id is not None else []
        return [Choice(str(one.id), {"zh": one.name_zh, "en": one.name_en}) for one in people]

    return choices


sources["officers"] = Source(officer_choices, accounts.officer_labels)
sources["violations"] = Source(violation_choices, rules.violation_labels)
sources["presiders"] = Source(_holders_of("HD_HEAR"), accounts.officer_labels)
sources["panel"] = Source(_holders_of("HD_COL", "HD_OFF", "HD_LEAD"), accounts.officer_labels)
