"""Every kind of notice there is: its parameters and its sentence, in the language of the reader.

Parameters are ids and codes. A parameter ``by_id`` reaches the sentence as the name ``by`` too, ``code`` as the name ``clock`` of the
time limit, the task of the notice as ``task``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.core.i18n import gettext

Words = Mapping[str, Any]
Sentence = Callable[[Words], str]


class UnknownNotice(ValueError):
    """A kind that nobody declared, or other parameters than it declares: a bug of the caller."""


@dataclass(frozen=True, slots=True)
class Kind:
    params: frozenset[str]
    sentence: Sentence


def declare(name: str, *params: str, sentence: Sentence) -> None:
    """Let a feature have a kind of its own."""
    _KINDS[name] = Kind(frozenset(params), sentence)


def check(name: str, params: Mapping[str, str | int]) -> None:
    """Raises UnknownNotice."""
    kind = _KINDS.get(name)
    if kind is None or kind.params != params.keys():
        raise UnknownNotice(f"notice {name} with {sorted(params)} is not declared")


def sentence_of(name: str, words: Words) -> str:
    """A kind that is gone, because its feature is, says the least."""
    kind = _KINDS.get(name)
    return kind.sentence(words) if kind else gettext("Something changed in your work.")


_KINDS: dict[str, Kind] = {}

declare(
    "task.taken_over", "by_id",
    sentence=lambda words: gettext("%(by)s took over “%(task)s” from you. The page of the task says why.", **words),
)  # fmt: skip
declare("task.assigned", "by_id", sentence=lambda words: gettext("%(by)s assigned “%(task)s” to you.", **words))
declare(
    "task.reassigned", "by_id", "to_id",
    sentence=lambda words: gettext("%(by)s gave “%(task)s” to %(to)s: you hold it no longer.", **words),
)  # fmt: skip
declare(
    "task.delegated", "by_id",
    sentence=lambda words: gettext("%(by)s asks you to prepare “%(task)s” and to hand it back.", **words),
)  # fmt: skip
declare("task.resolved", "by_id", sentence=lambda words: gettext("%(by)s handed “%(task)s” back to you, with a remark.", **words))
declare(
    "task.released_by", "by_id",
    sentence=lambda words: gettext("%(by)s released “%(task)s”, which you held: somebody of the group can claim it.", **words),
)  # fmt: skip
declare(
    "task.returned", "by_id",
    sentence=lambda words: gettext("%(by)s returned the case to your step “%(task)s”. The page of the task says why.", **words),
)  # fmt: skip
declare("deadline.reminder", "code", sentence=lambda words: gettext("The time limit “%(clock)s” is nearly used up.", **words))
declare(
    "deadline.breached", "code", sentence=lambda words: gettext("The time limit “%(clock)s” ran out and the work is not done.", **words)
)  # fmt: skip
