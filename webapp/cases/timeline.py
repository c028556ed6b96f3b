"""The timeline of a case: a page of it, of one topic, or the page that holds one event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from webapp.cases.models import Case
from webapp.cases.queries import TimelineEntry, timeline
from webapp.cases.wording import TOPICS, Names, Sentence, readable_events, sentences
from webapp.core.clock import legal_day

PAGE, CONTEXT = 50, 10  # entries of a page; how many newer ones stand above an event that was asked for
MAX_SEQ = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. ``event``: the number of the entry to mark."""

    topic: str | None = None
    before: int | None = None
    event: int | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Asked:
        """Whatever is not understood is left out: an old bookmark shows the newest entries."""
        topic, event = arguments.get("kind"), _number(arguments.get("event"))
        return cls(topic if topic in TOPICS else None, _number(arguments.get("before")), event)

    @property
    def upper(self) -> int | None:
        """Only entries with a lower number stand on the page."""
        return self.before or (self.event + CONTEXT + 1 if self.event else None)


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """``older``: number to go on from, None on the last page."""

    entries: list[TimelineEntry]
    older: int | None
    asked: Asked


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    sentences: list[Sentence]


def timeline_page(case: Case, asked: Asked, *, limit: int = PAGE) -> TimelinePage:
    """One query."""
    found = timeline(case, limit=limit + 1, names=readable_events(asked.topic), before=asked.upper)
    older = found[limit - 1].seq if len(found) > limit else None
    return TimelinePage(found[:limit], older, asked)


def days(entries: Sequence[TimelineEntry], names: Names) -> list[Day]:
    """The entries in words, by day, the newest first."""
    return list(_days(sentences(entries, names)))


def _days(told: Sequence[Sentence]) -> Iterator[Day]:
    for on, of_day in groupby(told, key=lambda one: legal_day(one.at)):
        yield Day(on, list(of_day))


def _number(text: str | None) -> int | None:
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 11 else 0
    return number if 0 < number <= MAX_SEQ - CONTEXT - 1 else None
