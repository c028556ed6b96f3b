"""The help pages: one per group of roles, read from ``webapp/help/guides/*.json``, in both languages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).with_name("guides")
Texts = Mapping[str, str]  # "zh" and "en"

ORDER = (
    "grid", "town", "window", "intake", "officer", "lead", "panel", "head", "principal", "police", "departments", "coordinator", "auditor",
    "administrator",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One question and its answer: sentences, then steps to follow in order, then a picture."""

    title: Texts
    text: tuple[Texts, ...] = ()
    steps: tuple[Texts, ...] = ()
    picture: str = ""
    shows: Texts | None = None  # what the picture shows


@dataclass(frozen=True, slots=True)
class Guide:
    key: str
    roles: tuple[str, ...]
    title: Texts
    intro: Texts
    parts: tuple[Part, ...]


def guides() -> Mapping[str, Guide]:
    """All guides by key, in the order of a case's way."""
    return _guides()


def guide_of(roles: Collection[str]) -> Guide | None:
    """The guide of somebody who holds these roles: of several, the one latest in the order."""
    fitting = [guide for guide in _guides().values() if set(guide.roles) & set(roles)]
    return fitting[-1] if fitting else None


@cache
def _guides() -> dict[str, Guide]:
    return {key: _guide(key) for key in ORDER}


def _guide(key: str) -> Guide:
    told: dict[str, Any] = orjson.loads((FOLDER / f"{key}.json").read_bytes())
    return Guide(key, tuple(told["roles"]), told["title"], told["intro"], tuple(_part(one) for one in told["parts"]))


def _part(told: Mapping[str, Any]) -> Part:
    return Part(told["title"], tuple(told.get("text", ())), tuple(told.get("steps", ())), told.get("picture", ""), told.get("shows"))
