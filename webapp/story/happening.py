"""What a story is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. ``what``: a key of wording.TEXTS; ``ref``: case number or id of a campaign."""

    on: date
    kind: str
    what: str
    id: int
    told: Mapping[str, Any]
    ref: str | None = None

    @property
    def key(self) -> str:
        """Its place in the order, the latest first; unique."""
        return f"{self.on.isoformat()}~{self.what}~{self.id}"
