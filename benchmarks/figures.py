"""Milliseconds by operation and round, and what is made of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

Milliseconds = list[float]


class Key(NamedTuple):
    """What was measured. ``through``: api, page, parts or peer; ``filling``: small, or large with the closed tasks."""

    database: str
    filling: str
    through: str
    clients: int
    operation: str


class Figures:
    """Samples of each round, kept apart: the machine is shared, and a round that others disturbed must not spoil the rest."""

    def __init__(self) -> None:
        self._rounds: dict[Key, list[Milliseconds]] = defaultdict(list)

    def add(self, key: Key, samples: Milliseconds) -> None:
        """One round's samples."""
        if samples:
            self._rounds[key].append(samples)

    def keys(self) -> list[Key]:
        return sorted(self._rounds)

    def has(self, key: Key) -> bool:
        return key in self._rounds

    def median(self, key: Key) -> float:
        """The smallest of the rounds' medians: what the least disturbed round says."""
        return min(self.medians(key))

    def medians(self, key: Key) -> list[float]:
        """Of each round, in the order they were run."""
        return [median(samples) for samples in self._rounds[key]]

    def p95(self, key: Key) -> float:
        """Of the round whose median is reported."""
        return quantile(min(self._rounds[key], key=median), 0.95)

    def count(self, key: Key) -> int:
        return sum(len(samples) for samples in self._rounds[key])


def quantile(samples: Sequence[float], share: float) -> float:
    """Nearest rank."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
