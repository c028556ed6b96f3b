"""The rules by their number. A diagram names them in the property ``rules`` of a task. Covers R-141."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from webapp.legality.facts import Act

Check = Callable[[Act], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """``source``: laws and articles as in domain/00 0.1; ``is_mark``: it marks the record instead of refusing the step."""

    id: str
    source: str
    check: Check
    is_mark: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """``sentence``: what is missing, in the language of the request."""

    rule: Rule
    sentence: str

    @property
    def text(self) -> str:
        return f"{self.rule.id}: {self.sentence}"


RULES: dict[str, Rule] = {}


def rule(id: str, *, source: str, is_mark: bool = False) -> Callable[[Check], Check]:
    """Register a predicate: it returns the sentence that says what is missing, or None."""

    def register(check: Check) -> Check:
        RULES[id] = Rule(id, source, check, is_mark)
        return check

    return register


def broken(ids: Iterable[str], act: Act) -> list[Broken]:
    """The rules among ``ids`` that the act breaks, in that order. An id that nobody knows breaks the diagram, not the case."""
    found = []
    for id in ids:
        one = RULES.get(id)
        sentence = one.check(act) if one else None
        if one and sentence:
            found.append(Broken(one, sentence))
    return found
