"""What a paper is made of: the document with everything around it, read once. Papers are Chinese: they are not translated."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp.documents.kinds import Kind
from webapp.documents.papers.limits import Limits


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of the form, as the paper says it. ``is_long``: it was typed over several lines."""

    key: str
    label: str
    text: str
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    credit_code: str
    address: str
    head: str  # legal representative, empty where it is not known


@dataclass(frozen=True, slots=True)
class Served:
    """One service of this document, or what a receipt is about."""

    document: str
    way: str
    receiver: str
    on: str
    remarks: str


@dataclass(frozen=True, slots=True)
class Paper:
    """``lines``: answers in the order of the form; ``values``: the same as stored; ``background``: what was said before it in its process.

    ``mark``: "草稿 未生效" and the like, printed on every page; ``day``: legal day on which it was made final, or begun.
    """

    kind: Kind
    number: str
    mark: str
    day: date
    agency: str
    case_no: str
    party: Party
    lines: Sequence[Line]
    values: Mapping[str, Any]
    limits: Limits
    background: Sequence[Line] = ()
    served: Sequence[Served] = ()
    is_demo: bool = False
    _by_key: dict[str, Line] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_key.update({line.key: line for line in (*self.background, *self.lines)})

    def text(self, key: str) -> str:
        """The answer, empty if there is none."""
        return self._by_key[key].text if key in self._by_key else ""

    def chosen(self, keys: Collection[str]) -> list[Line]:
        """The answers to these fields, in the order of ``keys``."""
        return [self._by_key[key] for key in keys if key in self._by_key]

    def others(self, keys: Collection[str]) -> list[Line]:
        """The answers to all other fields of its own form."""
        return [line for line in self.lines if line.key not in keys]
