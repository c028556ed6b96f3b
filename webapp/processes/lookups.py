"""What forms may ask of the world outside: employers, and the sources that ``reference`` fields choose from.

A feature registers its source in a module that ``app.HANDLERS`` names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.employers.queries import EmployerLookups
from webapp.processes.subjects import Subject

Texts = Mapping[str, str]  # {"zh": ..., "en": ...}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. ``refusal``: why it cannot be chosen today, though it is known."""

    value: str
    label: Texts
    refusal: Texts | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """``choices``: what a form about the subject offers now; ``labels``: names of stored values, whenever they were chosen."""

    choices: Callable[[Subject, datetime], Sequence[Choice]]
    labels: Callable[[Sequence[str]], Mapping[str, Texts]]


sources: dict[str, Source] = {}


class Lookups(EmployerLookups):
    """What one form about ``subject`` may ask; every source is read at most once.

    ``named``: values chosen earlier in the case; a long list shows them first.
    """

    def __init__(self, subject: Subject, at: datetime, *, named: Collection[str] = ()) -> None:
        self._subject, self._at, self.named = subject, at, frozenset(named)
        self._read: dict[str, dict[str, Choice]] = {}

    def choices(self, of: str) -> list[Choice]:
        """What may be chosen, in the source's order; nothing from a source that does not exist."""
        return list(self._of(of).values())

    def refusal(self, of: str, value: str) -> Texts | None:
        """Who or what may not be chosen, and why; None if it may."""
        choice = self._of(of).get(value)
        if choice is None:
            return UNKNOWN
        reason = choice.refusal
        return reason and {tag: f"{choice.label[tag]}{colon}{reason[tag]}" for tag, colon in (("zh", "："), ("en", ": "))}

    def _of(self, of: str) -> dict[str, Choice]:
        if of not in self._read:
            source = sources.get(of)
            self._read[of] = {one.value: one for one in source.choices(self._subject, self._at)} if source else {}
        return self._read[of]


UNKNOWN: Texts = {"zh": "名单中没有这一项，请重新选择", "en": "it is not on the list; choose again"}


def labels_of(of: str, values: Sequence[str]) -> Mapping[str, Texts]:
    """Names of stored values; those that are gone stay as they are."""
    source = sources.get(of)
    known = source.labels(values) if source else {}
    return {value: known.get(value, {"zh": value, "en": value}) for value in values}
