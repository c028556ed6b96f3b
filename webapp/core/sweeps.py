"""Registry of periodic work: our loop, ``zhijian sweep NAME`` and flows run the same functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

Work = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Sweep:
    """``work`` does one round in transactions of its own and returns how many things it did. ``every`` None: only when asked for.

    ``is_slow``: it waits for others; the loop gives it a thread of its own.
    """

    name: str
    every: timedelta | None
    work: Work
    is_slow: bool = False


_sweeps: dict[str, Sweep] = {}


def sweep(name: str, *, every: timedelta | None, is_slow: bool = False) -> Callable[[Work], Work]:
    """Register ``work`` under ``name``; the loop runs it about once ``every``."""

    def register(work: Work) -> Work:
        _sweeps[name] = Sweep(name, every, work, is_slow)
        return work

    return register


def all_sweeps() -> tuple[Sweep, ...]:
    return tuple(_sweeps.values())


def find_sweep(name: str) -> Sweep | None:
    return _sweeps.get(name)
